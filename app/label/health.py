"""
Whether a definition still works: when it last matched, and whether its page is still clicked on.
"""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from app.label.evaluate import DefinitionJudge
from app.label.events import Definition
from app.label.matching import DAY_MS, MANY, Clicks, Found

FEWEST = 5
QUIET_DAYS = 3
QUIET_GAPS = 10


@dataclass(frozen=True, slots=True)
class Health:
    """`days` are (day since the epoch, events) of the last 30 days, without empty ones."""

    found: Found
    days: list[tuple[int, int]]
    needs_repair: bool
    sentence: str


def health(clicks: Clicks, definition: Definition, now_ms: int) -> Health:
    """Judge one definition (labeling §C5): it needs repair when it matched at least five times,
    its page still gets clicks, and none of them matched for three days and ten usual gaps."""
    judge = DefinitionJudge(definition)
    found = clicks.found(judge)
    days = clicks.days(found.matched, now_ms - 30 * DAY_MS)
    if found.last_ms is None:
        return Health(found, days, False, "Nothing matched yet.")
    quiet = max(QUIET_DAYS * DAY_MS, QUIET_GAPS * _usual_gap(clicks, found))
    silent = _latest_on_its_pages(clicks, judge) - found.last_ms
    broken = found.events >= FEWEST and silent > quiet
    last = round(silent / DAY_MS)
    sentence = (
        f"Needs repair: its page was clicked on since, but nothing matched for {last} days."
        if broken
        else "Works."
    )
    return Health(found, days, broken, sentence)


def _usual_gap(clicks: Clicks, found: Found) -> int:
    if found.events > MANY:
        # Thousands of gaps are near their mean, and sorting a million times is slow.
        return ((found.last_ms or 0) - (found.first_ms or 0)) // found.events
    times = clicks.times(found.matched)
    gaps = [later - earlier for later, earlier in pairwise(times)]
    return int(median(gaps)) if gaps else 0


def _latest_on_its_pages(clicks: Clicks, judge: DefinitionJudge) -> int:
    meant = {number for number, page in clicks.pages.items() if judge.of_page(page)}
    return max((shape.last_ms for shape in clicks.shapes if shape.page in meant), default=0)
