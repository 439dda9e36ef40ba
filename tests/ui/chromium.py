"""
The machine's own Chromium, started as Eventscope starts it and driven over its debugging protocol.
"""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtWebSockets import QWebSocket
from pytestqt.qtbot import QtBot

from app.browsers import BROWSERS, find, launch
from app.wire import Listening

CHROMIUM = next(one for one in BROWSERS if one.key == "chromium")
PROGRAM = find(CHROMIUM)
WAIT_MS = 60_000
HEADLESS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"),
    *("--remote-allow-origins=*", "--window-size=1000,700", "--hide-scrollbars"),
)


class Waiter:
    """Runs Qt's loop until something is so, as pytest-qt does in tests."""

    def waitUntil(self, condition: Callable[[], object], timeout: int = 30_000) -> None:
        end = time.monotonic() + timeout / 1000
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError
            QCoreApplication.processEvents()
            time.sleep(0.0005)

    @contextmanager
    def waitSignal(self, signal: Any, timeout: int = 30_000) -> Iterator[None]:
        seen: list[object] = []
        signal.connect(lambda *_: seen.append(1))
        yield
        self.waitUntil(lambda: bool(seen), timeout)


class Chromium:
    """A running browser. One command at a time: each waits for its answer."""

    def __init__(self, qtbot: QtBot | Waiter, profile: Path) -> None:
        self._qtbot = qtbot
        self._answers: dict[int, dict[str, Any]] = {}
        self._last = 0
        port = profile / "DevToolsActivePort"
        self.until(lambda: port.is_file() and len(port.read_text().split()) == 2)
        number, path = port.read_text().split()
        self._socket = QWebSocket()
        self._socket.textMessageReceived.connect(self._take)
        with qtbot.waitSignal(self._socket.connected, timeout=WAIT_MS):
            self._socket.open(QUrl(f"ws://127.0.0.1:{number}{path}"))

    def until(self, condition: Any) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT_MS)

    def do(self, method: str, session: str = "", **parameters: Any) -> Any:
        """One command; its answer."""
        self._last += 1
        asked = self._last
        text = {"id": asked, "method": method, "params": parameters}
        self._socket.sendTextMessage(json.dumps(text | ({"sessionId": session} if session else {})))
        self.until(lambda: asked in self._answers)
        answer = self._answers.pop(asked)
        assert "error" not in answer, f"{method}: {answer}"
        return answer["result"]

    def tab(self) -> "Tab":
        """A new, empty one."""
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        found = self.do("Target.attachToTarget", targetId=target, flatten=True)
        return Tab(self, found["sessionId"])

    def close(self) -> None:
        """Hang up; whoever started the browser ends it."""
        self._socket.abort()
        shiboken6.delete(self._socket)

    def _take(self, text: str) -> None:
        message = json.loads(text)
        if "id" in message:
            self._answers[message["id"]] = message


class Tab:
    """A page, a mouse and a keyboard."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser = browser
        self._session = session
        # Or it would count as a page that nobody looks at.
        self.do("Emulation.setFocusEmulationEnabled", enabled=True)

    def do(self, method: str, **parameters: Any) -> Any:
        """One command to this page."""
        return self._browser.do(method, self._session, **parameters)

    def go(self, url: str) -> None:
        """Open an address."""
        found = self.do("Page.navigate", url=url)
        assert "errorText" not in found, found

    def run(self, code: str) -> Any:
        """What JavaScript of the page answers; promises are waited for."""
        answer = self.do("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, code: str) -> None:
        """Wait until it is so in the page."""
        self._browser.until(lambda: self.run(code))

    def hover(self, element: str) -> tuple[float, float]:
        """Move the mouse to the middle of an element, given as JavaScript."""
        x, y = self.run(
            f"(e => {{ e.scrollIntoView({{block: 'center', behavior: 'instant'}});"
            " let r = e.getBoundingClientRect();"
            " let x = r.left + r.width / 2, y = r.top + r.height / 2;"
            " for (let w = e.ownerDocument.defaultView; w !== window; w = w.parent) {"
            "  r = w.frameElement.getBoundingClientRect(); x += r.left; y += r.top; }"
            f" return [x, y]; }})({element})"
        )
        for step in (-2, 0):
            self.do("Input.dispatchMouseEvent", type="mouseMoved", x=x + step, y=y)
        return x, y

    def click(self, element: str) -> None:
        """With the mouse."""
        x, y = self.hover(element)
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """A key by its name."""
        for kind in ("keyDown", "keyUp"):
            self.do("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode(self.do("Page.captureScreenshot")["data"])


@contextmanager
def chromium(qtbot: QtBot | Waiter, listening: Listening, *extra: str) -> Iterator[Chromium]:
    """A browser whose traffic comes through our proxy, with an empty profile."""
    assert PROGRAM
    started = launch(
        CHROMIUM,
        PROGRAM,
        proxy=listening.proxy,
        authority=Path(listening.certificate),
        extra=(*HEADLESS, *extra),
    )
    try:
        driven = Chromium(qtbot, started.profile)
        try:
            yield driven
        finally:
            driven.close()
    finally:
        started.close(10)
