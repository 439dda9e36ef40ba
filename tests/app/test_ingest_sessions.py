"""
Sessions (semantics §4).
"""

import pytest

from app.ingest.sessions import Session, is_session

MINUTE = 60_000
TEN = 1_747_476_000_000  # 17 May 2025, 10:00 UTC.


def test_out_of_session_is_none() -> None:  # SES-T5
    assert is_session(TEN)
    assert not is_session(-1)
    assert not is_session(None)


@pytest.mark.parametrize(
    ("session_id", "length"),
    [(TEN - MINUTE, 3 * MINUTE), (12345, 2 * MINUTE), (TEN + MINUTE, 2 * MINUTE)],
)
def test_a_session_id_counts_as_its_start_when_it_can_be_one(session_id: int, length: int) -> None:
    assert Session(1, session_id, TEN, TEN + 2 * MINUTE, 2).length_ms == length


def test_a_single_event_takes_no_time() -> None:
    assert Session(1, TEN, TEN + MINUTE, TEN + MINUTE).length_ms == 0
