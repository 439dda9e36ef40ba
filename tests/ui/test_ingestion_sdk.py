"""The Ingestion page beside the real capture process, while a real SDK meets real refusals."""

import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.store import Store
from app.study import Study
from tests.end2end.capturing import capturing, printed
from tests.end2end.test_sdk_reactions import events, run
from ui.context import Context
from ui.pages.ingestion import IngestionPage

from .test_ingestion import lines

pytestmark = pytest.mark.sdk
FAULTS = ("500#1", "413#1", "400#1", "429#1")
ALL = {200, 400, 413, 429, 500}


def has_met(folder: Path) -> bool:
    """Whether each of the faults was met, and something was taken."""
    with Store.read(folder) as store:
        return {one["status"] for one in store.uploads.export()} == ALL


def test_the_page_tells_what_the_sdk_met_with(
    qtbot: QtBot, context: Context, tmp_path: Path
) -> None:
    folder = context.workspace
    faults = [part for fault in FAULTS for part in ("--fault", fault)]
    with capturing(folder, "--delivery", "local", *faults) as capture:
        context.store.open()
        page = IngestionPage(context, lambda: time.time_ns() // 1_000_000)
        qtbot.addWidget(page)
        page.resize(1200, 740)
        page.show()
        sdk = (sys.executable, "python_reaction.py")
        sender = threading.Thread(
            target=run,
            args=(sdk, capture, events(12), lambda: has_met(folder)),
            kwargs={"queue": 6},
        )
        sender.start()
        # It grows while the SDK sends, because the file says that somebody wrote to it.
        qtbot.waitUntil(lambda: page.stack.currentWidget() is page.halves)
        qtbot.waitUntil(lambda: not sender.is_alive())
        sender.join()
    with Study(folder) as study:
        study.catch_up()
    page.details.go_to("Reasons")
    context.feed.notice()
    uploads = printed("uploads", folder)
    statuses = Counter(upload["status"] for upload in uploads)
    assert set(statuses) == ALL
    taken = sum(upload["events"] for upload in uploads if upload["status"] == 200)
    refused = sum(count for status, count in statuses.items() if status != 200)

    def shown() -> dict[str, str]:
        charts = page.charts.values()
        buttons = [one for chart in charts for one in chart.legend.buttons.values()]
        return dict(one.accessibleName().split(": ") for one in buttons)

    wanted = {
        "2xx": str(statuses[200]),
        "Events": str(taken),
        "Identifies": "0",
        "400 bad request": "1",
        "413 too large": "1",
        "429 throttled": "1",
        "500": "1",
    }
    qtbot.waitUntil(lambda: shown() == wanted)
    assert page.head.counts.text().startswith(f"{len(uploads)} requests")
    qtbot.waitUntil(lambda: len(page.details.reasons.rows) == refused)
    page.details.go_to("Uploads")
    qtbot.waitUntil(lambda: len(page.details.model) == len(uploads))
    newest = [str(upload["attempt"]) for upload in reversed(uploads)]
    assert [attempt for (attempt,) in lines(page.details.uploads, "attempt")] == newest
