"""
What the page agent costs: while a person moves the mouse over a large page in Label mode, while
nobody labels, and when a page loads.

In the machine's own Chromium, through the capture process, by Chromium's own account of the time
that it spent in scripts. Without Chromium these rows are left out and said so.
"""

import http.server
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from app.wire import Listening
from tests.bench.table import Row
from tests.end2end.capturing import Capturing, capturing

ELEMENTS = 2000
MARKS = 300
HOVERS = 120
LOADS = 15
CARDS = "".join(
    f"<div class='card'><p><button class='buy wide' id='b{at}'><b>Buy {at}</b></button></p></div>"
    for at in range(ELEMENTS)
)
PAGE = f"<!doctype html><html><head><title>Large</title></head><body>{CARDS}</body></html>"
PLACES = f"Array.from({{length: {HOVERS}}}, (_, at) => [60, 20 + at * 5 % 600])"


class Spent(NamedTuple):
    """What Chromium says that it did."""

    script_ms: float
    layouts: int
    layout_ms: float


def rows() -> list[Row]:
    """All rows; half a minute."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication

    from tests.ui.chromium import PROGRAM

    if PROGRAM is None:
        print("label: no Chromium, so what the agent costs is left out", file=sys.stderr)
        return []
    application = QCoreApplication.instance() or QCoreApplication([])
    with tempfile.TemporaryDirectory() as folder, _site() as url:
        home = os.environ.get("EVENTSCOPE_HOME")
        os.environ["EVENTSCOPE_HOME"] = folder
        try:
            with capturing(Path(folder) / "workspace", "--delivery", "local") as running:
                found = _measured(running, url)
        finally:
            os.environ.pop("EVENTSCOPE_HOME")
            if home is not None:
                os.environ["EVENTSCOPE_HOME"] = home
    del application
    return found


def _measured(running: Capturing, url: str) -> list[Row]:
    from tests.ui.chromium import Waiter, chromium

    first = {name: value for name, value in running.first.items() if name != "type"}
    waiter: Any = Waiter()
    with chromium(waiter, Listening(**first)) as browser:
        tab = browser.tab()
        tab.do("Performance.enable")
        bare_loads = [_load(tab, url) for _ in range(LOADS)]
        bare = _hovers(tab)
        running.send(type="set_labeled", hosts=[url.removeprefix("http://").rstrip("/")])
        waiter.waitUntil(lambda: _load(tab, url) is not None and _has_agent(tab))
        loads = [_load(tab, url) for _ in range(LOADS)]
        # It asks for its mode often at first, and seldom from then on.
        waiter.waitUntil(lambda: tab.run("performance.now()") > 4000)
        idle = _hovers(tab)
        running.send(type="ask_agent", page="", text='{"do":"mode","mode":"label"}')
        tab.until("document.documentElement.lastElementChild.tagName === 'EVENTSCOPE-AGENT'")
        running.send(type="ask_agent", page="", text='{"do":"survey","most":5000}')
        marks = ",".join(f'{{"element":{at},"tone":"match","name":"n"}}' for at in range(MARKS))
        running.send(type="ask_agent", page="", text=f'{{"do":"highlight","marks":[{marks}]}}')
        while '"survey"' not in running.message("agent_said")["text"][:40]:
            pass
        _hovers(tab)
        hover = _hovers(tab)
    load = median(loads) - median(bare_loads)
    return [
        Row(
            f"agent: script per hover, {ELEMENTS:,} elements, {MARKS} marks",
            f"{hover.script_ms:.2f} ms",
            f"{hover.layouts:.2f} layouts of {hover.layout_ms:.2f} ms; page alone"
            f" {bare.layouts:.2f} of {bare.layout_ms:.2f} ms",
            f"{hover.script_ms / 4:.2f}",
            "<= 4 ms, <= 2 layouts",
            hover.script_ms <= 4 and hover.layouts <= 2,
        ),
        Row(
            "agent: script per hover while nobody labels",
            f"{idle.script_ms - bare.script_ms:.3f} ms",
            f"{idle.script_ms:.3f} with it, {bare.script_ms:.3f} without",
            "",
            "<= 0.05 ms",
            idle.script_ms - bare.script_ms <= 0.05,
        ),
        Row(
            "agent: more to load a page",
            f"{load:.1f} ms",
            f"median of {LOADS}: {median(loads):.1f} with it, {median(bare_loads):.1f} without",
            f"{load / 5:.2f}",
            "<= 5 ms",
            load <= 5,
        ),
    ]


def _load(tab: Any, url: str) -> float:
    """How long scripts of the page ran until it was there, in milliseconds."""
    tab.go(url)
    tab.until("document.readyState === 'complete'")
    return float(_metrics(tab)["ScriptDuration"]) * 1000


def _has_agent(tab: Any) -> bool:
    return bool(tab.run("document.scripts.length"))


def _hovers(tab: Any) -> Spent:
    """The mouse goes over the page, each time in a frame of its own; what one move cost."""
    places = tab.run(PLACES)
    before = _metrics(tab)
    for x, y in places:
        tab.do("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    after = _metrics(tab)
    count = len(places)
    return Spent(
        (after["ScriptDuration"] - before["ScriptDuration"]) * 1000 / count,
        (after["LayoutCount"] - before["LayoutCount"]) / count,
        (after["LayoutDuration"] - before["LayoutDuration"]) * 1000 / count,
    )


def _metrics(tab: Any) -> dict[str, float]:
    found = tab.do("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in found}


@contextmanager
def _site() -> Iterator[str]:
    body = PAGE.encode()

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
