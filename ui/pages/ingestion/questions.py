"""
What the Ingestion page asks the store, in workers.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.store.report.rows import Bins, Spread
from app.store.report.scope import Choices
from ui.pages.ingestion.state import FOREVER_MS, RECENT_MS, Span, State

if TYPE_CHECKING:
    from app.store import Store
    from app.store.report.rows import (
        ChainRow,
        LatencyRow,
        LimitRow,
        ReasonRow,
        SdkRow,
        SizeRow,
    )

type Sources = tuple[tuple[int, str, str], ...]
"""Id, API key and name."""


class Charts(NamedTuple):
    """What the charts show, and what can be chosen."""

    now_ms: int
    bins: Bins
    whole: Span | None
    """From when to when something arrived at all."""
    choices: Choices
    sources: Sources


class SpreadRow(NamedTuple):
    """One range of a distribution."""

    name: str
    amount: int
    share: str


def charts(store: Store, state: State, now_ms: int) -> Charts:
    """The numbers of the charts."""
    report = store.report
    whole = report.span(state.scope)
    bins = report.bins(state.scope, state.window(now_ms, whole))
    sources = tuple((one.id, one.api_key, one.name) for one in store.events.sources())
    return Charts(now_ms, bins, whole, report.choices(), sources)


def uploads(store: Store, state: State, times: Span) -> array[int]:
    """The requests behind what is chosen."""
    return store.report.uploads(state.scope, state.which, *times)


def limits(store: Store, state: State, times: Span, now_ms: int, recent: bool) -> list[LimitRow]:
    """Users and devices that were held back. Lately: within the last 30 minutes, and silenced
    devices whenever that was."""
    report, scope = store.report, state.scope
    if not recent:
        return report.limits(scope, *times)
    kinds = ("throttled", "quota")
    lately = report.limits(scope, now_ms - RECENT_MS, now_ms + 1, kinds)
    return lately + report.limits(scope, 0, FOREVER_MS, ("silenced",))


def reasons(store: Store, state: State, times: Span) -> list[ReasonRow]:
    """Why requests were refused."""
    return store.report.reasons(state.scope, *times)


def chains(store: Store, state: State, times: Span) -> list[ChainRow]:
    """What was sent again."""
    return store.report.chains(state.scope, *times)


def latencies(store: Store, state: State, times: Span) -> list[LatencyRow]:
    """How long answers took."""
    return store.report.latencies(state.scope, *times)


def spread(store: Store, state: State, times: Span) -> Spread:
    """Lags and clock skews."""
    return store.report.spread(state.scope, *times)


def sizes(store: Store, state: State, times: Span) -> list[SizeRow]:
    """Bytes."""
    return store.report.sizes(state.scope, *times)


def sdks(store: Store, state: State, times: Span) -> list[SdkRow]:
    """What each version of each SDK sent."""
    return store.report.sdks(state.scope, *times)


def shares(names: Sequence[str], counts: Sequence[int]) -> list[SpreadRow]:
    """Ranges with what they hold, all of them when anything was counted."""
    total = sum(counts)
    return [
        SpreadRow(name, count, f"{count / total * 100:.1f} %")
        for name, count in zip(names, counts, strict=True)
        if total
    ]
