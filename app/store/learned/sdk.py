"""
Tables of what the study learns: which SDKs there are, and how they behave.

Filled by `app.sdk.follower`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    """CREATE TABLE sdk_instances (
        key TEXT PRIMARY KEY, source_id INTEGER, place TEXT NOT NULL, state TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE sdk_places (
        key TEXT PRIMARY KEY, source_id INTEGER, place TEXT NOT NULL, state TEXT NOT NULL
    ) WITHOUT ROWID""",
)
SDK = Tables("sdk", 3, _STATEMENTS)
