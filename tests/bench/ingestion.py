"""
The Ingestion page in the real window, on a week of a million uploads; prints one measurement a
line.

    python -m tests.bench.ingestion FOLDER

An answer counts as shown when the charts that hold it have been painted.
"""

import json
import sys
from pathlib import Path

import httpx
from PySide6.QtWidgets import QApplication

from app import settings as keys
from app.paths import settings_file
from app.settings import Settings
from app.store.report import Frame
from tests.bench.live import memory_mb, say, until
from tests.bench.window import percentile, timed
from ui.application import Application
from ui.pages.ingestion import IngestionPage
from ui.theme import make_application

ANSWERS = 40


def main() -> None:
    """Measure and print."""
    Settings(settings_file()).update({keys.DELIVERY: "local", keys.CAP_MB: 100_000})
    qt = make_application(sys.argv[:1])
    application = Application(qt, Path(sys.argv[1]), "live")
    window = application.window
    window.resize(1280, 800)
    window.show()
    application.start()
    until(qt, lambda: application.capture.state == "listening")
    page: IngestionPage = window.page("ingestion")
    page.state = type(page.state)(frame=Frame.WEEK)

    def opened() -> None:
        window.go_to("ingestion")
        until(qt, lambda: page.charts["errors"].data.count == 168)
        window.repaint()

    say("open Ingestion, a week, with loading what draws", timed(opened), "ms", 1000)
    until(qt, lambda: len(page.details.model) > 0)
    assert application.capture.info
    found = [answer(qt, page, application.capture.info.endpoint, n) for n in range(ANSWERS)]
    say("Ingestion shows an answer, p95", percentile(found, 0.95), "ms", 250)
    say("memory of the window with Ingestion open", memory_mb(), "MB", 350)
    application.shutdown()


def answer(qt: QApplication, page: IngestionPage, endpoint: str, number: int) -> float:
    """Milliseconds from an answer until it is painted."""
    event = {"event_type": "A", "user_id": "bench-user", "insert_id": str(number)}
    content = json.dumps({"api_key": "0" * 32, "events": [event]}).encode()
    plot = page.charts["successes"].plot
    wanted = total(page) + 1
    httpx.post(f"{endpoint}/2/httpapi", content=content)

    def shown() -> None:
        until(qt, lambda: total(page) >= wanted)
        plot.viewport().repaint()

    return timed(shown)


def total(page: IngestionPage) -> float:
    """How many requests the page says were taken."""
    return sum(one.total for one in page.charts["successes"].data.series)


if __name__ == "__main__":
    main()
