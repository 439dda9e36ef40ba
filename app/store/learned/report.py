"""
Tables of what the study learns: the health of delivery.

Filled by `app.study.report`.
"""

from app.store.learned.tables import Tables

_SUMS = """
        {of} INTEGER NOT NULL,
        key INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        events INTEGER NOT NULL,
        identifies INTEGER NOT NULL,
        wire_bytes INTEGER NOT NULL,
        body_bytes INTEGER NOT NULL,
        PRIMARY KEY ({of}, key)
"""
_STATEMENTS = (
    # `status` is the code in the answer's body and otherwise its HTTP status, 0 without an answer.
    """CREATE TABLE report_keys (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        source_id INTEGER NOT NULL,
        endpoint TEXT NOT NULL,
        sdk TEXT NOT NULL,
        host TEXT NOT NULL,
        status INTEGER NOT NULL,
        compression TEXT NOT NULL,
        UNIQUE (kind, source_id, endpoint, sdk, host, status, compression)
    )""",
    f"CREATE TABLE report_minutes ({_SUMS.format(of='minute')}) WITHOUT ROWID",
    f"CREATE TABLE report_hours ({_SUMS.format(of='hour')}) WITHOUT ROWID",
    # In order of time, which imports may mix up. `lags` counts events by range, as "1:20,4:2".
    """CREATE TABLE report_uploads (
        at_ms INTEGER NOT NULL,
        id INTEGER NOT NULL,
        key INTEGER NOT NULL,
        events INTEGER NOT NULL,
        identifies INTEGER NOT NULL,
        wire_bytes INTEGER NOT NULL,
        body_bytes INTEGER NOT NULL,
        latency_ms INTEGER,
        skew INTEGER,
        lags TEXT NOT NULL,
        PRIMARY KEY (at_ms, id)
    ) WITHOUT ROWID""",
    "CREATE INDEX report_uploads_id ON report_uploads (id)",
    # Requests that had no answer when they were studied, and may have got one since.
    "CREATE TABLE report_open (id INTEGER PRIMARY KEY)",
    "CREATE TABLE report_reasons (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    """CREATE TABLE report_refusals (
        at_ms INTEGER NOT NULL,
        id INTEGER NOT NULL,
        reason INTEGER NOT NULL,
        key INTEGER NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (at_ms, id, reason)
    ) WITHOUT ROWID""",
    """CREATE TABLE report_limits (
        at_ms INTEGER NOT NULL,
        id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        who TEXT NOT NULL,
        name TEXT NOT NULL,
        key INTEGER NOT NULL,
        rate REAL,
        threshold REAL,
        events INTEGER NOT NULL,
        PRIMARY KEY (at_ms, id, kind, who, name)
    ) WITHOUT ROWID""",
)
REPORT = Tables("report", 2, _STATEMENTS)
