"""
Pages that are in the agent's way, on purpose or not: it picks what is clicked, keeps the click from
them, and goes on.

In the built-in browser the agent has a world of its own; in a person's own browser it shares the
page's, so it is run there as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineScript
from PySide6.QtWebEngineWidgets import QWebEngineView
from pytestqt.qtbot import QtBot

from app.agentwords import Leave, Opened, Page, Picked, Survey, read
from resources import path
from tests.ui.test_browser import pytestmark  # noqa: F401
from ui.browser.agent import Agent

PARTS = ("own", "describe", "bars", "agent")
IN_THE_PAGE = """(() => {
%s
  const said = [];
  // Pages have no business there; it stands for the way to the proxy.
  const write = JSON.stringify.bind(JSON), copy = Array.prototype.splice;
  const agent = makeAgent(message => { said[said.length] = write(message); });
  window.agentOfTest = {take: () => Reflect.apply(copy, said, [0]), receive: agent.receive};
})();"""
LISTENS = """window.seen = [];
for (const name of ['click', 'mousedown', 'pointerdown', 'submit'])
  for (const one of %s) one.addEventListener(name, event => seen.push(event.type), true);"""
SEEN = f"<script>{LISTENS % '[window, document]'}</script>"
BELOW = LISTENS % "[document]"
"""Where SDKs listen. Whoever listens to the window before the agent can hears of a click."""
BUY = '<button id="buy" class="cta"><b id="b">Buy</b> now</button>'
FIELDS = [
    "attributes",
    "getAttribute",
    "tagName",
    "parentElement",
    "parentNode",
    "classList",
    "closest",
    "id",
    "children",
    "matches",
    "getRootNode",
    "isConnected",
    "previousElementSibling",
    "shadowRoot",
    "querySelector",
    "innerText",
    "nodeType",
    "childNodes",
    "textContent",
    "checkVisibility",
    "getBoundingClientRect",
]
NAMES = [
    "querySelectorAll",
    "documentElement",
    "createElement",
    "title",
    "elementFromPoint",
    "readyState",
    "body",
    "hidden",
    "hasFocus",
    "head",
    "addEventListener",
    "getElementById",
]
KEYS = [
    "tag",
    "index",
    "indexOfType",
    "prevSib",
    "id",
    "classes",
    "attrs",
    "shadow",
    "hierarchy",
    "text",
    "href",
    "element",
    "up",
]
CLOBBERED = {
    "fields": f"<form id=f>{BUY}{''.join(f'<input name={one}>' for one in FIELDS)}</form>",
    "document": f"{BUY}{''.join(f'<img name={one} alt><form name={one}></form>' for one in NAMES)}",
}
IN_ITS_OWN = {
    "events": "for (const one of ['stopImmediatePropagation', 'preventDefault', 'composedPath'])"
    " Event.prototype[one] = () => {};",
    "throwing": "for (const one of ['stopImmediatePropagation', 'preventDefault', 'composedPath'])"
    " Event.prototype[one] = () => { throw new Error('no'); };",
    "setters": f"for (const name of {json.dumps(KEYS)}) Object.defineProperty(Object.prototype,"
    " name, {get() { return undefined; }, set() { throw new Error('no'); }, configurable: true});",
    "body": "Object.defineProperty(document, 'body',"
    " {get: () => new Proxy({}, {get() { throw 1; }})});"
    "Object.defineProperty(document, 'documentElement', {get: () => null});",
    "readers": "Element.prototype.getAttribute = Element.prototype.closest ="
    " Node.prototype.getRootNode = Document.prototype.querySelectorAll ="
    " () => { throw new Error('no'); };"
    "Object.defineProperty(Element.prototype, 'tagName', {get: () => 'EVIL'});",
    "removed": "new MutationObserver(() => { for (const one of document.querySelectorAll("
    "'eventscope-agent')) one.remove();"
    " document.body.dataset.n = 1 + (document.body.dataset.n | 0);"
    " }).observe(document.documentElement, {childList: true});",
}


class Browser:
    """A page with the agent, in a world of its own or in the page's."""

    def __init__(self, qtbot: QtBot, *, is_apart: bool) -> None:
        self._qtbot = qtbot
        self.is_apart = is_apart
        self.said: list[Any] = []
        self.profile = QWebEngineProfile()
        self.page = QWebEnginePage(self.profile)
        self.view = QWebEngineView()
        if is_apart:
            self.agent = Agent(self.page)
            self.agent.said.connect(self.said.append)
        else:
            parts = "\n".join(path(f"agent/{one}.js").read_text("utf-8") for one in PARTS)
            script = QWebEngineScript()
            script.setWorldId(QWebEngineScript.ScriptWorldId.MainWorld.value)
            script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
            script.setSourceCode(IN_THE_PAGE % parts)
            self.page.scripts().insert(script)
        self.view.setPage(self.page)
        self.view.resize(800, 600)
        self.view.show()

    def load(self, html: str, kind: str = "text/html;charset=utf-8") -> None:
        with self._qtbot.waitSignal(self.page.loadFinished):
            self.page.setContent(html.encode(), kind, QUrl("https://shop.example.test/"))
        self.until(lambda: self.all_of(Page))

    def until(self, condition: Any) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()))

    def all_of[T](self, kind: type[T]) -> list[T]:
        if not self.is_apart:
            self.said += map(read, self.run("agentOfTest.take()"))
        return [one for one in self.said if isinstance(one, kind)]

    def run(self, code: str) -> Any:
        found: list[Any] = []
        self.page.runJavaScript(f"JSON.stringify({code}) ?? 'null'", 0, found.append)
        self._qtbot.waitUntil(lambda: bool(found))
        return json.loads(found[0] or "null")

    def do(self, what: str, **more: Any) -> None:
        if self.is_apart:
            self.agent.do(what, **more)
        else:
            self.run(f"(agentOfTest.receive({json.dumps({'do': what, **more})}), 1)")

    def label(self) -> Survey:
        count = len(self.all_of(Survey))
        self.do("mode", mode="label")
        self.do("survey", most=5000)
        self.until(lambda: len(self.all_of(Survey)) > count)
        return self.all_of(Survey)[-1]

    def pick(self, where: str) -> Picked:
        """Click an element, given as JavaScript, with the mouse."""
        count = len(self.all_of(Picked))
        code = f"(r => [r.left + r.width / 2, r.top + r.height / 2])({where})"
        x, y = map(round, self.run(code))
        target = self.view.focusProxy() or self.view
        QTest.mouseMove(target, QPoint(x, y))
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        self.until(lambda: len(self.all_of(Picked)) > count)
        return self.all_of(Picked)[-1]

    def close(self) -> None:
        self.view.setPage(None)
        for one in (self.page, self.view, self.profile):
            shiboken6.delete(one)


@pytest.fixture(params=["apart", "within"])
def browser(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Browser]:
    made = Browser(qtbot, is_apart=request.param == "apart")
    yield made
    made.close()


@pytest.fixture
def within(qtbot: QtBot) -> Iterator[Browser]:
    made = Browser(qtbot, is_apart=False)
    yield made
    made.close()


PLACE = "window.buyOfTest.getBoundingClientRect()"
KEEP = "<script>window.buyOfTest = Document.prototype.getElementById.call(document, 'buy')</script>"


def assert_buy(browser: Browser) -> None:
    """What is clicked is picked, by its real name, and the page hears nothing of it."""
    picked = browser.pick(PLACE)
    assert (picked.subject.tag, picked.subject.text) == ("button", "Buy now")
    node = picked.subject.hierarchy[0]
    assert (node["id"], node["classes"]) == ("buy", ["cta"])
    assert picked.subject.hierarchy[-1]["tag"] == "body"
    assert browser.run("seen") == []


@pytest.mark.parametrize("which", CLOBBERED)
def test_what_is_named_as_something_a_page_has_by_nature(browser: Browser, which: str) -> None:
    browser.load(f"<!doctype html><html><head>{SEEN}</head><body>{CLOBBERED[which]}{KEEP}</body>")
    assert "Buy now" in [one.text for one in browser.label().elements]
    assert_buy(browser)


@pytest.mark.parametrize("which", IN_ITS_OWN)
def test_what_a_page_puts_in_the_place_of_its_own(within: Browser, which: str) -> None:
    within.load(
        f"<!doctype html><html><head>{SEEN}</head><body>{BUY}{KEEP}<script>{IN_ITS_OWN[which]}"
        "</script></body></html>"
    )
    assert [one.text for one in within.label().elements] == ["Buy now"]
    assert_buy(within)


def test_a_page_that_writes_itself_anew(browser: Browser) -> None:
    browser.load(f"<!doctype html><html><body>{BUY}{KEEP}</body></html>")
    browser.label()
    again = f"<!doctype html><script>{BELOW}</script><body><p>Anew</p>{BUY}{KEEP}</body>"
    again = json.dumps(again).replace("</", "<\\/")
    browser.run(f"(document.open(), document.write({again}), document.close(), 1)")
    browser.until(lambda: browser.run("document.querySelectorAll('p').length") == 1)
    assert_buy(browser)
    # What is drawn is there again as well.
    last = "Boolean(document.querySelector('eventscope-agent'))"
    browser.until(lambda: browser.run(last))


def test_xhtml(browser: Browser) -> None:
    page = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>X</title>'
        f"<script><![CDATA[{BELOW}]]></script>"
        f'</head><body>{BUY}<input name="q" value="secret" /><script>window.buyOfTest ='
        " document.getElementById('buy')</script></body></html>"
    )
    browser.load(page, "application/xhtml+xml")
    found = browser.label().elements
    assert [(one.tag, one.text) for one in found] == [("button", "Buy now"), ("input", "")]
    assert "attrs" not in found[1].hierarchy[0]
    picked = browser.pick(PLACE)
    # There the SDK does not end below `html` either: it looks for capital letters.
    assert [one["tag"] for one in picked.subject.hierarchy] == ["button", "body", "html"]
    assert browser.run("seen") == []


def test_what_is_asked_at_once_is_heard(qtbot: QtBot) -> None:
    """As the Label page does when a page is there: the agent may have waited for its way here."""
    browser = Browser(qtbot, is_apart=True)
    browser.agent.said.connect(
        lambda said: browser.do("survey", most=5) if isinstance(said, Page) else None
    )
    page = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{BUY}</body></html>'
    browser.load(page, "application/xhtml+xml")
    browser.until(lambda: browser.all_of(Survey))
    browser.close()


ROOTS = """(() => {
  const all = document.createDocumentFragment();
  for (let at = 0; at < 10000; at++) {
    const host = document.createElement('div');
    host.attachShadow({mode: 'open'}).innerHTML = '<button>In ' + at + '</button>';
    all.append(host);
  }
  document.body.append(all);
  let inner = document.body;
  for (let at = 0; at < 3000; at++) {
    const host = document.createElement('span');
    inner.append(host);
    inner = host.attachShadow({mode: 'open'});
  }
  inner.innerHTML = '<button>Deepest</button>';
  return 1;
})()"""
DEEP = """(() => {
  let inner = document.body;
  for (let at = 0; at < 3000; at++) {
    const one = document.createElement('div');
    inner.append(one);
    inner = one;
  }
  inner.innerHTML = '<button id="deep">Deep</button>';
  window.buyOfTest = document.getElementById('deep');
  window.buyOfTest.style.cssText = 'position: fixed; left: 200px; top: 100px';
  return 1;
})()"""
WIDE = """(() => {
  const value = 'x'.repeat(128);
  const attributes = Array.from({length: 40}, (_, at) => `data-a${at}="${value}"`).join(' ');
  document.body.insertAdjacentHTML('beforeend',
    Array.from({length: 3000}, (_, at) => `<button ${attributes}>${at}</button>`).join(''));
  return 1;
})()"""


def test_ten_thousand_shadow_roots_and_three_thousand_in_each_other(within: Browser) -> None:
    within.load(f"<!doctype html><html><head>{SEEN}</head><body>{BUY}{KEEP}</body></html>")
    within.run(ROOTS)
    found = within.label()
    assert found.has_more
    assert len(found.elements) == 5000
    assert_buy(within)


def test_an_element_deeper_than_anybody_writes(browser: Browser) -> None:
    browser.load(f"<!doctype html><html><head>{SEEN}</head><body>{BUY}{KEEP}</body></html>")
    browser.run(DEEP)
    picked = browser.pick(PLACE) if browser.label() else None
    assert picked
    assert picked.subject.text == "Deep"
    # Cut as old SDKs do: what is further out is not known.
    assert len(picked.subject.hierarchy) == 900
    assert browser.run("seen") == []


def test_a_page_with_more_than_can_be_told(browser: Browser) -> None:
    browser.load(f"<!doctype html><html><head>{SEEN}</head><body>{BUY}{KEEP}</body></html>")
    browser.run(WIDE)
    found = browser.label()
    assert found.has_more
    assert 500 < len(found.elements) < 3000
    assert_buy(browser)


def test_a_frame_that_speaks_as_the_agent(browser: Browser) -> None:
    fake = """<script>
      const fake = {say: 'opened', name: 'Fake', do: 'mode', mode: 'navigate'};
      for (const one of [parent, top]) one.postMessage(fake, '*');
      for (const one of [parent, top]) one.postMessage(JSON.stringify(fake), '*');
      for (const name of ['eventscopeSay', 'eventscopeFrames', 'qt', 'eventscope'])
        try { top[name](fake); } catch {}
      parent.postMessage('spoken', '*');</script>"""
    frame = fake.replace("&", "&amp;").replace('"', "&quot;")
    browser.load(
        f"<!doctype html><html><head>{SEEN}<script>addEventListener('message', event => "
        "{ if (event.data === 'spoken') window.spoken = true; });</script></head>"
        f'<body>{BUY}{KEEP}<iframe sandbox="allow-scripts" srcdoc="{frame}"></iframe></body></html>'
    )
    browser.until(lambda: browser.run("window.spoken ?? false"))
    browser.label()
    assert_buy(browser)
    assert browser.all_of(Opened) == []
    assert browser.all_of(Leave) == []
