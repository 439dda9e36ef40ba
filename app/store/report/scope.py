"""
Which requests a report is about.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Key(NamedTuple):
    """What requests are counted under; as `app.study.report` keeps them, with their number. `id`
    is 0 for requests that are not studied yet."""

    id: int
    kind: str
    source_id: int
    endpoint: str
    sdk: str
    host: str
    status: int
    compression: str

    @property
    def is_replay(self) -> bool:
        return self.kind == "session_replay"

    @property
    def is_success(self) -> bool:
        """2xx; everything else is an error (semantics §5.2)."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Scope:
    """Endpoints, sources, SDKs and hosts; those that are empty do not matter."""

    endpoints: frozenset[str] = frozenset()
    sources: frozenset[int] = frozenset()
    sdks: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.endpoints or self.sources or self.sdks or self.hosts)

    def holds(self, key: Key) -> bool:
        """Whether a request under this key is meant. Replays have a chart of their own, which the
        choice of endpoints does not concern."""
        return (
            (key.is_replay or not self.endpoints or key.endpoint in self.endpoints)
            and (not self.sources or key.source_id in self.sources)
            and (not self.sdks or key.sdk in self.sdks)
            and (not self.hosts or key.host in self.hosts)
        )


ALL = Scope()


class What(StrEnum):
    """Kinds of requests that a point of a chart stands for."""

    ALL = "all"
    SUCCESSES = "successes"
    EVENTS = "events"
    IDENTIFIES = "identifies"
    ERRORS = "errors"
    REPLAYS = "replays"


class Which(NamedTuple):
    """The requests behind a number: of a kind, and of one status when that is given."""

    what: What = What.ALL
    status: int | None = None

    def holds(self, key: Key) -> bool:
        """Whether requests under this key are among them."""
        if self.status is not None and key.status != self.status:
            return False
        if self.what is What.REPLAYS or key.is_replay:
            return self.what is What.REPLAYS and key.is_replay
        if self.what is What.ALL:
            return True
        return key.is_success == (self.what is not What.ERRORS)


class Choices(NamedTuple):
    """What can be chosen, in order of names."""

    endpoints: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    sdks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
