"""
The user as known when an event happened, with what the event itself changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.differ import step
from app.store.people.conditions import shown_name
from ui.inspector.conditions import condition_at
from ui.inspector.facts import Fact, Section
from ui.inspector.pretty import pretty
from ui.plain import one_line

if TYPE_CHECKING:
    from app.filter import Condition
    from app.store.people import Snapshot


OURS = "@"
"""What begins the names of properties that no one set: what the SDK says of device and app."""


def user_sections(
    snapshot: Snapshot | None, *, is_studied: bool, known_before: Mapping[str, Any] | None = None
) -> tuple[Section, ...]:
    """Sections for the facts view. `known_before` is what was known when an event happened that
    does not count."""
    if snapshot is None and not is_studied:
        why = "Not looked at yet; it will be in a moment."
        return (Section("User at that time", (Fact("Nothing known", why, is_ours=True),)),)
    if snapshot is None:
        why = "This event was refused, or sent before, and changed nothing."
        told = Fact("Does not count", why, is_ours=True)
        return (Section("This event", (told,)), *_known(known_before or {}))
    found = []
    if snapshot.changed:
        found.append(
            Section(
                "Changed by this event",
                tuple(_change(name, snapshot) for name in sorted(snapshot.changed)),
            )
        )
    return (*found, *_known(snapshot.after))


def _known(state: Mapping[str, Any]) -> list[Section]:
    """What people and SDKs said of a user."""
    names = sorted(state)
    known = tuple(
        Fact(name, state[name], f"user_properties{step(name)}")
        for name in names
        if not name.startswith(OURS)
    )
    nothing = Fact("Nothing known", "No user property was set until then.", is_ours=True)
    found = [Section("User properties at that time", known or (nothing,))]
    device = tuple(_sent_with(name, state[name]) for name in names if name.startswith(OURS))
    if device:
        found.append(Section("Device and app at that time", device))
    return found


def _sent_with(name: str, value: Any) -> Fact:
    return Fact(shown_name(name), value, condition=_condition(name, value))


def _condition(name: str, value: Any) -> Condition | None:
    """Filters look for what is not a person's own among what events were sent with."""
    if name.startswith(OURS):
        return condition_at(name.removeprefix(OURS), value)
    return condition_at(f"user_properties{step(name)}", value)


def _change(name: str, snapshot: Snapshot) -> Fact:
    before, after = snapshot.before.get(name), snapshot.after.get(name)
    text = f"{_text(before)} → {_text(after)}"
    tone = "bad" if after is None else "good" if before is None else "warning"
    value = before if after is None else after
    path = name.removeprefix(OURS) if name.startswith(OURS) else f"user_properties{step(name)}"
    condition = _condition(name, value)
    return Fact(shown_name(name), text, path, is_ours=True, tone=tone, condition=condition)


def _text(value: Any) -> str:
    if value is None:
        return "(none)"
    return one_line(value if isinstance(value, str) else pretty(value).text, 120)
