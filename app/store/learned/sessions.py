"""
Tables of what the study learns: what each person did under each session id.

Filled by `app.study.sessions`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    """CREATE TABLE sessions (
        person INTEGER NOT NULL,
        session_id INTEGER NOT NULL,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (person, session_id)
    ) WITHOUT ROWID""",
)
SESSIONS = Tables("sessions", 1, _STATEMENTS)
