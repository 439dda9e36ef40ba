"""
Earlier periods beside a chart (semantics §7.8), as `eventscope chart` answers.
"""

import pytest

from tests.app.query.cases import Asking, Case, points
from tests.app.query.small import DAY, NOON, did

DAILY = tuple(did(str(day), "A", NOON - day * DAY) for day in range(40) for _ in range(1 + day % 3))
MARCH = {"range": {"start": "2026-03-25", "end": "2026-03-27"}, "measure": "totals"}
WEEK = {"range": {"last": 6}, "measure": "totals"}
CASES = [Case("compared", DAILY, {}, points, None)]


@pytest.mark.parametrize(
    ("comparison", "first", "last"),
    [
        ("day", "2026-03-24", "2026-03-26"),
        ("week", "2026-03-18", "2026-03-20"),
        ("month", "2026-02-25", "2026-02-27"),
        ("quarter", "2025-12-25", "2025-12-27"),
        ("year", "2025-03-25", "2025-03-27"),
        ("starting 2026-01-10", "2026-01-10", "2026-01-12"),
        ("ending 2026-01-10", "2026-01-08", "2026-01-10"),
        ("10 days", "2026-03-15", "2026-03-17"),
        ("2 weeks", "2026-03-11", "2026-03-13"),
    ],
)
def test_an_earlier_period_is_as_long(ask: Asking, comparison: str, first: str, last: str) -> None:
    """SEG-T12, and periods that begin or end with a date."""
    for zone in ("UTC", "Europe/Berlin"):  # Where the 29th of March has 23 hours.
        found = ask("compared", MARCH | {"events": ["A"], "compare": [comparison]}, "--zone", zone)
        (period,) = found["periods"]
        same = MARCH | {"events": ["A"], "range": {"start": first, "end": last}}
        alone = ask("compared", same, "--zone", zone)
        assert (period["starts_ms"], period["ends_ms"]) == (alone["starts_ms"], alone["ends_ms"])


def test_days_are_those_of_the_wall_clock(ask: Asking) -> None:
    """Ten days before the first of April, clocks in Berlin were an hour behind."""
    april = {"events": ["A"], "range": {"start": "2026-04-01", "end": "2026-04-03"}}
    march = april | {"range": {"start": "2026-03-22", "end": "2026-03-24"}}
    zone = ("--zone", "Europe/Berlin")
    (period,) = ask("compared", april | {"compare": ["10 days"]}, *zone)["periods"]
    assert period["starts_ms"] == ask("compared", march, *zone)["starts_ms"]


def test_how_much_it_changed(ask: Asking) -> None:
    found = ask("compared", WEEK | {"events": ["A"], "compare": ["10 days", "week"]})
    now, before, week = found["series"]
    assert now["points"] == [1, 3, 2, 1, 3, 2, 1]
    assert before["points"] == [2, 1, 3, 2, 1, 3, 2]
    assert before["compared"] == "10 days"
    assert before["change"] == [-1, 2, -1, -1, 2, -1, -1]
    assert before["change_share"][:2] == [-0.5, 2]
    assert week["points"] == [2, 1, 3, 2, 1, 3, 2]
    assert "change" not in now


def test_a_distance_keeps_while_the_range_moves_and_a_date_does_not(ask: Asking) -> None:
    tomorrow = ("--now", str(NOON + DAY))
    chart = WEEK | {"events": ["A"], "compare": ["8 days", "starting 2026-11-01"]}
    today, later = ask("compared", chart), ask("compared", chart, *tomorrow)
    rolling, fixed = zip(today["periods"], later["periods"], strict=True)
    assert rolling[1]["starts_ms"][0] == rolling[0]["starts_ms"][0] + DAY
    assert fixed[1]["starts_ms"] == fixed[0]["starts_ms"]


def test_behind_a_point_of_an_earlier_period_are_those_of_then(ask: Asking) -> None:
    chart = WEEK | {"events": ["A"], "compare": ["10 days"]}
    for compared, user in (("10 days", "10"), ("", "0")):
        point = f'{{"bucket": 6, "compared": "{compared}"}}' if compared else '{"bucket": 6}'
        (found,) = ask("compared", chart, "--point", point)["users"]
        assert found["user_id"].endswith(f"user-{user}")
    zoomed = ask(
        "compared", chart, "--point", '{"bucket": 6, "compared": "10 days"}', "--action", "zoom"
    )
    assert zoomed["range"]["start"].startswith("2026-11-11")
    said = ask("compared", chart, "--point", '{"bucket": 6, "compared": "year"}')
    assert "not compared with 'year'" in said


@pytest.mark.parametrize(
    ("comparison", "says"),
    [
        ("fortnight", "compare[0]: 'fortnight' is none of"),
        ("0 days", "compare[0]"),
        ("starting 2026-02-30", "compare[0]"),
        ("starting 2026-11-16", "not earlier than the chart's"),
        (7, "compare[0]: A text"),
    ],
)
def test_periods_that_are_none(ask: Asking, comparison: object, says: str) -> None:
    chart = WEEK | {"events": ["A"], "range": {"start": "2026-11-15", "end": "2026-11-21"}}
    assert says in ask("compared", chart | {"compare": [comparison]})
