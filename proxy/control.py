"""
The control channel: announcements on stdout, commands on stdin, one JSON object a line.

Both ends are daemon threads. stdout may be read slowly or not at all, and must then hold up
nothing; "rows up to N exist" is coalesced, because only the newest of them says anything.
"""

import asyncio
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from app import wire
from app.errors import BadInput

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.03
KEPT = 1000
MOST_PENDING = 32 << 20
"""Of what pages say, in characters. When nobody reads that, the rest is not kept: neither memory
nor what we have to say ourselves may suffer from it."""
LONGEST_LINE = 1 << 20


class Announcer:
    """Writes messages to stdout from a thread of its own."""

    def __init__(self) -> None:
        self._messages: deque[wire.Message] = deque(maxlen=KEPT)
        self._pages: deque[wire.AgentSaid] = deque()
        self._pending = 0
        self._lock = threading.Lock()
        self._captured: wire.Captured | None = None
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        threading.Thread(target=self._run, name="announcer", daemon=True).start()

    def say(self, message: wire.Message) -> None:
        """Announce this, soon. Never blocks."""
        with self._lock:
            self._idle.clear()
            if isinstance(message, wire.Captured):
                self._captured = message
            elif not isinstance(message, wire.AgentSaid):
                self._messages.append(message)
            elif self._pending + len(message.text) <= MOST_PENDING and len(self._pages) < KEPT:
                self._pending += len(message.text)
                self._pages.append(message)
        self._wake.set()

    def finish(self, seconds: float) -> None:
        """Give what was said a moment to be written."""
        self._idle.wait(seconds)

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._wake.wait()
            self._wake.clear()
            try:
                self._write_all()
            except OSError:  # Nobody listens any more; end of input will tell us to stop.
                self._idle.set()
                return
            pause.wait(PAUSE_SECONDS)

    def _write_all(self) -> None:
        while message := self._next():
            _print(message)
        with self._lock:
            captured, self._captured = self._captured, None
        if captured:
            _print(captured)
        with self._lock:
            if not (self._messages or self._pages or self._captured):
                self._idle.set()

    def _next(self) -> wire.Message | None:
        """What is to be written next, but for how much there is: that comes last, and once."""
        with self._lock:
            if self._messages:
                return self._messages.popleft()
            if not self._pages:
                return None
            said = self._pages.popleft()
            self._pending -= len(said.text)
            return said


def _print(message: wire.Message) -> None:
    """Straight to the descriptor: the interpreter aborts at its end when a daemon thread holds the
    lock of a buffered stream. The same holds for reading."""
    rest = wire.encode(message).encode() + b"\n"
    while rest:
        try:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]
        except BlockingIOError:  # A terminal that somebody else made non-blocking.
            time.sleep(PAUSE_SECONDS)


def _lines(descriptor: int) -> Iterator[bytes]:
    """Lines as they come, the last one also without its end. Longer ones than any command are
    dropped as they arrive."""
    rest = b""
    while chunk := os.read(descriptor, 65536):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line for line in lines if line.strip())
        rest = rest if len(rest) <= LONGEST_LINE else b"too long"
    if rest.strip():
        yield rest


def listen(
    loop: asyncio.AbstractEventLoop,
    command: Callable[[wire.Message], None],
    refused: Callable[[bytes], None],
    ended: Callable[[], None],
) -> None:
    """Read commands from stdin in a thread; all callables run on the loop. `refused` gets a line
    that is no message.

    A thread, because the loop's own pipe reader never ends on /dev/null and is refused on files.
    """

    def run() -> None:
        try:
            for line in _lines(sys.stdin.fileno()):
                _hand_over(line)
        except (OSError, ValueError):
            log.debug("stdin failed", exc_info=True)
        _call(ended)

    def _hand_over(line: bytes) -> None:
        try:
            message = wire.decode(line)
        except BadInput:
            _call(lambda: refused(line))
            return
        _call(lambda: command(message))

    def _call(what: Callable[[], None]) -> None:
        try:
            loop.call_soon_threadsafe(what)
        except RuntimeError:  # The loop is closed: we are leaving anyway.
            log.debug("the loop has ended")

    threading.Thread(target=run, name="control", daemon=True).start()
