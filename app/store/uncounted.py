"""
Events that do not count: refused, duplicates, or never taken. Charts cannot show them; whoever asks
why a chart dips looks for them here.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from app.model import Outcome
from app.store.writer import OUTCOMES

MOST = 1000


class Uncounted(NamedTuple):
    """An upload with events that do not count: how many, the first of them, what became of it, and
    when the newest of them happened by the sender's clock."""

    upload: int
    events: int
    first_event: int
    outcome: Outcome
    last_ms: int


def uncounted(
    db: sqlite3.Connection, types: Sequence[str], start_ms: int, end_ms: int
) -> list[Uncounted]:
    """Uploads with events of these types (none for all) in a time, newest first, at most a
    thousand. `db` has the study attached."""
    marks = ",".join("?" * len(types))
    of_types = (
        f" AND e.type_id IN (SELECT id FROM names WHERE kind = 'type' AND text IN ({marks}))"
        if types
        else ""
    )
    rows = db.execute(
        "SELECT e.upload_id, count(*), min(e.id), max(e.outcome), max(coalesce(e.time_ms, c.at_ms))"
        " FROM events e JOIN captures c ON c.id = e.upload_id"
        " LEFT JOIN study.placed p ON p.id = e.id WHERE p.id IS NULL"
        " AND coalesce(e.time_ms, c.at_ms) >= ? AND coalesce(e.time_ms, c.at_ms) < ?"
        f"{of_types} GROUP BY e.upload_id ORDER BY e.upload_id DESC LIMIT {MOST}",
        (start_ms, end_ms, *types),
    ).fetchall()
    return [
        Uncounted(upload, events, first, OUTCOMES[outcome], last)
        for upload, events, first, outcome, last in rows
    ]
