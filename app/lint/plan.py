"""
What was agreed: events and properties that are not in the plan (LNT-27), and messages that make
people look active (LNT-30).

A plan is a definition of kind `plan`; without one LNT-27 never fires. Its body is

    {"api_key": "…", "events": {"Order Placed": {"active": true, "properties": {
        "total": {"type": "number", "required": true},
        "size": {"type": "enum", "values": ["S", "M"]}}}},
     "user_properties": {"plan": {"type": "string"}}}

where everything but `events` may be left out. Types are those of semantics §22: string, number,
boolean, array, object, enum, any. Rules follow it too: null is fine for what is not required.

That an event counts as active or inactive is set in Amplitude and never sent, so LNT-30 is judged
by the name: what a back end sends to people, or what one plan calls active and another inactive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from app.errors import StoreUnavailable
from app.lint.look import Family, Look, properties, user_values
from app.lint.report import Report
from app.lint.rule import Rule, info, warning
from app.lint.words import several, shown
from app.store.definitions import FILE, Definitions

if TYPE_CHECKING:
    from app.study.arrival import Arrived

NOT_PLANNED = warning(
    "LNT-27",
    "Not as planned",
    "Change the code or the plan, so that both say the same.",
)
LOOKS_ACTIVE = info(
    "LNT-30",
    "A message to people that counts as their activity",
    "Mark this event as inactive in Amplitude, or everybody who is sent a message counts as active"
    " that day.",
)

KIND = "plan"
_MESSAGE = re.compile(
    r"\b(push|e-?mail|sms|message|newsletter|notification)s?\b.*"
    r"\b(sent|delivered|bounced|queued|scheduled|dispatched|suppressed)\b",
    re.IGNORECASE,
)
_BOOLEANS = frozenset({"true", "false", "yes", "no", "0", "1"})


class _Plan(NamedTuple):
    """One plan, as far as it can be read."""

    events: dict[str, Any]
    user_properties: dict[str, Any] | None


class Plan(Family):
    """Compares each event with the plans of its project."""

    rules: ClassVar[tuple[Rule, ...]] = (NOT_PLANNED, LOOKS_ACTIVE)

    def __init__(self) -> None:
        self._plans: list[tuple[str, _Plan]] = []
        self._read_at: tuple[float, ...] = ()
        self._messages: dict[str, bool] = {}

    def read(self, folder: Path) -> None:
        """Read the plans again when they were changed."""
        files = (folder / FILE, folder / f"{FILE}-wal")
        stamps = tuple(at for file in files if (at := _changed(file)))
        if stamps == self._read_at:
            return
        self._read_at, self._plans = stamps, []
        if stamps:
            try:
                with Definitions(folder) as definitions:
                    self.use([one.body for one in definitions.all(KIND)])
            except StoreUnavailable:
                # The window says so; there is no plan to go by.
                return

    def use(self, bodies: Sequence[dict[str, Any]]) -> None:
        """Go by these plans."""
        self._plans = []
        for body in bodies:
            events, wanted = body.get("events"), body.get("user_properties")
            if isinstance(events, dict):
                plan = _Plan(events, wanted if isinstance(wanted, dict) else None)
                self._plans.append((str(body.get("api_key") or ""), plan))

    def take(self, look: Look, report: Report) -> None:
        key = (look.upload.api_key if look.upload else None) or ""
        plans = [plan for wanted, plan in self._plans if wanted in ("", key)]
        for one in look.fresh:
            kind = one[2][0]
            is_message = self._messages.get(kind)
            if is_message is None:
                is_message = self._is_message(kind)
            if is_message and (one[2][4] or 0) <= 0:
                sentence = f"{shown(kind)} comes from a back end and counts as activity."
                report.add(LOOKS_ACTIVE, kind, sentence, [one])
            if plans:
                _check(plans, one, report)

    def _is_message(self, kind: str) -> bool:
        if len(self._messages) > 5000:
            self._messages.clear()
        found = self._messages[kind] = bool(_MESSAGE.search(kind[:200].replace("_", " ")))
        return found


def _check(plans: list[_Plan], one: Arrived, report: Report) -> None:
    event = one.event
    if event.type[:1] in "[$" or event.type.startswith("session_"):
        return
    planned = [plan.events[event.type] for plan in plans if event.type in plan.events]
    if not planned:
        sentence = f"{shown(event.type)} is not in the plan."
        report.add(NOT_PLANNED, event.type, sentence, [one])
        return
    activity = {bool(entry.get("active", True)) for entry in planned if isinstance(entry, dict)}
    if len(activity) > 1:
        sentence = f"{shown(event.type)} is active in one plan and inactive in another."
        report.add(LOOKS_ACTIVE, event.type, sentence, [one])
    for entry in planned:
        wanted = entry.get("properties") if isinstance(entry, dict) else None
        if isinstance(wanted, dict):
            sent = properties(event.fields, "event_properties")
            for what in _differences(wanted, sent):
                subject = f"{event.type}: {what}"
                report.add(NOT_PLANNED, subject, f"{shown(event.type)}: {what}.", [one])
    for plan in plans:
        if plan.user_properties is not None:
            for what in _differences(plan.user_properties, user_values(event.fields), False):
                report.add(NOT_PLANNED, what, f"User properties: {what}.", [one])


def _differences(
    wanted: dict[str, Any], sent: dict[str, Any], is_complete: bool = True
) -> Iterator[str]:
    """In which ways properties are not as planned."""
    for name in sent:
        if name not in wanted and name[:1] not in "[$":
            yield f"{shown(name)} is not planned"
    for name, rule in wanted.items():
        details = rule if isinstance(rule, dict) else {}
        value = sent.get(name)
        if value is None:
            if is_complete and details.get("required") is True:
                yield f"{shown(name)} is missing"
        elif not fits(value, details):
            yield f"{shown(name)} is not {_meant(details)}"


def fits(value: Any, rule: dict[str, Any]) -> bool:
    """Whether a value has the planned type (semantics §22.1). An unknown type takes anything."""
    kind = rule.get("type")
    if kind == "string":
        return isinstance(value, str)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool) or str(value).lower() in _BOOLEANS
    if kind == "array":
        return isinstance(value, list)
    if kind == "object":
        return isinstance(value, dict)
    values = rule.get("values")
    return value in values if kind == "enum" and isinstance(values, list) else True


def _meant(rule: dict[str, Any]) -> str:
    values = rule.get("values")
    if rule.get("type") == "enum" and isinstance(values, list):
        return f"one of {several(map(str, values), 5)}"
    return f"of type {rule.get('type')}"


def _changed(file: Path) -> float:
    """When a file was written; it may go at any moment, as SQLite's beside the data do."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
