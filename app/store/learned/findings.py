"""
Tables of what the study learns: what the rules found.

Filled by `app.lint.follower`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    # `sentence` is the newest one; times are those of arrival.
    """CREATE TABLE findings (
        id INTEGER PRIMARY KEY,
        rule TEXT NOT NULL,
        source_id INTEGER,
        subject TEXT NOT NULL,
        sentence TEXT NOT NULL,
        first_event INTEGER,
        last_event INTEGER,
        last_capture INTEGER NOT NULL,
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        count INTEGER NOT NULL
    )""",
    "CREATE INDEX findings_rule ON findings (rule, source_id)",
    # The evidence, no more than `MOST_EVENTS` of a finding.
    """CREATE TABLE finding_events (
        event_id INTEGER NOT NULL,
        finding INTEGER NOT NULL,
        PRIMARY KEY (event_id, finding)
    ) WITHOUT ROWID""",
    "CREATE INDEX finding_events_finding ON finding_events (finding, event_id)",
    # What rules remember; see `recent`.
    """CREATE TABLE findings_memory (
        memory TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (memory, key)
    ) WITHOUT ROWID""",
)
FINDINGS = Tables("findings", 1, _STATEMENTS)
