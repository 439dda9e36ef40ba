"""
The health of delivery as questions over stored requests: how many, refused why, how slow, by whom.

    with Store.read(folder) as store:
        store.report.bins(Scope(), window_of(Frame.HOUR, now_ms))

Counts come from what `app.study.report` summed up, plus the requests that are not studied yet.
"""

from app.store.report.reader import ReportReader
from app.store.report.scope import ALL, Choices, Scope, Which
from app.store.report.window import Frame, Window, window_between, window_of

__all__ = [
    "ALL",
    "Choices",
    "Frame",
    "ReportReader",
    "Scope",
    "Which",
    "Window",
    "window_between",
    "window_of",
]
