"""
The shape of a workspace file: its name, its tables, and the steps that made them.

Rows are slim and the request is kept once: an event's own JSON is read back from its upload.
What filters and charts ask for (type, ids, times, properties) lies in columns. Event types and
ids repeat, so they are numbers into `names`; with 30-event uploads this writes 2.2 times as many
events a second as text columns do, and makes the indexes on them affordable.
"""

FILE = "workspace.sqlite"
PAGE_SIZE = 8192

M001_CAPTURES = (
    # Small facts of the workspace itself. `last_*` keep ids growing after everything is cleared.
    "CREATE TABLE facts (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    """CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        vendor TEXT NOT NULL,
        api_key TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        first_seen_ms INTEGER NOT NULL,
        UNIQUE (vendor, api_key)
    )""",
    """CREATE TABLE names (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (kind, text)
    )""",
    # `request` and `response` are zstd of header lines, an empty line, and the body as received.
    """CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        duration_ms INTEGER,
        via TEXT NOT NULL,
        kind TEXT NOT NULL,
        method TEXT NOT NULL,
        host TEXT NOT NULL,
        url TEXT NOT NULL,
        status INTEGER,
        failure TEXT NOT NULL,
        note TEXT NOT NULL,
        request BLOB NOT NULL,
        response BLOB
    )""",
    # One row for each capture of kind upload, under the capture's id.
    """CREATE TABLE uploads (
        id INTEGER PRIMARY KEY,
        source_id INTEGER,
        endpoint TEXT NOT NULL,
        library TEXT,
        transport TEXT NOT NULL,
        compression TEXT NOT NULL,
        wire_bytes INTEGER NOT NULL,
        body_bytes INTEGER NOT NULL,
        client_upload_ms INTEGER,
        options TEXT NOT NULL,
        first_event_id INTEGER NOT NULL,
        event_count INTEGER NOT NULL,
        problem TEXT NOT NULL
    )""",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        upload_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        source_id INTEGER,
        type_id INTEGER NOT NULL,
        user_id INTEGER,
        device_id INTEGER,
        session_id INTEGER,
        time_ms INTEGER,
        outcome INTEGER NOT NULL,
        insert_id TEXT,
        event_properties TEXT,
        user_properties TEXT,
        groups TEXT,
        group_properties TEXT
    )""",
    "CREATE INDEX events_type ON events (type_id)",
    "CREATE INDEX events_user ON events (user_id)",
    "CREATE INDEX events_device ON events (device_id)",
    "CREATE INDEX events_session ON events (session_id)",
    # Problems are few, and the status bar counts them.
    "CREATE INDEX uploads_problem ON uploads (id) WHERE problem <> ''",
)

M002_MEANING = (
    # The project of what is no upload: who asks for a configuration, who replays.
    "ALTER TABLE captures ADD COLUMN source_id INTEGER",
    # Whether it went on, was answered here, or was stopped; empty for what was recorded elsewhere.
    "ALTER TABLE captures ADD COLUMN delivery TEXT NOT NULL DEFAULT ''",
    # Which sending of the same upload this is, and the first one when it is a later one.
    "ALTER TABLE uploads ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE uploads ADD COLUMN retry_of INTEGER",
    # For filters. Nearly all events are accepted, and those that wait for an answer soon are.
    "CREATE INDEX events_outcome ON events (outcome) WHERE outcome BETWEEN 1 AND 4",
    "CREATE INDEX captures_via ON captures (via)",
    # The same event, sent earlier: in a retry, or as an earlier pulse of a heartbeat.
    "ALTER TABLE events ADD COLUMN repeat_of INTEGER",
    "CREATE INDEX uploads_retry ON uploads (retry_of) WHERE retry_of IS NOT NULL",
    # See `repeats`. Under the event's id, so that the oldest go in one piece.
    """CREATE TABLE sent (
        event_id INTEGER PRIMARY KEY,
        insert_id TEXT NOT NULL,
        source_id INTEGER,
        device_id INTEGER
    )""",
    "CREATE INDEX sent_insert ON sent (insert_id)",
)

M003_FILTERS = (
    # For filters by time, and by what is rare.
    "CREATE INDEX captures_time ON captures (at_ms)",
    "CREATE INDEX captures_failure ON captures (id) WHERE failure <> ''",
    "CREATE INDEX events_repeat ON events (repeat_of) WHERE repeat_of IS NOT NULL",
)

M004_STATUS = (
    # For filters by status. What was answered 200 is most, and soon found without an index.
    "CREATE INDEX captures_status ON captures (status) WHERE status <> 200",
)

M005_LOCAL = (
    # Those without an answer are no 200 either, and what was answered here may be few.
    "DROP INDEX captures_status",
    "CREATE INDEX captures_status ON captures (status) WHERE status IS NOT 200",
    "CREATE INDEX captures_local ON captures (id) WHERE delivery = 'local'",
)

STEPS = {
    "m001_captures": M001_CAPTURES,
    "m002_meaning": M002_MEANING,
    "m003_filters": M003_FILTERS,
    "m004_status": M004_STATUS,
    "m005_local": M005_LOCAL,
}
"""Statements by step, in order. A file with other steps was made by a newer version."""
