"""
Tables of what the study learns: user properties, and which states each event saw.

Filled by `app.study.properties`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    # One row for each event that counts. `state` is 0 while nothing is known of the person.
    """CREATE TABLE placed (
        id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL,
        time_ms INTEGER NOT NULL,
        state INTEGER NOT NULL
    )""",
    "CREATE INDEX placed_person ON placed (person, id)",
    "CREATE INDEX placed_time ON placed (person, time_ms)",
    # `changed` is JSON: new values by name, null for what was unset; everything when `is_full`.
    # `previous` is the person's state before, 0 for none. A state of nobody (`person` 0) is of one
    # event that keeps to its own properties.
    """CREATE TABLE states (
        id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL,
        event_id INTEGER NOT NULL,
        previous INTEGER NOT NULL,
        is_full INTEGER NOT NULL,
        changed TEXT NOT NULL
    )""",
    "CREATE INDEX states_person ON states (person, id)",
)
PROPERTIES = Tables("properties", 2, _STATEMENTS)
