"""
Live in the real window on a workspace with a million events; prints one measurement a line.

    python -m tests.bench.live FOLDER

A filter is typed into the filter box and counted until its rows are painted. The frame interval
is that between ticks of a timer of 4 ms while a thousand events a second are written by the real
capture process and the window follows them.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import paths
from app import settings as keys
from app.filter import Filter
from app.grouping import By
from app.settings import Settings
from tests.bench.window import percentile, timed
from ui.application import Application
from ui.pages.live import LivePage
from ui.pages.live.deeds import COPY_MOST
from ui.theme import make_application

INDEXED = (
    'type:"Product Viewed"',
    "type:$identify",
    "type:order",
    "-type:element",
    "user:cust_1",
    "user:nobody-at-all",
    "device:a1",
    "session:1795281104973",
    "-type:$identify -type:session",
)
TEXT = (
    "lantern",
    "EUR",
    "product",
    "nothing like this",
    '"Hearth Lantern" user:cust_2',
    "-lantern",
)
PAGED = ("type:product", "EUR", "outcome:accepted")
SCROLLS = 300
LOAD_SECONDS = 10.0
PER_SECOND = 1000
BATCH = 20


def main() -> None:
    """Measure and print."""
    # One person sends everything, which Amplitude would throttle.
    eager = {"sources": {"*": {"eps": PER_SECOND * 10, "daily_quota": 1_000_000_000}}}
    Settings(paths.settings_file()).update(
        {keys.DELIVERY: "local", keys.CAP_MB: 100_000, keys.INGESTION: eager}
    )
    qt = make_application(sys.argv[:1])
    application = Application(qt, Path(sys.argv[1]), "live")
    window = application.window
    window.resize(1280, 800)
    window.show()
    application.start()
    page = window.findChild(LivePage)
    assert page
    until(qt, lambda: application.capture.state == "listening")
    until(qt, lambda: len(page.model) > 0)
    say("open Live", timed(lambda: reopen(qt, page)), "ms", 1000)
    say("first page, indexed fields, p95", first_pages(qt, page, INDEXED), "ms", 100)
    say("first page, text in properties, p95", first_pages(qt, page, TEXT), "ms", 400)
    say(
        "next page of a filter, the slowest",
        max(next_page(qt, page, one) for one in PAGED),
        "ms",
        100,
    )
    search(qt, page, "")
    say("select all", timed(lambda: paint(page.table.selectAll, page)), "ms", 100)
    say("copy ten thousand rows", timed(lambda: copy(qt, page)), "ms", 1000)
    say("jump to the middle", timed(lambda: jump(page)), "ms", 100)
    say("scroll step, p95", percentile(scrolls(qt, page), 0.95), "ms", 16)
    say("memory of the window", memory_mb(), "MB", 350)
    first, whole = zip(*(groups(qt, page, by) for by in By), strict=True)
    say("first groups, the slowest way", max(first), "ms", 200)
    say("every group with its count, the slowest way", max(whole), "ms", 10_000)
    say("memory of the window with groups", memory_mb(), "MB", 350)
    page.view.use_group(None)
    assert application.capture.info
    frames = under_load(qt, application.capture.info.endpoint)
    say("frame interval p99, 1000 events/s", percentile(frames, 0.99), "ms", 33)
    say("memory of the window after load", memory_mb(), "MB", 350)
    application.shutdown()


def say(what: str, value: float, unit: str, bar: float) -> None:
    """One line of the report."""
    print(f"{what}\t{value:.1f}\t{unit}\t{bar}", flush=True)


def until(qt: QApplication, is_true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Run the event loop until something is so, asleep between events as a window is: one that
    spins takes a processor from what it waits for."""
    end = time.monotonic() + seconds
    awake = QTimer(interval=10)
    awake.start()
    while not is_true():
        qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.monotonic() > end:
            raise TimeoutError("it did not become so")


def reopen(qt: QApplication, page: LivePage) -> None:
    """From an empty table to painted rows, asked for anew."""
    page.model.show_ids([])
    page.stream.show_filter(Filter())
    until(qt, lambda: len(page.model) > 0)
    page.table.viewport().repaint()


def search(qt: QApplication, page: LivePage, text: str) -> None:
    """What a person does in the filter box, until the first page is painted."""
    page.filter.set_text(text)
    page.filter.apply()
    until(qt, lambda: not page.stream.is_loading)
    page.table.viewport().repaint()


def first_pages(qt: QApplication, page: LivePage, texts: tuple[str, ...]) -> float:
    """The slowest but one in twenty of these filters, each three times."""
    found = []
    for text in texts * 3:
        search(qt, page, "")
        found.append(timed(lambda wanted=text: search(qt, page, wanted)))
    return percentile(found, 0.95)


def next_page(qt: QApplication, page: LivePage, text: str) -> float:
    """Milliseconds from the first page of a filter to more of what matches."""
    search(qt, page, text)
    first = len(page.model)
    return timed(lambda: until(qt, lambda: len(page.model) > first or page.stream.is_complete))


def paint(deed: Callable[[], None], page: LivePage) -> None:
    """Do it, and show it."""
    deed()
    page.table.viewport().repaint()


def copy(qt: QApplication, page: LivePage) -> None:
    """The first ten thousand of what is selected, which is everything, to the clipboard."""
    QGuiApplication.clipboard().clear()
    page.deeds.copy_rows()
    until(qt, lambda: QGuiApplication.clipboard().text().count("\n") == COPY_MOST - 1)


def jump(page: LivePage) -> None:
    """To the middle of everything."""
    bar = page.table.verticalScrollBar()
    paint(lambda: bar.setValue(bar.maximum() // 2), page)


def scrolls(qt: QApplication, page: LivePage) -> list[float]:
    """Milliseconds of steps of three rows, of pages, and of jumps to anywhere."""
    bar = page.table.verticalScrollBar()
    found = []
    for step in range(SCROLLS):
        target = bar.value() + (3, 30, bar.maximum() // 7)[step % 3]
        value = target % max(1, bar.maximum())

        def move(value: int = value) -> None:
            bar.setValue(value)
            page.table.viewport().repaint()

        found.append(timed(move))
        qt.processEvents()
    return found


def groups(qt: QApplication, page: LivePage, by: By) -> tuple[float, float]:
    """Milliseconds until the first groups are painted, and until everything is in a group."""
    page.view.use_group(None)
    # What was grouped before stays until there is something else.
    before = page.groups and page.groups.model.groups
    begin = time.perf_counter()
    page.view.use_group(by)
    pane = page.groups
    assert pane
    until(qt, lambda: pane.model.groups is not before and pane.model.groups.events > 0)
    pane.table.viewport().repaint()
    first = time.perf_counter()
    until(qt, lambda: pane.model.groups.events == len(page.model))
    return (first - begin) * 1000, (time.perf_counter() - begin) * 1000


def memory_mb() -> float:
    """What this process really uses: resident pages."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def under_load(qt: QApplication, endpoint: str) -> list[float]:
    """Intervals between ticks while uploads arrive."""
    stop = threading.Event()
    sender = threading.Thread(target=send, args=(endpoint, stop))
    found: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        found.append((now - last) * 1000)
        last = now

    timer = QTimer()
    timer.setInterval(4)
    timer.timeout.connect(tick)
    timer.start()
    sender.start()
    end = time.monotonic() + LOAD_SECONDS
    while time.monotonic() < end:
        qt.processEvents()
        time.sleep(0.0005)
    stop.set()
    sender.join()
    timer.stop()
    return found


def send(endpoint: str, stop: threading.Event) -> None:
    """A thousand events a second, in uploads of twenty."""
    events = [{"event_type": "Load", "user_id": "bench-user", "time": 1} for _ in range(BATCH)]
    content = json.dumps({"api_key": "0" * 32, "events": events}).encode()
    with httpx.Client() as client:
        due = time.monotonic()
        while not stop.is_set():
            client.post(f"{endpoint}/2/httpapi", content=content)
            due += BATCH / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
