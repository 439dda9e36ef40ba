"""
Funnels on real workspaces: the worked cases of semantics §8.
"""

from pathlib import Path
from typing import Any

import pytest

from app.query import BadDefinition, Charts, Warehouse, read
from app.query.funnelfigure import FunnelFigure, Part
from app.query.microscope import Point
from app.query.statistics import compared
from tests.app.query.small import CLOCK, DAY, DAYS, HOUR, MIDNIGHT, did, workspace

SECOND = 1000
MINUTE = 60 * SECOND
START = MIDNIGHT - DAY


def at(kind: str, ms: int, user: str = "1", **more: Any) -> dict[str, Any]:
    """An event so long after the start."""
    return did(user, kind, START + ms, more.pop("properties", None), **more)


def ask(folder: Path, steps: Any = "ABC", **fields: Any) -> FunnelFigure:
    definition = {"kind": "funnel", "steps": list(steps), "range": DAYS, **fields}
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        chart = read(definition)
        return Charts(warehouse, CLOCK).funnel(chart)  # type: ignore[arg-type]


def part(folder: Path, steps: Any = "ABC", **fields: Any) -> Part:
    (found,) = ask(folder, steps, **fields).parts
    return found


def counts(tmp_path: Path, events: list, steps: Any = "ABC", **fields: Any) -> tuple[int, ...]:
    return part(workspace(tmp_path, events), steps, **fields).counts


def test_the_entry_with_most_steps_counts(tmp_path: Path) -> None:
    events = [at("A", 0), at("A", HOUR), at("B", 90 * MINUTE), at("C", 24 * HOUR + 45 * MINUTE)]
    found = part(workspace(tmp_path, events), show="time_to_convert")
    assert found.counts == (1, 1, 1)
    assert found.median == 23.75 * 3600


def test_the_window_is_inclusive(tmp_path: Path) -> None:
    events = [at("A", 0), at("B", HOUR), at("A", 0, "2"), at("B", HOUR + SECOND, "2")]
    assert counts(tmp_path, events, "AB", window_s=3600) == (2, 1)


def test_events_of_one_second_are_in_either_order(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [at("B", 10_100), at("A", 10_700)])
    assert part(folder, "AB").counts == (1, 1)
    assert part(folder, "AB", resolution="millisecond").counts == (1, 0)


def test_two_of_a_type_in_one_second_count_once(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [at("A", 10_100), at("A", 10_700)])
    assert part(folder, "AA").counts == (1, 0)
    assert part(folder, "AA", resolution="millisecond").counts == (1, 1)


def test_an_event_is_not_used_twice_within_a_second(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [at("A", 100), at("B", 200)])
    assert part(folder, "ABA").counts == (1, 1, 0)
    assert part(folder, "BAB").counts == (1, 1, 0)


def test_exact_order(tmp_path: Path) -> None:
    broken = [at("A", 0), at("X", 5000), at("B", 10_000)]
    fine = [at("A", 0, "2"), at("X", 10_200, "2"), at("B", 10_800, "2")]
    folder = workspace(tmp_path, broken + fine)
    assert part(folder, "AB", order="exact").counts == (2, 1)
    assert part(folder, "AB").counts == (2, 2)


def test_exclusions(tmp_path: Path) -> None:
    first = [at("A", 0), at("X", 5000), at("B", 10_000)]
    second = [at("A", 0, "2"), at("X", 5000, "2"), at("A", 8000, "2"), at("B", 10_000, "2")]
    folder = workspace(tmp_path, first + second)
    assert part(folder, "AB", exclude=[{"event": "X"}]).counts == (2, 1)


def test_an_exclusion_between_two_steps_can_be_passed_by_a_later_event(tmp_path: Path) -> None:
    times = [("A", 0), ("B", 1), ("X", 2), ("B", 3), ("C", 4)]
    events = [at(kind, minute * MINUTE) for kind, minute in times]
    folder = workspace(tmp_path, events)
    found = part(folder, exclude=[{"event": "X", "between": [2, 3]}])
    assert found.counts == (1, 1, 1)
    assert found.average_s == (180, 60)
    assert part(folder, exclude=[{"event": "X"}]).counts == (1, 1, 0)


def test_searches_before_a_cart(tmp_path: Path) -> None:
    events = [at("Search", i * SECOND) for i in range(4)] + [at("Cart", 9000)]
    folder = workspace(tmp_path, events)
    assert part(folder, ["Search", "Cart"]).counts == (1, 1)
    assert part(folder, ["Search", "Cart"], count="totals").counts == (4, 1)


def test_held_constant_each_value_is_a_unit(tmp_path: Path) -> None:
    def item(kind: str, ms: int, value: Any) -> dict:
        return at(kind, ms, properties={"item": value})

    events = [item("View", 0, "a"), item("View", 1000, "b"), item("Cart", 2000, "b")]
    events += [item("Buy", 3000, "b"), at("View", 0, "2"), at("Cart", 5000, "2")]
    folder = workspace(tmp_path / "one", events)
    assert part(folder, ["View", "Cart", "Buy"], hold=["item"]).counts == (2, 1, 1)
    arrays = workspace(tmp_path / "two", [item("A", 0, [1, 2, 3]), item("B", 1000, 3)])
    assert part(arrays, "AB", hold=["item"]).counts == (3, 1)


def test_a_group_is_read_from_the_entry(tmp_path: Path) -> None:
    events = [at("B", 0, country="Canada"), at("A", 100, country="United States")]
    by = [{"property": "@country", "scope": "user"}]
    found = ask(workspace(tmp_path, events), "AB", by=by).parts
    assert [(one.group, one.counts) for one in found] == [(("United States",), (1, 1))]


def test_a_group_of_a_later_step(tmp_path: Path) -> None:
    events = [at("A", 0), at("B", 1000, properties={"plan": "pro"}), at("A", 0, "2")]
    steps = ["A", {"event": "B", "by": ["plan"]}]
    found = ask(workspace(tmp_path, events), steps).parts
    assert {one.group: one.counts for one in found} == {
        ("pro",): (1, 1),
        ("did not reach step",): (1, 0),
    }


def test_an_array_puts_a_user_into_each_of_its_groups(tmp_path: Path) -> None:
    events = [at("A", 0, properties={"tag": ["x", "y", "x"]}), at("B", 1000)]
    events += [at("A", 0, "2", properties={"tag": "x"}), at("A", 0, "3")]
    folder = workspace(tmp_path, events)
    found = ask(folder, [{"event": "A", "by": ["tag"]}, "B"]).parts
    assert {one.group: one.counts for one in found} == {
        ("x",): (2, 1),
        ("y",): (1, 1),
        (None,): (1, 0),
    }
    steps = [{"event": "A", "by": ["tag"]}, {"event": "B", "by": ["tag"]}]
    found = ask(folder, steps).parts
    assert {one.group: one.counts for one in found} == {
        ("x", None): (1, 1),
        ("y", None): (1, 1),
        ("x", "did not reach step"): (1, 0),
        (None, "did not reach step"): (1, 0),
    }
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        charts = Charts(warehouse, CLOCK)
        chart = read({"kind": "funnel", "range": DAYS, "steps": [*steps[:1], "B"]})

        def users(*group: str | None) -> set[str]:
            people = charts.people(chart, Point(step=1, group=group))
            return {one.user_id for one in charts.users(people)}

        assert users("x") == {"user-1", "user-2"}
        assert users("y") == {"user-1"}
        assert users(None) == {"user-3"}


def test_any_order(tmp_path: Path) -> None:
    events = [at("C", 0), at("B", HOUR), at("A", 2 * HOUR), at("B", 0, "2"), at("C", 1, "2")]
    events += [at("A", 0, "3"), at("C", HOUR, "3")]
    folder = workspace(tmp_path, events)
    assert part(folder, "ABC", order="any").counts == (2, 1, 1)
    assert part(folder, "ACB", order="any").counts == (2, 2, 1)
    assert part(folder, "ABC", order="any", window_s=7199).counts == (2, 1, 0)


def test_any_order_needs_an_event_for_each_step(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [at("A", 0), at("A", 0, "2"), at("A", 9000, "2")])
    assert part(folder, "AA", order="any").counts == (2, 1)
    assert part(folder, ["A", {"kind": "any"}], order="any").counts == (2, 1)


def test_repeated_steps(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "one", [at("A", 0), at("A", 5000), at("B", 10_000)])
    assert part(folder, "AB").counts == (1, 1)
    assert part(folder, "AB", order="exact").counts == (1, 1)
    folder = workspace(tmp_path / "two", [at(kind, i * 1000) for i, kind in enumerate("AABB")])
    assert part(folder, "AB", count="totals").counts == (2, 2)


def test_a_segment_restricts_the_entry_alone(tmp_path: Path) -> None:
    us = [{"where": [{"property": "@country", "scope": "user", "values": ["US"]}]}]
    events = [at("A", 0, country="FR"), at("A", HOUR, country="US"), at("B", 2 * HOUR)]
    events += [at("A", 0, "2", country="US"), at("B", HOUR, "2", country="FR")]
    found = part(workspace(tmp_path, events), "AB", segments=us, show="time_to_convert")
    assert found.counts == (2, 2)
    assert found.median == 3600


def test_time_to_convert(tmp_path: Path) -> None:
    events = []
    for user, took in enumerate((10, 20, 50, 300)):
        events += [at("A", 0, str(user)), at("B", took * SECOND, str(user))]
    folder = workspace(tmp_path, events)
    found = part(folder, "AB", show="time_to_convert", edges=[0, 15, 30, 60])
    assert [one.count for one in found.bins] == [1, 1, 1]
    assert [one.share for one in found.bins] == pytest.approx([1 / 3] * 3)
    assert found.median == 35
    automatic = part(folder, "AB", show="time_to_convert")
    assert automatic.bins[0].high == 3600
    assert automatic.bins[0].count == 4


@pytest.mark.parametrize(
    ("base", "variant", "improvement", "t", "sure", "significant"),
    [
        ((1000, 100), (1000, 130), 0.30, 2.104, 0.9645, True),
        ((1000, 100), (1000, 120), 0.20, None, 0.8469, False),
        ((40, 3), (40, 10), 7 / 3, None, 0.9652, False),
    ],
)
def test_significance(base, variant, improvement, t, sure, significant) -> None:  # type: ignore[no-untyped-def]
    found = compared(*base, *variant)
    assert found.improvement == pytest.approx(improvement)
    assert found.t is not None
    assert t is None or found.t == pytest.approx(t, abs=1e-3)
    assert found.significance == pytest.approx(sure, abs=1e-4)
    assert found.is_significant is significant


def test_improvement_is_against_the_first_segment(tmp_path: Path) -> None:
    events = [at("A", 0, str(i), country="US" if i % 2 else "FR") for i in range(8)]
    events += [at("B", 1000, str(i)) for i in (0, 1, 3)]
    segments = [
        {"name": c, "where": [{"property": "@country", "scope": "user", "values": [c]}]}
        for c in ("FR", "US")
    ]
    base, variant = ask(
        workspace(tmp_path, events), "AB", segments=segments, show="improvement"
    ).parts
    assert (base.counts, variant.counts) == ((4, 1), (4, 2))
    assert variant.comparison.improvement == 1
    assert not variant.comparison.is_significant


def test_the_rank_of_the_first_step(tmp_path: Path) -> None:
    kinds = "BBABAB"
    second = {"scope": "count", "property": "after", "op": "is", "values": [2]}
    steps = [{"event": "A", "where": [second]}, "B"]
    events = [at(kind, i * HOUR) for i, kind in enumerate(kinds)]
    found = part(workspace(tmp_path / "in", events), steps, show="time_to_convert")
    assert found.counts == (1, 1)
    assert found.median == 3600
    early = [at(kind, i * HOUR - 20 * DAY) for i, kind in enumerate(kinds)]
    assert counts(tmp_path / "before", early, steps) == (0, 0)


def test_over_time_counts_a_user_once_in_each_bucket_of_entry(tmp_path: Path) -> None:
    events = [at("A", 0), at("A", HOUR), at("A", DAY), at("B", DAY + HOUR)]
    found = part(workspace(tmp_path, events), "AB", show="over_time", window_s=7200)
    assert found.over_time[-2:] == ((1, 0), (1, 1))
    assert sum(entered for entered, _ in found.over_time) == 2


def test_frequency_before_converting(tmp_path: Path) -> None:
    events = [at("S", i * SECOND) for i in range(3)] + [at("Y", 9000)]
    events += [at("S", 0, "2"), at("Y", 9000, "2"), at("S", 0, "3")]
    found = part(workspace(tmp_path, events), "SY", show="frequency")
    assert [(one.low, one.count, one.share) for one in found.bins] == [(1, 1, 0.5), (3, 1, 0.5)]


def test_an_optional_step_gives_two_funnels(tmp_path: Path) -> None:
    events = [at("A", 0), at("C", 2000), at("A", 0, "2"), at("B", 1000, "2"), at("C", 2000, "2")]
    steps = ["A", {"event": "B", "optional": True}, "C"]
    found = ask(workspace(tmp_path, events), steps).parts
    assert {one.variant: one.counts for one in found} == {
        "with B": (2, 1, 1),
        "without B": (2, 2),
    }


def test_compared_events_stand_in_for_a_step(tmp_path: Path) -> None:
    events = [at("A", 0), at("B", 1000), at("A", 0, "2"), at("C", 1000, "2"), at("C", 0, "3")]
    found = ask(workspace(tmp_path, events), ["A", {"event": "B", "compared": ["C"]}]).parts
    assert {one.variant: one.counts for one in found} == {"B": (2, 1), "C": (2, 1)}


def test_takeaways(tmp_path: Path) -> None:
    events = []
    for user in range(10):
        events += [at("A", 0, str(user))]
        events += [at("B", 60_000, str(user))] if user < 4 else []
        events += [at("C", 61_000, str(user))] if user < 3 else []
    found = ask(workspace(tmp_path, events)).takeaways
    assert found.conversion == 0.3
    assert (found.drop_step, found.drop) == (2, 6)
    assert (found.slowest_step, found.slowest_s) == (2, 60)


def test_new_users_enter_on_their_first_day(tmp_path: Path) -> None:
    events = [at("Z", -DAY), at("A", 0), at("B", 1000), at("A", 0, "2"), at("B", 1000, "2")]
    folder = workspace(tmp_path, events)
    assert part(folder, "AB").counts == (2, 2)
    assert part(folder, "AB", first_day=True).counts == (1, 1)


def test_nobody(tmp_path: Path) -> None:
    found = ask(workspace(tmp_path, [at("Z", 0)]), "AB")
    assert found.parts[0].counts == (0, 0)
    assert found.takeaways.conversion is None
    grouped = ask(tmp_path, [{"event": "A", "by": ["p"]}, "B"])
    assert not grouped.parts


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"steps": ["A"]}, "steps"),
        ({"window_s": 0}, "window_s"),
        ({"window_s": 367 * 86400}, "window_s"),
        ({"steps": [{"event": "A", "optional": True}, "B", "C"]}, "steps"),
        ({"exclude": [{"event": "X", "between": [1, 3]}]}, "exclude[0].between"),
        ({"order": "random"}, "order"),
    ],
)
def test_mistakes_are_named_with_their_place(change: dict, place: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        read({"kind": "funnel", "steps": ["A", "B", "C"], "range": DAYS} | change)
    assert caught.value.path == place
