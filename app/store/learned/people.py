"""
Tables of what the study learns: who is who.

Filled by `app.study.people`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    # `root` is whom a person turned out to be: themselves, or the one they were merged into.
    # Counts and times are the person's own, those of merged ones stay with them.
    """CREATE TABLE people (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL,
        user TEXT,
        device TEXT,
        root INTEGER NOT NULL,
        merged_by INTEGER,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        first_ms INTEGER,
        last_ms INTEGER,
        events INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE UNIQUE INDEX people_user ON people (source_id, user) WHERE user IS NOT NULL",
    "CREATE INDEX people_root ON people (root) WHERE root <> id",
    "CREATE INDEX people_last ON people (last_id)",
    # Whose a device is now.
    """CREATE TABLE device_owners (
        source_id INTEGER NOT NULL,
        device TEXT NOT NULL,
        person INTEGER NOT NULL,
        PRIMARY KEY (source_id, device)
    ) WITHOUT ROWID""",
    # Which ids a person was seen with; empty text for none.
    """CREATE TABLE person_devices (
        person INTEGER NOT NULL,
        device TEXT NOT NULL,
        user TEXT NOT NULL,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (person, device, user)
    ) WITHOUT ROWID""",
    "CREATE INDEX person_devices_device ON person_devices (device)",
    # Events that count although they repeat one: that one was refused.
    "CREATE TABLE counted_repeats (origin INTEGER PRIMARY KEY)",
)
PEOPLE = Tables("people", 1, _STATEMENTS)
