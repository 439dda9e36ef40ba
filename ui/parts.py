"""
Makes the parts that pages stand on, and takes them apart in the right order.

Apart from the window, which is on the screen before these are imported.
"""

import logging
from pathlib import Path

from PySide6.QtCore import QObject

from app.settings import Settings
from ui.actions import Actions
from ui.captureprocess import CaptureProcess
from ui.chartthread import ChartThread
from ui.context import Context
from ui.jobs import Jobs
from ui.livefeed import LiveFeed
from ui.notifications import Notifications
from ui.reader import Reader
from ui.studyprocess import StudyProcess
from ui.warming import Warming

log = logging.getLogger(__name__)


def make_parts(settings: Settings, workspace: Path, actions: Actions, parent: QObject) -> Context:
    """Everything that a page is given; nothing is opened or started yet."""
    reader = Reader(workspace, parent)
    capture = CaptureProcess(settings, workspace, parent)
    feed = LiveFeed(capture, reader, parent)
    study = StudyProcess(workspace, parent)
    study.studied.connect(feed.notice)
    return Context(
        settings=settings,
        workspace=workspace,
        store=reader,
        jobs=Jobs(workspace, parent),
        feed=feed,
        capture=capture,
        notifications=Notifications(parent),
        actions=actions,
        study=study,
        charts=ChartThread(workspace, parent),
        warming=Warming(parent),
    )


def end_parts(context: Context) -> None:
    """The capture process first, because it commits; then whoever reads; then the store."""
    context.feed.stop()
    if context.warming:
        context.warming.stop()
    if context.study:
        context.study.shutdown()
    context.capture.shutdown()
    if context.charts and not context.charts.shutdown():
        log.warning("a chart did not end in time")
    if not context.jobs.shutdown():
        log.warning("a background job did not end in time")
    context.store.close()
