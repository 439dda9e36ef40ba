"""
What a report answers: one record for each kind of line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.model import Outcome
from app.store.report.window import Window


@dataclass(frozen=True, slots=True)
class Bins:
    """Counts by bin. Errors and replays by status; 0 stands for no answer."""

    window: Window
    successes: tuple[int, ...]
    events: tuple[int, ...]
    identifies: tuple[int, ...]
    errors: dict[int, tuple[int, ...]] = field(default_factory=dict)
    replays: dict[int, tuple[int, ...]] = field(default_factory=dict)
    waiting: int = 0
    """Requests that are not answered yet, and in no bin."""
    behind: int = 0
    """Captures that are neither studied nor counted yet."""


class UploadRow(NamedTuple):
    """One request as a table shows it. `status` is 0 without an answer, None while one may come.
    `reason` says why it was refused."""

    id: int
    at_ms: int
    endpoint: str
    host: str
    source_id: int | None
    sdk: str
    status: int | None
    reason: str
    failure: str
    events: int
    wire_bytes: int
    body_bytes: int
    compression: str
    attempt: int
    retry_of: int | None
    latency_ms: int | None
    first_event_id: int | None
    problem: str

    @property
    def outcome(self) -> Outcome:
        """Unanswered while the answer or its reason is still to come, for tables that look
        again."""
        is_known = self.status is not None and (200 <= self.status < 300 or bool(self.reason))
        return Outcome.ACCEPTED if is_known else Outcome.UNANSWERED


class LimitRow(NamedTuple):
    """A user or device that was held back. `rate` is the highest that the server said, events a
    second for `throttled` and a day for `quota`; `upload_id` the last such upload."""

    kind: str
    who: str
    name: str
    source_id: int
    first_ms: int
    last_ms: int
    uploads: int
    events: int
    rate: float | None
    threshold: float | None
    upload_id: int


class ReasonRow(NamedTuple):
    """Why requests were refused; `upload_id` is the last example."""

    reason: str
    status: int
    uploads: int
    events: int
    first_ms: int
    last_ms: int
    upload_id: int


class LatencyRow(NamedTuple):
    """How long an endpoint took to answer, in milliseconds, by nearest rank."""

    endpoint: str
    answers: int
    p50: int
    p90: int
    p95: int
    p99: int
    longest: int


class ChainRow(NamedTuple):
    """An upload that was sent again: what each attempt met with, first to last."""

    first_id: int
    last_id: int
    at_ms: int
    took_ms: int
    statuses: tuple[int, ...]
    endpoint: str
    sdk: str
    source_id: int | None
    events: int


class SizeRow(NamedTuple):
    """Bytes on the wire and unpacked."""

    endpoint: str
    compression: str
    uploads: int
    wire_bytes: int
    body_bytes: int


class SdkRow(NamedTuple):
    """What one version of an SDK sent."""

    sdk: str
    uploads: int
    errors: int
    events: int
    identifies: int
    wire_bytes: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Events by how long they waited for their upload, and uploads by how far their clock was
    off; by the ranges of `app.store.spread`."""

    lags: tuple[int, ...]
    skews: tuple[int, ...]
    adjusted: int
    """Uploads whose event times were corrected."""


def percentile(counts: Sequence[tuple[int, int]], share: float) -> int:
    """By nearest rank, of values with how often each occurs, in order. There is at least one."""
    total = sum(count for _, count in counts)
    wanted, seen = max(1, -(-total * share // 1)), 0
    for value, count in counts:
        seen += count
        if seen >= wanted:
            return value
    return counts[-1][0]
