"""Selectors made at random against the engine of the built-in browser, on pages of the fixtures.
The full sample, on pages of npm packages, is in `make bench`."""

import pytest

from tests.bench.exactness import run
from tests.factories import DATA

PAGES = ("main.html", "spa.rendered-1-row-two.html", "spa.rendered-2-nav-detail.html")


@pytest.mark.webengine
def test_no_decided_answer_differs_from_the_engine() -> None:
    pytest.importorskip("PySide6.QtWebEngineCore")
    found = run([DATA / "label" / "pages" / name for name in PAGES], selectors=200)
    assert found.wrong == []
    assert found.decided > 9_000
    assert found.true > 900
    assert sum(found.unknown.values()) < 0.1 * found.decided
