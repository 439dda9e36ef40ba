"""
Reads what the rules found: all findings, those of an event, the events of one.

    with Store.read(folder) as store:
        for one in all_findings(store, muted(folder)):
            print(one.rule.id, one.sentence)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from app.lint.families import RULES
from app.lint.mutes import Muted, is_muted
from app.lint.rule import Rule, Severity

if TYPE_CHECKING:
    from app.store import Store

_COLUMNS = (
    "f.id, f.rule, f.source_id, s.api_key, coalesce(nullif(s.name, ''), s.api_key, ''), f.subject,"
    " f.sentence, f.first_event, f.last_event, f.last_capture, f.first_ms, f.last_ms, f.count"
)
_FROM = "study.findings f LEFT JOIN sources s ON s.id = f.source_id"
_SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired for one subject in one project, as often as `count`. Times are those of
    arrival; events are ids, and missing when it is about a request as a whole."""

    id: int
    rule: Rule
    is_muted: bool
    source_id: int | None
    api_key: str | None
    source: str
    subject: str
    sentence: str
    first_event: int | None
    last_event: int | None
    last_capture: int
    first_ms: int
    last_ms: int
    count: int


class Totals(NamedTuple):
    """How many findings there are, without the muted ones."""

    errors: int = 0
    warnings: int = 0
    infos: int = 0


def all_findings(store: Store, muted: Muted = frozenset()) -> list[Finding]:
    """Everything that was found: worst first, then by rule, newest first."""
    rows = store.connection.execute(f"SELECT {_COLUMNS} FROM {_FROM}").fetchall()
    found = _findings(rows, muted)
    return sorted(
        found, key=lambda one: (_SEVERITIES.index(one.rule.severity), one.rule.id, -one.last_ms)
    )


def findings_of(store: Store, event_id: int, muted: Muted = frozenset()) -> list[Finding]:
    """What is wrong with one event, worst first."""
    rows = store.connection.execute(
        f"SELECT {_COLUMNS} FROM study.finding_events e JOIN {_FROM}"
        " WHERE e.event_id = ? AND f.id = e.finding",
        (event_id,),
    ).fetchall()
    found = _findings(rows, muted)
    return sorted(found, key=lambda one: (_SEVERITIES.index(one.rule.severity), one.rule.id))


def events_of(store: Store, finding: int, most: int = 1000) -> list[int]:
    """The evidence of a finding, newest first."""
    rows = store.connection.execute(
        "SELECT event_id FROM study.finding_events WHERE finding = ? ORDER BY event_id DESC"
        " LIMIT ?",
        (finding, most),
    )
    return [number for (number,) in rows]


def totals(store: Store, muted: Muted = frozenset()) -> Totals:
    """How many findings of each severity there are."""
    rows = store.connection.execute(
        "SELECT f.rule, s.api_key, count(*) FROM study.findings f"
        " LEFT JOIN sources s ON s.id = f.source_id GROUP BY f.rule, s.api_key"
    )
    counts: Counter[Severity] = Counter()
    for name, api_key, count in rows:
        if name in RULES and not is_muted(muted, name, api_key):
            counts[RULES[name].severity] += count
    return Totals(counts[Severity.ERROR], counts[Severity.WARNING], counts[Severity.INFO])


def exported(store: Store, found: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    """The stable JSON form of findings; documented in the README."""
    for one in found:
        yield {
            "rule": one.rule.id,
            "severity": str(one.rule.severity),
            "title": one.rule.title,
            "sentence": one.sentence,
            "advice": one.rule.advice,
            "api_key": one.api_key,
            "subject": one.subject,
            "count": one.count,
            "first_seen_ms": one.first_ms,
            "last_seen_ms": one.last_ms,
            "last_capture": one.last_capture,
            "events": events_of(store, one.id),
            "muted": one.is_muted,
        }


def _findings(rows: list[tuple[Any, ...]], muted: Muted) -> list[Finding]:
    return [
        Finding(number, RULES[name], is_muted(muted, name, key), source, key, *rest)
        for number, name, source, key, *rest in rows
        # A rule that is gone is studied anew with the next version.
        if name in RULES
    ]
