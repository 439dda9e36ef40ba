"""
What rules found since it was last written down: one entry for each rule, source and subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from app.lint.rule import Rule
from app.lint.words import name

if TYPE_CHECKING:
    from app.study.arrival import Arrival, Arrived

MOST_SUBJECTS = 200
"""Findings of one rule in one source; what is beyond is counted together under `OTHERS`."""
MOST_EVENTS = 1000
"""Events that are listed as evidence of one finding; all are counted."""
OTHERS = "(others)"
LONGEST_SUBJECT = 120
LONGEST_SENTENCE = 600


class Key(NamedTuple):
    """What makes two findings the same one."""

    rule: str
    source_id: int | None
    subject: str


@dataclass(slots=True)
class Found:
    """One finding as far as it is not written down yet. Times are those of arrival."""

    sentence: str
    capture: int
    first_ms: int
    last_ms: int
    count: int = 0
    events: list[int] = field(default_factory=list)
    last_event: int | None = None


class Report:
    """Collects findings while captures are looked at."""

    def __init__(self) -> None:
        self.found: dict[Key, Found] = {}
        self._subjects: dict[tuple[str, int | None], set[str]] = {}
        self._arrival: Arrival | None = None

    def begin(self, arrival: Arrival) -> None:
        """From now on, what is found is found in this capture."""
        self._arrival = arrival

    def know(self, key: Key) -> None:
        """This finding was written down before."""
        self._subjects.setdefault((key.rule, key.source_id), set()).add(key.subject)

    def add(
        self,
        rule: Rule,
        subject: str,
        sentence: str,
        events: Sequence[Arrived] = (),
        times: int | None = None,
        also: int = 0,
    ) -> None:
        """A rule fires. `events` are the evidence, and so is the earlier event of id `also`; it
        fired `times`, which without a number is once for each event. The newest sentence is the
        one that is shown."""
        arrival = self._arrival
        if arrival is None:
            raise RuntimeError("Nothing has arrived.")
        key = self._key(rule, arrival.source_id, subject)
        at_ms = arrival.capture.at_ms
        found = self.found.get(key)
        if found is None:
            found = self.found[key] = Found("", arrival.id, at_ms, at_ms)
        found.sentence = sentence[:LONGEST_SENTENCE]
        found.capture = arrival.id
        found.first_ms = min(found.first_ms, at_ms)
        found.last_ms = max(found.last_ms, at_ms)
        found.count += (len(events) or 1) if times is None else times
        room = MOST_EVENTS - len(found.events)
        if events:
            found.last_event = max(found.last_event or 0, events[-1].id)
            if room > 0:
                found.events += [*([also] if also else ()), *(one.id for one in events[:room])]

    def _key(self, rule: Rule, source_id: int | None, subject: str) -> Key:
        known = self._subjects.setdefault((rule.id, source_id), set())
        subject = name(subject, LONGEST_SUBJECT) if subject else ""
        if subject not in known:
            if len(known) >= MOST_SUBJECTS:
                subject = OTHERS
            known.add(subject)
        return Key(rule.id, source_id, subject)
