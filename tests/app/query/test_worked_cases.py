"""
Rules of charts as they are typed: worked cases of semantics §0, §6, §7, §8, §11 and §20 through
`eventscope chart`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from tests.app.query.small import DAY, HOUR, MIDNIGHT, NOON, did, workspace
from tests.factories import filled, upload

type Ask = Callable[..., Any]
WEEK = {"last": 6, "unit": "day"}
DAILY = [did("1", "A", NOON - day * DAY) for day in range(40)]
"""One event on each day up to Saturday, 21 November 2026."""


@pytest.fixture
def ask(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Ask:
    """Answers a definition over events; the events are stored the first time."""
    folder = tmp_path / "workspace"

    def asked(events: list[dict[str, Any]], definition: dict[str, Any], *more: str) -> Any:
        if not folder.exists():
            workspace(folder, events)
        file = tmp_path / "definition.json"
        file.write_text(json.dumps({"range": WEEK} | definition))
        given = ["chart", "--workspace", str(folder), str(file), "--now", str(NOON), *more]
        code = main(given)
        said = capfd.readouterr()
        return json.loads(said.out) if not code else said.err

    return asked


def points(found: dict[str, Any]) -> list[float | None]:
    (series,) = found["series"]
    return list(series["points"])


def groups(found: dict[str, Any]) -> list[tuple[str, float]]:
    return [(one["group"][0], one["total"]) for one in found["series"]]


@pytest.mark.parametrize(
    ("wanted", "first", "count", "partial"),
    [
        ({"last": 3, "unit": "day"}, "2026-11-18", 4, [3]),
        ({"last": 3, "unit": "day", "complete": True}, "2026-11-18", 3, []),
        ({"last": 3, "unit": "day", "offset": 2}, "2026-11-16", 4, []),
        ({"last": 1, "unit": "week"}, "2026-11-09", 14, [12]),
        ({"since": "2026-11-20"}, "2026-11-20", 2, [1]),
        ({"start": "2026-11-02", "end": "2026-11-03"}, "2026-11-02", 2, []),
    ],
)
def test_ranges(ask: Ask, wanted: dict[str, Any], first: str, count: int, partial: list) -> None:
    """§0.2: the last N are N full units and the running one, which "complete" leaves out."""
    found = ask(DAILY, {"events": ["A"], "range": wanted})
    assert found["buckets"][0] == first
    assert (len(found["buckets"]), found["partial"]) == (count, partial)


def test_a_weekday_that_is_left_out_is_in_no_mean(ask: Ask) -> None:
    """§0.2: with one weekday left out, a mean over seven days is divided by six."""
    events = [*DAILY, *[did("2", "A", NOON - 3 * DAY + n) for n in range(5)]]
    asked = {"events": ["A"], "measure": "totals", "rolling_average": 7}
    without = ask(events, asked | {"range": WEEK | {"without": ["wed"]}})
    assert "2026-11-18" not in without["buckets"]
    assert points(without)[-1] == pytest.approx(1)
    assert points(ask(events, asked))[-1] == pytest.approx((7 + 5) / 7)


@pytest.mark.parametrize(("start", "first"), [("1", "2026-11-16"), ("7", "2026-11-15")])
def test_weeks_begin_when_they_are_said_to(ask: Ask, start: str, first: str) -> None:
    asked = {"events": ["A"], "interval": "week", "range": {"last": 0, "unit": "week"}}
    assert ask(DAILY, asked, "--week-start", start)["buckets"] == [first]


def test_five_minutes_go_with_one_day(ask: Ask) -> None:
    """§0.1"""
    found = ask(DAILY, {"events": ["A"], "interval": "realtime", "range": {"last": 2}})
    assert "one day at most" in found


def test_what_comes_late_moves_a_user_s_first_day(
    ask: Ask, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """§0.3: new is who had the first event ever, by its time and not by its arrival."""
    new = {"events": [{"kind": "new"}], "measure": "uniques"}
    assert points(ask([did("1", "A", NOON)], new))[-3:] == [0, 0, 1]
    filled(tmp_path / "workspace", [upload(did("1", "A", NOON - 2 * DAY), at_ms=NOON)])
    assert points(ask([], new))[-3:] == [1, 0, 0]


def test_groups_are_in_the_order_of_what_is_measured(ask: Ask) -> None:
    """§6.3: by users for uniques, by events for totals, by the sum for sums; the rest is pruned."""
    events = [did("1", "A", NOON + n, {"g": "busy", "v": 1}) for n in range(5)]
    events += [did(str(n), "A", NOON, {"g": "wide", "v": 1}) for n in range(2, 5)]
    events += [did(str(n), "A", NOON, {"g": "rich", "v": 50}) for n in range(2, 4)]

    def order(**fields: Any) -> list[str]:
        found = ask(events, {"events": [{"event": "A", "by": ["g"]}], **fields})
        return [name for name, _ in groups(found)]

    assert order() == ["wide", "rich", "busy"]
    assert order(measure="totals") == ["busy", "wide", "rich"]
    assert order(measure="sum", property="v") == ["rich", "busy", "wide"]
    pruned = ask(events, {"events": [{"event": "A", "by": ["g"]}], "rows": 1})
    assert (groups(pruned), pruned["pruned"]) == ([("wide", 3)], 2)


def test_later_steps_may_lie_after_the_range(ask: Ask) -> None:
    """§8.2: the range is about entries."""
    day = "2026-11-19"
    events = [did("1", "A", NOON - 2 * DAY), did("1", "B", NOON - 2 * DAY + 20 * HOUR)]
    asked = {"kind": "funnel", "steps": ["A", "B"], "range": {"start": day, "end": day}}
    assert ask(events, asked)["parts"][0]["counts"] == [1, 1]
    assert ask(events, asked | {"window_s": 19 * 3600})["parts"][0]["counts"] == [1, 0]


def test_held_sessions_are_what_is_counted(ask: Ask) -> None:
    """§8.7"""
    events = []
    for session in (1, 2):
        start = MIDNIGHT + session * HOUR
        events.append(did("1", "A", start, session_id=start))
    events.append(did("1", "B", MIDNIGHT + 2 * HOUR + 1, session_id=MIDNIGHT + 2 * HOUR))
    hold = [{"property": "session_id", "scope": "field"}]
    asked = {"kind": "funnel", "steps": ["A", "B"], "hold": hold}
    assert ask(events, asked)["parts"][0]["counts"] == [2, 1]


def test_inactive_events_are_active_until_somebody_says_otherwise(ask: Ask) -> None:
    """§7.1: active percent is of whoever did anything."""
    events = [did("1", "A", NOON), did("2", "B", NOON)]
    found = ask(events, {"events": ["A"], "measure": "active"})
    assert points(found)[-1] == 50
