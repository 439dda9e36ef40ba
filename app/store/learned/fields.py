"""
Tables of what the study learns: what events were sent with, and from where.

Filled by `app.study.fields`.
"""

from app.filter.fields import Fields
from app.store.learned.tables import Tables

_STATEMENTS = (
    # Each combination once: a device sends the same with every event. `digest` tells them apart,
    # and `last_id` is the newest event with it.
    f"""CREATE TABLE fields (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        last_id INTEGER NOT NULL,
        {", ".join(f"{name} TEXT" for name in Fields._fields)}
    )""",
    # Events after each other that say the same, as those of an upload mostly do.
    """CREATE TABLE field_runs (
        first INTEGER PRIMARY KEY,
        last INTEGER NOT NULL,
        fields INTEGER NOT NULL
    )""",
    "CREATE INDEX field_runs_fields ON field_runs (fields)",
)
FIELDS = Tables("fields", 1, _STATEMENTS)
