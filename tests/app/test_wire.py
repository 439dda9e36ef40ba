"""
The line protocol between window and capture process.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import wire
from app.errors import BadInput

MESSAGES = [
    wire.Listening("127.0.0.1:1", "http://127.0.0.1:2", "/w", "/c.pem", "local", 3, "moved"),
    wire.Captured(1, 2),
    wire.Removed(3, 4),
    wire.Changed("block", ["a.example"]),
    wire.Imported("/f", 1, 2, "bad"),
    wire.Importing("/f", 10, 20, 1, 2),
    wire.Trouble("Full.", "Free some."),
    wire.SetDelivery("local"),
    wire.SetHand("word"),
    wire.SetHosts(["ä.example"]),
    wire.SetFaults(["500#2"]),
    wire.SetIngestion({"sources": {"*": {"eps": 5}}}),
    wire.SetCap(5),
    wire.NameProject("k", "Shop"),
    wire.Clear(),
    wire.Import("/f"),
    wire.CancelImport("/f"),
    wire.Stop(),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.TYPE)
def test_round_trip_in_one_line(message: wire.Message) -> None:
    line = wire.encode(message)
    assert "\n" not in line
    assert wire.decode(line) == message
    assert wire.decode(line.encode()) == message


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"set_hosts","hosts":"abc"}',
        '{"type":"set_hosts","hosts":[1]}',
        '{"type":"set_hosts","hosts":null}',
        '{"type":"set_cap","megabytes":"5"}',
        '{"type":"set_cap","megabytes":true}',
        '{"type":"import","path":5}',
    ],
)
def test_values_of_another_type_are_refused(line: str) -> None:
    with pytest.raises(BadInput):
        wire.decode(line)


def test_newer_keys_are_ignored() -> None:
    assert wire.decode('{"type":"clear","later":1}') == wire.Clear()


@given(st.one_of(st.binary(), st.text(), st.just('{"type":"captured"}'), st.just('{"type":[]}')))
def test_anything_else_is_refused_in_words(line: str | bytes) -> None:
    with pytest.raises(BadInput):
        wire.decode(line)
