"""
Events over the page: real ones, sent by the page in the built-in browser through the capture
process; and what a page can notice of them.
"""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app import settings as keys
from app.agentwords import EventAsked
from app.model import Outcome, Via
from app.store.events import EventRow
from tests.ui.connecting import event_types, site
from tests.ui.test_agent import WATCH, Browser, browser, fresh  # noqa: F401
from tests.ui.test_browser import context, opener, pytestmark  # noqa: F401
from ui.browser.opener import BrowserOpener
from ui.browser.toasts import Fired, Toaster, is_of, toasts
from ui.context import Context

NAMES = ("pointermove", "mouseover", "mousemove", "focusin", "blur")


@pytest.fixture
def toaster(context: Context, opener: BrowserOpener) -> Iterator[Toaster]:  # noqa: F811
    made = Toaster(context, opener)
    opener.opened.connect(made.attach)
    return made


def one(event: int, title: str = "Add to Cart") -> dict[str, object]:
    return {"event": event, "title": title, "detail": "ada  ·  10:30", "tone": "good"}


def last_child(browser: Browser) -> str:  # noqa: F811
    found = browser.run("document.documentElement.lastElementChild.tagName")
    return str(found)


def test_a_page_neither_moves_nor_hears_of_them(browser: Browser, qtbot: QtBot) -> None:  # noqa: F811
    more = "".join(
        f"window.addEventListener('{name}', event => event.target.tagName === 'EVENTSCOPE-TOASTS'"
        f" && seen.push('{name}'), true);"
        for name in NAMES
    )
    browser.run(f"(() => {{ document.body.tabIndex = 0; {WATCH} {more} return 0; }})()")
    shape = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight,"
    shape += "...document.body.children].map(one => one.getBoundingClientRect?.().toJSON() ?? one)"
    before = browser.run(shape)
    browser.agent.do("toast", events=[one(7), one(8, "<img src=x onerror=alert(1)>")])
    qtbot.waitUntil(lambda: last_child(browser) == "EVENTSCOPE-TOASTS")
    assert browser.run(shape) == before
    assert browser.run("document.querySelector('eventscope-toasts').shadowRoot") is None
    # Scripts of the page cannot ask for an event.
    browser.run("(document.querySelector('eventscope-toasts').click(), 0)")
    box = browser.run("document.querySelector('eventscope-toasts').getBoundingClientRect()")
    target = browser.view.focusProxy() or browser.view
    at = QPoint(round(box["left"] + 40), round(box["top"] + 12))
    QTest.mouseMove(target, at)
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bool(browser.all_of(EventAsked)))
    assert browser.all_of(EventAsked) == [EventAsked(7)]
    assert browser.run("seen") == []
    assert browser.run("document.activeElement.tagName") == "BODY"
    browser.agent.do("untoast")
    qtbot.waitUntil(lambda: last_child(browser) == "BODY")


def test_they_stay_clickable_while_labeling(browser: Browser, qtbot: QtBot) -> None:  # noqa: F811
    browser.label()
    browser.agent.do("toast", events=[one(9)])
    has = "document.querySelector('eventscope-toasts') !== null"
    qtbot.waitUntil(lambda: browser.run(has))
    box = browser.run("document.querySelector('eventscope-toasts').getBoundingClientRect()")
    at = QPoint(round(box["left"] + 40), round(box["top"] + 12))
    QTest.mouseClick(browser.view.focusProxy(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bool(browser.all_of(EventAsked)))


def test_events_of_the_page_are_shown_once_it_is_switched_on(
    qtbot: QtBot,
    context: Context,  # noqa: F811
    opener: BrowserOpener,  # noqa: F811
    toaster: Toaster,
) -> None:
    context.store.open()
    has = "document.querySelector('eventscope-toasts') !== null"
    asked: list[int] = []
    toaster.event_asked.connect(asked.append)
    with site() as url:
        window = opener.open(url)
        qtbot.waitUntil(lambda: window.page.title() == "Answered 200")
        switch = window.toasts
        assert switch
        assert not switch.isChecked()
        assert answer(qtbot, window, has) is False
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
        assert context.settings.get(keys.TOASTS)
        window.page.runJavaScript("location.reload()")
        qtbot.waitUntil(lambda: len(event_types(context.workspace)) == 2)
        qtbot.waitUntil(lambda: answer(qtbot, window, has) is True)
        where = "document.querySelector('eventscope-toasts').getBoundingClientRect()"
        left, top = str(answer(qtbot, window, f"(r => r.left + ' ' + r.top)({where})")).split()
        at = QPoint(round(float(left)) + 40, round(float(top)) + 12)
        QTest.mouseClick(window.view.focusProxy(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.waitUntil(lambda: asked == [2])
        # Another window begins as the last one was left; switching off is for all.
        other = opener.open("about:blank")
        assert other.toasts
        assert other.toasts.isChecked()
        other.toasts.click()
        assert not switch.isChecked()


def test_a_window_that_goes_with_its_page_is_told_nothing_more(
    qtbot: QtBot,
    context: Context,  # noqa: F811
    opener: BrowserOpener,  # noqa: F811
    toaster: Toaster,
) -> None:
    context.store.open()
    window = opener.open("about:blank")
    around = QWidget()
    window.setParent(around)
    delete(around)
    # Whoever has deleted it may still hold it; an arrival must not reach into what is gone.
    with qtbot.waitSignal(context.feed.changed):
        context.feed.notice()


def answer(qtbot: QtBot, window: object, code: str) -> object:
    found: list[object] = []
    window.page.runJavaScript(code, 0, found.append)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def row(number: int, kind: str = "Add to Cart", properties: str | None = None) -> EventRow:
    return EventRow(number, 1, 0, kind, None, "ada", None, None, 1, None, Outcome.REJECTED, 400,
                    "", Via.PROXY, "", None, properties)  # fmt: skip


@pytest.mark.parametrize(
    ("agent", "sent_from", "expected"),
    [
        ("engine", "https://shop.example.test", True),
        ("engine", "https://shop.example.test/cart?x", True),
        ("engine", "https://shop.example.test:443", True),
        ("engine", "", True),
        ("engine", "https://other.example.test", False),
        ("engine", "http://shop.example.test", False),
        ("phone", "https://shop.example.test", False),
    ],
)
def test_which_page_sent_an_event(agent: str, sent_from: str, expected: bool) -> None:
    sent = Fired(row(1), agent, sent_from)
    assert is_of(sent, "engine", QUrl("https://shop.example.test/cart")) is expected


def test_many_at_once_are_one_line_besides_the_newest() -> None:
    found = [Fired(row(number, f"Step {number}"), "", "") for number in range(1, 31)]
    drawn = toasts(found)
    assert [one["title"] for one in drawn] == ["27 more events", "Step 28", "Step 29", "Step 30"]
    assert drawn[0]["event"] == 27
    assert toasts(found[:4])[0]["title"] == "Step 1"


def test_names_are_one_line_and_told_by_outcome() -> None:
    text = '{"[Amplitude] Element Text":"Buy\\nnow"}'
    found = toasts(
        [
            Fired(row(1, "[Amplitude] Element Clicked", text), "", ""),
            Fired(row(2, "a\u202eb\n" * 1000), "", ""),
        ]
    )
    assert found[0]["title"] == "Clicked “Buy now”"
    assert found[0]["tone"] == "bad"
    assert str(found[0]["detail"]).endswith("·  Rejected")
    assert "\n" not in str(found[1]["title"])
    assert len(str(found[1]["title"])) < 100
