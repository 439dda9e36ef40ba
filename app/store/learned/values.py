"""
Tables of what the study learns: which values people have now.

Filled by `app.study.values`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    # Names of user properties, those of Amplitude's own with `@` before their wire name.
    "CREATE TABLE property_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # `value` is text: as it is, or JSON for everything else; the beginning of what is longer.
    """CREATE TABLE property_values (
        id INTEGER PRIMARY KEY,
        name INTEGER NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (name, value)
    )""",
    # Who has a value now. People who were merged into others have none of their own.
    """CREATE TABLE person_values (
        person INTEGER NOT NULL,
        name INTEGER NOT NULL,
        value INTEGER NOT NULL,
        PRIMARY KEY (person, name, value)
    ) WITHOUT ROWID""",
    "CREATE INDEX person_values_value ON person_values (value, person)",
    # Which event gave a property its present value, and how many gave it another one so far.
    """CREATE TABLE person_properties (
        person INTEGER NOT NULL,
        name INTEGER NOT NULL,
        event_id INTEGER NOT NULL,
        changes INTEGER NOT NULL,
        PRIMARY KEY (person, name)
    ) WITHOUT ROWID""",
)
VALUES = Tables("values", 1, _STATEMENTS)
