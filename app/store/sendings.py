"""
The sendings of one upload: what was tried, when, with what answer.
"""

import sqlite3
from typing import NamedTuple

MOST = 100
"""How many sendings are listed: an SDK that loops makes thousands."""


class Sending(NamedTuple):
    """One attempt to deliver an upload. `status` is None while nothing came back, and `failure`
    then says why, when that is known."""

    upload_id: int
    attempt: int
    at_ms: int
    status: int | None
    failure: str


def sendings(connection: sqlite3.Connection, upload_id: int) -> tuple[Sending, ...]:
    """All attempts of the upload that this is one of, in their order; the newest where there are
    too many. Empty when it was pruned."""
    rows = connection.execute(
        "SELECT p.id, p.attempt, c.at_ms, c.status, c.failure"
        " FROM uploads p JOIN captures c ON c.id = p.id, uploads chosen"
        " WHERE chosen.id = ? AND (p.id = coalesce(chosen.retry_of, chosen.id)"
        " OR p.retry_of = coalesce(chosen.retry_of, chosen.id)) ORDER BY p.id DESC LIMIT ?",
        (upload_id, MOST),
    )
    return tuple(reversed([Sending(*row) for row in rows]))
