"""The health of delivery: counts, reasons, limits, against cases counted by hand."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.__main__ import main
from app.decode import decode
from app.model import Capture, Response
from app.store import Store
from app.store.report import ALL, Frame, Scope, Which, Window, window_between, window_of
from app.store.report.rows import percentile
from app.store.report.scope import What
from app.store.report.summary import summary
from app.store.spread import LAG_RANGES, SKEW_RANGES, lag_range, skew_range
from app.study import Study
from app.study.report import INVALID_SESSION, SWITCHED_OFF
from tests.app.study.delivery import (
    HOUR,
    MINUTE,
    NOW,
    answered,
    identify_form,
    one,
    replay,
    silenced,
    throttled,
)
from tests.factories import filled, upload

HALF_HOUR = 30 * MINUTE
HTTP = "HTTP V2"


@pytest.fixture(params=[True, False], ids=["studied", "not studied yet"])
def is_studied(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def opened(folder: Path, captures: Sequence[Capture], studied: bool = True) -> Iterator[Store]:
    filled(folder, captures)
    if studied:
        with Study(folder) as study:
            study.catch_up()
    with Store.read(folder) as store:
        yield store


@pytest.fixture
def store_of(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Makes a store of captures; it is closed when the test ends."""
    made: list[Iterator[Store]] = []

    def make(captures: Sequence[Capture], studied: bool = True) -> Store:
        made.append(opened(tmp_path / f"w{len(made)}", captures, studied))
        return next(made[-1])

    yield make
    for one_of_them in made:
        assert next(one_of_them, None) is None


def totals(store: Store, window: Window, scope: Scope = ALL) -> tuple[int, int, int, int]:
    """Successes, events, identifies, errors."""
    found = store.report.bins(scope, window)
    errors = sum(sum(counts) for counts in found.errors.values())
    return sum(found.successes), sum(found.events), sum(found.identifies), errors


def five_events() -> list[dict[str, object]]:
    return [one(f"E{number}", insert_id=f"i{number}") for number in range(5)]


def test_requests_of_an_hour(store_of, is_studied: bool) -> None:
    # DBG-T1
    captures = [
        answered(NOW - 40 * MINUTE, 200, *five_events(), one("$identify")),
        answered(NOW - 30 * MINUTE, 200, one("A"), one("B")),
        answered(NOW - 20 * MINUTE, 400, one("C")),
        throttled(NOW - 10 * MINUTE, "d1-device"),
    ]
    store = store_of(captures, is_studied)
    assert totals(store, window_of(Frame.HOUR, NOW)) == (2, 7, 1, 2)
    if is_studied:
        (row,) = store.report.limits(ALL, NOW - HALF_HOUR, NOW)
        assert (row.kind, row.who, row.name) == ("throttled", "device", "d1-device")
        assert (row.rate, row.threshold, row.events, row.uploads) == (31.0, 10.0, 1, 1)


def test_throttled_more_than_half_an_hour_ago(store_of) -> None:
    # DBG-T2
    store = store_of([throttled(NOW - 31 * MINUTE)])
    assert totals(store, window_of(Frame.HOUR, NOW)) == (0, 0, 0, 1)
    assert store.report.limits(ALL, NOW - HALF_HOUR, NOW) == []
    assert len(store.report.limits(ALL, NOW - HOUR, NOW)) == 1


def test_one_endpoint_of_several(store_of, is_studied: bool) -> None:
    # DBG-T3
    captures = [answered(NOW - at * MINUTE, 200, one()) for at in (1, 2, 3)]
    captures += [identify_form(NOW - at * MINUTE) for at in (4, 5)]
    store = store_of(captures, is_studied)
    window = window_of(Frame.HOUR, NOW)
    assert store.report.choices().endpoints == (HTTP, "Identify")
    assert totals(store, window, Scope(frozenset({"Identify"}))) == (2, 0, 2, 0)
    assert totals(store, window, Scope(frozenset({HTTP}))) == (3, 3, 0, 0)
    assert totals(store, window) == (5, 3, 2, 0)


def test_hours_of_a_week_are_aligned(store_of, is_studied: bool) -> None:
    # DBG-T4
    ten = NOW // HOUR * HOUR - 5 * HOUR
    captures = [answered(ten - MINUTE, 200, one()), answered(ten, 200, one())]
    store = store_of(captures, is_studied)
    window = window_of(Frame.WEEK, NOW)
    found = store.report.bins(ALL, window)
    at = window.bin_of(ten)
    assert at is not None
    assert found.successes[at - 1 : at + 1] == (1, 1)
    assert sum(found.successes) == 2
    assert (len(window), window.step_ms) == (168, HOUR)
    # The window slides with now.
    later = store.report.bins(ALL, window_of(Frame.WEEK, NOW + HOUR))
    assert later.successes[at - 2 : at] == (1, 1)
    assert totals(store, window_of(Frame.WEEK, NOW + 7 * 24 * HOUR))[0] == 0


def test_a_silenced_device(store_of) -> None:
    # DBG-T5
    store = store_of([silenced(NOW - 2 * MINUTE), silenced(NOW - MINUTE)])
    assert totals(store, window_of(Frame.HOUR, NOW)) == (0, 0, 0, 2)
    (row,) = store.report.limits(ALL, NOW - HALF_HOUR, NOW, ("silenced",))
    assert (row.name, row.uploads, row.events, row.upload_id) == ("device-1", 2, 2, 2)
    (reason,) = store.report.reasons(ALL, 0, NOW)
    assert (reason.reason, reason.status, reason.uploads) == ("The device is silenced.", 400, 2)


def test_quotas_are_told_apart_from_rates(store_of) -> None:
    body = {
        "code": 429,
        "eps_threshold": 10,
        "throttled_users": {"ada-1": 12.5},
        "exceeded_daily_quota_devices": {"device-9": 500_001},
        "throttled_events": [0, 1],
    }
    events = (one(user_id="ada-1"), one(device_id="device-9"), one(device_id="fine-1"))
    store = store_of([answered(NOW, 429, *events, body=body)])
    rows = {row.kind: row for row in store.report.limits(ALL, NOW, NOW + 1)}
    assert (rows["throttled"].who, rows["throttled"].name) == ("user", "ada-1")
    assert (rows["throttled"].rate, rows["throttled"].threshold) == (12.5, 10)
    assert (rows["quota"].who, rows["quota"].name) == ("device", "device-9")
    assert (rows["quota"].rate, rows["quota"].threshold, rows["quota"].events) == (500_001, None, 1)
    reasons = {row.reason: row.events for row in store.report.reasons(ALL, 0, NOW + 1)}
    assert reasons == {
        "A user or device sends too many events a second.": 1,
        "A user or device has used up its daily quota.": 1,
    }


def test_reasons_are_ranked(store_of) -> None:
    invalid = {"code": 400, "error": "x", "events_with_invalid_fields": {"time": [0]}}
    captures = [
        answered(NOW - 3 * MINUTE, 400, one(), one(), body=invalid),
        answered(NOW - 2 * MINUTE, 413, one(), body=b"too large"),
        answered(NOW - MINUTE, 400, one(), body=invalid),
        upload(one(), at_ms=NOW, response=None, failure="Connection refused."),
    ]
    store = store_of(captures)
    first, *others = store.report.reasons(ALL, NOW - HOUR, NOW + 1)
    assert first == ("time is not valid.", 400, 2, 2, NOW - 3 * MINUTE, NOW - MINUTE, 3)
    assert {(row.reason, row.status) for row in others} == {
        ("The upload is too large: SDKs send it again in smaller parts.", 413),
        ("Connection refused.", 0),
    }
    assert store.report.bins(ALL, window_of(Frame.HOUR, NOW)).errors.keys() == {0, 400, 413}


def test_what_the_body_says_counts(store_of) -> None:
    """SDKs read the code in the body, and a form's words."""
    captures = [
        answered(NOW, 200, one(), body={"code": 400, "error": "Invalid event JSON"}),
        replace(identify_form(NOW), response=Response(200, (), b"invalid_api_key")),
    ]
    found = store_of(captures).report.bins(ALL, window_of(Frame.HOUR, NOW))
    assert sum(found.successes) == 0
    assert {status: sum(counts) for status, counts in found.errors.items()} == {400: 2}


def test_who_waits_is_neither(store_of) -> None:
    waiting = upload(one(), at_ms=NOW, response=None, duration_ms=None)
    store = store_of([answered(NOW, 200, one()), waiting], studied=False)
    found = store.report.bins(ALL, window_of(Frame.HOUR, NOW))
    assert (sum(found.successes), found.errors, found.waiting) == (1, {}, 1)
    assert list(store.report.uploads(ALL, Which(), 0, NOW + 1)) == [2, 1]
    assert [row.status for row in store.report.rows([2, 1])] == [None, 200]


def test_an_answer_that_comes_after_it_was_studied(tmp_path: Path) -> None:
    waiting = upload(one(), one("$identify"), at_ms=NOW, response=None, duration_ms=None)
    with Store.write(tmp_path) as store:
        store.writer.add([(waiting, decode(waiting))] * 2)
        with Study(tmp_path) as study:
            assert study.catch_up() == 2
        store.writer.answer(1, answered(NOW, 200, one(), one("$identify")))
    with Store.read(tmp_path) as store:
        found = store.report.bins(ALL, window_of(Frame.HOUR, NOW))
        assert (sum(found.successes), sum(found.events), sum(found.identifies)) == (1, 1, 1)
        assert {status: sum(counts) for status, counts in found.errors.items()} == {0: 1}
        for which, ids in ((Which(), [2, 1]), (Which(What.SUCCESSES), [1]),
                           (Which(What.ERRORS), [2]), (Which(What.ERRORS, 0), [2])):  # fmt: skip
            assert list(store.report.uploads(ALL, which, NOW, NOW + 1)) == ids
        assert [row.status for row in store.report.rows([1, 2])] == [200, 0]
        assert store.report.sdks(ALL, NOW, NOW + 1)[0][1:5] == (2, 1, 1, 1)
        assert store.report.reasons(ALL, 0, NOW + 1) == []


def test_requests_behind_a_point(store_of, is_studied: bool) -> None:
    captures = [
        answered(NOW - 2, 200, one("$identify")),
        answered(NOW - 1, 200, one("A")),
        answered(NOW, 500, one("B"), body=b"oops"),
        replay(NOW),
    ]
    store = store_of(captures, is_studied)

    def ids(which: Which) -> list[int]:
        return list(store.report.uploads(ALL, which, NOW - MINUTE, NOW + 1))

    assert ids(Which()) == [3, 2, 1]
    assert ids(Which(What.SUCCESSES)) == [2, 1]
    assert ids(Which(What.EVENTS)) == [2]
    assert ids(Which(What.IDENTIFIES)) == [1]
    assert ids(Which(What.ERRORS)) == ids(Which(What.ERRORS, 500)) == [3]
    assert ids(Which(What.ERRORS, 400)) == []
    assert ids(Which(What.REPLAYS)) == [4]
    assert list(store.report.uploads(ALL, Which(), NOW, NOW + 1)) == [3]
    row = store.report.rows([3])[0]
    assert (row.status, row.endpoint, row.events, row.latency_ms) == (500, HTTP, 1, 5)
    assert bool(row.reason) is is_studied


def test_percentiles_by_nearest_rank(store_of) -> None:
    captures = [answered(NOW, 200, one(), duration_ms=latency) for latency in range(1, 101)]
    captures.append(answered(NOW, 200, one(), duration_ms=None))
    (row,) = store_of(captures).report.latencies(ALL, 0, NOW + 1)
    assert row == (HTTP, 100, 50, 90, 95, 99, 100)
    assert percentile([(7, 1)], 0.5) == 7
    assert percentile([(1, 1), (2, 1)], 0.5) == 1


def test_retries_are_one_chain(store_of) -> None:
    event = one(insert_id="same")
    captures = [
        answered(NOW, 500, event, body=b""),
        answered(NOW + 1000, 429, event),
        answered(NOW + 3000, 200, event),
        answered(NOW, 200, one(insert_id="other")),
    ]
    store = store_of(captures)
    (chain,) = store.report.chains(ALL, NOW, NOW + 4000)
    assert (chain.first_id, chain.last_id, chain.statuses) == (1, 3, (500, 429, 200))
    assert (chain.took_ms, chain.events, chain.endpoint) == (3000, 1, HTTP)
    assert store.report.chains(Scope(frozenset({"Batch"})), NOW, NOW + 4000) == []
    assert store.report.chains(ALL, NOW - HOUR, NOW) == []


def test_lags_and_skews(store_of) -> None:
    # TIME-T4: the clock of the device is two minutes ahead.
    body = b'{"api_key":"%s","client_upload_time":"%s","events":[%s]}'
    event = b'{"event_type":"A","device_id":"device-1","time":%d}'
    at = 1_795_284_000_000
    capture = upload(
        at_ms=at,
        body=body
        % (
            b"0123456789abcdef0123456789abcdef",
            b"2026-11-21T18:02:00.000Z",
            b",".join([event % (at + 120_000 - 40_000), event % (at + 120_000)]),
        ),
    )
    found = store_of([capture]).report.spread(ALL, at, at + 1)
    ranges = {LAG_RANGES[n]: count for n, count in enumerate(found.lags) if count}
    assert ranges == {"10 to 60 s": 1, "under 1 s": 1}
    assert [SKEW_RANGES[n] for n, count in enumerate(found.skews) if count] == ["1 to 60 min ahead"]
    assert found.adjusted == 1


@pytest.mark.parametrize(
    ("lag", "name"),
    [(-1, "before it happened"), (0, "under 1 s"), (999, "under 1 s"), (1000, "1 to 10 s"),
     (86_400_000, "a day and more")],
)  # fmt: skip
def test_edges_of_lags(lag: int, name: str) -> None:
    assert LAG_RANGES[lag_range(lag)] == name


@given(st.integers(-(10**15), 10**15))
def test_what_is_adjusted_is_in_the_ranges_that_say_so(skew: int) -> None:
    from app.ingest.event_time import event_time
    from app.store.spread import ADJUSTED_SKEWS

    timing = event_time(10**15, 10**15, 10**15 + skew)
    assert timing.is_adjusted is (skew_range(skew) in ADJUSTED_SKEWS)


def test_sizes_and_sdks(store_of, is_studied: bool) -> None:
    captures = [
        answered(NOW, 200, one(library="sdk-a/1")),
        answered(NOW, 400, one(library="sdk-a/1")),
        answered(NOW, 200, one("$identify", library="sdk-b/2")),
    ]
    store = store_of(captures, is_studied)
    size = len(captures[0].body) + len(captures[1].body) + len(captures[2].body)
    assert store.report.sizes(ALL, NOW, NOW + 1) == [(HTTP, "none", 3, size, size)]
    first, second = store.report.sdks(ALL, NOW, NOW + 1)
    wire = len(captures[0].body) + len(captures[1].body)
    assert first == ("sdk-a/1", 2, 1, 1, 0, wire)
    assert second[:5] == ("sdk-b/2", 1, 0, 0, 1)
    assert store.report.choices().sdks == ("sdk-a/1", "sdk-b/2")
    chosen = Scope(sdks=frozenset({"sdk-b/2"}))
    assert totals(store, window_of(Frame.HOUR, NOW), chosen) == (1, 0, 1, 0)


def test_session_replays_by_status(store_of) -> None:
    captures = [
        replay(NOW),
        replay(NOW, 429),
        replay(NOW, 402),
        replay(NOW, session="undefined"),
        replay(NOW, skipped="4004"),
        replay(NOW, skipped="4005"),
        replay(NOW, skipped="429"),
    ]
    found = store_of(captures).report.bins(ALL, window_of(Frame.HOUR, NOW))
    counts = {status: sum(bins) for status, bins in found.replays.items()}
    assert counts == {200: 1, 402: 1, 429: 2, INVALID_SESSION: 2, SWITCHED_OFF: 1}
    assert sum(found.successes) == 0
    assert found.errors == {}


def test_what_was_pruned_is_not_counted(tmp_path: Path) -> None:
    captures = [answered(NOW - at * MINUTE, 200, one()) for at in range(9, -1, -1)]
    captures[2] = throttled(captures[2].at_ms)
    with Store.write(tmp_path) as store:
        store.writer.add([(capture, decode(capture)) for capture in captures])
        with Study(tmp_path) as study:
            study.catch_up()
            store.writer.prune(up_to=4)
            study.catch_up()
    with Store.read(tmp_path) as store:
        assert totals(store, window_of(Frame.HOUR, NOW)) == (6, 6, 0, 0)
        assert store.report.span(ALL) == ((NOW - 5 * MINUTE) // MINUTE * MINUTE, NOW + 29_999)
        assert store.report.limits(ALL, 0, NOW) == []
        assert store.report.reasons(ALL, 0, NOW) == []
        assert len(store.report.uploads(ALL, Which(), 0, NOW + 1)) == 6


def test_nothing_at_all(store_of, is_studied: bool) -> None:
    report = store_of([], is_studied).report
    assert report.span(ALL) is None
    assert report.choices() == ((), (), (), ())
    assert report.rows([1]) == []
    assert report.latencies(ALL, 0, NOW) == report.chains(ALL, 0, NOW) == []


def test_a_new_sdk_in_each_request_has_an_end(store_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.study.report.MOST_KEYS", 3)
    monkeypatch.setattr("app.study.report.MOST_REASONS", 2)
    captures = [
        answered(NOW, 400, one(library=f"x/{at}"), body={"code": 400, "error": f"e{at}"})
        for at in range(9)
    ]
    store = store_of(captures)
    assert len(store.report.choices().sdks) == 4
    assert totals(store, window_of(Frame.HOUR, NOW))[3] == 9
    assert sum(row.uploads for row in store.report.reasons(ALL, 0, NOW + 1)) == 9
    assert len(store.report.reasons(ALL, 0, NOW + 1)) == 3


REQUESTS = st.lists(
    st.tuples(st.integers(0, 7 * 24 * HOUR), st.sampled_from([200, 400, 429, 500, 0])), max_size=30
)


@settings(max_examples=25)
@given(REQUESTS, st.integers(0, 30))
def test_counted_however_far_it_was_studied(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[int, int]], studied: int
) -> None:
    """Sums by minute and hour, and what is not studied yet, together hold each request once."""
    folder = tmp_path_factory.mktemp("w")
    captures = [
        answered(NOW - ago, status, one())
        if status
        else upload(one(), at_ms=NOW - ago, response=None, failure="reset")
        for ago, status in requests
    ]
    with Store.write(folder) as store:
        store.writer.add([(capture, decode(capture)) for capture in captures[:studied]])
        with Study(folder) as study:
            study.catch_up()
        store.writer.add([(capture, decode(capture)) for capture in captures[studied:]])
    with Store.read(folder) as store:
        for frame in (Frame.FIVE_MINUTES, Frame.HOUR, Frame.DAY, Frame.WEEK):
            window = window_of(frame, NOW)
            wanted = [0] * len(window)
            errors = 0
            for ago, status in requests:
                at = window.bin_of(NOW - ago)
                if at is not None:
                    wanted[at] += status == 200
                    errors += status != 200
            found = store.report.bins(ALL, window)
            assert list(found.successes) == list(found.events) == wanted
            assert sum(map(sum, found.errors.values())) == errors


@given(st.integers(0, 2**52), st.integers(0, 2**52))
def test_a_window_holds_its_ends(first: int, last: int) -> None:
    window = window_between(first, last)
    assert window.bin_of(first) is not None
    assert window.bin_of(last) is not None
    assert len(window) <= 121
    assert window.start_ms % window.step_ms == window.end_ms % window.step_ms == 0


def test_frames() -> None:
    window = window_of(Frame.HOUR, NOW)
    assert (len(window), window.step_ms) == (60, MINUTE)
    assert window.end_ms - MINUTE <= NOW < window.end_ms
    assert len(window_of(Frame.FIVE_MINUTES, NOW)) == 30
    assert len(window_of(Frame.DAY, NOW)) == 96


def test_the_command_prints_the_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    captures = [answered(NOW, 200, *five_events(), one("$identify")), throttled(NOW + 1000)]
    filled(tmp_path, captures)
    assert main(["uploads", "--workspace", str(tmp_path), "--summary"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["successes"], found["events"], found["identifies"]) == (1, 5, 1)
    assert (found["errors"], found["errors_by_status"]) == (1, {"429": 1})
    assert sum(found["bins"]["errors"]) == 1
    assert [row["name"] for row in found["held_back"]] == ["device-1"]
    assert found["latencies"][0]["p50"] == 5
    assert len(found["reasons"]) == len(found["sdks"]) == 1


def test_the_command_on_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path, [])
    assert main(["uploads", "--workspace", str(tmp_path), "--summary", "--frame", "1h"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["successes"], found["errors"], len(found["bins"]["errors"])) == (0, 0, 60)


# Answers that come after a request was studied

LONG_AGO = NOW - 400 * 24 * HOUR
"""Nobody waits for an answer to what came then."""


def late_cases() -> list[Capture]:
    """A request for each way in which one can end."""
    ends = [
        throttled(LONG_AGO),
        silenced(LONG_AGO + MINUTE),
        answered(LONG_AGO + 2 * MINUTE, 200, one(), one("$identify")),
        answered(LONG_AGO + 3 * MINUTE, 400, one("A"), one("B")),
        replay(LONG_AGO + 4 * MINUTE),
        replace(answered(LONG_AGO + 5 * MINUTE, 200, one("C")), response=None, failure="Reset."),
    ]
    return [replace(capture, duration_ms=20_000) for capture in ends]


def summed(folder: Path) -> dict[str, object]:
    with Store.read(folder) as store:
        found = store.report
        assert found.choices().endpoints == (HTTP,)
        return summary(found, ALL, Frame.ALL, LONG_AGO + 20 * MINUTE)


def test_late_answers_are_told_as_if_they_had_been_in_time(tmp_path: Path) -> None:
    filled(tmp_path / "in time", late_cases())
    with Study(tmp_path / "in time") as study:
        study.catch_up()
    waiting = [
        replace(capture, response=None, failure="", duration_ms=None) for capture in late_cases()
    ]
    filled(tmp_path / "late", waiting)
    with Store.write(tmp_path / "late") as writing, Study(tmp_path / "late") as study:
        study.catch_up()
        before = summed(tmp_path / "late")
        assert before["errors_by_status"] == {"0": 5}
        assert before["held_back"] == []
        # One after the other; while the study runs, and once after it was begun again.
        for number, capture in enumerate(late_cases(), 1):
            writing.writer.answer(number, capture)
            if number != 4:
                study.catch_up()
            else:
                with Study(tmp_path / "late") as another:
                    another.catch_up()
    assert summed(tmp_path / "late") == summed(tmp_path / "in time")
    held = summed(tmp_path / "late")["held_back"]
    assert isinstance(held, list)
    assert [(one["kind"], one["name"]) for one in held] == [
        ("silenced", "device-1"),
        ("throttled", "device-1"),
    ]


def test_late_answers_leave_nothing_behind_when_they_are_removed(tmp_path: Path) -> None:
    filled(tmp_path, [replace(one, response=None, failure="") for one in late_cases()])
    with Store.write(tmp_path) as writing, Study(tmp_path) as study:
        study.catch_up()
        for number, capture in enumerate(late_cases(), 1):
            writing.writer.answer(number, capture)
        study.catch_up()
        writing.writer.add([(capture, decode(capture)) for capture in [throttled(NOW)]])
        while writing.writer.prune(up_to=6):
            pass
        study.catch_up()
    with Store.read(tmp_path) as store:
        for table in ("minutes", "hours", "uploads", "refusals", "limits"):
            (rows,) = store.connection.execute(
                f"SELECT count(*) FROM study.report_{table}"
            ).fetchone()
            assert rows == 1, table
