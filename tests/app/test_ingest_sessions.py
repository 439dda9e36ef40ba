"""
Sessions (semantics §4).
"""

import pytest

from app.ingest.sessions import (
    DAY_MS,
    MOBILE_TIMEOUT_MS,
    WEB_TIMEOUT_MS,
    Session,
    begun_between,
    by_timeout,
    measures,
    sessions,
)

MINUTE = 60_000
TEN = 1_747_476_000_000  # 17 May 2025, 10:00 UTC.


def test_a_gap_larger_than_the_timeout_begins_a_session() -> None:  # SES-T1
    times = [TEN, TEN + 20 * MINUTE, TEN + 50 * MINUTE, TEN + 81 * MINUTE]
    groups = by_timeout(times, WEB_TIMEOUT_MS)
    assert groups == [times[:3], times[3:]]
    found = sessions([(1, group[0], time) for group in groups for time in group])
    assert [one.length_ms for one in found] == [50 * MINUTE, 0]


def test_mobile_sessions_time_out_sooner() -> None:  # SES-T2
    times = [TEN, TEN + 4 * MINUTE, TEN + 10 * MINUTE]
    assert len(by_timeout(times, MOBILE_TIMEOUT_MS)) == 2


def test_a_session_belongs_to_the_day_it_began() -> None:  # SES-T3
    start, end = TEN + 10 * 60 * MINUTE, TEN + (15 * 60 + 30) * MINUTE
    found = sessions([(1, start, start), (1, start, end)])
    midnight = TEN - 10 * 60 * MINUTE
    assert begun_between(found, midnight, midnight + DAY_MS) == found
    assert begun_between(found, midnight - DAY_MS, midnight + DAY_MS) == found
    assert begun_between(found, midnight + DAY_MS, midnight + 2 * DAY_MS) == []
    assert found[0].length_ms == (5 * 60 + 30) * MINUTE


def test_people_share_session_ids_and_not_sessions() -> None:  # SES-T4
    assert len(sessions([(1, 1_700_000_000_000, TEN), (2, 1_700_000_000_000, TEN)])) == 2


def test_out_of_session_is_none() -> None:  # SES-T5
    assert sessions([(1, -1, TEN), (1, None, TEN)]) == []
    inside = [(1, TEN, TEN), (1, TEN, TEN + 2 * MINUTE)]
    push = (1, -1, TEN + MINUTE)
    assert sessions([inside[0], push, inside[1]]) == sessions(inside)


def test_measures() -> None:  # SES-T6
    found = [
        Session(1, TEN, TEN, TEN + 60_000, 2),
        Session(1, TEN + DAY_MS, TEN + DAY_MS, TEN + DAY_MS),
        Session(2, TEN, TEN, TEN + 120_000, 3),
    ]
    result = measures(found, active_users=2)
    assert result.total == 3
    assert result.time_spent_ms == 180_000
    assert result.average_length_ms == 60_000
    assert result.time_spent_per_user_ms == 90_000
    assert result.average_per_user == 1.5


def test_longer_than_a_day_is_left_out() -> None:
    found = [Session(1, TEN, TEN, TEN + DAY_MS + 1, 2), Session(1, TEN, TEN, TEN + DAY_MS, 2)]
    assert measures(found, 1).total == 1


@pytest.mark.parametrize(
    ("session_id", "length"),
    [(TEN - MINUTE, 3 * MINUTE), (12345, 2 * MINUTE), (TEN + MINUTE, 2 * MINUTE)],
)
def test_a_session_id_counts_as_its_start_when_it_can_be_one(session_id: int, length: int) -> None:
    assert Session(1, session_id, TEN, TEN + 2 * MINUTE, 2).length_ms == length


def test_nothing_adds_up_to_nothing() -> None:
    assert measures([], 0) == measures([], 5)
