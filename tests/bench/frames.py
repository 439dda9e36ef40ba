"""
Frames of the built-in browser while the mouse goes over a large page in Label mode, beside the same
page without the agent.

    python -m tests.bench.frames      # both, as one line of JSON: milliseconds between frames

In a process of its own, which begins the engine. Nothing is seen here, and everything is drawn by
the processor: what counts is the one beside the other.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, Self

from tests.bench.table import Row

ROOT = Path(__file__).parents[2]
MOVES = 400
EVERY_S = 0.008
"""Mice tell of 125 moves a second."""
ROUNDS = 3
LIMIT_S = 180
LATE_MS = 25.0
"""A frame that comes later than that was left out."""
_COUNT = """(() => {
  const found = window.frames_ = [];
  let last = 0;
  requestAnimationFrame(function next(now) {
    if (last) found.push(now - last);
    last = now;
    if (window.frames_ === found) requestAnimationFrame(next);
  });
  return 1;
})()"""
_TAKE = "(found => (window.frames_ = null, found))(window.frames_)"


def row() -> Row:
    """Measured in a process of its own."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.bench.frames"],
        capture_output=True,
        timeout=LIMIT_S,
        check=True,
        cwd=ROOT,
    )
    told = json.loads(found.stdout.splitlines()[-1])
    with_it, alone = _rate(told["agent"]), _rate(told["alone"])
    late = sum(one > LATE_MS for one in told["agent"]) / len(told["agent"])
    return Row(
        f"agent: frames a second while hovering, {told['elements']:,} elements",
        f"{with_it:.1f}",
        f"page alone {alone:.1f}; frames later than {LATE_MS:.0f} ms: {late:.1%}",
        f"{with_it / alone:.2f}",
        ">= 0.95 of the page alone",
        with_it >= 0.95 * alone,
    )


def _rate(intervals: list[float]) -> float:
    return len(intervals) * 1000 / sum(intervals)


def main() -> None:
    """Measure, and print."""
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    from tests.bench.agent import ELEMENTS, MARKS, PAGE

    found: dict[str, Any] = {"elements": ELEMENTS, "agent": [], "alone": []}
    with _Window() as window:
        # One after the other, several times: the machine may be busier at one moment.
        for _ in range(ROUNDS):
            found["alone"] += window.hover(PAGE, None)
            found["agent"] += window.hover(PAGE, MARKS)
    found["medians"] = {one: median(found[one]) for one in ("agent", "alone")}
    sys.stdout.write(f"\n{json.dumps(found)}\n")


class _Window:
    """A window of the engine, with a page that is made anew for each question."""

    def __enter__(self) -> Self:
        from PySide6.QtWebEngineCore import QWebEngineProfile
        from PySide6.QtWebEngineWidgets import QWebEngineView
        from PySide6.QtWidgets import QApplication

        self._application = QApplication([])
        self._profile = QWebEngineProfile()
        self._view = QWebEngineView()
        self._view.resize(1000, 700)
        return self

    def __exit__(self, *_: object) -> None:
        from shiboken6 import delete

        for one in (self._view, self._profile):
            delete(one)
        self._application.shutdown()

    def hover(self, html: str, marks: int | None) -> list[float]:
        """Milliseconds between frames; with the agent where so many elements are to be marked."""
        from PySide6.QtCore import QUrl
        from PySide6.QtWebEngineCore import QWebEnginePage
        from shiboken6 import delete

        from app.agentwords import Page, Survey
        from ui.browser.agent import Agent

        page = QWebEnginePage(self._profile)
        said: list[Any] = []
        agent = Agent(page) if marks is not None else None
        if agent:
            agent.said.connect(said.append)
        self._view.setPage(page)
        self._view.show()
        page.setHtml(html, QUrl("https://large.example.test/"))
        self._until(lambda: self._ask(page, "document.querySelectorAll('button').length") > 0)
        if agent:
            self._until(lambda: any(isinstance(one, Page) for one in said))
            agent.do("mode", mode="label")
            agent.do("survey", most=5000)
            self._until(lambda: any(isinstance(one, Survey) for one in said))
            listed = [{"element": at, "tone": "match", "name": "n"} for at in range(marks or 0)]
            agent.do("highlight", marks=listed)
        self._move(MOVES // 4)
        self._ask(page, _COUNT)
        self._move(MOVES)
        found: list[float] = self._ask(page, _TAKE)
        self._view.setPage(None)  # type: ignore[arg-type]
        delete(page)
        return found

    def _move(self, times: int) -> None:
        from PySide6.QtCore import QEvent, QPointF, Qt
        from PySide6.QtGui import QMouseEvent

        target = self._view.focusProxy() or self._view
        button, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        for at in range(times):
            place = QPointF(60 + at % 7, 20 + at * 5 % 640)
            screen = QPointF(target.mapToGlobal(place))
            event = QMouseEvent(QEvent.Type.MouseMove, place, screen, button, button, keys)
            self._application.sendEvent(target, event)
            self._wait(EVERY_S)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._application.processEvents()
            time.sleep(min(0.001, max(0.0, left)))

    def _until(self, is_true: Any) -> None:
        end = time.monotonic() + 30
        while not is_true():
            if time.monotonic() > end:
                raise TimeoutError("the page was never there")
            self._wait(0.01)

    def _ask(self, page: Any, code: str) -> Any:
        answers: list[Any] = []
        page.runJavaScript(f"JSON.stringify({code}) ?? 'null'", 0, answers.append)
        self._until(lambda: bool(answers))
        return json.loads(answers[0] or "null")


if __name__ == "__main__":
    main()
