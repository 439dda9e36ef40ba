"""
The page agent in the built-in browser, driven with a real mouse and real keys.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from pytestqt.qtbot import QtBot

from app.agentwords import Leave, Page, Picked, Survey
from resources import path
from tests.ui.test_browser import pytestmark  # noqa: F401
from ui.browser.agent import Agent

DATA = Path(__file__).parents[1] / "data/agent"
WATCH = """
window.seen = [];
for (const name of ['click', 'mousedown', 'pointerdown', 'keydown', 'submit', 'change'])
  for (const one of [window, document])
    one.addEventListener(name, event => seen.push(event.type), true);
new MutationObserver(all => seen.push('mutation')).observe(document.body,
  {subtree: true, childList: true, attributes: true, characterData: true});
"""


class Browser:
    """A page with the agent in a window of a fixed size."""

    def __init__(self, qtbot: QtBot, profile: QWebEngineProfile) -> None:
        self._qtbot = qtbot
        self.view = QWebEngineView()
        self.page = QWebEnginePage(profile)
        self.agent = Agent(self.page)
        self.said: list[Any] = []
        self.agent.said.connect(self.said.append)
        self.view.setPage(self.page)
        self.view.resize(1000, 700)
        self.view.show()

    def load(self, html: str) -> None:
        with self._qtbot.waitSignal(self.page.loadFinished):
            self.page.setHtml(html, QUrl("https://shop.example.test/"))
        self._qtbot.waitUntil(lambda: bool(self.all_of(Page)))

    def run(self, code: str) -> Any:
        """What JavaScript of the page itself answers."""
        found: list[Any] = []
        self.page.runJavaScript(f"JSON.stringify({code}) ?? 'null'", 0, found.append)
        self._qtbot.waitUntil(lambda: bool(found))
        return json.loads(found[0])

    def all_of[T](self, kind: type[T]) -> list[T]:
        return [one for one in self.said if isinstance(one, kind)]

    def next[T](self, kind: type[T]) -> T:
        """The next thing said of this kind."""
        count = len(self.all_of(kind))
        self._qtbot.waitUntil(lambda: len(self.all_of(kind)) > count)
        return self.all_of(kind)[-1]

    def label(self) -> None:
        self.agent.do("mode", mode="label")
        self.agent.do("survey", most=5000)
        self._qtbot.waitUntil(lambda: bool(self.all_of(Survey)))

    def click(self, selector: str) -> None:
        """With the mouse, in the middle of an element."""
        self.run(
            f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block:'center'}})"
        )
        x, y = self.run(
            f"(r => [r.left + r.width / 2, r.top + r.height / 2])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        target = self.view.focusProxy() or self.view
        QTest.mouseMove(target, QPoint(round(x), round(y)))
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view.focusProxy() or self.view, key)


@pytest.fixture
def fresh(qtbot: QtBot) -> Iterator[Browser]:
    """One that has loaded nothing yet."""
    profile = QWebEngineProfile()
    made = Browser(qtbot, profile)
    yield made
    made.view.setPage(None)
    shiboken6.delete(made.page)
    shiboken6.delete(made.view)
    shiboken6.delete(profile)


@pytest.fixture
def browser(fresh: Browser) -> Browser:
    fresh.load((DATA.parent / "label/pages/main.html").read_text("utf-8"))
    return fresh


def pick(browser: Browser, selector: str, qtbot: QtBot) -> Picked:
    count = len(browser.all_of(Picked))
    browser.click(selector)
    qtbot.waitUntil(lambda: len(browser.all_of(Picked)) > count)
    return browser.all_of(Picked)[-1]


def test_a_click_picks_and_the_page_never_knows(browser: Browser, qtbot: QtBot) -> None:
    browser.run(f"(() => {{ {WATCH} return 0; }})()")
    browser.label()
    picked = pick(browser, ".btn-label b", qtbot)
    assert picked.subject.tag == "button"
    assert picked.subject.text == "*Get started"
    assert picked.is_sure
    assert not picked.subject.in_shadow
    assert [one["tag"] for one in picked.subject.hierarchy] == ["button", "section", "main", "body"]
    survey = browser.all_of(Survey)[-1]
    assert survey.elements[picked.element] == type(survey.elements[0])(
        picked.subject.hierarchy,
        picked.subject.text,
        picked.subject.href,
        picked.subject.page_url,
        picked.subject.page_title,
    )
    # A button that removes itself stays; a form is not sent.
    pick(browser, ".self-remove", qtbot)
    pick(browser, "button.submit2", qtbot)
    assert browser.run("document.querySelectorAll('.self-remove').length") == 1
    assert browser.run("seen") == []


def test_keys_walk_the_levels_and_leave(browser: Browser, qtbot: QtBot) -> None:
    browser.label()
    pick(browser, 'li[data-sku="SKU-1002"] button', qtbot)
    for key, tag in ((Qt.Key.Key_Up, "li"), (Qt.Key.Key_Up, "ul"), (Qt.Key.Key_Down, "li")):
        count = len(browser.all_of(Picked))
        browser.press(key)
        qtbot.waitUntil(lambda count=count: len(browser.all_of(Picked)) > count)
        assert browser.all_of(Picked)[-1].subject.tag == tag
    assert not browser.all_of(Picked)[-1].is_sure
    browser.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bool(browser.all_of(Leave)))


def test_navigating_leaves_the_page_alone(browser: Browser, qtbot: QtBot) -> None:
    browser.label()
    pick(browser, "#mutator", qtbot)
    assert browser.run("document.documentElement.lastElementChild.tagName") == "EVENTSCOPE-AGENT"
    browser.agent.do("mode", mode="navigate")
    qtbot.waitUntil(
        lambda: browser.run("document.documentElement.lastElementChild.tagName") == "BODY",
    )
    browser.click("#mutator")
    qtbot.waitUntil(
        lambda: str(browser.run("document.getElementById('out').textContent")).startswith(
            "clicked"
        ),
    )


def test_an_open_shadow_root_can_be_labeled(browser: Browser, qtbot: QtBot) -> None:
    browser.label()
    found = [one for one in browser.all_of(Survey)[-1].elements if one.in_shadow]
    assert [one.text for one in found] == ["Shadow button", "Shadow link"]
    browser.agent.do("pick", element=browser.all_of(Survey)[-1].elements.index(found[0]))
    qtbot.waitUntil(lambda: bool(browser.all_of(Picked)))
    picked = browser.all_of(Picked)[-1]
    assert picked.subject.in_shadow
    assert [one["tag"] for one in picked.subject.hierarchy[:3]] == ["button", "div", "my-widget"]


def test_a_page_cannot_reach_the_agent(browser: Browser, qtbot: QtBot) -> None:
    assert (
        browser.run("[typeof qt, typeof makeAgent, typeof describe, typeof QWebChannel]")
        == ["undefined"] * 4
    )
    hostile = """<!doctype html><html><head><script>
      Array.prototype.push = () => { throw 1 };
      EventTarget.prototype.addEventListener = () => { throw 2 };
      Element.prototype.closest = () => { throw 3 };
      Object.defineProperty(Object.prototype, 'element', {get() { throw 4 }});
      JSON.parse = () => { throw 5 };
    </script></head><body><button id=b class="%s">Buy</button></body></html>"""
    browser.said.clear()
    browser.load(hostile % ("x" * 1_000_000))
    browser.label()
    picked = pick(browser, "#b", qtbot)
    assert picked.subject.text == "Buy"
    assert len(picked.subject.hierarchy[0]["classes"][0]) == 4096
    assert not browser.all_of(Leave)


def test_what_is_asked_as_soon_as_a_page_speaks_is_heard(fresh: Browser, qtbot: QtBot) -> None:
    def ask(said: object) -> None:
        if isinstance(said, Page):
            fresh.agent.do("survey", most=5000)

    fresh.agent.said.connect(ask)
    fresh.load(SEEN)
    qtbot.waitUntil(lambda: bool(fresh.all_of(Survey)))
    assert [one.text for one in fresh.all_of(Survey)[-1].elements] == ["Go", "+"]


def test_an_address_that_changes_without_loading_is_told(browser: Browser, qtbot: QtBot) -> None:
    browser.label()
    browser.page.runJavaScript("location.hash = 'cart'")
    qtbot.waitUntil(lambda: browser.all_of(Page)[-1].url == "https://shop.example.test/#cart")
    assert not browser.all_of(Page)[-1].is_new


def test_frames_of_the_site_are_labeled_and_others_are_covered(
    browser: Browser, qtbot: QtBot
) -> None:
    browser.said.clear()
    browser.load(
        """<!doctype html><body><button id=out>Outside</button>
        <iframe id=mine style="width:300px;height:150px;border:0" srcdoc="<!doctype html>
          <body style='margin:0'><script>seen = [];
          addEventListener('click', event => seen.push(event.type), true)</script>
          <button id=in style='width:200px;height:80px'>Inside</button>"></iframe>
        <iframe id=other src="data:text/html,<button>Theirs</button>"></iframe>"""
    )
    browser.label()
    assert browser.all_of(Survey)[-1].closed == 1
    assert [one.text for one in browser.all_of(Survey)[-1].elements] == ["Outside"]
    picked = pick(browser, "#mine", qtbot)
    assert (picked.subject.text, picked.subject.tag) == ("Inside", "button")
    assert browser.run("document.getElementById('mine').contentWindow.seen") == []
    # From now on it is the frame that is surveyed and marked.
    browser.agent.do("survey", most=5000)
    assert [one.text for one in browser.next(Survey).elements] == ["Inside"]
    pick(browser, "#out", qtbot)
    browser.agent.do("survey", most=5000)
    assert [one.text for one in browser.next(Survey).elements] == ["Outside"]
    assert browser.run("typeof eventscopeFrames") == "undefined"


SEEN = """<!doctype html><body style="margin: 40px; background: white">
<button id="go" style="width: 120px; height: 40px; border: 0; background: white">Go</button>
<button id="keep" aria-label="Keep it" style="width: 120px; height: 40px; border: 0;
  background: white">+</button>"""
OUTLINE = QColor("#5B5BD6")


def is_outlined(browser: Browser, selector: str) -> bool:
    """Whether there is an outline at the left edge of an element, as it is painted."""
    x, y = browser.run(
        f"(r => [r.left, r.top + r.height / 2])"
        f"(document.querySelector('{selector}').getBoundingClientRect())"
    )
    seen = browser.view.grab().toImage().pixelColor(round(x), round(y))
    apart = zip(seen.getRgb()[:3], OUTLINE.getRgb()[:3], strict=True)
    return max(abs(one - other) for one, other in apart) < 60


def test_only_what_can_be_seen_is_outlined_and_only_as_long_as_it_is_picked(
    browser: Browser, qtbot: QtBot
) -> None:
    def until(is_so: bool, selector: str) -> None:
        qtbot.waitUntil(lambda: is_outlined(browser, selector) is is_so)

    browser.load(SEEN)
    browser.label()
    assert pick(browser, "#keep", qtbot).trail[0] == "button  “Keep it”"
    pick(browser, "#go", qtbot)
    until(True, "#go")
    target = browser.view.focusProxy() or browser.view
    QTest.mouseMove(target, QPoint(500, 500))
    browser.agent.do("forget")
    until(False, "#go")
    pick(browser, "#go", qtbot)
    QTest.mouseMove(target, QPoint(500, 500))
    until(True, "#go")
    # As an entry of a menu that closes: it is there, and nobody sees it.
    browser.run("(document.getElementById('go').style.visibility = 'hidden')")
    until(False, "#go")


BARS = """<!doctype html><body style="margin: 0; height: 3000px; background: white">
<header style="position: sticky; z-index: 5; top: 0; height: 60px; background: white">
  <button id="home" style="margin: 10px 500px; width: 100px; height: 40px; border: 0">Home</button>
</header>
<nav style="position: fixed; z-index: 5; top: 60px; bottom: 0; width: 80px; background: white">
</nav>
<div style="position: fixed; inset: 0; pointer-events: none"></div>
<button id="go" style="position: absolute; left: 300px; top: 200px; width: 120px; height: 80px;
  border: 0; background: white">Go</button>
<button id="side" style="position: absolute; left: 40px; top: 320px; width: 120px; height: 40px;
  border: 0; background: white">Side</button>
<button id="over" style="position: absolute; z-index: 9; left: 40px; top: 420px; width: 120px;
  height: 40px; border: 0; background: white">Over</button>"""
MARK = QColor("#1A7F4B")


def is_green(browser: Browser, x: int, y: int) -> bool:
    """Whether an element's mark goes through a place of the window."""
    seen = browser.view.grab().toImage().pixelColor(x, y)
    return max(abs(a - b) for a, b in zip(seen.getRgb(), MARK.getRgb(), strict=True)) < 60


def test_marks_end_where_the_page_is_covered(browser: Browser, qtbot: QtBot) -> None:
    browser.said.clear()
    browser.load(BARS)
    browser.label()
    count = len(browser.all_of(Survey)[-1].elements)
    browser.agent.do("highlight", marks=[{"element": at, "tone": "match"} for at in range(count)])
    # What is over a bar, and in one, is marked there as well; what is under it as far as one sees.
    for x, y in ((300, 240), (40, 440), (500, 30), (120, 320)):
        qtbot.waitUntil(lambda x=x, y=y: is_green(browser, x, y))
    qtbot.waitUntil(lambda: not is_green(browser, 60, 320))
    browser.run("(scrollTo(0, 180), 1)")
    # Now Go reaches from 20 to 100, and is seen below 60; Side is all covered at its left.
    qtbot.waitUntil(lambda: is_green(browser, 300, 80))
    qtbot.waitUntil(lambda: not is_green(browser, 300, 55))
    qtbot.waitUntil(lambda: is_green(browser, 350, 60))
    browser.run("(scrollTo(0, 230), 1)")
    qtbot.waitUntil(lambda: not is_green(browser, 300, 45))
    qtbot.waitUntil(lambda: is_green(browser, 500, 30))


HOVERS = """
(() => {
  const frames = [];
  window.requestAnimationFrame = run => (frames.push(run), frames.length);
  let asked = 0;
  for (const [owner, name] of [[Element.prototype, 'getBoundingClientRect'],
      [Document.prototype, 'elementFromPoint'], [Document.prototype, 'createElement']]) {
    const own = owner[name];
    owner[name] = function (...given) { asked += 1; return own.apply(this, given); };
  }
  %s
  const said = [];
  const agent = makeAgent(message => said.push(message));
  agent.receive({do: 'mode', mode: 'label'});
  agent.receive({do: 'survey', most: 5000});
  agent.receive({do: 'highlight',
    marks: Array.from({length: 300}, (_, at) => ({element: at, tone: 'match', name: `n${at}`}))});
  while (frames.length) frames.pop()();
  const all = document.querySelectorAll('button b');
  const costs = [];
  for (let at = 0; at < 200; at++) {
    const target = all[at * 7 %% all.length];
    asked = 0;
    target.dispatchEvent(new PointerEvent('pointermove', {bubbles: true, composed: true}));
    while (frames.length) frames.pop()();
    costs.push(asked);
  }
  return {count: all.length, surveyed: said.find(one => one.say === 'survey').elements.length,
    most: Math.max(...costs), least: Math.min(...costs)};
})()
"""


def test_the_outline_follows_the_mouse_on_a_large_page(browser: Browser) -> None:
    """Three hundred marks cost a movement nothing: one place is asked for, and nothing is made."""
    card = "<div class='card'><p><button class='buy wide'><b>Buy %d</b></button></p></div>"
    browser.said.clear()
    browser.load("<!doctype html><body>" + "".join(card % at for at in range(2000)))
    names = ("own", "describe", "bars", "agent")
    parts = [path(f"agent/{name}.js").read_text("utf-8") for name in names]
    found = browser.run(HOVERS % "\n".join(parts))
    assert found["count"] == found["surveyed"] == 2000
    assert (found["least"], found["most"]) == (1, 1)
