"""
What a table shows of a row: one `Column` each, in order.

A cell is made once, when its row is read, and holds at most a few hundred characters: names come
from traffic and may be a megabyte long.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.model import Outcome, Via
from ui.plain import clock, moment, one_line


class Cell(NamedTuple):
    """Text as it is painted. `tone` is the name of a colour in `Tokens`."""

    text: str
    tone: str = "text"
    has_dot: bool = False


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
    yields: int = 0
    """Goes when there is no room, the lowest first; 0 never goes."""


OUTCOME_TONE = {
    Outcome.ACCEPTED: "good",
    Outcome.DUPLICATE: "note",
    Outcome.REJECTED: "bad",
    Outcome.THROTTLED: "warning",
    Outcome.SILENCED: "warning",
    Outcome.UNANSWERED: "muted",
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


def event_columns(projects: Mapping[int, str]) -> tuple[Column, ...]:
    """The columns of the event stream. `projects` gives the names by source id."""

    def project(row: Any) -> str:
        return projects.get(row.source_id, "")

    return (
        Column(
            "time",
            "Time",
            132,
            lambda row: Cell(short_clock(row.received_ms), "muted"),
            lambda row: clock(row.received_ms),
            "When the upload with this event arrived here, in local time",
            is_mono=True,
        ),
        Column(
            "type",
            "Event",
            220,
            lambda row: Cell(one_line(row.type) or "(no type)", "text" if row.type else "muted"),
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
            lambda row: outcome_cell(row.outcome, row.failure),
            lambda row: str(row.outcome),
            "What the server made of the event",
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
    )


def _id(text: str | None) -> Cell:
    return Cell(one_line(text)) if text else Cell("–", "faint")
