"""
Which events are refused, and with which body.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode import decode
from app.ingest.validate import Findings, check, refusal
from app.model import Upload
from tests.factories import DATA, event, recorded, upload


def decoded(*events: dict[str, Any], **options: Any) -> Upload:
    found = decode(upload(*events)).upload
    assert found
    found.options.update(options)
    return found


def found(*events: dict[str, Any], **options: Any) -> Findings:
    return check(decoded(*events, **options))


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"in": value}
    return value


GOOD: dict[str, dict[str, Any]] = {
    "plain": {},
    "null everywhere": {
        "event_properties": None,
        "groups": None,
        "session_id": None,
        "time": None,
        "price": None,
    },
    "no device": {"device_id": None},
    "no user": {"user_id": None},
    "short user beside a device": {"user_id": "ada"},
    "short placeholder beside a device": {"user_id": "nil"},
    "numeric user": {"user_id": 123456},
    "out of session": {"session_id": -1},
    "whole float as time": {"time": 1795281100000.0},
    "numbers": {"price": 9.5, "quantity": 2, "revenue": -3, "location_lat": 1.5},
    "numeric text": {"price": "9.50"},
    "40 levels": {"event_properties": nested(40)},
    "long text": {"event_properties": {"x": "y" * 5000}},
}


@pytest.mark.parametrize("name", GOOD)
def test_what_amplitude_takes_is_taken(name: str) -> None:
    assert not found(event(**GOOD[name]))


INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "ISO time": ({"time": "2026-11-21T17:11:46Z"}, "time"),
    "time in seconds with a fraction": ({"time": 1795281100.5}, "time"),
    "time is true": ({"time": True}, "time"),
    "properties are a list": ({"event_properties": [1]}, "event_properties"),
    "user properties are text": ({"user_properties": "all"}, "user_properties"),
    "groups are a list": ({"groups": ["org"]}, "groups"),
    "group properties are a number": ({"group_properties": 5}, "group_properties"),
    "session is text": ({"session_id": "17"}, "session_id"),
    "event id is text": ({"event_id": "1"}, "event_id"),
    "price in words": ({"price": "much"}, "price"),
    "quantity is an object": ({"quantity": {}}, "quantity"),
    "reserved name": ({"event_type": "[Amplitude] Start Session"}, "event_type"),
    "event type is a number": ({"event_type": 5}, "event_type"),
    "placeholder": ({"user_id": "Anonymous"}, "user_id"),
    "nobody's device": ({"device_id": "00000000-0000-0000-0000-000000000000"}, "device_id"),
    "user is a list": ({"user_id": ["ada-1"]}, "user_id"),
    "user is true": ({"user_id": True}, "user_id"),
    "41 levels": ({"event_properties": nested(41)}, "event_properties"),
    "41 levels of lists": ({"user_properties": {"x": [[[nested(38)]]]}}, "user_properties"),
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_fields_are_named_with_their_event(name: str) -> None:
    fields, field = INVALID[name]
    findings = found(event(), event(**fields), event(), min_id_length=1)
    assert findings.invalid == {field: [1]}
    assert findings.indexes() == {1}
    assert not findings.missing
    assert not findings.short_ids


def test_missing_fields() -> None:
    nobody = {"user_id": None, "device_id": ""}
    findings = found({"user_id": "user-1"}, event(""), event(), event(**nobody))
    assert findings.missing == {"event_type": [0, 1], "user_id": [3], "device_id": [3]}
    assert not findings.invalid


def test_short_ids_are_refused_only_when_none_is_left() -> None:
    findings = found(
        event(user_id="ada"),
        event(user_id="ada", device_id="d1"),
        event(user_id=None, device_id="d1"),
    )
    assert findings.short_ids == {"user_id": [1], "device_id": [1, 2]}
    assert not found(event(user_id="ada", device_id="d1"), min_id_length=2)
    assert found(event(user_id="ada-12", device_id="dev-1"), min_id_length=7).short_ids


def test_http_v2_names_the_first_batch_all() -> None:
    findings = found(event(), event(time="x"), event(time="y"), event(groups=[]))
    assert refusal(findings, first_only=True) == {
        "code": 400,
        "error": "Invalid field values on some events",
        "missing_field": None,
        "events_with_invalid_fields": {"time": [1], "groups": [3]},
        "events_with_missing_fields": {},
    }
    body = refusal(findings, first_only=False)
    assert body["events_with_invalid_fields"] == {"time": [1, 2], "groups": [3]}


def test_id_lengths_have_a_body_of_their_own() -> None:
    findings = found(event(user_id="a", device_id=None), event(user_id="b", device_id=None))
    assert refusal(findings, first_only=True) == {
        "code": 400,
        "error": "Invalid id length for user_id or device_id",
        "events_with_invalid_id_lengths": {"user_id": [0]},
    }
    body = refusal(findings, first_only=False)
    assert body["events_with_invalid_id_lengths"] == {"user_id": [0, 1]}


UPLOADS = sorted(
    path.stem
    for path in (DATA / "requests").glob("*.json")
    if (found_ := decode(recorded(path.stem)).upload) and found_.events
)


def test_there_are_real_uploads() -> None:
    assert len(UPLOADS) >= 9


@pytest.mark.parametrize("name", UPLOADS)
def test_what_real_sdks_sent_is_taken(name: str) -> None:
    sent = decode(recorded(name)).upload
    assert sent
    assert not check(sent)


@given(
    st.dictionaries(
        st.sampled_from(
            ["event_type", "user_id", "device_id", "time", "event_properties", "groups", "price"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=20,
        ),
    )
)
def test_anything_is_judged(fields: dict[str, Any]) -> None:
    sent = decoded(event(), fields)
    findings = check(sent)
    assert findings.indexes() <= {1}
    if findings:
        assert refusal(findings, first_only=True)["code"] == 400
