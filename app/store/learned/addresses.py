"""
Tables of what the study learns: from which address events came.

Filled by `app.study.addresses`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = (
    "CREATE TABLE addresses (id INTEGER PRIMARY KEY, ip TEXT NOT NULL)",
    "CREATE INDEX addresses_ip ON addresses (ip)",
)
ADDRESSES = Tables("addresses", 1, _STATEMENTS)
