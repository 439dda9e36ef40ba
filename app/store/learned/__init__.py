"""
The tables of what is learned of the events, declared where what reads them can see them.

The study fills them (`app.study`), each by one follower. It knows the store; the store knows only
these tables, and has all of them there, if empty, before anything was studied.
"""

from app.store.learned.addresses import ADDRESSES
from app.store.learned.doing import DOING
from app.store.learned.fields import FIELDS
from app.store.learned.findings import FINDINGS
from app.store.learned.groups import GROUPS
from app.store.learned.labels import LABELS
from app.store.learned.people import PEOPLE
from app.store.learned.properties import PROPERTIES
from app.store.learned.report import REPORT
from app.store.learned.revenues import REVENUES
from app.store.learned.sdk import SDK
from app.store.learned.sessions import SESSIONS
from app.store.learned.tables import Tables
from app.store.learned.values import VALUES

ALL = (
    PEOPLE,
    PROPERTIES,
    VALUES,
    SESSIONS,
    GROUPS,
    DOING,
    ADDRESSES,
    FIELDS,
    REVENUES,
    LABELS,
    SDK,
    REPORT,
    FINDINGS,
)
"""In the order in which the followers are told of captures."""

__all__ = ["ALL", "Tables"]
