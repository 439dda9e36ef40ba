"""
Tables of what the study learns: which events carry revenue.

Filled by `app.study.revenues`.
"""

from app.store.learned.tables import Tables

_STATEMENTS = ("CREATE TABLE revenues (id INTEGER PRIMARY KEY)",)
REVENUES = Tables("revenues", 1, _STATEMENTS)
