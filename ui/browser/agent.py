"""
The page agent in the built-in browser: a script in a world of its own, and a channel to it.

Pages cannot see the script or the channel, and their policies do not apply to either. What comes
over the channel is checked all the same (`app.agentwords`), because it is made of what pages say.
"""

import json
import logging
from typing import Any

from PySide6.QtCore import QFile, QIODevice, QObject, Signal, Slot
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineScript

from app.agentwords import read
from app.errors import BadInput
from resources import path

log = logging.getLogger(__name__)

WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
PARTS = ("own", "describe", "bars", "agent", "frames", "toasts")
_BEGIN = """
if (window !== window.top) joinFrames();
else {
  let waiting = [], say = message => waiting.push(message);
  // First, because while the agent labels it keeps clicks from whoever comes after it.
  const toasts = makeToasts(message => say(message));
  const agent = leadFrames(message => say(message));
  window.eventscopeSay = message => say(message);
  const receive = message => {
    if (message.do === "toast") toasts.show(message.events);
    else if (message.do === "untoast") toasts.clear();
    else agent.receive(message);
  };
  new QWebChannel(qt.webChannelTransport, channel => {
    const wire = channel.objects.eventscope;
    // Before anything is said: whoever hears it may ask at once.
    wire.asked.connect(text => receive(JSON.parse(text)));
    say = message => wire.say(JSON.stringify(message));
    waiting.forEach(say);
  });
}
"""


class Agent(QObject):
    """The agent of one page, for as long as the page lives.

    Signals:
        said: a record of `app.agentwords`.
        asked: for the script; a message as JSON.
    """

    said = Signal(object)
    asked = Signal(str)

    def __init__(self, page: QWebEnginePage) -> None:
        super().__init__(page)
        self._channel = QWebChannel(self)
        self._channel.registerObject("eventscope", self)
        page.setWebChannel(self._channel, WORLD)
        page.scripts().insert(_script())

    def do(self, what: str, **more: Any) -> None:
        """Ask the agent for something; see `agent.js` and `toasts.js`."""
        self.asked.emit(json.dumps({"do": what, **more}))

    @Slot(str)
    def say(self, text: str) -> None:
        """Called by the script."""
        try:
            message = read(text)
        except BadInput as error:
            log.warning("%s", error)
            return
        self.said.emit(message)


def _script() -> QWebEngineScript:
    script = QWebEngineScript()
    script.setName("eventscope-agent")
    script.setWorldId(WORLD)
    # First of all, so that while it labels nobody else sees a click.
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setRunsOnSubFrames(True)
    parts = [_channel_script()]
    parts += [path(f"agent/{name}.js").read_text("utf-8") for name in PARTS]
    script.setSourceCode("(() => {" + "\n".join([*parts, _BEGIN]) + "})();")
    return script


def _channel_script() -> str:
    """Qt's own side of the channel, which it brings along."""
    file = QFile(":/qtwebchannel/qwebchannel.js")
    file.open(QIODevice.OpenModeFlag.ReadOnly)
    try:
        return bytes(file.readAll().data()).decode("utf-8")
    finally:
        file.close()
