"""
Sessions: which events belong together, and how long that took (semantics §4).
"""

from dataclasses import dataclass

OUT_OF_SESSION = -1
DAY_MS = 24 * 3_600_000


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
    def _id_is_its_start(self) -> bool:
        return 0 <= self.first_ms - self.session_id <= DAY_MS


def is_session(session_id: int | None) -> bool:
    """Whether this is a session at all."""
    return session_id is not None and session_id != OUT_OF_SESSION
