"""
Ways from one page to another: what a person asks for here is shown where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.settings import Setting

if TYPE_CHECKING:
    from app.links import EventLink


class Ways(QObject):
    """Each method shows something on the page that is for it. What a page does not do itself leaves
    it as a signal, and is connected to one of these."""

    def __init__(
        self,
        lead: Callable[[str], Any],
        come_forward: Callable[[], None],
        setting_changed: Callable[[Setting[Any]], object],
        parent: QObject,
    ) -> None:
        """`lead` shows a page by its id and returns it. `come_forward` brings the window to the
        front. `setting_changed` is called with a Setting that a person changed."""
        super().__init__(parent)
        self._lead = lead
        self._come_forward = come_forward
        self._setting_changed = setting_changed

    def show_event(self, event_id: int) -> None:
        """Show an event in Live, with the inspector."""
        self._lead("live").show_event(event_id)

    def show_event_in_front(self, event_id: int) -> None:
        """The same for a person who asked for it in another window."""
        self.show_event(event_id)
        self._come_forward()

    def show_link(self, link: EventLink) -> None:
        """Show the event that a link names, in front: a person just asked for it."""
        self._lead("live").show_link(link)
        self._come_forward()

    def show_filtered(self, text: str) -> None:
        """Show the events in Live that a filter fits."""
        self._lead("live").filter.set_text(text)

    def show_in_live(self, wanted: object) -> None:
        """Show an event by its id, or what a filter text finds."""
        if isinstance(wanted, int):
            self.show_event(wanted)
        elif isinstance(wanted, str):
            self.show_filtered(wanted)

    def show_person(self, event_id: int) -> None:
        """Show an event in Users, among everything that its person did."""
        self._lead("users").open_event(event_id)

    def label_event(self, event_id: int) -> None:
        """Name what an event clicked."""
        self._lead("label").label_captured(event_id)

    def add_to_chart(self, event_type: str) -> None:
        """Show an event type in Explore, beside what is in the chart there."""
        self._lead("explore").add_event(event_type)

    def look_behind_uploads(self, deed: str, uploads: list[int]) -> None:
        """Show who is behind uploads, in Explore."""
        self._lead("explore").look_behind_uploads(deed, uploads)

    def open_chart(self, number: int) -> None:
        """Show a saved chart."""
        self._lead("explore").open_chart(number)

    def use_setting(self, setting: Setting[Any]) -> None:
        """Let a setting count that a person changed."""
        self._setting_changed(setting)
