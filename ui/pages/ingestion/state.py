"""
What a person chose on the Ingestion page, and what that means in time.
"""

from dataclasses import dataclass

from app.store.report import ALL, Frame, Scope, Window, window_between, window_of
from app.store.report.scope import What, Which

RECENT_MS = 30 * 60_000
"""How far back Amplitude lists throttled users and devices (docs "Debug Analytics")."""
FOREVER_MS = 1 << 62
EVERY = Which()

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class State:
    """`zoomed` is a range that stands in for the frame. `span` and `which` are what the tables
    below the charts are about; without a span, all the time that the charts show."""

    frame: Frame = Frame.HOUR
    zoomed: Span | None = None
    scope: Scope = ALL
    span: Span | None = None
    which: Which = EVERY

    def window(self, now_ms: int, whole: Span | None) -> Window:
        """The bins to show; `whole` is from when to when there is anything at all."""
        if self.zoomed is not None:
            return window_between(self.zoomed[0], self.zoomed[1] - 1)
        if self.frame is Frame.ALL:
            first, last = whole or (now_ms, now_ms)
            return window_between(first, last)
        return window_of(self.frame, now_ms)

    def times(self, window: Window) -> Span:
        """From when to when the tables reach."""
        return self.span or (window.start_ms, window.end_ms)


FRAME_WORDS = {
    Frame.FIVE_MINUTES: ("5 min", "the last 5 minutes"),
    Frame.HOUR: ("1 hour", "the last hour"),
    Frame.DAY: ("1 day", "the last day"),
    Frame.WEEK: ("1 week", "the last week"),
    Frame.ALL: ("All", "all time"),
}
"""On the button, and in a sentence."""


def which_of(series: str, chart: str) -> Which:
    """The requests that a series of a chart stands for."""
    if series == "identifies":
        return Which(What.IDENTIFIES)
    what = What.REPLAYS if chart == "replays" else What(chart)
    if chart in {"errors", "replays"} and series.lstrip("-").isdigit():
        return Which(what, int(series))
    return Which(what)
