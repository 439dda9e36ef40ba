"""
What a table shows of a row: one `Column` each, in order.

A cell is made once, when its row is read, and holds at most a few hundred characters: names come
from traffic and may be a megabyte long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.decode.body import json_text
from app.lint.rule import Severity
from app.marks import NO_MARK, Mark
from app.model import Outcome, Via
from app.naming import generated_name, is_named
from ui.plain import ago, clock, local_time, moment, one_line

if TYPE_CHECKING:
    from app.lint.shown import Worst
    from app.store.attempts import Attempts


class Cell(NamedTuple):
    """Text as it is painted. `tone` is the name of a colour in `Tokens`; `icons` are painted before
    the text, each as a name and a tone; `help` is said besides the text."""

    text: str
    tone: str = "text"
    has_dot: bool = False
    icons: tuple[tuple[str, str], ...] = ()
    help: str = ""


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `value` is what is copied, `cell` what is painted."""

    key: str
    title: str
    width: int
    cell: Callable[[Any], Cell]
    value: Callable[[Any], str]
    help: str
    is_mono: bool = False
    is_wide: bool = False
    """Takes the room that nobody else can use."""
    least: int = 0
    """How narrow it becomes when there is little room; 0 as wide as ever."""
    most: int = 0
    """How wide it becomes when there is room to spare; 0 no wider than it is."""
    cuts_middle: bool = False
    """Whether what is too long loses its middle, because both ends tell ids apart."""
    is_number: bool = False
    """Whether it stands at the right, so that digits are below each other."""
    yields: int = 0
    """Goes when there is no room, the lowest first; 0 never goes."""


AHEAD_MS = 60_000
"""Clocks that are compared are not the same to the second."""
LONGEST_TIME = 15

OUTCOME_TONE = {
    Outcome.ACCEPTED: "good",
    Outcome.DUPLICATE: "note",
    Outcome.REJECTED: "bad",
    Outcome.THROTTLED: "warning",
    Outcome.SILENCED: "warning",
    Outcome.UNANSWERED: "muted",
}
PROBLEM_ICON = {
    Severity.ERROR: ("error", "bad"),
    Severity.WARNING: ("warning", "warning"),
    Severity.INFO: ("info", "note"),
}
VIA_WORD = {
    Via.PROXY: "Proxy",
    Via.ENDPOINT: "Endpoint",
    Via.IMPORT: "Import",
    Via.DEMO: "Demo",
}


def outcome_cell(outcome: Outcome, failure: str = "") -> Cell:
    """An outcome as a dot and a word; the word is enough."""
    tone = "bad" if outcome is Outcome.UNANSWERED and failure else OUTCOME_TONE[outcome]
    return Cell(outcome.capitalize(), tone, has_dot=True)


def short_clock(at_ms: int, now: datetime | None = None) -> str:
    """The time with milliseconds today, with the day instead of them before, and only the day in
    another year: never longer than the column is wide."""
    local = moment(at_ms)
    today = now or datetime.now().astimezone()
    if local is None or local.date() == today.date():
        return clock(at_ms, now)
    if local.year == today.year:
        return f"{local.day} {local:%b %H:%M:%S}"
    return f"{local.day} {local:%b %Y}"


def arrival(at_ms: int, now: datetime | None = None) -> Cell:
    """When something arrived, as a cell. What was imported may say a time that is still to come;
    that is said in words."""
    now_ms = round((now.timestamp() if now else time.time()) * 1000)
    if at_ms <= now_ms + AHEAD_MS:
        return Cell(short_clock(at_ms, now), "muted")
    words = ago(at_ms, now_ms)
    return Cell(
        words if len(words) <= LONGEST_TIME else "in the future",
        "warning",
        help=f"{local_time(at_ms)} is still to come, by this computer's clock. What is imported"
        " keeps the time that its file says.",
    )


CLOCK, AGO, SINCE = "clock", "ago", "since"
DEFAULT = ("time", "type", "user", "device", "project", "sdk", "outcome", "via")


@dataclass(frozen=True, slots=True)
class Look:
    """How the stream shows events. `columns` are keys of `STANDARD`, or `prop.NAME` and `user.NAME`
    for properties; `time` is CLOCK, AGO or SINCE the event before."""

    columns: tuple[str, ...] = DEFAULT
    time: str = CLOCK
    has_names: bool = True
    marks: Mapping[int, Mark] = field(default_factory=dict)
    labels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Names of the labeled events that count an event."""
    problems: Mapping[int, Worst] = field(default_factory=dict)
    attempts: Mapping[int, Attempts] = field(default_factory=dict)
    """How often events were sent, while repeats are folded."""


def event_columns(projects: Mapping[int, str], look: Look | None = None) -> tuple[Column, ...]:
    """The columns of the event stream. `projects` gives the names by source id."""
    look = look or Look()
    known = {column.key: column for column in _standard(projects, look)}
    found = [
        known[key] if key in known else _property_column(key)
        for key in dict.fromkeys(look.columns)
        if key in known or is_property(key)
    ]
    if not any(column.is_wide for column in found):
        found.insert(min(1, len(found)), known["type"])
    return tuple(found)


def is_property(key: str) -> bool:
    """Whether a column is one of a property."""
    return key.startswith(("prop.", "user.")) and len(key) > 5


def titles() -> dict[str, str]:
    """The title of every column there is besides properties."""
    return {column.key: column.title for column in _standard({}, Look())}


def _time_cell(row: Any, how: str) -> Cell:
    if how == AGO:
        passed = round(time.time() * 1000) - row.received_ms
        return arrival(row.received_ms) if passed < -AHEAD_MS else Cell(_span(passed), "muted")
    if how == SINCE:
        if row.before_ms is None:
            return Cell("–", "faint")
        return Cell(f"+{_span(row.received_ms - row.before_ms)}", "muted")
    return arrival(row.received_ms)


def _span(milliseconds: int) -> str:
    """How long, in one or two units."""
    if milliseconds < 1000:
        return f"{max(0, milliseconds)} ms"
    seconds = milliseconds // 1000
    if seconds < 60:
        return f"{milliseconds / 1000:.1f} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"


def _type_cell(row: Any, look: Look) -> Cell:
    mark = look.marks.get(row.id, NO_MARK)
    icons = []
    if mark.is_pinned:
        icons.append(("pin", "accent"))
    if mark.note:
        icons.append(("note", "note"))
    if row.repeat_of is not None:
        icons.append(("reload", "muted"))
    worst = look.problems.get(row.id)
    if worst:
        icons.append(PROBLEM_ICON[worst.rule.severity])
    labels = look.labels.get(row.id, ())
    name = None
    if look.has_names and labels:
        name = labels[0] if len(labels) == 1 else f"{labels[0]} +{len(labels) - 1}"
        icons.append(("label", "accent"))
    elif look.has_names and is_named(row.type):
        name = generated_name(row.type, properties(row.event_properties))
        if name:
            icons.append(("sparkle", "accent"))
    told = [
        f"Sent as {row.type}" if name else "",
        f"Labeled {', '.join(labels)}" if labels else "",
        _told_problems(worst) if worst else "",
        f"Sent before, as event {row.repeat_of:,}" if row.repeat_of is not None else "",
        f"Note: {mark.note}" if mark.note else "",
    ]
    return Cell(
        _shown_type(name or row.type),
        mark.colour or ("text" if row.type else "muted"),
        has_dot=bool(mark.colour),
        icons=tuple(icons),
        help="\n".join(filter(None, told)),
    )


def _shown_type(name: str) -> str:
    shown = one_line(name)
    if shown.strip():
        return shown
    return "(blank type)" if shown else "(no type)"


def _told_problems(worst: Worst) -> str:
    more = f", and {worst.number - 1} more" if worst.number > 1 else ""
    return f"{worst.rule.severity.capitalize()}: {worst.rule.title}{more}"


def _outcome(row: Any, look: Look) -> Cell:
    """What became of it; of what was sent several times, in the end."""
    sent = look.attempts.get(row.id)
    if sent is None:
        return outcome_cell(row.outcome, row.failure)
    last = outcome_cell(sent.outcome, sent.failure)
    text = f"{sent.number} attempts · {sent.outcome}"
    first = f"The first sending: {row.outcome}. The last: {sent.outcome}."
    return last._replace(text=text, help=first)


@lru_cache(maxsize=512)
def properties(text: str | None) -> Mapping[str, Any]:
    """The properties of an event or a user by name; those of identify without its operations."""
    try:
        found = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    plain = {name: value for name, value in found.items() if not name.startswith("$")}
    for name, value in found.items():
        if name.startswith("$"):
            plain.update(value if isinstance(value, dict) else {name: value})
    return plain


def _property_column(key: str) -> Column:
    scope, _, name = key.partition(".")

    def value(row: Any) -> str:
        text = row.event_properties if scope == "prop" else row.user_properties
        found = properties(text).get(name)
        return "" if found is None else found if isinstance(found, str) else json_text(found)

    def cell(row: Any) -> Cell:
        text = value(row)
        return Cell(one_line(text)) if text else Cell("–", "faint")

    what = "The event property" if scope == "prop" else "The user property that was sent:"
    return Column(
        key,
        one_line(name, 40),
        130,
        cell,
        value,
        f"{what} {one_line(name, 80)}",
        is_mono=True,
        least=80,
        most=260,
    )


def property_key(key: str) -> tuple[str, tuple[str, ...]]:
    """Key and path of a condition on the property of a column."""
    scope, _, name = key.partition(".")
    return scope, (name,)


def _standard(projects: Mapping[int, str], look: Look) -> Sequence[Column]:
    def project(row: Any) -> str:
        return projects.get(row.source_id, "")

    return (
        Column(
            "time",
            "Time",
            132,
            lambda row: _time_cell(row, look.time),
            lambda row: clock(row.received_ms),
            "When the upload with this event arrived here, in local time",
            is_mono=True,
        ),
        Column(
            "type",
            "Event",
            220,
            lambda row: _type_cell(row, look),
            lambda row: row.type,
            "The event type",
            is_wide=True,
            least=210,
        ),
        Column(
            "user",
            "User",
            130,
            lambda row: _id(row.user_id),
            lambda row: row.user_id or "",
            "The user ID that was sent",
            is_mono=True,
            least=88,
            cuts_middle=True,
        ),
        Column(
            "device",
            "Device",
            130,
            lambda row: _id(row.device_id),
            lambda row: row.device_id or "",
            "The device ID that was sent",
            is_mono=True,
            least=88,
            most=300,
            cuts_middle=True,
            yields=4,
        ),
        Column(
            "project",
            "Project",
            116,
            lambda row: Cell(one_line(project(row))),
            project,
            "The project that the API key belongs to",
            yields=3,
        ),
        Column(
            "sdk",
            "SDK",
            150,
            lambda row: Cell(one_line(row.library or ""), "muted"),
            lambda row: row.library or "",
            "The SDK and its version, from the event's library",
            least=110,
            most=280,
            cuts_middle=True,
            yields=2,
        ),
        Column(
            "outcome",
            "Outcome",
            112,
            lambda row: _outcome(row, look),
            lambda row: str(row.outcome),
            "What the server made of the event",
            most=200,
        ),
        Column(
            "via",
            "Via",
            80,
            lambda row: Cell(VIA_WORD[row.via], "muted"),
            lambda row: VIA_WORD[row.via],
            "How it reached Eventscope",
            yields=1,
        ),
        Column(
            "session",
            "Session",
            132,
            lambda row: _id("" if row.session_id is None else str(row.session_id)),
            lambda row: "" if row.session_id is None else str(row.session_id),
            "The session ID that was sent",
            is_mono=True,
        ),
        Column(
            "sent",
            "Event time",
            132,
            lambda row: (
                Cell("–", "faint")
                if row.time_ms is None
                else Cell(short_clock(row.time_ms), "muted")
            ),
            lambda row: "" if row.time_ms is None else clock(row.time_ms),
            "The time that was sent with the event, in local time",
            is_mono=True,
        ),
        Column(
            "labels",
            "Labels",
            150,
            lambda row: _names(look.labels.get(row.id, ())),
            lambda row: ", ".join(look.labels.get(row.id, ())),
            "The labeled events that count it",
            least=100,
            most=300,
        ),
        Column(
            "status",
            "Status",
            64,
            lambda row: _id("" if row.status is None else str(row.status)),
            lambda row: "" if row.status is None else str(row.status),
            "The HTTP status of the answer",
            is_mono=True,
        ),
        Column(
            "insert_id",
            "Insert ID",
            130,
            lambda row: _id(row.insert_id),
            lambda row: row.insert_id or "",
            "The insert ID that was sent, by which duplicates are known",
            is_mono=True,
            cuts_middle=True,
        ),
        Column(
            "upload",
            "Upload",
            72,
            lambda row: Cell(f"#{row.upload_id}", "muted"),
            lambda row: str(row.upload_id),
            "The number of the upload that brought it",
            is_mono=True,
        ),
    )


def _names(names: tuple[str, ...]) -> Cell:
    if not names:
        return Cell("–", "faint")
    return Cell(one_line(", ".join(names)), icons=(("label", "accent"),))


def _id(text: str | None) -> Cell:
    return Cell(one_line(text)) if text else Cell("–", "faint")
