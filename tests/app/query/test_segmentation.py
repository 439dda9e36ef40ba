"""
Segmentation on real workspaces: the worked cases of semantics §6 and §7.
"""

from pathlib import Path

import pytest

from app.errors import BadInput
from app.query import BadDefinition, Clock, read, written
from tests.app.query.small import (
    DAY,
    DAYS,
    HOUR,
    MIDNIGHT,
    NOON,
    answer,
    did,
    figure,
    totals,
    workspace,
)

NOVEMBER = {"start": "2026-11-01", "end": "2026-11-30"}


def chart(*events, **fields):
    return {"events": list(events) or ["A"], "range": DAYS, **fields}


def test_uniques_totals_and_average(tmp_path: Path) -> None:
    folder = workspace(
        tmp_path,
        [
            did("1", "A", NOON),
            did("2", "A", NOON - 5),
            did("2", "A", NOON - 9),
            did("3", "B", NOON),
        ],
    )
    for measure, number in (("uniques", 2), ("totals", 3), ("average", 1.5)):
        (series,) = figure(folder, chart(measure=measure)).series
        assert series.total == number
        assert series.points[-1] == number
        assert series.points[0] == (None if measure == "average" else 0)


def test_a_line_counts_users_in_each_interval_and_a_bar_once(tmp_path: Path) -> None:
    events = [did("1", "A", NOON - 19 * DAY), did("1", "A", NOON - 15 * DAY)]
    (series,) = answer(tmp_path, events, chart(range=NOVEMBER)).series
    assert sum(series.points) == 2
    assert series.points[1] == series.points[5] == 1
    assert series.total == 1


def test_active_percent_restricts_the_denominator_only_by_segment(tmp_path: Path) -> None:
    events = [did(str(i), "Open", NOON, {}, country="US" if i < 6 else "CA") for i in range(10)]
    events += [did(str(i), "A", NOON + 1, {"country": "US"}, country="US") for i in range(3)]
    folder = workspace(tmp_path, events)
    by_event = chart({"event": "A", "by": ["country"]}, measure="active")
    assert totals(figure(folder, by_event)) == {("US",): 30.0}
    by_segment = chart("A", measure="active", by=[{"property": "@country", "scope": "user"}])
    assert totals(figure(folder, by_segment)) == {("US",): 50.0}


def test_cumulative_uniques(tmp_path: Path) -> None:
    days = {5: "a", 11: "ab", 19: "cd"}
    events = [
        did(user, "A", NOON + (day - 21) * DAY) for day, users in days.items() for user in users
    ]
    (series,) = answer(tmp_path, events, chart(range=NOVEMBER, cumulative=True)).series
    assert [series.points[day - 1] for day in (4, 5, 11, 19, 30)] == [0, 1, 2, 4, 4]


def test_rolling_window_and_average(tmp_path: Path) -> None:
    events = [did("1", "A", NOON - DAY), did("1", "A", NOON), did("2", "A", NOON)]
    folder = workspace(tmp_path, events)
    formula = "ROLLWIN(UNIQUES,A,2); ROLLWIN(TOTALS,A,2); ROLLAVG(UNIQUES,A,2);"
    formula += "rollwinbefore(uniques,a,2)"
    found = figure(folder, chart(formula=formula)).series
    assert [one.points[-1] for one in found] == [2, 3, 1.5, 2]
    assert figure(folder, chart(rolling_window=2)).series[0].points[-1] == 2
    assert figure(folder, chart(rolling_average=2)).series[0].points[-1] == 1.5


def test_a_window_filtered_before_or_after(tmp_path: Path) -> None:
    """Of a user who belongs only to the second day, BEFORE has what they did on the first, too,
    and nothing on the third, to which they do not belong."""
    events = [
        did("1", "A", NOON - 2 * DAY),
        did("1", "A", NOON - DAY),
        did("1", "A", NOON - DAY + 1),
    ]
    folder = workspace(tmp_path, [*events, did("2", "A", NOON)])
    often = {"performed": [{"event": "A", "count": 2, "each": True}]}
    text = "ROLLWIN(TOTALS, A, 2); ROLLWINBEFORE(TOTALS, A, 2)"
    after, before = figure(folder, chart(formula=text, segments=[often])).series
    assert after.points[-4:] == (0, 0, 2, 2)
    assert before.points[-4:] == (0, 0, 3, 0)
    assert after.total == before.total == 2


def test_histograms_in_formulas(tmp_path: Path) -> None:
    events = [did(f"{n}", "A", NOON + i, {"v": n * 10}) for n in (1, 2, 3) for i in range(n)]
    folder = workspace(tmp_path, events)
    by = {"event": "A", "by": ["v"]}
    found = figure(folder, chart(formula="HIST(A)")).series
    assert {one.bin: one.total for one in found} == {"1": 1, "2": 1, "3": 1}
    assert {one.formula for one in found} == {0}
    assert found[0].name == "HIST(A); 1"
    found = figure(folder, chart(by, formula="PROPHIST(A)", edges=[10, 20, 30])).series
    plain = chart(measure="distribution", property="v", edges=[10, 20, 30])
    assert [(one.bin, one.total) for one in found] == [
        (one.bin, one.total) for one in figure(folder, plain).series
    ]
    assert figure(folder, chart(by, formula="PROPHIST(A)")).series
    for text, says in (("HIST(A) * 2", "stand by itself"), ("PROPHIST(A)", "needs the event")):
        with pytest.raises(BadDefinition, match=says):
            figure(folder, chart(formula=text))


def test_a_name_that_would_not_be_seen_is_in_quotes(tmp_path: Path) -> None:
    events = [did("1", "A", NOON, {"v": value}) for value in ("", "  ", "x")]
    found = answer(tmp_path, events, chart({"event": "A", "by": ["v"]}))
    assert sorted(one.name for one in found.series) == ['A; "  "', 'A; ""', "A; x"]
    assert {one.group[0] for one in found.series} == {"", "  ", "x"}


def test_bins_are_in_order_however_many_are_in_them(tmp_path: Path) -> None:
    many = [did("1", "A", NOON + i, {"v": 25, "g": "x"}) for i in range(3)]
    more = [did("1", "A", NOON + i, {"v": v, "g": "y"}) for i, v in enumerate([11, 31, 32, 33, 34])]
    asked = {"measure": "distribution", "property": "v", "edges": [10, 20, 30]}
    folder = workspace(tmp_path, many + more)
    assert [one.bin for one in figure(folder, chart(**asked)).series] == ["10–20", "20–30", "30+"]
    by = figure(folder, chart({"event": "A", "by": ["g"]}, **asked)).series
    assert [(*one.group, one.bin) for one in by][-1] == ("x", "20–30")
    assert [one.bin for one in by if one.group == ("y",)] == ["10–20", "30+"]


def test_rolling_looks_back_before_the_range(tmp_path: Path) -> None:
    events = [did("1", "A", NOON - day * DAY) for day in range(10)]
    folder = workspace(tmp_path, events)
    today = {"start": "2026-11-21", "end": "2026-11-21"}
    (series,) = figure(folder, chart(range=today, rolling_window=7, measure="totals")).series
    assert series.points == (7.0,)
    assert series.total == 1
    (series,) = figure(folder, chart(range=today, rolling_average=7, measure="totals")).series
    assert series.points == (1.0,)


def test_measures_of_a_property_use_numbers_only(tmp_path: Path) -> None:
    values = [{"v": 10}, {"v": 20}, {}, {"v": "$30"}]
    folder = workspace(tmp_path, [did("1", "A", NOON + i, value) for i, value in enumerate(values)])
    expected = {"sum": 30, "property_average": 15, "median": 15}
    for measure, number in expected.items():
        (series,) = figure(folder, chart(measure=measure, property="v")).series
        assert series.total == number
    by = {"event": "A", "by": ["v"]}
    formula = "PROPCOUNT(A); PROPSUM(A); PROPAVG(A); PROPMIN(A); PROPMAX(A); PERCENTILE(A, 0.5)"
    found = figure(folder, chart(by, formula=formula)).series
    assert [one.total for one in found] == [3, 30, 15, 10, 20, 15]
    assert figure(folder, chart(measure="totals")).series[0].total == 4


def test_items_of_a_cart_are_counted_each_or_once(tmp_path: Path) -> None:
    cart = {"items": [{"category": "tacos"}, {"category": "tacos"}]}
    folder = workspace(tmp_path, [did("1", "Checkout", NOON, cart)])
    by = {"event": "Checkout", "by": ["items.category"]}
    assert totals(figure(folder, chart(by, measure="totals"))) == {("tacos",): 2}
    assert totals(figure(folder, chart(by, measure="totals", items=False))) == {("tacos",): 1}


def test_trend_line(tmp_path: Path) -> None:
    events = [
        did(f"{day}-{i}", "A", NOON - (3 - day) * DAY)
        for day, count in enumerate((1, 2, 2, 3))
        for i in range(count)
    ]
    formula = "TRENDLINE(UNIQUES(A))"
    (series,) = answer(tmp_path, events, chart(formula=formula, range={"last": 3})).series
    assert series.points == pytest.approx((1.1, 1.7, 2.3, 2.9))


def test_frequency_percentile_and_histogram(tmp_path: Path) -> None:
    events = [did(f"{n}", "A", NOON + i) for n in range(1, 12) for i in range(n)]
    folder = workspace(tmp_path, events)
    (series,) = figure(folder, chart(formula="FREQPERCENTILE(A, 0.9)")).series
    assert series.total == 10
    found = figure(folder, chart(measure="frequency")).series
    assert {one.bin: one.total for one in found} == {
        **{str(n): 1 for n in range(1, 6)},
        "6–10": 5,
        "11–20": 1,
    }
    custom = figure(folder, chart(measure="frequency", edges=[1, 4])).series
    assert {one.bin: one.total for one in custom} == {"1–3": 3, "4+": 8}


def test_new_users_are_kept_in_the_interval_in_which_they_became_new(tmp_path: Path) -> None:
    events = [did("1", "A", NOON - DAY), did("1", "A", NOON - DAY + 1), did("1", "A", NOON)]
    folder = workspace(tmp_path, events)
    new = chart("A", measure="totals", segments=[{"users": "new"}])
    assert figure(folder, new).series[0].points[-2:] == (2, 0)
    event = chart({"kind": "new"}, measure="totals")
    assert figure(folder, event).series[0].points[-2:] == (2, 0)


@pytest.mark.parametrize(
    ("shift", "first", "last"),
    [
        ("day", "2026-03-24", "2026-03-26"),
        ("week", "2026-03-18", "2026-03-20"),
        ("month", "2026-02-25", "2026-02-27"),
        ("quarter", "2025-12-25", "2025-12-27"),
        ("year", "2025-03-25", "2025-03-27"),
    ],
)
def test_compared_periods(tmp_path: Path, shift: str, first: str, last: str) -> None:
    wanted = {"start": "2026-03-25", "end": "2026-03-27"}
    found = answer(tmp_path, [did("1", "A", NOON)], chart(range=wanted, compare=[shift]))
    ((_, buckets),) = found.periods
    clock = Clock(NOON)
    assert clock.at(buckets.starts[0]).date().isoformat() == first
    assert clock.at(buckets.ends[-1] - 1).date().isoformat() == last
    assert [one.compared for one in found.series] == ["", shift]


def test_a_month_that_is_shorter_ends_with_its_last_day(tmp_path: Path) -> None:
    wanted = {"start": "2026-03-29", "end": "2026-03-31"}
    found = answer(tmp_path, [did("1", "A", NOON)], chart(range=wanted, compare=["month"]))
    ((_, buckets),) = found.periods
    assert len(buckets) == 1


def test_groups_overlap_and_the_whole_is_counted_by_itself(tmp_path: Path) -> None:
    events = [
        did("1", "A", NOON, {"country": "US"}),
        did("1", "A", NOON, {"country": "CA"}),
        did("2", "A", NOON, {"country": "US"}),
    ]
    folder = workspace(tmp_path, events)
    assert totals(figure(folder, chart({"event": "A", "by": ["country"]}))) == {
        ("US",): 2,
        ("CA",): 1,
    }
    assert totals(figure(folder, chart())) == {(): 2}


def test_formulas_by_group_keep_the_order_of_uniques(tmp_path: Path) -> None:
    events = [did("u", "A", NOON, {"rev": 40_000, "c": "USA"})]
    events += [did(f"c{i}", "A", NOON, {"rev": 1000, "c": "Canada"}) for i in range(10)]
    by = [{"property": "rev"}, {"property": "c"}]
    definition = chart({"event": "A", "by": by}, {"event": "A", "by": ["c"]})
    found = answer(tmp_path, events, definition | {"formula": "PROPSUM(A)/TOTALS(B)"})
    assert [(one.group, one.total) for one in found.series] == [
        (("Canada",), 1000),
        (("USA",), 40_000),
    ]


def test_a_group_that_one_term_lacks_has_no_value(tmp_path: Path) -> None:
    events = [did("1", "A", NOON, {"c": "x"}), did("1", "B", NOON, {"c": "y"})]
    by = [{"event": kind, "by": ["c"]} for kind in "AB"]
    found = answer(tmp_path, events, chart(*by, formula="TOTALS(A)/TOTALS(B)"))
    assert totals(found) == {("x",): None, ("y",): None}


def test_arithmetic_of_formulas(tmp_path: Path) -> None:
    events = [
        did("1", "A", NOON),
        did("1", "A", NOON + 1),
        did("2", "B", NOON, session_id=MIDNIGHT),
    ]
    cases = {
        "UNIQUES(A)*0+90000": 90_000,
        "-(TOTALS(A)-3)*2": 2,
        "%: UNIQUES(A)/UNIQUES(B)": 100,
        "$:TOTALS(A)": 2,
        "TOTALS(A)/(TOTALS(B)-1)": None,
        "LN(TOTALS(A)-2)": None,
        "POWER(TOTALS(A),3)": 8,
        "POWER(TOTALS(A),-1)": 0.5,
        "SQRT(TOTALS(A)*2)": 2,
        "LOG10(TOTALS(A)*50)": 2,
        "LOG(TOTALS(A)*4, 2)": 3,
        "EXP(UNIQUES(A)*0)": 1,
        "EXP(UNIQUES(A)*701)": None,
        "AVG(A)": 2,
        "ACTIVE(A)": 0.5,
        "SESSIONTOTALS(B)": 1,
        "SESSIONTOTALS(A)": 0,
        "CUMSUM(TOTALS,A)": 2,
        "2+3*4": 14,
    }
    folder = workspace(tmp_path, events)
    for text, number in cases.items():
        (series,) = figure(folder, chart("A", "B", formula=text)).series
        assert series.total == (None if number is None else pytest.approx(number)), text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("UNIQUES(C)", "no such event"),
        ("UNIQUES(A2)", "no such segment"),
        ("UNIKES(A)", "no such function"),
        ("UNIQUES(A", "')' is expected at the end"),
        ("UNIQUES(A) UNIQUES(A)", "operator"),
        ("", "needed"),
        ("PROPSUM(A)", "grouped"),
        ("PERCENTILE(A, 2)", "share"),
        ("1/0", "divided by zero"),
        ("ROLLAVG(TOTALS, A, 91)", "90 intervals"),
        ("ROLLAVG(NOTHING, A, 9)", "name of a metric"),
        ("LOG(TOTALS(A), 1)", "base"),
        ("SEMANTICTOTALS(A, SOME)", "ALL_VALUES"),
        ("(" * 200 + "1", "deeply"),
        ("1;" * 11, "At most 10"),
        ("TOTALS(A) § 2", "'§', character 11"),
    ],
)
def test_formulas_that_mean_nothing(tmp_path: Path, text: str, says: str) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    with pytest.raises(BadDefinition, match=says.replace("(", r"\(").replace(")", r"\)")):
        figure(folder, chart(formula=text or ";"))


def test_weekdays_can_be_left_out(tmp_path: Path) -> None:
    events = [did(str(day), "A", NOON - day * DAY) for day in range(14)]
    folder = workspace(tmp_path, events)
    fortnight = {"last": 13, "unit": "day", "without": ["sat"]}
    found = figure(folder, chart(range=fortnight, rolling_average=7, measure="totals"))
    assert len(found.buckets) == 12
    assert found.series[0].total == 12
    assert found.series[0].points[-1] == 1
    weekly = figure(folder, chart(range=fortnight, interval="week", measure="totals"))
    assert sum(weekly.series[0].points) == 12


def test_days_of_daylight_saving_have_their_own_length(tmp_path: Path) -> None:
    # In Berlin, 2026-10-25 has 25 hours.
    clock = Clock(NOON, "Europe/Berlin")
    start = 1_792_879_200_000  # 2026-10-25 00:00 there
    events = [did("1", "A", start + hour * HOUR) for hour in (0, 24, 25)]
    wanted = {"start": "2026-10-24", "end": "2026-10-26"}
    found = figure(workspace(tmp_path, events), chart(range=wanted, measure="totals"), clock)
    assert found.series[0].points == (0, 2, 1)
    assert found.buckets.ends[1] - found.buckets.starts[1] == 25 * HOUR


def test_a_running_interval_is_partial(tmp_path: Path) -> None:
    found = answer(tmp_path, [did("1", "A", NOON)], chart())
    assert found.buckets.partial == {6}
    assert len(found.buckets) == 7
    done = chart(range={"last": 7, "unit": "day", "complete": True})
    assert not figure(tmp_path, done).buckets.partial


def test_five_minutes(tmp_path: Path) -> None:
    today = {"start": "2026-11-21", "end": "2026-11-21"}
    definition = chart(range=today, interval="realtime")
    found = answer(tmp_path, [did("1", "A", NOON + 299_999)], definition)
    assert found.series[0].points[144] == 1
    assert len(found.buckets) == 288
    with pytest.raises(BadInput, match="one day"):
        figure(tmp_path, chart(interval="realtime"))


def test_events_of_the_far_past_and_future_are_kept_apart(tmp_path: Path) -> None:
    events = [did("1", "A", 1), did("1", "A", NOON), did("1", "A", 99 * 365 * DAY)]
    (series,) = answer(tmp_path, events, chart(measure="totals")).series
    assert series.total == 1


def test_properties_with_strange_names_and_mixed_types(tmp_path: Path) -> None:
    names = ['a"b', "a.b", "it's", "😀", "Name", "name", "", "x" * 500, "select", "$.a"]
    events = [did("1", "A", NOON, {name: index for index, name in enumerate(names)})]
    events += [
        did("2", "A", NOON + i, {"mixed": value})
        for i, value in enumerate([1, "1", 1.5, True, None, ["1", 2, None], {"deep": "er"}, []])
    ]
    folder = workspace(tmp_path, events)
    for index, name in enumerate(names):
        if name:
            where = [{"property": name, "values": [index]}]
            found = figure(folder, chart({"event": "A", "where": where}, measure="totals"))
            assert found.series[0].total == 1, name
    found = totals(figure(folder, chart({"event": "A", "by": ["mixed"]}, measure="totals")))
    assert found == {
        ("1",): 3,
        (None,): 4,
        ("1.5",): 1,
        ("2",): 1,
        ("true",): 1,
        ('{"deep":"er"}',): 1,
    }
    nested = figure(folder, chart({"event": "A", "by": ["mixed.deep"]}, measure="totals"))
    assert totals(nested)["er",] == 1


def test_a_definition_survives_being_written() -> None:
    definition = chart(
        {
            "combined": [
                "A",
                {"event": "B", "where": [{"property": "p", "values": [None, 1, True]}]},
            ],
            "by": [{"property": "plan", "scope": "user"}],
        },
        measure="sum",
        property="v",
        segments=[{"name": "x", "performed": [{"event": {"kind": "any"}, "count": 3}]}],
        compare=["week"],
    )
    assert read(written(read(definition))) == read(definition)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"version": 2}, "version"),
        ({"events": []}, "events"),
        (
            {"events": [{"event": "A", "where": [{"property": "x", "op": "~", "values": [1]}]}]},
            "events[0].where[0].op",
        ),
        ({"events": [{"combined": ["A", {"combined": ["B", "C"]}]}]}, "events[0].combined[1]"),
        ({"measure": "sum"}, ""),
        ({"surprise": 1}, "surprise"),
        ({"range": {"last": 3, "since": "2026-01-01"}}, "range"),
        ({"compare": ["day", "week", "month"]}, "compare"),
        (
            {"events": [{"event": "A", "by": [{"scope": "field", "property": "event_id"}]}]},
            "events[0].by[0]",
        ),
        ({"segments": [{"users": "old"}]}, "segments[0].users"),
    ],
)
def test_mistakes_are_named_with_their_place(change: dict, place: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        read(chart() | change)
    assert caught.value.path == place
