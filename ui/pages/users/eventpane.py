"""
One event of a person: Info with the values at that time, Raw with what was received and what was
known of the person (semantics §5.4).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QToolButton,
)

from app.decode.body import BodyProblem, parsed, unpacked
from app.errors import AppError
from app.ingest.event_time import Timing, event_time
from app.naming import generated_name
from app.store.people.conditions import shown_name
from ui.context import Context
from ui.elided import ElidedLabel
from ui.inspector.facts import Fact, Section, outcome_sentence, step
from ui.inspector.info import InfoView
from ui.inspector.raw import RawView
from ui.inspector.sidepanel import SidePanel
from ui.pages.emptystate import EmptyState
from ui.pages.users.painting import length_text
from ui.plain import ago, local_time, utc_time
from ui.theme import tint

if TYPE_CHECKING:
    from app.model import Capture
    from app.store import Store
    from app.store.events import EventDetail
    from app.store.people import Snapshot

NARROWEST = 340
PERSISTED = "persisted_user_properties"
"""Under which name Raw shows what was known of the person at that time."""


class EventPane(SidePanel):
    """Info and Raw of one event.

    Signals:
        link_asked: the number of the event whose link is wanted.
        live_asked: the number of the event that is to be shown in Live.
        condition_asked: Live is to be filtered by this (a `Node` of a filter).
    """

    link_asked = Signal(object)
    live_asked = Signal(object)
    condition_asked = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__("Event", NARROWEST)
        self._context = context
        self.event_id: int | None = None
        self.sent = ElidedLabel("muted")
        self.info = InfoView()
        self.info.filters = "Filter Live"
        self.info.condition_asked.connect(self.condition_asked)
        self.raw = RawView(context.jobs)
        self.gone = EmptyState(
            "trash", "No longer stored", "This event was removed to keep the size cap, or cleared."
        )
        self.link = _tool("link", "Copy a link to this event")
        self.link.clicked.connect(lambda _checked=False: self.link_asked.emit(self.event_id))
        self.live = _tool("live", "Show in Live")
        self.live.clicked.connect(lambda _checked=False: self.live_asked.emit(self.event_id))
        self.add_view("Info", self.info)
        self.add_view("Raw", self.raw)
        self.stack.addWidget(self.gone)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.lay_out([self.live, self.link], [self.sent])

    def show_event(self, event_id: int | None) -> None:
        """Show this event, or nothing."""
        self.event_id = event_id
        if event_id is None:
            self._context.jobs.drop(self)
            return

        def found(store: Store) -> tuple[EventDetail | None, Snapshot | None]:
            return store.events.detail(event_id), store.people.snapshot(event_id)

        self._context.jobs.read(self, found).then(self._show).catch(self._fail)

    def _show(self, found: tuple[EventDetail | None, Snapshot | None]) -> None:
        detail, snapshot = found
        self.tabs.setVisible(detail is not None)
        if detail is None:
            self.stack.setCurrentWidget(self.gone)
            return
        properties = detail.event.fields.get("event_properties")
        name = generated_name(detail.row.type, properties if isinstance(properties, dict) else {})
        self.title.show_text(name or detail.row.type or "(no type)")
        at_ms = _timing(detail).event_time_ms
        self.sent.show_text(f"sent as {detail.row.type}" if name else local_time(at_ms))
        self.info.show_sections(sections(detail, snapshot))
        self.raw.show_detail(with_known(detail, snapshot))
        self.stack.setCurrentIndex(self.tabs.currentIndex())

    def _fail(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint, about="users")


def with_known(detail: EventDetail, snapshot: Snapshot | None) -> EventDetail:
    """The event as Raw shows it: what was received, and what was known of the person."""
    if snapshot is None:
        return detail
    known = {shown_name(name): value for name, value in snapshot.after.items()}
    raw = {**detail.event.raw, PERSISTED: known}
    return replace(detail, event=detail.event._replace(raw=raw))


def sections(
    detail: EventDetail, snapshot: Snapshot | None, now_ms: int | None = None
) -> tuple[Section, ...]:
    """Info: times, ids, properties of the event, and of the person at that time. Properties of
    groups are in Raw alone."""
    now_ms = round(time.time() * 1000) if now_ms is None else now_ms
    fields = detail.event.fields
    found = [
        Section("Event", tuple(_event(detail, snapshot))),
        Section("Times", tuple(_times(detail, now_ms))),
        _properties("Event properties", fields.get("event_properties"), "event_properties"),
        Section("User properties at that time", tuple(_known(snapshot))),
        _properties("Groups", fields.get("groups"), "groups"),
    ]
    return tuple(section for section in found if section.facts)


def _event(detail: EventDetail, snapshot: Snapshot | None) -> list[Fact]:
    row, fields = detail.row, detail.event.fields
    facts = [Fact("Event type", row.type)]
    facts += [
        Fact(name, fields[key], key)
        for name, key in (
            ("User ID", "user_id"),
            ("Device ID", "device_id"),
            ("Session ID", "session_id"),
            ("Insert ID", "insert_id"),
            ("Event ID", "event_id"),
        )
        if key in fields
    ]
    if not row.session_id or row.session_id == -1:
        facts.append(Fact("Session", "out of session", is_ours=True))
    if row.library:
        facts.append(Fact("SDK", row.library, is_ours=True))
    facts.append(Fact("Outcome", outcome_sentence(detail), is_ours=True))
    if snapshot is None:
        text = "it was not counted, so nothing was known of anybody"
        facts.append(Fact("Person", text, is_ours=True, tone="warning"))
    return facts


def _timing(detail: EventDetail) -> Timing:
    return event_time(detail.row.time_ms, detail.upload.client_upload_ms, detail.capture.at_ms)


def _times(detail: EventDetail, now_ms: int) -> list[Fact]:
    timing = _timing(detail)
    facts = [
        Fact("Event time", local_time(timing.event_time_ms), is_ours=True,
             hint=ago(timing.event_time_ms, now_ms)),
        Fact("… in UTC", utc_time(timing.event_time_ms), is_ours=True),
        Fact("… how", _how(detail, timing), is_ours=True,
             tone="warning" if timing.is_adjusted else "muted"),
    ]  # fmt: skip
    client = detail.row.time_ms
    facts.append(Fact("Client event time", "not sent" if client is None else utc_time(client),
                      "time", is_ours=True))  # fmt: skip
    upload = detail.upload.client_upload_ms
    facts.append(Fact("Client upload time", "not sent" if upload is None else utc_time(upload),
                      is_ours=True))  # fmt: skip
    facts.append(Fact("Server received", utc_time(timing.received_ms), is_ours=True))
    server = server_upload_ms(detail.capture)
    facts.append(Fact("Server upload", "not told" if server is None else utc_time(server),
                      is_ours=True))  # fmt: skip
    if upload is not None and client is not None:
        facts.append(Fact("Waited for upload", _span(timing.lag_ms), is_ours=True))
        facts.append(Fact("Clock is behind by", _span(timing.skew_ms), is_ours=True))
    return facts


def _how(detail: EventDetail, timing: Timing) -> str:
    if detail.row.time_ms is None:
        return "none sent: when it was received"
    if detail.upload.client_upload_ms is None:
        return "as sent; the clock is not known"
    if timing.is_adjusted:
        way = "behind" if timing.skew_ms > 0 else "ahead"
        return f"adjusted: clock {_span(abs(timing.skew_ms))} {way}"
    return "as sent: clock within 60 s"


def server_upload_ms(capture: Capture) -> int | None:
    """When the server says that it took the upload in; None when it does not."""
    if capture.response is None:
        return None
    try:
        encoding = capture.response.header("content-encoding")
        said: Any = parsed(unpacked(capture.response.body, encoding)[0])
    except BodyProblem:
        return None
    at_ms = said.get("server_upload_time") if isinstance(said, dict) else None
    return at_ms if type(at_ms) is int else None


def _known(snapshot: Snapshot | None) -> list[Fact]:
    if snapshot is None:
        return []
    names = sorted(
        {*snapshot.after, *snapshot.changed},
        key=lambda name: (name.startswith("@"), shown_name(name).casefold()),
    )
    facts = []
    for name in names:
        path = f"user_properties{step(name)}"
        if name not in snapshot.changed:
            facts.append(Fact(shown_name(name), snapshot.after.get(name), path))
        elif name not in snapshot.after:
            facts.append(Fact(shown_name(name), "unset by this event", path, is_ours=True,
                              tone="warning"))  # fmt: skip
        else:
            facts.append(Fact(f"● {shown_name(name)}", snapshot.after[name], path))
    if snapshot.changed:
        facts.append(Fact("●", "set by this event", is_ours=True, tone="muted"))
    return facts


def _properties(title: str, value: object, key: str) -> Section:
    if isinstance(value, dict):
        facts = tuple(Fact(str(name), value[name], f"{key}{step(name)}") for name in value)
        return Section(title, facts)
    return Section(title, (Fact(key, value, key),) if value is not None else ())


def _span(length_ms: int) -> str:
    sign = "−" if length_ms < 0 else ""
    length = abs(length_ms)
    return f"{sign}{length} ms" if length < 10_000 else f"{sign}{length_text(length)}"


def _tool(name: str, title: str) -> QToolButton:
    button = QToolButton()
    tint(button, name)
    button.setToolTip(title)
    button.setAccessibleName(title.partition("  (")[0])
    return button
