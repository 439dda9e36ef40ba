"""
What files of worked cases share: a workspace with the events of all of a file's cases.
"""

from pathlib import Path

import pytest

from tests.app.query.cases import Asking, workspace_of


@pytest.fixture(scope="module")
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The events of the file's `CASES`."""
    return workspace_of(tmp_path_factory.mktemp("cases"), request.module.CASES)


@pytest.fixture
def ask(stored: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Asking:
    """`eventscope chart` over these events."""
    return Asking(stored, tmp_path, capfd)
