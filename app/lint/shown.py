"""
The worst problem of each of some events, for a stream that shows them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from app.lint.families import RULES
from app.lint.mutes import Muted, is_muted
from app.lint.rule import Rule, Severity
from app.store import Store

_ORDER = {severity: place for place, severity in enumerate(Severity)}


class Worst(NamedTuple):
    """The worst rule that an event breaks, and how many in all."""

    rule: Rule
    number: int


def worst_of(store: Store, events: Sequence[int], muted: Muted) -> dict[int, Worst]:
    """By event, without what a person muted; events without problems are left out."""
    found: dict[int, Worst] = {}
    if not events or not store.events.has_table("finding_events"):
        return found
    rows = store.connection.execute(
        "SELECT e.event_id, f.rule, s.api_key FROM study.finding_events e"
        " JOIN study.findings f ON f.id = e.finding LEFT JOIN sources s ON s.id = f.source_id"
        " WHERE e.event_id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(events)).decode(),),
    )
    for event, name, key in rows:
        rule = RULES.get(name)
        if rule is None or is_muted(muted, name, key):
            continue
        before = found.get(event)
        if before is None:
            found[event] = Worst(rule, 1)
        else:
            worst = min(before.rule, rule, key=lambda one: _ORDER[one.severity])
            found[event] = Worst(worst, before.number + 1)
    return found
