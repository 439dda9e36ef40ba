"""
Counts what a draft matches among all stored clicks, in the background.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

from app.errors import BadInput
from app.label.evaluate import Judge
from app.label.events import LabeledEvent
from app.label.health import Health, health
from app.label.matching import DAY_MS, Clicks
from app.label.similar import Similar, similar
from app.store import Store
from ui.pages.label.spark import DAYS

OFF = "Switched off."
_CLICKS: WeakKeyDictionary[Store, Clicks] = WeakKeyDictionary()
"""What each background reader knows of the clicks: read once, then only what is new."""


class Counted(NamedTuple):
    """What a draft matches so far: events, those that could not be decided in words, and existing
    labeled events that are much the same."""

    events: int
    undecided: list[str]
    similar: list[Similar]


class Told(NamedTuple):
    """What the list says of a labeled event: how many events, the last one, its health, definition
    by definition, and events a day, today last."""

    label: LabeledEvent
    events: int
    last_ms: int | None
    health: tuple[Health, ...]
    days: tuple[int, ...] = ()

    @property
    def needs_repair(self) -> bool:
        """Whether a definition stopped matching and none of the others works."""
        return bool(self.health) and all(one.needs_repair for one in self.health)


def clicks(store: Store) -> Clicks:
    """All clicks as this reader sees them, brought up to date."""
    found = _CLICKS.get(store)
    if found is None:
        found = _CLICKS[store] = Clicks(store.connection)
    found.update()
    return found


def count(store: Store, draft: LabeledEvent, others: list[LabeledEvent]) -> Counted:
    """Judge a draft against everything that was captured."""
    known = clicks(store)
    found = known.found(Judge(draft), draft.api_keys)
    theirs = [(one, known.found(Judge(one), one.api_keys).matched) for one in _usable(others)]
    return Counted(found.events, found.sentences(), similar(draft, theirs, found.matched))


def tell(store: Store, labels: list[LabeledEvent], now_ms: int) -> list[Told]:
    """What to say of each labeled event."""
    known = clicks(store)
    told = []
    for label in labels:
        found = known.found(Judge(label), label.api_keys)
        healths = tuple(health(known, one, now_ms) for one in label.live)
        since_ms = (now_ms // DAY_MS - DAYS + 1) * DAY_MS
        days = by_day(known.days(found.matched, since_ms), now_ms)
        told.append(Told(label, found.events, found.last_ms, healths, days))
    return told


def pasts(told: Told, now_ms: int) -> list[tuple[tuple[int, ...], str]]:
    """Events a day and health of each definition, also of those that do not count."""
    states = iter(told.health)
    found: list[tuple[tuple[int, ...], str]] = []
    for one in told.label.definitions:
        state = next(states, None) if one.enabled and not told.label.archived else None
        found.append((by_day(state.days, now_ms), state.sentence) if state else ((), OFF))
    return found


def by_day(days: list[tuple[int, int]], now_ms: int) -> tuple[int, ...]:
    """Events of each of the last days, from (day since the epoch, events)."""
    counts = dict(days)
    today = now_ms // DAY_MS
    return tuple(counts.get(today - back, 0) for back in range(DAYS - 1, -1, -1))


def _usable(labels: list[LabeledEvent]) -> list[LabeledEvent]:
    usable = []
    for one in labels:
        try:
            Judge(one)
        except BadInput:
            continue
        if not one.archived:
            usable.append(one)
    return usable
