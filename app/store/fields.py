"""
What events were sent with and from where, as the study noted it.
"""

import sqlite3
from collections.abc import Sequence

from app.filter.fields import Fields

_ASK = f"""
    SELECT w.value, {", ".join(f"f.{name}" for name in Fields._fields)}
    FROM json_each(?) w
    JOIN study.field_runs r ON r.first =
        (SELECT max(first) FROM study.field_runs WHERE first <= w.value)
    JOIN study.fields f ON f.id = r.fields
    WHERE r.last >= w.value
"""


def fields_of_events(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Fields]:
    """The fields of these events; those that said none, or were not studied yet, are left out."""
    rows = db.execute(_ASK, (f"[{','.join(map(str, ids))}]",))
    return {event: Fields._make(values) for event, *values in rows}
