"""
The clock of an event (semantics §1).
"""

import pytest

from app.ingest.event_time import event_time

MOST = 2**63 - 1


@pytest.mark.parametrize(
    ("event", "uploaded", "received", "expected"),
    [
        (1_000_000, 1_005_000, 1_035_000, 1_000_000),  # TIME-T1: off by 30 s, left alone.
        (1_000_000, 1_200_000, 1_080_000, 880_000),  # TIME-T4: the device's clock is fast.
        (1_000_000, 1_000_000, 1_060_000, 1_060_000),  # Exactly a minute counts as off.
        (1_000_000, 1_000_000, 1_059_999, 1_000_000),
        (1_000_000, None, 9_000_000, 1_000_000),  # Nothing said of the upload: it was just now.
        (None, 1_000_000, 1_000_500, 1_000_500),
        # What no clock says is still a number that a table takes.
        (MOST, 0, 1_000_000, MOST),
        (MOST, -MOST, 1_000_000, MOST),
        (-MOST - 1, MOST, 1_000_000, -MOST),
    ],
)
def test_event_time(event: int | None, uploaded: int | None, received: int, expected: int) -> None:
    assert event_time(event, uploaded, received).event_time_ms == expected


def test_clocks_are_told() -> None:
    timing = event_time(1_000_000, 1_200_000, 1_080_000)
    assert timing.skew_ms == -120_000
    assert timing.lag_ms == 200_000
    assert timing.is_adjusted
    assert not event_time(1_000_000, 1_005_000, 1_035_000).is_adjusted
