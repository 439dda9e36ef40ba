"""
What every page is given: the parts of the running application, in one place.

The store is the window's own reader, used in the GUI thread for reads by key. Anything that
scans goes through `jobs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings
from ui.actions import Actions
from ui.notifications import Notifications

if TYPE_CHECKING:
    from ui.captureprocess import CaptureProcess
    from ui.chartthread import ChartThread
    from ui.jobs import Jobs
    from ui.livefeed import LiveFeed
    from ui.reader import Reader
    from ui.studyprocess import StudyProcess
    from ui.warming import Warming


@dataclass(slots=True)
class Context:
    """The parts of the running application."""

    settings: Settings
    workspace: Path
    store: Reader
    jobs: Jobs
    feed: LiveFeed
    capture: CaptureProcess
    notifications: Notifications
    actions: Actions
    study: StudyProcess | None = None
    charts: ChartThread | None = None
    warming: Warming | None = None
    """What pages of charts wait for before they are made; without it they are made at once."""
