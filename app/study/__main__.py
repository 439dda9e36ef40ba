"""
The study as a process of its own, beside the window: `python -m app.study --workspace DIR`.

Says `{"type":"studied","through":N,"last":M}` on standard output whenever it got on, and ends when
its standard input does. Looks at the file ten times a second.
"""

import argparse
import contextlib
import logging
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

import orjson

from app.errors import StoreUnavailable
from app.study.running import Progress, Study

EVERY_SECONDS = 0.1
AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


def main() -> int:
    """Study until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m app.study")
    parser.add_argument("--workspace", type=Path, required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)  # Capture and the window come first.
    # Ctrl+C in a terminal reaches the window, too, which then ends our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    said = ""
    while not ended.is_set():
        try:
            _follow(given.workspace, ended)
        except (StoreUnavailable, sqlite3.Error) as error:
            # No workspace yet, or a disk that is full: tried again, nothing is lost.
            if str(error) != said:
                said = str(error)
                log.warning("study: %s", error)
            ended.wait(AGAIN_SECONDS)
    return 0


def _wait_for_end(ended: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while sys.stdin.buffer.read(1024):
            pass
    ended.set()


def _follow(workspace: Path, ended: threading.Event) -> None:
    with Study(workspace) as study:
        said = -1
        version: int | None = None
        while not ended.is_set():
            now = study.data_version()
            if now != version or study.is_behind():
                version = now
                through = study.catch_up(lambda: not ended.is_set(), _say)
                if through != said:
                    said = through
                    _say(Progress(through, through))
                study.make_ready()
            elif study.refresh():
                _say(Progress(said, said))
            ended.wait(EVERY_SECONDS)


def _say(progress: Progress) -> None:
    message = {"type": "studied", "through": progress.through, "last": progress.last}
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(orjson.dumps(message) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
