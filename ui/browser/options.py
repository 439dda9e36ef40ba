"""
Asks the page in the built-in browser what its SDKs were configured with, and has it tell what they
leave out before anything is sent.

That can only be seen in the page's own world. One property is there for the moment between the
question and the answer, which comes a little later because SDKs answer later; what was left out is
watched for from the beginning of a page, and told by an event whose name no page knows.
"""

import json
import logging
import secrets

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineScript

from app.agentwords import read
from app.errors import BadInput
from resources import path
from ui.browser.agent import WORLD as AGENTS_WORLD

log = logging.getLogger(__name__)

WORLD = QWebEngineScript.ScriptWorldId.MainWorld.value
SOON_MS = 1500
AFTER_MS = 300
TRIES = 4
_ASK = """(() => {
  %s
  const found = [];
  Object.defineProperty(window, Symbol.for('eventscope.options'),
    {value: found, configurable: true, enumerable: false});
  readOptions(one => found.push(one));
})()"""
_ANSWER = """(() => {
  const found = window[Symbol.for('eventscope.options')];
  delete window[Symbol.for('eventscope.options')];
  return JSON.stringify({say: 'options', page_url: location.href, found: found || []});
})()"""
_HEAR = """document.addEventListener('%s', event =>
  window.eventscopeSay(Object.assign(JSON.parse(event.detail),
    {say: 'dropped', page_url: location.href})))"""
_WATCH = """(() => {
  %s
  watchSoon((api_key, found) => document.dispatchEvent(
    new CustomEvent('%s', {detail: JSON.stringify({api_key, found})})));
})()"""


class OptionReader(QObject):
    """Asks after each page that was loaded, a few times while there is no answer.

    Signals:
        said: an `app.agentwords.Options`.
    """

    said = Signal(object)

    def __init__(self, page: QWebEnginePage) -> None:
        super().__init__(page)
        self._page = page
        self._left = 0
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._ask)
        self._after = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._after.timeout.connect(self._fetch)
        page.loadFinished.connect(self._begin)
        name = secrets.token_hex(8)
        code = path("agent/dropped.js").read_text("utf-8")
        page.scripts().insert(_script("hear", AGENTS_WORLD, _HEAR % name))
        page.scripts().insert(_script("watch", WORLD, _WATCH % (code, name)))

    def _begin(self, _is_good: bool) -> None:
        self._left = TRIES
        self._soon.start()

    def _ask(self) -> None:
        self._left -= 1
        code = path("agent/options.js").read_text("utf-8")
        self._page.runJavaScript(_ASK % code, WORLD)
        self._after.start()

    def _fetch(self) -> None:
        self._page.runJavaScript(_ANSWER, WORLD, self._take)

    def _take(self, answer: object) -> None:
        if not answer:
            return  # The page is gone.
        try:
            said = read(answer if isinstance(answer, str) else json.dumps(answer))
        except BadInput as error:
            log.warning("%s", error)
            return
        if getattr(said, "configs", ()):
            self.said.emit(said)
        elif self._left > 0:
            self._soon.start()


def _script(name: str, world: int, code: str) -> QWebEngineScript:
    """A script that is there before any of the page."""
    script = QWebEngineScript()
    script.setName(f"eventscope-{name}")
    script.setWorldId(world)
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setSourceCode(code)
    return script
