"""
Labeling as a person does it: the demo shop in the built-in browser, through the real capture
process, with mouse and keys.
"""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.filter import Filter
from app.label.hierarchy import read
from app.label.labels import Labels
from app.study import Study
from tests.ui.test_browser import context, pytestmark  # noqa: F401
from ui.browser.opener import SHOP
from ui.context import Context
from ui.pages.label import LabelPage


class Person:
    """Sits before the Label page."""

    def __init__(self, qtbot: QtBot, parts: Context) -> None:
        self._qtbot = qtbot
        self.context = parts
        self.page = LabelPage(parts)
        self.page.resize(1280, 800)
        qtbot.addWidget(self.page)
        self.page.show()
        parts.store.open()

    def until(self, condition: Any) -> None:
        self._qtbot.waitUntil(condition)

    def within(self, condition: Any, wait_ms: int) -> None:
        self._qtbot.waitUntil(condition, timeout=wait_ms)

    def open_shop(self) -> None:
        self._qtbot.mouseClick(self.page.site.start.buttons[1], Qt.MouseButton.LeftButton)
        self.until(lambda: self.page.site.browser is not None)
        self.until(lambda: self.run("document.querySelectorAll('#hero-cta').length") > 0)

    def run(self, code: str) -> Any:
        """What JavaScript of the site answers."""
        assert self.page.site.browser
        found: list[Any] = []
        self.page.site.browser.page.runJavaScript(
            f"JSON.stringify({code}) ?? 'null'", 0, found.append
        )
        self._qtbot.waitUntil(lambda: bool(found))
        return json.loads(found[0] or "null")

    def click(self, element: str) -> None:
        """With the mouse on an element of the site, given as JavaScript."""
        where = (
            f"(e => {{ e.scrollIntoView({{block: 'center', behavior: 'instant'}});"
            " const r = e.getBoundingClientRect();"
            f" return [r.left + r.width / 2, r.top + r.height / 2, innerWidth]; }})({element})"
        )
        seen: list[Any] = []

        def rests() -> bool:
            seen.append(self.run(where))
            return len(seen) > 1 and seen[-1] == seen[-2] and seen[-1][2] == self.view.width()

        self.until(rests)
        x, y, _ = seen[-1]
        target = self.view.focusProxy() or self.view
        QTest.mouseMove(target, QPoint(round(x), round(y)))
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))

    @property
    def view(self) -> QWidget:
        """Where the site is shown."""
        assert self.page.site.browser
        return self.page.site.browser.view

    def hover(self, element: str) -> None:
        """Move the mouse above an element of the site, in steps as a hand does."""
        x, y = self._middle(element)
        target = self.view.focusProxy() or self.view
        for step in (-3, -1, 0):
            QTest.mouseMove(target, QPoint(x + step, y))

    def click_here(self, element: str) -> None:
        """Click without anything scrolling: what is there only while the mouse is near."""
        x, y = self._middle(element)
        self.hover(element)
        target = self.view.focusProxy() or self.view
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    def _middle(self, element: str) -> tuple[int, int]:
        box = "(e => { const r = e.getBoundingClientRect();"
        box += f" return [r.left + r.width / 2, r.top + r.height / 2]; }})({element})"
        x, y = self.run(box)
        return round(x), round(y)

    def label_mode(self) -> None:
        self._qtbot.mouseClick(self.page.mode.buttons["label"], Qt.MouseButton.LeftButton)
        self.until(lambda: self.page.site.survey is not None)

    def navigate_mode(self) -> None:
        self._qtbot.mouseClick(self.page.mode.buttons["navigate"], Qt.MouseButton.LeftButton)

    def study(self) -> None:
        with Study(self.context.workspace) as study:
            study.catch_up()
        self.context.feed.look()

    def events(self, event_type: str) -> int:
        return sum(
            seen
            for name, seen in self.context.store.ask(lambda store: store.events.types(), [])
            if name == event_type
        )

    def name_and_save(self, name: str) -> None:
        self.page.editor.name.selectAll()
        self._qtbot.keyClicks(self.page.editor.name, name)
        self._qtbot.mouseClick(self.page.editor.save, Qt.MouseButton.LeftButton)
        self.until(lambda: not self.page.editor.isVisible())

    @property
    def told(self) -> dict[str, int]:
        """What the list says: events by name."""
        tree = self.page.book.tree
        rows = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
        return {row.text(0): int(row.text(1).replace(",", "")) for row in rows if row}


@pytest.fixture
def person(qtbot: QtBot, context: Context) -> Iterator[Person]:  # noqa: F811
    made = Person(qtbot, context)
    yield made
    made.page.shutdown()


CARD = "document.querySelector('main a, main button')"


def test_a_click_becomes_a_labeled_event(person: Person, qtbot: QtBot) -> None:
    page = person.page
    person.open_shop()
    # A click before anything was labeled.
    person.until(lambda: person.events("[Amplitude] Page Viewed") > 0)
    person.click("document.querySelector('header a[href]')")
    person.until(lambda: person.events("[Amplitude] Element Clicked") == 1)
    person.study()
    person.label_mode()
    person.click("document.querySelector('header a[href]')")
    person.until(page.editor.isVisible)
    assert page.editor.name.text().endswith("clicked")
    person.until(lambda: "1 event captured so far" in page.editor.count.text())
    assert "1 on this page" in page.editor.count.text()
    person.name_and_save("Home opened")
    person.until(lambda: person.told == {"Home opened": 1})
    # Labeling itself sent nothing; clicks from now on count as well.
    assert person.events("[Amplitude] Element Clicked") == 1
    person.navigate_mode()
    person.click("document.querySelector('header a[href]')")
    person.until(lambda: person.events("[Amplitude] Element Clicked") == 2)
    person.study()
    person.until(lambda: person.told == {"Home opened": 2})
    # And it can be undone.
    card = person.context.notifications
    with Labels(person.context.workspace) as labels:
        assert [one.name for one in labels.all()] == ["Home opened"]
    assert card is not None


def test_all_of_a_list(person: Person, qtbot: QtBot) -> None:
    page = person.page
    person.open_shop()
    person.label_mode()
    one = "document.querySelector('main li a, main article a, main article button')"
    person.click(one)
    person.until(page.editor.isVisible)
    assert page.editor.group.isVisible()
    alike = int("".join(filter(str.isdigit, page.editor.group.text())))
    assert alike > 2
    qtbot.mouseClick(page.editor.group, Qt.MouseButton.LeftButton)
    person.until(lambda: f"{alike} on this page" in page.editor.count.text())
    # In a small window all of what to do can be read.
    page.resize(824, 520)
    assert "Esc" in page.hint.text()
    person.until(lambda: page.hint.height() >= page.hint.heightForWidth(page.hint.width()))
    assert page.hint.width() > 100


def test_the_shop_reports_what_is_hard_as_the_sdk_would(person: Person, qtbot: QtBot) -> None:
    """Its own script beside the agent, which is held against real SDKs."""
    page = person.page
    person.open_shop()
    page.site.open(f"{SHOP}p/traverse-45")
    keep = "document.querySelector('.keep path')"
    person.until(lambda: person.run(f"Boolean({keep})"))
    more = "document.querySelector('shop-amount').shadowRoot.querySelector('button:last-child')"
    for at, element in enumerate((keep, more, "document.getElementById('add-to-cart')"), 1):
        person.label_mode()
        person.click(element)
        person.until(page.editor.isVisible)
        assert page._drafts
        seen = page._drafts.target
        page.cancel()
        person.navigate_mode()
        person.click(element)
        person.until(lambda at=at: person.events("[Amplitude] Element Clicked") == at)
        # What the agent said of it is what was sent for it.
        sent = newest(person, "[Amplitude] Element Clicked")
        assert read(sent["[Amplitude] Element Hierarchy"]) == seen.hierarchy
        assert sent.get("[Amplitude] Element Text", "") == (seen.text or "")
    person.until(lambda: page.selfcheck.compared >= 2)
    assert not [one for one in person.context.notifications._waiting if "otherwise" in one.text]
    page.site.open(f"{SHOP}c/shelter")
    order = "document.getElementById('order')"
    person.until(lambda: person.run(f"Boolean({order})"))
    changed = "e.value = 'By name'; e.dispatchEvent(new Event('change', {bubbles: true}));"
    person.run(f"(e => {{ {changed} return 1; }})({order})")
    person.until(lambda: person.events("[Amplitude] Element Changed") == 1)
    nodes = newest(person, "[Amplitude] Element Changed")["[Amplitude] Element Hierarchy"]
    assert (nodes[0]["tag"], nodes[0]["id"], "attrs" in nodes[0]) == ("select", "order", False)


def newest(person: Person, event_type: str) -> dict[str, Any]:
    """Properties of the event of a type that arrived last."""
    found = person.context.store.ask(
        lambda store: [
            one["event"] for one in store.events.export(Filter()) if one["event_type"] == event_type
        ],
        [],
    )
    properties: dict[str, Any] = found[-1]["event_properties"]
    return properties


def test_what_cannot_be_saved_says_why(person: Person, qtbot: QtBot) -> None:
    page = person.page
    page.new()
    qtbot.mouseClick(page.editor.save, Qt.MouseButton.LeftButton)
    assert "name" in page.editor.problem.text()
    qtbot.keyClicks(page.editor.name, "Buy")
    qtbot.mouseClick(page.editor.save, Qt.MouseButton.LeftButton)
    assert "every click" in page.editor.problem.text()
    rows = {row.field: row for row in page.editor.rows}
    qtbot.keyClicks(rows["selector"].values[0], "a ~ b")
    assert rows["selector"].problem.isVisible()
    qtbot.mouseClick(page.editor.save, Qt.MouseButton.LeftButton)
    assert page.editor.isVisible()
    rows["selector"].values[0].selectAll()
    qtbot.keyClicks(rows["selector"].values[0], ".buy")
    qtbot.mouseClick(page.editor.save, Qt.MouseButton.LeftButton)
    person.until(lambda: person.told == {"Buy": 0})
    page.new()
    qtbot.keyClicks(page.editor.name, "buy")
    rows = {row.field: row for row in page.editor.rows}
    qtbot.keyClicks(rows["tag"].values[0], "a")
    qtbot.mouseClick(page.editor.save, Qt.MouseButton.LeftButton)
    assert "already a labeled event" in page.editor.problem.text()


def test_in_a_persons_own_browser(person: Person, qtbot: QtBot) -> None:
    """A page of a chosen site that came through the proxy is labeled from afar."""
    page, capture = person.page, person.context.capture
    qtbot.mouseClick(page.site.start.buttons[2], Qt.MouseButton.LeftButton)
    own = page.site.own
    qtbot.keyClicks(own.sites, "no site!")
    qtbot.mouseClick(own.use, Qt.MouseButton.LeftButton)
    assert "is no site" in own.state.text()
    with served(PAGE) as address:
        own.sites.selectAll()
        qtbot.keyClicks(own.sites, address)
        qtbot.mouseClick(own.use, Qt.MouseButton.LeftButton)
        assert "Waiting" in own.state.text()
        assert capture.info
        profile = QWebEngineProfile()
        browser, view = QWebEnginePage(profile), QWebEngineView()
        view.setPage(browser)
        # A page that nobody sees asks for nothing.
        view.show()
        try:
            # Not the page of Label: another browser, which knows nothing of us.
            qtbot.waitUntil(lambda: loads_with_agent(qtbot, browser, address))
            person.until(lambda: "is open in your browser" in own.state.text())
            person.label_mode()
            assert page.site.survey
            assert [one.text for one in page.site.survey.elements] == ["Buy"]
            assert page.site.agent
            page.site.agent.do("pick", element=0)
            person.until(page.editor.isVisible)
            assert page.editor.name.text() == "Buy clicked"
            person.until(lambda: "1 on this page" in page.editor.count.text())
        finally:
            view.setPage(None)
            for one in (browser, view, profile):
                shiboken6.delete(one)


PAGE = b"<!doctype html><html><head><title>x</title></head><body><button>Buy</button></body></html>"


@contextmanager
def served(page: bytes) -> Iterator[str]:
    """A site of one page on loopback, whose policy allows nothing."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", "default-src 'none'")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def loads_with_agent(qtbot: QtBot, browser: QWebEnginePage, address: str) -> bool:
    """Whether a page came with the agent; the choice of sites is on its way at first."""
    with qtbot.waitSignal(browser.loadFinished):
        browser.load(QUrl(f"http://{address}/"))
    found: list[Any] = []
    browser.runJavaScript("document.scripts.length", 0, found.append)
    qtbot.waitUntil(lambda: bool(found))
    return bool(found[0])
