"""
Statuses in words and colours, and the series of the charts made of them.
"""

from collections import defaultdict

from app.store.report.rows import Bins
from ui.charts import ChartData, Series

WORDS = {
    0: "No answer",
    400: "400 bad request",
    402: "402 quota used up",
    408: "408 timeout",
    413: "413 too large",
    414: "414 address too long",
    429: "429 throttled",
    4004: "Invalid session id",
    4005: "Capture switched off",
}
TONES = {0: "muted", 402: "warning", 429: "warning", 4005: "muted"}
BLUE, ORANGE, GREEN, PINK, SKY, OLIVE, VIOLET, GREY = range(8)
"""Places in `Tokens.series`."""
_COLOURS = {0: GREY, 400: ORANGE, 402: OLIVE, 413: OLIVE, 429: PINK, 4004: ORANGE, 4005: GREY}
MOST_SERIES = 6
OTHERS = "others"


def word(status: int | None) -> str:
    """A status as a person reads it; None while an answer may still come."""
    if status is None:
        return "Waiting"
    return WORDS.get(status, str(status))


def tone(status: int | None) -> str:
    """The colour of its dot."""
    if status is None:
        return "muted"
    if 200 <= status < 300:
        return "good"
    return TONES.get(status, "bad")


def colour(status: int) -> int:
    """The place of its colour; the same wherever it is shown."""
    if 200 <= status < 300:
        return GREEN
    known = _COLOURS.get(status)
    if known is not None:
        return known
    return VIOLET if status >= 500 else SKY


def by_status(counts: dict[int, tuple[int, ...]], bins: int) -> tuple[Series, ...]:
    """A series for each status, in their order; with very many, the rarest together."""
    ranked = sorted(counts, key=lambda status: -sum(counts[status]))
    shown = set(ranked if len(ranked) <= MOST_SERIES else ranked[: MOST_SERIES - 1])
    found = [
        Series(str(status), word(status), counts[status], colour(status))
        for status in sorted(counts)
        if status in shown
    ]
    rest = [counts[status] for status in ranked if status not in shown]
    if rest:
        found.append(Series(OTHERS, "Others", _sum(rest, bins), SKY))
    return tuple(found)


def successes(bins: Bins, partial: int | None) -> ChartData:
    """The chart of requests that were taken."""
    one = Series("successes", "2xx", bins.successes, GREEN)
    return ChartData(edges(bins), (one,), partial)


def events(bins: Bins, partial: int | None) -> ChartData:
    """The chart of what was in them."""
    both = (
        Series("events", "Events", bins.events, BLUE),
        Series("identifies", "Identifies", bins.identifies, VIOLET),
    )
    return ChartData(edges(bins), both, partial)


def errors(bins: Bins, partial: int | None) -> ChartData:
    """The chart of all other requests."""
    series = by_status(bins.errors, len(bins.window))
    if not series:
        series = (Series("none", "Errors", (0,) * len(bins.window), ORANGE),)
    return ChartData(edges(bins), series, partial)


def replays(bins: Bins, partial: int | None) -> ChartData:
    """Session Replay by status; those that the Ingestion Monitor has are always there."""
    counts = defaultdict(lambda: (0,) * len(bins.window), bins.replays)
    for status in (200, 402, 429, 4004):
        counts[status] = counts[status]
    series = by_status(dict(counts), len(bins.window))
    return ChartData(edges(bins), series, partial)


def edges(bins: Bins) -> tuple[int, ...]:
    """Where bins begin, and the end."""
    return (*bins.window.starts, bins.window.end_ms)


def _sum(rows: list[tuple[int, ...]], bins: int) -> tuple[int, ...]:
    return tuple(sum(row[at] for row in rows) for at in range(bins))
