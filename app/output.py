"""
What commands print, and what can become of it: the reader has left, the disk is full.
"""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator

from app.errors import AppError


def put(texts: Iterable[str]) -> None:
    """Write these to standard output. Raises BrokenPipeError when nobody reads any more, and
    AppError with a sentence when it cannot be written."""
    out = sys.stdout.buffer
    for text in texts:
        with _explained():
            out.write(text.encode("utf-8", "replace"))
    with _explained():
        out.flush()


def give_up_output() -> None:
    """Let what is still buffered go nowhere, or it would fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up_output()
        raise AppError(f"The output cannot be written: {error.strerror or error}.") from error
