"""
When an event happened, by the rule of `event_time` (semantics §1).

Clocks of devices are wrong, but they are wrong evenly: how far one is off shows when it uploads.
"""

from typing import NamedTuple

CLOSE_MS = 60_000
"""A clock that is off by less is left alone."""
LAST_MS = (1 << 63) - 1
"""The largest number that a table takes; senders write what they like."""


class Timing(NamedTuple):
    """The clocks of one event, in milliseconds. `skew_ms` is how much later it was here than on
    the device when it uploaded, `lag_ms` how long the event waited there for its upload."""

    event_time_ms: int
    client_event_ms: int
    client_upload_ms: int
    received_ms: int

    @property
    def skew_ms(self) -> int:
        return self.received_ms - self.client_upload_ms

    @property
    def lag_ms(self) -> int:
        return self.client_upload_ms - self.client_event_ms

    @property
    def is_adjusted(self) -> bool:
        """Whether the device's clock was corrected."""
        return self.event_time_ms != self.client_event_ms


def event_time(time_ms: int | None, client_upload_ms: int | None, received_ms: int) -> Timing:
    """The clocks of an event that says `time_ms` and came in an upload that says
    `client_upload_ms`; either may be unknown, and is then the time of arrival."""
    upload = received_ms if client_upload_ms is None else client_upload_ms
    event = received_ms if time_ms is None else time_ms
    shift = correction(client_upload_ms, received_ms)
    return Timing(corrected(event, shift), event, upload, received_ms)


def correction(client_upload_ms: int | None, received_ms: int) -> int:
    """What is added to the times of all events of an upload; 0 for a clock that is close."""
    skew = 0 if client_upload_ms is None else received_ms - client_upload_ms
    return skew if abs(skew) >= CLOSE_MS else 0


def corrected(time_ms: int, shift: int) -> int:
    """A time with its correction; beyond every clock it is still a number that can be kept."""
    return max(-LAST_MS, min(time_ms + shift, LAST_MS))
