"""
The time to understand a request grows with its size and not faster, whoever made it.
"""

import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from app.decode import decode
from app.model import Capture
from tests.factories import KEY, event

TIMES = 8
SLACK = 4
"""Eight times the size may take four times eight times as long: a square would take eight."""
REPLAY = "https://api-sr.amplitude.com/sessions/v2/track?device_id=d&session_id=1&type=replay"
OWN = "https://shop.example/collect"


def _legacy(count: int) -> bytes:
    events = json.dumps([event(uuid=str(number)) for number in range(count)])
    return urlencode({"client": KEY, "e": events, "v": "2", "checksum": "0"}).encode()


def _replay(count: int) -> bytes:
    entries = [json.dumps({"type": 3, "timestamp": number}) for number in range(count)]
    return json.dumps({"version": 1, "events": entries}).encode()


def _v2(count: int) -> bytes:
    return json.dumps({"api_key": KEY, "events": [event()] * count}).encode()


@pytest.mark.parametrize(
    ("url", "body", "size"),
    [
        ("https://api.amplitude.com/", _legacy, 300),
        (OWN, _legacy, 300),
        (REPLAY, _replay, 1000),
        ("https://api2.amplitude.com/2/httpapi", _v2, 1000),
        ("https://api.amplitude.com/", lambda n: b"e=" + b"%" * n, 200_000),
        ("https://api.amplitude.com/", lambda n: b"e=" + b"%C3%A4=" * n, 30_000),
        ("https://api.amplitude.com/", lambda n: b"&" * n, 400_000),
        ("https://api.amplitude.com/identify", lambda n: b"identification=" + b"[" * n, 100_000),
        (OWN, lambda n: b'"' * n + b"client=", 100_000),
        (OWN, lambda n: b'"api_key"="events"' * n, 20_000),
        (REPLAY, lambda n: b'{"events":["' + b'\\"' * n + b'"]}', 100_000),
    ],
)
def test_time_is_proportional_to_size(url: str, body: Callable[[int], bytes], size: int) -> None:
    small, large = (Capture(1, "POST", url, (), body(n)) for n in (size, size * TIMES))
    # A busy machine may hold one of them up, but not always the same one.
    assert any(_seconds(large) <= _seconds(small) * TIMES * SLACK + 0.02 for _attempt in range(5))


def _seconds(capture: Capture) -> float:
    found = []
    for _ in range(3):
        started = time.process_time()
        decode(capture)
        found.append(time.process_time() - started)
    return min(found)
