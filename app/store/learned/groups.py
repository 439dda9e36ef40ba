"""
Tables of what the study learns: groups (accounts) and their properties.

Filled by `app.study.groups`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    # `properties` is JSON: the newest values.
    """CREATE TABLE groups (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL,
        type TEXT NOT NULL,
        name TEXT NOT NULL,
        properties TEXT NOT NULL,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        UNIQUE (source_id, type, name)
    )""",
    # What a `$groupidentify` changed; null for what was unset.
    """CREATE TABLE group_changes (
        group_id INTEGER NOT NULL,
        event_id INTEGER NOT NULL,
        changed TEXT NOT NULL,
        PRIMARY KEY (group_id, event_id)
    ) WITHOUT ROWID""",
)
GROUPS = Tables("groups", 1, _STATEMENTS)
