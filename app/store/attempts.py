"""
How often events were sent, and what became of the last sending, for a stream that folds repeats.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from app.model import Outcome
from app.store.writer import OUTCOMES

MOST = 1000
"""Sendings of one event that are followed; SDKs in a loop make more."""

# Each repeat names the sending before it.
_CHAINS = f"""
    WITH RECURSIVE chain(first, id, number) AS (
        SELECT value, value, 1 FROM json_each(?)
        UNION ALL
        SELECT chain.first, e.id, chain.number + 1
        FROM chain JOIN events e INDEXED BY events_repeat ON e.repeat_of = chain.id
        WHERE chain.number < {MOST}
    )
    SELECT chain.first, count(*), max(chain.id) FROM chain GROUP BY chain.first HAVING count(*) > 1
"""


class Attempts(NamedTuple):
    """How many sendings there were, and what became of the last one."""

    number: int
    outcome: Outcome
    failure: str


def attempts_of(connection: sqlite3.Connection, events: Sequence[int]) -> dict[int, Attempts]:
    """By the event that was sent first; those that were sent once are left out."""
    wanted = orjson.dumps(list(events)).decode()
    found = connection.execute(_CHAINS, (wanted,)).fetchall()
    answers = {
        number: (OUTCOMES[outcome], failure)
        for number, outcome, failure in connection.execute(
            "SELECT e.id, e.outcome, c.failure FROM events e JOIN captures c ON c.id = e.upload_id"
            " WHERE e.id IN (SELECT value FROM json_each(?))",
            (orjson.dumps([last for _, _, last in found]).decode(),),
        )
    }
    return {first: Attempts(count, *answers[last]) for first, count, last in found}
