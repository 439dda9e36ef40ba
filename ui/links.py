"""
Links to events between windows: a second Eventscope hands a link to the one that shows the
workspace.

The window listens on a local socket that is named for its workspace and open to its owner alone.
All that can be said there is the link of an event; what is no such link is dropped.
"""

import logging
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.errors import BadInput
from app.links import LONGEST, EventLink, parse_link
from ui.reader import Reader

log = logging.getLogger(__name__)

PATIENCE_MS = 2000
TAKEN = b"taken\n"


class LinkServer(QObject):
    """Takes links while the window is there.

    Signals:
        asked: an EventLink that somebody wants to see.
    """

    asked = Signal(object)

    def __init__(self, reader: Reader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        reader.opened.connect(self.listen)

    def listen(self) -> None:
        """Take links to events of the open workspace, unless another window does."""
        name = self._reader.ask(lambda store: store.name(), "")
        # Asked first: with access for one user alone, Qt takes a name from whoever has it.
        if not name or self._server.isListening() or _answers(name):
            return
        # Left behind by a window that was killed.
        QLocalServer.removeServer(_socket(name))
        if not self._server.listen(_socket(name)):
            log.warning("links cannot be taken: %s", self._server.errorString())

    def close(self) -> None:
        """Take no more."""
        self._server.close()

    def _greet(self) -> None:
        while (line := self._server.nextPendingConnection()) is not None:
            line.readyRead.connect(partial(self._take, line))
            line.disconnected.connect(line.deleteLater)
            # It may have said everything before anybody listened.
            self._take(line)

    def _take(self, line: QLocalSocket) -> None:
        if not line.canReadLine():
            if line.bytesAvailable() > LONGEST:
                line.abort()
            return
        try:
            link = parse_link(bytes(line.readLine(LONGEST + 2).data()).decode("ascii", "replace"))
        except BadInput:
            line.abort()
            return
        line.write(TAKEN)
        line.disconnectFromServer()
        self.asked.emit(link)


def hand_over(link: EventLink) -> bool:
    """Give a link to the window that shows its workspace; False when there is none."""
    line = QLocalSocket()
    line.connectToServer(_socket(link.workspace))
    if not line.waitForConnected(PATIENCE_MS):
        return False
    line.write(f"{link}\n".encode())
    while not line.canReadLine():
        if not line.waitForReadyRead(PATIENCE_MS):
            return False
    return bytes(line.readLine().data()) == TAKEN


def _answers(name: str) -> bool:
    line = QLocalSocket()
    line.connectToServer(_socket(name))
    is_there = line.waitForConnected(PATIENCE_MS)
    line.abort()
    return is_there


def _socket(name: str) -> str:
    return f"eventscope-{name}"
