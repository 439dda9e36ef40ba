"""
Tables of what the study learns: clicks, and which labeled events count them.

Filled by `app.study.labels`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    """CREATE TABLE label_elements (
        id INTEGER PRIMARY KEY, hash INTEGER NOT NULL UNIQUE, body TEXT NOT NULL
    )""",
    """CREATE TABLE label_pages (
        id INTEGER PRIMARY KEY, hash INTEGER NOT NULL UNIQUE, url TEXT, title TEXT
    )""",
    """CREATE TABLE label_shapes (
        id INTEGER PRIMARY KEY,
        api_key TEXT NOT NULL,
        element INTEGER NOT NULL,
        page INTEGER NOT NULL,
        events INTEGER NOT NULL,
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        UNIQUE (element, page, api_key)
    )""",
    """CREATE TABLE label_clicks (
        event_id INTEGER PRIMARY KEY, shape INTEGER NOT NULL, time_ms INTEGER NOT NULL
    )""",
    "CREATE INDEX label_clicks_shape ON label_clicks (shape, time_ms)",
    """CREATE TABLE label_matches (
        label_id INTEGER NOT NULL, shape INTEGER NOT NULL,
        verdict INTEGER NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (label_id, shape)
    ) WITHOUT ROWID""",
    "CREATE INDEX label_matches_shape ON label_matches (shape)",
    """CREATE TABLE label_judged (
        label_id INTEGER PRIMARY KEY, key TEXT NOT NULL, through INTEGER NOT NULL
    )""",
    """CREATE VIEW labeled AS
        SELECT c.event_id AS event_id, m.label_id AS label_id
        FROM label_clicks c JOIN label_matches m ON m.shape = c.shape AND m.verdict = 1""",
)
LABELS = Tables("label", 2, _STATEMENTS)
