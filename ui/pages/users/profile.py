"""
One person: a head with pinned properties and what is odd about their ids, and tabs for what they
did, what is known of them, and how their ids came together.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from ui.context import Context
from ui.elided import ElidedLabel
from ui.inspector.info import InfoView
from ui.pages.users.activity import ActivityPane
from ui.pages.users.details import sections
from ui.pages.users.identity import IdentityGraph
from ui.pages.users.kept import Kept
from ui.pages.users.membership import Membership
from ui.pages.users.peoplelist import person_title, visible
from ui.pages.users.properties import PropertiesPane, one_value
from ui.pages.users.remote import RemotePane
from ui.plain import ago, one_line, plural, tooltip
from ui.theme import hairline, label, tint

if TYPE_CHECKING:
    from app.store.people.profile import Profile, Twin

MOST_PINNED = 6
WIDEST_CHIP = 180
TABS = ("Activity", "Properties", "Identity", "Details", "Amplitude")


class ProfileView(QWidget):
    """Everything about one person.

    Signals:
        pin_asked: whether the person is to be pinned.
        property_pinned: a name, and whether it is to be pinned.
        person_asked: the number of somebody else who is to be opened.
        copy_asked: the id of the person is wanted.
    """

    pin_asked = Signal(bool)
    property_pinned = Signal(str, bool)
    person_asked = Signal(object)
    copy_asked = Signal()

    def __init__(self, context: Context, kept: Kept) -> None:
        super().__init__()
        self._kept = kept
        self.profile: Profile | None = None
        self._news = ""
        self.title = ElidedLabel("title")
        self.kind = label("", "key")
        self.facts = ElidedLabel("muted")
        self.news = label("", "note", wrap=True)
        self.warning = label("", "warning", wrap=True)
        self.twin = QToolButton()
        self.activity = ActivityPane(context, kept)
        self.properties = PropertiesPane(context)
        self.identity = IdentityGraph()
        self.details = InfoView()
        self.remote = RemotePane(context)
        self.membership = Membership(context, self)
        self.membership.answered.connect(self._show_details)
        self.details.setAccessibleName("Details of this person")
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("What is shown of this person")
        self._make_buttons()
        self._lay_out()
        self.properties.pinned.connect(self.property_pinned)

    def _make_buttons(self) -> None:
        self.pin = QToolButton()
        self.pin.setCheckable(True)
        tint(self.pin, "pin")
        self.pin.setToolTip("Pin this person to the top of the list")
        self.pin.setAccessibleName("Pin this person")
        self.pin.clicked.connect(lambda on=False: self.pin_asked.emit(on))
        self.copy = QToolButton()
        tint(self.copy, "copy")
        self.copy.setToolTip("Copy the ID")
        self.copy.setAccessibleName("Copy the ID")
        self.copy.clicked.connect(lambda _checked=False: self.copy_asked.emit())
        self.live = QToolButton()
        self.live.setText("Live")
        self.live.setCheckable(True)
        self.live.setChecked(True)
        tint(self.live, "live")
        self.live.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.live.setToolTip("Show events as they arrive")
        self.live.setAccessibleName("Live event updates")
        self.twin.setText("Open")
        self.twin.setProperty("framed", True)
        self.twin.setAccessibleName("Open the person whose ID looks the same")
        self.twin.setToolTip("Open the person whose ID looks the same")
        self.twin.clicked.connect(lambda _checked=False: self._open_twin())
        self.twin.hide()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.title, 1)
        top.addWidget(self.kind)
        top.addWidget(self.live)
        top.addWidget(self.copy)
        top.addWidget(self.pin)
        odd = QHBoxLayout()
        odd.setSpacing(8)
        odd.addWidget(self.warning, 1)
        odd.addWidget(self.twin)
        self._pins = QHBoxLayout()
        self._pins.setSpacing(6)
        head = QVBoxLayout()
        head.setContentsMargins(16, 10, 12, 6)
        head.setSpacing(4)
        head.addLayout(top)
        head.addWidget(self.facts)
        head.addLayout(self._pins)
        head.addWidget(self.news)
        head.addLayout(odd)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.identity)
        self.stack = QStackedWidget()
        for name, widget in zip(
            TABS, (self.activity, self.properties, scroll, self.details, self.remote), strict=True
        ):
            self.tabs.addTab(name)
            self.stack.addWidget(widget)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.tabs.currentChanged.connect(lambda _at: self._look_at_details())
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(8, 0, 8, 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        rows.addLayout(tabs)
        rows.addWidget(hairline())
        rows.addWidget(self.stack, 1)

    # What is shown

    def show_profile(
        self,
        profile: Profile,
        pins: Sequence[str],
        *,
        is_pinned: bool,
        event: int | None = None,
    ) -> None:
        """Show somebody, or what became of who is shown already."""
        before = self.profile
        is_same = before is not None and before.person.id == profile.person.id
        self.profile = profile
        self._tell_news(before if is_same else None, profile)
        self._show_head(profile, pins, is_pinned)
        self._show_odd(profile)
        self.properties.show_properties(profile.person.id, profile.properties, pins)
        self.identity.show_profile(profile)
        self._look_at_details()
        self.remote.show_person(profile.person, profile.api_key)
        if not is_same:
            self.activity.show_person(profile.person.id, profile.devices, profile.replays, event)
        else:
            if before is not None and before.person != profile.person:
                self.activity.show_newer(profile.devices, profile.replays)
            if event is not None:
                self.activity.open_event(event)

    def show_pins(self, pins: Sequence[str], *, is_pinned: bool) -> None:
        """Other things are pinned now."""
        if self.profile is not None:
            self._show_head(self.profile, pins, is_pinned)
            self.properties.show_properties(self.profile.person.id, self.profile.properties, pins)

    def _show_head(self, profile: Profile, pins: Sequence[str], is_pinned: bool) -> None:
        person = profile.person
        self.title.show_text(visible(person_title(person)))
        self.kind.setText("User ID" if person.user is not None else "Device ID")
        self.pin.setChecked(is_pinned)
        now_ms = round(time.time() * 1000)
        self.facts.show_text(
            " · ".join(
                (
                    f"last seen {ago(person.last_ms, now_ms)}",
                    f"first {ago(person.first_ms, now_ms)}",
                    plural(person.events, "event"),
                    plural(profile.sessions, "session"),
                    plural(person.devices, "device"),
                    person.project,
                )
            )
        )
        while item := self._pins.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        values = {one.name: one for one in profile.properties}
        shown = [values[name] for name in pins if name in values][:MOST_PINNED]
        for one in shown:
            self._pins.addWidget(_chip(one.shown, one_value(one.value, 1000)))
        self._pins.addStretch(1)

    def _look_at_details(self) -> None:
        """Show them, and have rules of cohorts asked while they are seen."""
        if self.profile is None:
            return
        if self._show_details() and self.stack.currentWidget() is self.details:
            self.membership.ask(self.profile.person.id)
        else:
            self.membership.forget()

    def _show_details(self) -> bool:
        """Whether there are cohorts with a rule."""
        profile = self.profile
        if profile is None:
            return False
        try:
            found = self._kept.cohorts(profile.person, profile.devices)
        except AppError:
            found = []  # The page says what is wrong with what is kept.
        person = profile.person.id
        cohorts = [
            (one.name, self.membership.of(person, one.id) if is_in is None else is_in)
            for one, is_in in found
        ]
        self.details.show_sections(sections(profile, cohorts))
        return any(is_in is None for _, is_in in found)

    def _tell_news(self, before: Profile | None, now: Profile) -> None:
        """What joined since this person was opened."""
        if before is None:
            self._news = ""
        else:
            known = {one.person for one in before.merges}
            fresh = [one for one in now.merges if one.person not in known]
            if before.person.user is None and now.person.user is not None:
                self._news = f"Logged in just now as {one_line(now.person.user, 80)}."
            elif fresh:
                one = fresh[-1]
                device = one_line(one.device, 60) or "somebody without a device ID"
                what = one_line(one.event_type, 60) or "an event"
                self._news = (
                    f"{device} joined: “{what}” showed that it is the same person."
                    " What was done there is part of this now."
                )
        self.news.setText(self._news)
        self.news.setVisible(bool(self._news))

    def _show_odd(self, profile: Profile) -> None:
        said = []
        if profile.is_placeholder:
            said.append(
                "This user ID is a word that stands for a missing one: everybody who sends it"
                " is counted as this one person."
            )
        said += [_twin_text(one) for one in profile.twins[:1]]
        if len(profile.twins) > 1:
            more = len(profile.twins) - 1
            said.append(f"{more} more {'looks' if more == 1 else 'look'} the same.")
        self.warning.setText(" ".join(said))
        self.warning.setVisible(bool(said))
        self.twin.setVisible(bool(profile.twins))

    def _open_twin(self) -> None:
        if self.profile is not None and self.profile.twins:
            self.person_asked.emit(self.profile.twins[0].person)


def _chip(name: str, value: str) -> QWidget:
    chip = label("", "key")
    text = f"{one_line(name, 60)}  {value}"
    chip.setText(chip.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, WIDEST_CHIP))
    chip.setToolTip(tooltip(f"{name}: {value}"))
    return chip


def _twin_text(one: Twin) -> str:
    kind = "user ID" if one.is_user else "device ID"
    shown = one_line(visible(one.text), 120)
    return f"Somebody else has the {kind} “{shown}”: it differs by {one.differs_by}."
