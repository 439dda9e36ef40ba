"""
User search and activity at Amplitude, against a stand-in on loopback; and what it has, laid beside
what was captured.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lookup.beside import Side, beside
from app.lookup.remote import (
    Access,
    Activity,
    LookupFailed,
    RemoteEvent,
    activity,
    find,
    moment_ms,
)
from app.store.people.activity import LocalEvent
from tests.app.lookup.standin import KEY, SECRET, StandIn, standing_in

T = 1_795_281_000_000


@pytest.fixture
def amplitude() -> Iterator[StandIn]:
    with standing_in() as made:
        yield made


def access(amplitude: StandIn, secret: str = SECRET) -> Access:
    return Access(KEY, secret, "US", amplitude.hosts)


def exported(kind: str, at_ms: int, insert: str | None = None, **more: Any) -> dict[str, Any]:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return {
        "event_type": kind,
        "event_time": f"{at:%Y-%m-%d %H:%M:%S.%f}",
        "$insert_id": insert,
        "device_id": "device-1",
        "user_id": "ada-1",
        "session_id": -1,
        "event_properties": {},
        **more,
    }


def local(number: int, kind: str, at_ms: int, insert: str | None = None, **more: Any) -> LocalEvent:
    properties = more.pop("properties", {})
    return LocalEvent(number, kind, at_ms, insert, "device-1", "ada-1", None, properties)


def test_somebody_is_found_with_what_they_did(amplitude: StandIn) -> None:
    amplitude.knows("ada+1@x.com", 77, exported("Order", T, "i-1", event_properties={"a": 1}))
    (match,) = find(access(amplitude), "ada+1@x.com")
    assert (match.amplitude_id, match.user_id) == (77, "ada+1@x.com")
    found = activity(access(amplitude), 77)
    (event,) = found.events
    assert (event.type, event.time_ms, event.insert_id) == ("Order", T, "i-1")
    assert event.properties == {"a": 1}
    assert not found.has_more
    assert "user=ada%2B1%40x.com" in amplitude.asked[0]
    assert find(access(amplitude), "nobody") == []
    assert activity(access(amplitude), 77, 1).has_more


def test_refusals_are_sentences(amplitude: StandIn) -> None:
    with pytest.raises(LookupFailed, match="refuses this API key and secret"):
        find(access(amplitude, "wrong"), "ada-1")
    amplitude.fails = 429, b"Exceeded hourly rate limit: 361 of 360"
    with pytest.raises(LookupFailed, match=r"360 look-ups an hour.*361 of 360"):
        find(access(amplitude), "ada-1")
    for status, body in ((500, b"oops"), (200, b"<html>"), (200, b"[]"), (200, b"")):
        amplitude.fails = status, body
        with pytest.raises(LookupFailed):
            find(access(amplitude), "ada-1")


def test_a_dead_network_is_a_sentence() -> None:
    nowhere = Access(KEY, SECRET, "EU", {"EU": "http://127.0.0.1:9"})
    with pytest.raises(LookupFailed, match="cannot be reached"):
        find(nowhere, "ada-1")
    assert SECRET not in repr(nowhere)


@pytest.mark.parametrize("said", [{"matches": None}, {"matches": [1, {"amplitude_id": "x"}]}, {}])
def test_odd_answers_find_nobody(amplitude: StandIn, said: dict[str, Any]) -> None:
    import json

    amplitude.fails = 200, json.dumps(said).encode()
    assert find(access(amplitude), "ada-1") == []
    assert activity(access(amplitude), 1).events == ()


def remote(*events: dict[str, Any], has_more: bool = False) -> Activity:
    return Activity(
        {},
        tuple(
            RemoteEvent(
                one["event_type"],
                moment_ms(one["event_time"]),
                one["$insert_id"],
                one["device_id"],
                one["user_id"],
                one["session_id"],
                one["event_properties"],
                one,
            )
            for one in events
        ),
        has_more,
    )


def test_beside_each_other() -> None:
    here = [
        local(1, "Same", T, "i-1"),
        local(2, "Differs", T + 1, "i-2", properties={"price": 1, "x": 1}),
        local(3, "Near", T + 2),
        local(4, "Here", T + 3, "i-4"),
    ]
    there = remote(
        exported("There", T + 10, "i-9"),
        exported("Near", T + 1000),
        exported("Differs", T + 1, "i-2", event_properties={"price": 2, "x": 1}),
        exported("Same", T, "i-1"),
    )
    found = {one.type: (one.side, one.differs) for one in beside(here, there)}
    assert found == {
        "Same": (Side.SAME, ()),
        "Differs": (Side.DIFFERS, ("price",)),
        "Near": (Side.SAME, ()),
        "Here": (Side.HERE, ()),
        "There": (Side.THERE, ()),
    }
    assert [one.time_ms for one in beside(here, there)] == [T + 10, T + 3, T + 2, T + 1, T]


def test_what_was_not_asked_for_is_not_missing() -> None:
    here = [local(1, "Old", T - 60_000, "i-1"), local(2, "New", T, "i-2")]
    some = remote(exported("New", T, "i-2"), has_more=True)
    assert [one.side for one in beside(here, some)] == [Side.SAME]
    everything = remote(exported("New", T, "i-2"))
    assert [one.side for one in beside(here, everything)] == [Side.SAME, Side.HERE]


_events = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 5), st.sampled_from([None, "i", "j"])),
    max_size=8,
)


@given(_events, _events)
def test_every_event_is_there_once(
    here: list[tuple[str, int, str | None]], there: list[tuple[str, int, str | None]]
) -> None:
    mine = [local(at + 1, kind, T + ms * 700, one) for at, (kind, ms, one) in enumerate(here)]
    theirs = remote(*(exported(kind, T + ms * 700, one) for kind, ms, one in there))
    found = beside(mine, theirs)
    assert sorted(one.local.id for one in found if one.local) == [one.id for one in mine]
    assert sum(one.remote is not None for one in found) == len(there)
