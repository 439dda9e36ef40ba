"""
What it takes to learn something from all captures, in order.
"""

import sqlite3
from pathlib import Path
from typing import Protocol, runtime_checkable

from app.store.writer import Ids
from app.study.arrival import Arrival


class Follower(Protocol):
    """Learns from arrivals, and keeps what it learned in tables of its own.

    `take` is called for every arrival, and `save` at the end of each batch, in the transaction
    that also moves the place up to which everything was studied; so what is saved is always what
    was learned up to there. `begin` is called before the first batch of a process, and again after
    a batch failed: whatever is remembered beside the tables must then be what the tables say.
    """

    @property
    def name(self) -> str:
        """One word."""

    @property
    def version(self) -> int:
        """Raise it when the tables or their meaning change: everything is studied again."""

    @property
    def tables(self) -> tuple[str, ...]:
        """CREATE statements, for tables, indexes and views."""

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from what the tables say."""

    def take(self, arrival: Arrival) -> None:
        """Learn from one capture."""

    def save(self) -> None:
        """Write what was learned."""

    def forget(self, first: Ids) -> None:
        """Captures and events below these were removed from the workspace."""


@runtime_checkable
class Answered(Protocol):
    """What a follower has that wants to see a capture again whose answer came after it was
    studied."""

    def unanswered(self) -> list[int]:
        """The captures that it still wants an answer to, newest first; not all if they are many.
        Asked after `begin`, each time something was committed."""

    def answer(self, arrival: Arrival) -> None:
        """One of them was answered, or is not going to be. Its `events` are left out: whose they
        are was settled in the order of arrival. `save` follows, in the same transaction."""


@runtime_checkable
class Refreshing(Protocol):
    """What a follower has that also depends on something beside the captures."""

    def is_stale(self, folder: Path) -> bool:
        """Whether that has changed. Asked ten times a second."""

    def refresh(self) -> None:
        """Take the change over. After `begin`, in a transaction of its own."""
