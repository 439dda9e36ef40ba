"""
The page agent describes an element exactly as the SDK reported it: checked against recorded events
of a real Browser SDK on the very same page.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from pytestqt.qtbot import QtBot

from resources import path
from tests.ui.test_browser import pytestmark  # noqa: F401

DATA = Path(__file__).parents[1] / "data/agent"
NAMES = {
    "hierarchy": "Element Hierarchy",
    "tag": "Element Tag",
    "text": "Element Text",
    "element_id": "Element ID",
    "element_class": "Element Class",
    "aria_label": "Element Aria Label",
    "href": "Element Href",
    "page_title": "Page Title",
    "attributes": "Element Attributes",
}
FIND = """
(locator => {
  const parts = locator.split(' >> ');
  const last = parts[parts.length - 1];
  if (!last.startsWith('text=')) return document.querySelector(last);
  const wanted = last.slice(5);
  const among = document.querySelectorAll(parts.length > 1 ? parts[0] : '*');
  const found = [...among].filter(one => one.textContent.trim() === wanted);
  return found[found.length - 1];
})"""


def reported() -> list[dict[str, Any]]:
    """Events of a real SDK, with where on the page each was caused."""
    found = json.loads((DATA / "reported.json").read_text("utf-8"))
    # The second event of a click on a label is of its control, which was not clicked.
    return [
        one
        for one in found
        if one["event_type"].endswith("Clicked") and not one["name"].endswith((".1", ".2"))
    ]


@pytest.fixture(scope="module")
def profile() -> Iterator[QWebEngineProfile]:
    made = QWebEngineProfile()
    yield made
    import shiboken6

    shiboken6.delete(made)


@pytest.fixture
def run(qtbot: QtBot, profile: QWebEngineProfile) -> Iterator[Callable[[str], Any]]:
    """Runs JavaScript on the recorded page, beside the agent's `describe`."""
    page = QWebEnginePage(profile)
    html = (DATA.parent / "label/pages/main.html").read_text("utf-8")
    with qtbot.waitSignal(page.loadFinished):
        page.setHtml(html, QUrl("https://shop.example.test/"))
    parts = [path(f"agent/{name}.js").read_text("utf-8") for name in ("own", "describe")]
    script = "\n".join(parts)

    def evaluate(code: str) -> Any:
        found: list[Any] = []
        page.runJavaScript(
            f"(() => {{ {script}; return JSON.stringify({code}); }})()", 0, found.append
        )
        qtbot.waitUntil(lambda: bool(found))
        return json.loads(found[0])

    yield evaluate
    import shiboken6

    shiboken6.delete(page)


def test_as_the_sdk_reports(run: Callable[[str], Any]) -> None:
    wanted = reported()
    assert len(wanted) >= 40
    locators = json.dumps([one["locator"] for one in wanted])
    found = run(
        f"{locators}.map(locator => {{"
        f" const {{ element }} = describe.subject({FIND}(locator));"
        " const found = describe.properties(element);"
        # As it did when it was clicked; what was reported later no longer saw it.
        " if (element.matches('.self-remove')) element.remove();"
        " return found; })"
    )
    for one, ours in zip(wanted, found, strict=True):
        sent = one["properties"]
        for name, theirs in NAMES.items():
            empty: Any = {} if name == "attributes" else ""
            assert ours[name] == sent.get(theirs, empty), (one["name"], name)
        # Key by key in the same order: equal as bytes.
        assert json.dumps(ours["hierarchy"]) == json.dumps(sent["Element Hierarchy"])


def test_what_the_sdk_never_reports(run: Callable[[str], Any]) -> None:
    refused = ["input.pw", "#para", "summary.sum"]
    code = f"{json.dumps(refused)}.map(one => describe.subject(document.querySelector(one)))"
    password, paragraph, summary = run(code)
    assert password is None
    assert paragraph is None
    assert summary is None
    sure = run("describe.subject(document.querySelector('#noop')).isSure")
    assert sure is False


def test_the_address_of_a_page_is_cut_as_the_sdk_does(run: Callable[[str], Any]) -> None:
    assert run("describe.pageUrl()") == "https://shop.example.test/"


def test_open_shadow_roots_as_the_sdk_reports_them_when_told_to(run: Callable[[str], Any]) -> None:
    sent = json.loads((DATA / "shadow.json").read_text("utf-8"))
    inner = "document.querySelector('my-widget').shadowRoot.querySelector('button')"
    found = run(f"describe.properties({inner}, true)")
    assert json.dumps(found["hierarchy"]) == json.dumps(sent["Element Hierarchy"])
    assert found["text"] == sent["Element Text"]
    # Without, the walk ends at the root, as that of an SDK that was not told to.
    assert len(run(f"describe.hierarchy({inner})")) == 2


def test_a_survey_says_the_same_of_all_at_once(run: Callable[[str], Any]) -> None:
    one_by_one, found = run(
        "(() => { const all = describe.tracked(document, 1000);"
        " return [all.map(one => describe.properties(one, true)), describe.survey(all)]; })()"
    )
    assert len(one_by_one) > 40
    assert any(one["in_shadow"] for one in found["elements"])
    for one, ours in zip(one_by_one, found["elements"], strict=True):
        assert ours["text"] == one["text"]
        assert ours["href"] == one["href"]
        assert _unfolded(found["nodes"], ours["node"]) == one["hierarchy"]


def _unfolded(nodes: list[dict[str, Any]], place: int) -> list[dict[str, Any]]:
    found = []
    while place >= 0:
        found.append({name: value for name, value in nodes[place].items() if name != "up"})
        place = nodes[place]["up"]
    return found


def test_describing_changes_nothing(run: Callable[[str], Any]) -> None:
    count = run(
        "(() => { const seen = []; const observer = new MutationObserver(all => seen.push(...all));"
        " observer.observe(document, {subtree: true, childList: true, attributes: true,"
        " characterData: true});"
        " document.querySelectorAll('*').forEach(one => describe.properties(one));"
        " return observer.takeRecords().length + seen.length; })()"
    )
    assert count == 0
