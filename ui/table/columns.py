"""
The columns of the event stream, in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ui.plain import clock, one_line
from ui.table.cells import VIA_WORD, Cell, Column, id_cell
from ui.table.eventcells import names_cell, sent_outcome, type_cell
from ui.table.fieldcolumns import field_columns
from ui.table.look import Look
from ui.table.properties import is_property, property_column
from ui.table.times import short_clock, time_cell


def event_columns(projects: Mapping[int, str], look: Look | None = None) -> tuple[Column, ...]:
    """The columns of the event stream. `projects` gives the names by source id."""
    look = look or Look()
    known = {column.key: column for column in _standard(projects, look)}
    found = [
        known[key] if key in known else property_column(key)
        for key in dict.fromkeys(look.columns)
        if key in known or is_property(key)
    ]
    if not any(column.is_wide for column in found):
        found.insert(min(1, len(found)), known["type"])
    return tuple(found)


def titles() -> dict[str, str]:
    """The title of every column there is besides properties."""
    return {column.key: column.title for column in _standard({}, Look())}


def _standard(projects: Mapping[int, str], look: Look) -> Sequence[Column]:
    def project(row: Any) -> str:
        return projects.get(row.source_id, "")

    return (
        Column(
            "time",
            "Time",
            132,
            lambda row: time_cell(row, look.time),
            lambda row: clock(row.received_ms),
            "When the upload with this event arrived here, in local time",
            is_mono=True,
        ),
        Column(
            "type",
            "Event",
            220,
            lambda row: type_cell(row, look),
            lambda row: row.type,
            "The event type",
            is_wide=True,
            least=210,
        ),
        Column(
            "user",
            "User",
            130,
            lambda row: id_cell(row.user_id),
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
            lambda row: id_cell(row.device_id),
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
            lambda row: sent_outcome(row, look),
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
            lambda row: id_cell("" if row.session_id is None else str(row.session_id)),
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
            lambda row: names_cell(look.labels.get(row.id, ())),
            lambda row: ", ".join(look.labels.get(row.id, ())),
            "The labeled events that count it",
            least=100,
            most=300,
        ),
        Column(
            "status",
            "Status",
            64,
            lambda row: id_cell("" if row.status is None else str(row.status)),
            lambda row: "" if row.status is None else str(row.status),
            "The HTTP status of the answer",
            is_mono=True,
        ),
        Column(
            "insert_id",
            "Insert ID",
            130,
            lambda row: id_cell(row.insert_id),
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
        *field_columns(look),
    )
