"""
The Explore page in the real window; prints one measurement a line.

    python -m tests.bench.explore FOLDER

`FOLDER` holds a workspace that is studied, with its charts loaded or not. A chart counts as shown
when its answer was drawn and painted.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from PySide6.QtWidgets import QApplication

from app import settings as keys
from app.paths import settings_file
from app.query import read
from app.settings import Settings
from tests.bench.live import memory_mb, say, until
from tests.bench.window import percentile, timed
from ui.application import Application
from ui.pages.explore import ExplorePage
from ui.pages.explore.desk import Desk
from ui.theme import make_application

VIEWED, PRODUCT = "[Amplitude] Page Viewed", "Product Viewed"
RANGE = {"last": 30, "unit": "day"}
ANY = {"events": [{"kind": "any"}], "measure": "totals", "range": {"last": 1, "unit": "day"}}
CHARTS: tuple[dict[str, Any], ...] = (
    {"events": [{"kind": "any", "by": ["department"]}], "range": RANGE},
    {"events": [PRODUCT, "Add to Cart"], "interval": "hour", "range": RANGE},
    {"kind": "funnel", "steps": [VIEWED, PRODUCT, "Add to Cart"], "range": RANGE},
    {"kind": "journeys", "start": VIEWED, "range": RANGE},
)
ARRIVALS = 12
NOW = time.time_ns()
LOADING_S = 900


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
    page: ExplorePage = window.page("explore")
    window.go_to("explore")
    until(qt, lambda: bool(page.desk.vocabulary.types), LOADING_S)
    found = [timed(lambda one=one: show(qt, page.desk, one)) for one in CHARTS]
    say("a chart in the window, the slowest", max(found), "ms", 1000)
    assert application.capture.info
    endpoint = application.capture.info.endpoint
    show(qt, page.desk, ANY)
    waits = [arrival(qt, page.desk, endpoint, number) for number in range(ARRIVALS)]
    say("a new event is in the chart, p95", percentile(waits, 0.95), "ms", 1000)
    say("memory of the window with charts", memory_mb(), "MB", 700)
    application.shutdown()


def show(qt: QApplication, desk: Desk, definition: dict[str, Any]) -> None:
    """Show a chart until its answer is painted."""
    desk.answer = None
    desk.put(read(definition))
    until(qt, lambda: desk.answer is not None)
    desk.repaint()


def arrival(qt: QApplication, desk: Desk, endpoint: str, number: int) -> float:
    """Milliseconds from sending an event until the chart has it."""
    event = {"event_type": "A", "user_id": "bench-user", "insert_id": f"{NOW}-{number}"}
    content = json.dumps({"api_key": "0" * 32, "events": [event]}).encode()
    before = desk.answer.events if desk.answer else 0

    def shown() -> None:
        httpx.post(f"{endpoint}/2/httpapi", content=content)
        until(qt, lambda: desk.answer is not None and desk.answer.events > before)
        desk.repaint()

    return timed(shown)


if __name__ == "__main__":
    main()
