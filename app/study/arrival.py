"""
What followers are shown: one settled capture, with its events and whose they are.
"""

from dataclasses import dataclass
from typing import NamedTuple

from app.ingest.outcome import Judgement
from app.model import Capture, Decoded, Event, Outcome


class Arrived(NamedTuple):
    """One stored event. `counts` says that it was ingested, and for the first time: it was not
    refused, is no duplicate, and repeats nothing that counted. `time_ms` is its event_time
    (semantics §1), `person` whose it is, 0 when it does not count or is nobody's."""

    id: int
    place: int
    event: Event
    outcome: Outcome
    repeat_of: int | None
    counts: bool
    time_ms: int
    person: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """One capture of any kind, once it was answered or nobody waits for an answer any more."""

    id: int
    source_id: int | None
    capture: Capture
    decoded: Decoded
    judgement: Judgement
    events: tuple[Arrived, ...] = ()
