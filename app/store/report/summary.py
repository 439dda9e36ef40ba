"""
The numbers of the Ingestion page as one JSON object, for the command line; keys in the README.
"""

from typing import Any

from app.store.report.reader import ReportReader
from app.store.report.scope import Scope
from app.store.report.window import MINUTE, Frame, Window, window_between, window_of
from app.store.spread import LAG_RANGES, SKEW_RANGES

RECENT_MS = 30 * MINUTE
"""How far back Amplitude lists throttled users and devices (docs "Debug Analytics")."""


def summary(report: ReportReader, scope: Scope, frame: Frame, now_ms: int) -> dict[str, Any]:
    """The numbers of a time frame that ends now."""
    window = _window(report, scope, frame, now_ms)
    start, end = window.start_ms, window.end_ms
    bins = report.bins(scope, window)
    spread = report.spread(scope, start, end)
    return {
        "start_ms": start,
        "end_ms": end,
        "step_ms": window.step_ms,
        "successes": sum(bins.successes),
        "events": sum(bins.events),
        "identifies": sum(bins.identifies),
        "errors": sum(map(sum, bins.errors.values())),
        "waiting": bins.waiting,
        "errors_by_status": {str(status): sum(found) for status, found in bins.errors.items()},
        "replays_by_status": {str(status): sum(found) for status, found in bins.replays.items()},
        "bins": {
            "successes": bins.successes,
            "events": bins.events,
            "identifies": bins.identifies,
            "errors": [sum(column) for column in zip(*bins.errors.values(), strict=True)]
            or [0] * len(window),
        },
        "throttled_recently": [
            row._asdict()
            for row in report.limits(scope, now_ms - RECENT_MS, now_ms + 1, ("throttled",))
        ],
        "held_back": [row._asdict() for row in report.limits(scope, start, end)],
        "reasons": [row._asdict() for row in report.reasons(scope, start, end)],
        "latencies": [row._asdict() for row in report.latencies(scope, start, end)],
        "retries": [row._asdict() for row in report.chains(scope, start, end)],
        "lags": dict(zip(LAG_RANGES, spread.lags, strict=True)),
        "skews": dict(zip(SKEW_RANGES, spread.skews, strict=True)),
        "sizes": [row._asdict() for row in report.sizes(scope, start, end)],
        "sdks": [row._asdict() for row in report.sdks(scope, start, end)],
    }


def _window(report: ReportReader, scope: Scope, frame: Frame, now_ms: int) -> Window:
    if frame is not Frame.ALL:
        return window_of(frame, now_ms)
    first, last = report.span(scope) or (now_ms, now_ms)
    return window_between(first, last)
