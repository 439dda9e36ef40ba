"""
What can be offered where a filter is typed: keys, names of properties, and values that were
captured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.filter.completing import (
    Offer,
    Wanted,
    What,
    key_offers,
    name_text,
    value_text,
    word_offers,
)
from app.filter.fields import COLUMNS
from app.filter.keys import PAGE_PROPERTIES
from ui.plain import local_time, number, plural

if TYPE_CHECKING:
    from app.store import Store


def known_offers(asked: Wanted) -> list[Offer] | None:
    """What can be offered without asking anybody."""
    if asked.what is What.KEY:
        return key_offers(asked.prefix)
    if asked.what is What.VALUE and not asked.path:
        return word_offers(asked.key, asked.prefix)
    return None


def offers(store: Store, asked: Wanted) -> list[Offer]:
    """What can be offered from what was captured."""
    values = store.values
    if asked.what is What.KEY:
        found = key_offers(asked.prefix)
        if len(asked.prefix) >= 2:
            found += [
                Offer(f"type = {value_text(name)}", name, "event type")
                for name in values.named("type", asked.prefix)[:8]
            ]
        return found
    if asked.what is What.PROPERTY:
        return [
            Offer(f"{name_text(name)} ", name, _times(count))
            for name, count in values.properties(asked.key, asked.prefix)
        ]
    if asked.path:
        return _counted(values.property_values(asked.key, (asked.path,), asked.prefix))
    if asked.key in COLUMNS:
        return _plain(values.fields(asked.key, asked.prefix))
    known = _KNOWN.get(asked.key)
    return known(store, asked.prefix) if known else []


def _statuses(store: Store, part: str) -> list[Offer]:
    return [
        Offer(f"{status} ", str(status), f"{plural(count, 'upload')} lately")
        for status, count in store.values.statuses(part)
    ]


def _uploads(store: Store, part: str) -> list[Offer]:
    return [
        Offer(f"{upload} ", str(upload), plural(count, "event"))
        for upload, count in store.values.uploads(part)
    ]


def _sessions(store: Store, part: str) -> list[Offer]:
    return [
        Offer(f"{session} ", str(session), f"{plural(count, 'event')}, from {local_time(first_ms)}")
        for session, count, first_ms in store.values.sessions(part)
    ]


def _pages(store: Store, part: str) -> list[Offer]:
    paths = tuple((name,) for name in PAGE_PROPERTIES)
    return _counted(store.values.property_values("prop", paths, part))


def _problems(store: Store, part: str) -> list[Offer]:
    """Rules that found something, by their name or by what they are about."""
    from app.lint.families import RULES

    told = {rule: RULES[rule].title for rule in store.values.rules() if rule in RULES}
    return [
        Offer(f"{rule} ", rule, title)
        for rule, title in told.items()
        if part.casefold() in f"{rule} {title}".casefold()
    ]


_KNOWN: dict[str, Callable[[Store, str], list[Offer]]] = {
    "status": _statuses,
    "upload": _uploads,
    "session": _sessions,
    "page": _pages,
    "problem": _problems,
    "label": lambda store, part: _plain(store.events.label_names(part)),
    "ip": lambda store, part: _plain(store.values.addresses(part)),
    "type": lambda store, part: _plain(store.values.named("type", part)),
    "user": lambda store, part: _plain(store.values.named("user", part)),
    "person": lambda store, part: _plain(store.values.named("user", part)),
    "device": lambda store, part: _plain(store.values.named("device", part)),
    "sdk": lambda store, part: _plain(store.values.libraries(part)),
    "project": lambda store, part: _plain(store.values.projects(part)),
}


def _plain(found: list[str]) -> list[Offer]:
    return [Offer(value_text(value), value) for value in found]


def _counted(found: list[tuple[str, int]]) -> list[Offer]:
    return [Offer(value_text(value), value or '""', _times(count)) for value, count in found]


def _times(count: int) -> str:
    return f"{number(count)}× lately"
