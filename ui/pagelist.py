"""
The pages of the window: which there are, how each is made, and where what it asks for leads.

A page is imported when it is made, because the window should be there at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ui.context import Context
    from ui.ways import Ways


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the window."""

    id: str
    title: str
    icon: str
    shortcut: str
    make: Callable[[Context, Ways], QWidget]
    at_foot: bool = False
    in_rail: bool = True
    """Others are reached from where they are spoken of, and from the palette."""


def _connect(context: Context, ways: Ways) -> QWidget:
    from ui.pages.connect import ConnectPage

    page = ConnectPage(context)
    page.toaster.event_asked.connect(ways.show_event_in_front)
    return page


def _live(context: Context, ways: Ways) -> QWidget:
    from ui.pages.live import LivePage

    page = LivePage(context)
    page.chart_asked.connect(ways.add_to_chart)
    page.person_asked.connect(ways.show_person)
    page.label_asked.connect(ways.label_event)
    return page


def _ingestion(context: Context, ways: Ways) -> QWidget:
    from ui.pages.ingestion import IngestionPage

    page = IngestionPage(context)
    page.live_asked.connect(ways.show_in_live)
    page.people_asked.connect(ways.look_behind_uploads)
    return page


def _users(context: Context, ways: Ways) -> QWidget:
    from ui.pages.users import UsersPage

    page = UsersPage(context)
    page.event_asked.connect(ways.show_event)
    page.chart_asked.connect(ways.open_chart)
    page.filter_asked.connect(ways.show_filtered)
    return page


def _sdks(context: Context, ways: Ways) -> QWidget:
    from ui.pages.sdks import SdksPage

    page = SdksPage(context)
    page.event_asked.connect(ways.show_event)
    return page


def _requests(context: Context, ways: Ways) -> QWidget:
    from ui.pages.requests import RequestsPage

    page = RequestsPage(context)
    page.live_asked.connect(ways.show_filtered)
    return page


def _label(context: Context, ways: Ways) -> QWidget:
    from ui.pages.label import LabelPage

    page = LabelPage(context)
    page.live_asked.connect(ways.show_filtered)
    page.site.toaster.event_asked.connect(ways.show_event_in_front)
    return page


def _explore(context: Context, ways: Ways) -> QWidget:
    from ui.pages.explore import ExplorePage

    page = ExplorePage(context)
    page.live_asked.connect(ways.show_in_live)
    page.person_asked.connect(ways.show_person)
    return page


def _problems(context: Context, ways: Ways) -> QWidget:
    from ui.pages.problems.page import ProblemsPage

    page = ProblemsPage(context)
    page.event_asked.connect(ways.show_event)
    page.filter_asked.connect(ways.show_filtered)
    return page


def _faults(context: Context, _ways: Ways) -> QWidget:
    from ui.pages.faults import FaultsPage

    return FaultsPage(context)


def _settings(context: Context, ways: Ways) -> QWidget:
    from ui.pages.settings import SettingsPage

    page = SettingsPage(context)
    page.changed.connect(ways.use_setting)
    return page


PAGES = (
    Page("connect", "Connect", "connect", "Ctrl+1", _connect),
    Page("live", "Live", "live", "Ctrl+2", _live),
    Page("ingestion", "Ingestion", "ingestion", "Ctrl+3", _ingestion),
    Page("users", "Users", "users", "Ctrl+4", _users),
    Page("sdks", "SDKs", "sdks", "Ctrl+5", _sdks),
    Page("requests", "Requests", "endpoint", "", _requests),
    Page("label", "Label", "label", "Ctrl+6", _label),
    Page("explore", "Explore", "explore", "Ctrl+7", _explore),
    Page("problems", "Problems", "warning", "", _problems, in_rail=False),
    Page("faults", "Faults and limits", "warning", "", _faults, in_rail=False),
    Page("settings", "Settings", "settings", "Ctrl+,", _settings, at_foot=True),
)
"""In the order of the rail."""
