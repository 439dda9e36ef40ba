"""
A second connection, on which half of a long search runs at the same time.

Looking for a text in a million events is bound by reading a gigabyte; two cores read it in nearly
half the time. SQLite holds no lock of Python's meanwhile.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

from app.errors import StoreUnavailable

_LOOK_S = 0.02


class Beside:
    """Runs two questions at once. `connect` gives the second connection when it is needed."""

    def __init__(
        self, connection: sqlite3.Connection, connect: Callable[[], sqlite3.Connection]
    ) -> None:
        self._connection = connection
        self._connect = connect
        self._other: sqlite3.Connection | None = None

    def both[T](
        self,
        ask: Callable[[sqlite3.Connection], T],
        ask_beside: Callable[[sqlite3.Connection], T],
        is_enough: Callable[[T], bool],
    ) -> tuple[T, T | None]:
        """What both answer. The second answer is None when the first was enough, which is not
        waited for then. Raises what the questions raise."""
        found: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                # Connected here, the first time: that takes as long as reading a few thousand rows.
                other = self._second()
                if other is not None:
                    found.append(ask_beside(other))
            except BaseException as error:  # noqa: BLE001 - raised by the one who asked
                errors.append(error)

        thread = threading.Thread(target=run, name="beside", daemon=True)
        thread.start()
        is_wanted = False
        try:
            first = ask(self._connection)
            is_wanted = not is_enough(first)
        finally:
            while thread.is_alive():
                if not is_wanted:
                    # More than once: one that comes before the question begins is lost.
                    self.interrupt()
                thread.join(None if is_wanted else _LOOK_S)
        if not is_wanted:
            return first, None
        if errors:
            raise errors[0]
        return first, found[0] if found else ask_beside(self._connection)

    def interrupt(self) -> None:
        """Stop what runs on the second connection."""
        if self._other is not None:
            self._other.interrupt()

    def close(self) -> None:
        """Close the second connection."""
        if self._other is not None:
            self._other.close()
            self._other = None

    def _second(self) -> sqlite3.Connection | None:
        if self._other is None:
            try:
                self._other = self._connect()
            except (sqlite3.Error, StoreUnavailable):
                # Out of files, most likely: one after the other does as well.
                return None
        return self._other
