"""
What a person did, in sessions (semantics §5.4), through a real workspace.
"""

import itertools
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.store import Store
from app.store.people.activity import START, Line, Wanted
from tests.app.study.world import MINUTE, T0, arrived, sent, studied

ADA = {"user_id": "ada-1", "device_id": "device-1"}
S1, S2 = T0, T0 + 60 * MINUTE


def lines(store: Store, count: int = 1000, **wanted: Any) -> list[Line]:
    """All lines of person 1, read in pages."""
    found: list[Line] = []
    cursor = START
    while True:
        page = store.people.activity.page(Wanted(1, **wanted), cursor, count)
        found += page.lines
        if page.after is None:
            return found
        cursor = page.after


def told(store: Store, **how: Any) -> list[str | int]:
    """Event types in brackets of their session: a number is the head of one."""
    found: list[str | int] = []
    for line in lines(store, **how):
        if line.block and not line.event_id:
            found.append(line.block.session_id)
        else:
            (row,) = store.people.activity.rows([line.event_id])
            found.append(row.type if line.block else f"*{row.type}")
    return found


def worked_case(tmp_path: Path) -> Store:
    return studied(
        tmp_path,
        [
            sent("e1", 0, **ADA, session_id=S1),
            sent("e2", 2 * MINUTE, **ADA, session_id=S1),
            sent("e3", 3 * MINUTE, **ADA, session_id=-1),
            sent("e4", 60 * MINUTE, **ADA, session_id=S2),
        ],
    )


def test_blocks_newest_first_and_events_out_of_session_alone(tmp_path: Path) -> None:  # UL-T1
    with worked_case(tmp_path) as store:
        expected = [S2, "e4", "*e3", S1, "e2", "e1"]
        for count in (1, 2, 3, 100):
            assert told(store, count=count) == expected
        head = lines(store)[3]
        assert head.block
        assert (head.block.events, head.block.length_ms) == (2, 2 * MINUTE)


def test_out_of_session_in_the_middle_of_one_splits_nothing(tmp_path: Path) -> None:  # SES-T5
    captures = [
        sent("a", 0, **ADA, session_id=S1),
        sent("push", MINUTE, **ADA, session_id=-1),
        sent("b", 2 * MINUTE, **ADA, session_id=S1),
    ]
    with studied(tmp_path, captures) as store:
        assert told(store) == [S1, "b", "a", "*push"]
        (block,) = {line.block for line in lines(store) if line.block}
        assert block.events == 2


def test_a_filtered_device_keeps_the_grouping(tmp_path: Path) -> None:  # UL-T3
    other = {"user_id": "ada-1", "device_id": "device-2"}
    captures = [
        sent("a", 0, **ADA, session_id=S1),
        sent("b", MINUTE, **other, session_id=S1),
        sent("c", 2 * MINUTE, **ADA, session_id=S1),
        sent("d", 60 * MINUTE, **ADA, session_id=S2),
    ]
    with studied(tmp_path, captures) as store:
        assert told(store, devices=("device-2",)) == [S1, "b"]
        assert lines(store, devices=("device-2",))[0].block == lines(store)[2].block
        assert told(store, types=("a", "d")) == [S2, "d", S1, "a"]
        day = {"start_ms": T0 + MINUTE, "end_ms": T0 + 3 * MINUTE}
        assert told(store, **day) == [S1, "c", "b"]
        assert told(store, start_ms=T0 + 10**9) == []


def test_merged_people_are_one(tmp_path: Path) -> None:
    captures = [
        sent("phone", 1, device_id="phone-1", user_id="ada-1", session_id=S1),
        sent("laptop", 2, device_id="laptop-1", session_id=S1),
        sent("tablet", 3, device_id="tablet-1", session_id=S2),
        sent("login", 4, device_id="laptop-1", user_id="ada-1", session_id=S1),
        sent("login", 5, device_id="tablet-1", user_id="ada-1", session_id=S2),
    ]
    with studied(tmp_path, captures) as store:
        assert told(store, count=2) == [S2, "login", "tablet", S1, "login", "laptop", "phone"]
        assert lines(store)[3].block.events == 3  # type: ignore[union-attr]
        assert dict(store.people.activity.types(1)) == {
            "login": 2, "laptop": 1, "phone": 1, "tablet": 1,
        }  # fmt: skip
        assert sum(events for _, events in store.people.activity.quarters(1)) == 5
        profile = store.people.profiles.profile(2)
        assert profile
        assert profile.person.id == 1
        assert profile.person.events == 5
        assert [(one.device, one.event_id) for one in profile.merges] == [
            ("laptop-1", 4),
            ("tablet-1", 5),
        ]
        assert profile.devices == ("phone-1", "laptop-1", "tablet-1")
        assert profile.sessions == 2


def test_identifies_beside_a_session(tmp_path: Path) -> None:
    captures = [
        sent("$identify", 0, **ADA, session_id=S1),
        sent("a", MINUTE, **ADA, session_id=S1),
        sent("$identify", 2 * MINUTE, **ADA, session_id=S1),
        sent("b", 3 * MINUTE, **ADA, session_id=S1),
        sent("$identify", 4 * MINUTE, **ADA, session_id=S2),
    ]
    with studied(tmp_path, captures) as store:
        assert told(store) == ["*$identify", S1, "b", "$identify", "a", "*$identify"]
        assert told(store, identifies=False) == [S1, "b", "a"]


def test_properties_with_their_story(tmp_path: Path) -> None:
    captures = [
        sent("$identify", 0, **ADA, user_properties={"plan": "free", "n": 1}),
        sent("a", MINUTE, **ADA, city="Oslo"),
        sent("$identify", 2 * MINUTE, **ADA, user_properties={"$set": {"plan": "pro"}}),
        *[sent("b", at, **ADA, user_properties={"$add": {"n": 1}}) for at in range(40)],
        sent("$identify", 3 * MINUTE, **ADA, user_properties={"$unset": {"plan": "-"}}),
    ]
    with studied(tmp_path, captures) as store:
        profile = store.people.profiles.profile(1)
        assert profile
        values = {one.shown: (one.value, one.event_id, one.changes) for one in profile.properties}
        assert values == {"n": (41, 43, 41), "City": ("Oslo", 2, 1)}
        history = store.people.profiles.history(1, "plan")
        assert [(one.value, one.event_id) for one in history] == [
            (None, 44),
            ("pro", 3),
            ("free", 1),
        ]
        assert len(store.people.profiles.history(1, "n")) == 41


def test_exposures_recordings_and_what_was_used(tmp_path: Path) -> None:
    exposure = {"flag_key": "checkout", "variant": "on", "experiment_key": "exp-1"}
    captures = [
        sent("$exposure", 1, **ADA, event_properties=exposure),
        sent("a", 2, **ADA, os_name="iOS", app_version="1.2", groups={"company": ["Acme"]}),
        sent("a", 3, **ADA, os_name="iOS", app_version="1.3"),
    ]
    with studied(tmp_path, captures) as store:
        profile = store.people.profiles.profile(1)
        assert profile
        (seen,) = profile.exposures
        assert (seen.flag, seen.variant, seen.experiment, seen.times) == (
            "checkout", "on", "exp-1", 1,
        )  # fmt: skip
        assert [(one.value, one.events) for one in profile.of_facet("version")] == [
            ("1.2", 1),
            ("1.3", 1),
        ]
        assert [one.value for one in profile.of_facet("group")] == ["company: Acme"]
        assert [one.value for one in profile.of_facet("os")] == ["iOS"]


def test_nobody_by_that_number(tmp_path: Path) -> None:
    with worked_case(tmp_path) as store:
        assert store.people.profiles.profile(77) is None
        assert store.people.activity.page(Wanted(77)).lines == []
        assert store.people.activity.rows([999]) == []


def test_what_was_captured_automatically_is_named(tmp_path: Path) -> None:
    page = {"[Amplitude] Page Title": "Your basket", "big": "x" * 100_000}
    captures = [
        sent("[Amplitude] Page Viewed", 1, **ADA, event_properties=page),
        sent("[Amplitude] Element Clicked", 2, **ADA),
        sent("Page Viewed", 3, **ADA, event_properties=page),
    ]
    with studied(tmp_path, captures) as store:
        rows = store.people.activity.rows([1, 2, 3])
        assert [row.name for row in rows] == ["Viewed Your basket", None, None]


_sent = st.tuples(st.integers(0, 6), st.sampled_from([-1, None, 1, 2, 3]), st.booleans())


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
)
@given(st.lists(_sent, min_size=1, max_size=14), st.integers(1, 5))
def test_pages_hold_every_event_once_in_its_session(
    tmp_path_factory: Any, events: list[tuple[int, int | None, bool]], count: int
) -> None:
    """Whatever the sizes of pages, each event is there once, below the head of its session; blocks
    and lone events are in order of time, and so are the events in a block."""
    folder = tmp_path_factory.mktemp("activity")
    captures = [
        arrived(9, {"event_type": "$identify" if is_call else "A", **ADA, "time": T0 + at,
                    **({} if session is None else {"session_id": session})})
        for at, session, is_call in events
    ]  # fmt: skip
    with studied(folder, captures) as store:
        found = lines(store, count)
        assert found == lines(store, 1000)
        assert sorted(line.event_id for line in found if line.event_id) == list(
            range(1, len(events) + 1)
        )
        tops = [line for line in found if line.block is None or not line.event_id]
        assert [line.time_ms for line in tops] == sorted(
            (line.time_ms for line in tops), reverse=True
        )
        heads = [line.block for line in found if line.block and not line.event_id]
        assert len(heads) == len(set(heads))
        for before, line in itertools.pairwise(found):
            if line.event_id and line.block:
                assert before.block == line.block
                assert not before.event_id or before.time_ms >= line.time_ms
