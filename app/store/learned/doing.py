"""
Tables of what the study learns: what people did and with what.

Filled by `app.study.doing`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    "CREATE TABLE doing_types (id INTEGER PRIMARY KEY, type TEXT NOT NULL UNIQUE)",
    # How often a person did something; under whose it was when it was received.
    """CREATE TABLE performed (
        person INTEGER NOT NULL,
        type INTEGER NOT NULL,
        events INTEGER NOT NULL,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        PRIMARY KEY (person, type)
    ) WITHOUT ROWID""",
    "CREATE INDEX performed_type ON performed (type, last_ms, person)",
    # How many events in which quarter of an hour since the epoch, by event time.
    """CREATE TABLE active_quarters (
        person INTEGER NOT NULL,
        quarter INTEGER NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (person, quarter)
    ) WITHOUT ROWID""",
    # With what: `facet` is sdk, version, platform, os, device, country, city, language or group.
    """CREATE TABLE person_facets (
        person INTEGER NOT NULL,
        facet TEXT NOT NULL,
        value TEXT NOT NULL,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (person, facet, value)
    ) WITHOUT ROWID""",
    # Variants that were shown, with the event that said so first and last.
    """CREATE TABLE exposures (
        person INTEGER NOT NULL,
        flag TEXT NOT NULL,
        variant TEXT NOT NULL,
        experiment TEXT NOT NULL,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        times INTEGER NOT NULL,
        PRIMARY KEY (person, flag, variant, experiment)
    ) WITHOUT ROWID""",
    # Which sessions of which devices were recorded; ids of captures.
    """CREATE TABLE replays (
        source_id INTEGER NOT NULL,
        device TEXT NOT NULL,
        session_id INTEGER NOT NULL,
        first_id INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        uploads INTEGER NOT NULL,
        PRIMARY KEY (source_id, device, session_id)
    ) WITHOUT ROWID""",
    # Ids that look alike have the same shape (see `app.ingest.lookalike`).
    """CREATE TABLE id_shapes (
        shape INTEGER NOT NULL,
        text TEXT NOT NULL,
        is_user INTEGER NOT NULL,
        PRIMARY KEY (shape, is_user, text)
    ) WITHOUT ROWID""",
)
DOING = Tables("doing", 1, _STATEMENTS)
