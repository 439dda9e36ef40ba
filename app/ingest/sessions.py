"""
Sessions: which events belong together, and how long that took (semantics §4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OUT_OF_SESSION = -1
DAY_MS = 24 * 3_600_000
WEB_TIMEOUT_MS = 30 * 60_000
MOBILE_TIMEOUT_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Session:
    """The events of one person under one session id. `first_ms` and `last_ms` are event times."""

    person: int
    session_id: int
    first_ms: int
    last_ms: int
    events: int = 1

    @property
    def start_ms(self) -> int:
        """When it began: its id where that is the time of a beginning, or its first event."""
        return self.session_id if self._id_is_its_start else self.first_ms

    @property
    def length_ms(self) -> int:
        """From its start to its last event."""
        return max(0, self.last_ms - self.start_ms) if self.events > 1 else 0

    @property
    def is_counted(self) -> bool:
        """Sessions longer than a day are left out of analyses."""
        return is_session(self.session_id) and self.length_ms <= DAY_MS

    @property
    def _id_is_its_start(self) -> bool:
        return 0 <= self.first_ms - self.session_id <= DAY_MS


@dataclass(frozen=True, slots=True)
class Measures:
    """What some sessions add up to, in milliseconds and counts (semantics §4, "Measures")."""

    total: int
    time_spent_ms: int
    average_length_ms: float
    time_spent_per_user_ms: float
    average_per_user: float


def is_session(session_id: int | None) -> bool:
    """Whether this is a session at all."""
    return session_id is not None and session_id != OUT_OF_SESSION


def sessions(events: Iterable[tuple[int, int | None, int]]) -> list[Session]:
    """The sessions of events given as (person, session id, event time), by their start."""
    found: dict[tuple[int, int], Session] = {}
    for person, session_id, time_ms in events:
        if session_id is None or not is_session(session_id):
            continue
        known = found.get((person, session_id))
        found[person, session_id] = (
            Session(person, session_id, time_ms, time_ms)
            if known is None
            else Session(
                person,
                session_id,
                min(known.first_ms, time_ms),
                max(known.last_ms, time_ms),
                known.events + 1,
            )
        )
    return sorted(found.values(), key=lambda one: one.start_ms)


def by_timeout(times_ms: Sequence[int], timeout_ms: int) -> list[list[int]]:
    """Times grouped as an SDK would: a gap larger than the timeout begins a new session."""
    groups: list[list[int]] = []
    for time_ms in sorted(times_ms):
        if groups and time_ms - groups[-1][-1] <= timeout_ms:
            groups[-1].append(time_ms)
        else:
            groups.append([time_ms])
    return groups


def begun_between(found: Iterable[Session], start_ms: int, end_ms: int) -> list[Session]:
    """The sessions that began in a range (its end is outside), however long they went on."""
    return [one for one in found if start_ms <= one.start_ms < end_ms]


def measures(found: Iterable[Session], active_users: int) -> Measures:
    """The sessions that count, added up."""
    counted = [one for one in found if one.is_counted]
    total, spent = len(counted), sum(one.length_ms for one in counted)
    return Measures(
        total,
        spent,
        spent / total if total else 0.0,
        spent / active_users if active_users else 0.0,
        total / active_users if active_users else 0.0,
    )
