"""
What the server's answer says of each event: every documented shape (wire-format §4.1).
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode import decode
from app.filter import Filter
from app.ingest.outcome import Verdict, judge, reasons
from app.model import Capture, Outcome, Response
from app.store import Store
from tests.factories import event, filled, recorded, upload

ACCEPTED, REJECTED, THROTTLED, SILENCED, UNANSWERED = (
    Outcome.ACCEPTED,
    Outcome.REJECTED,
    Outcome.THROTTLED,
    Outcome.SILENCED,
    Outcome.UNANSWERED,
)
EVENTS = (event("A"), event("B", device_id="device-2"), event("C", user_id="user-2"))


def verdicts(capture: Capture) -> list[Verdict]:
    """What became of each event of a capture."""
    found = decode(capture).upload
    assert found
    return reasons(found, capture)


def answered(status: int, body: Any, *, headers: Any = (), **fields: Any) -> list[Verdict]:
    """What becomes of three events when this is the answer."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return verdicts(upload(*EVENTS, response=Response(status, headers, text), **fields))


def legacy(status: int, text: bytes) -> Verdict:
    """What becomes of the first event of a legacy form when this is the answer."""
    capture = recorded("legacy-amplitude-js.03")
    return verdicts(
        Capture(1, "POST", capture.url, capture.headers, capture.body, Response(status, (), text))
    )[0]


def test_200() -> None:
    body = {"code": 200, "events_ingested": 3, "payload_size_bytes": 9, "server_upload_time": 1}
    assert answered(200, body) == [Verdict(ACCEPTED)] * 3


def test_200_without_a_code_is_taken_for_a_failure_by_sdks() -> None:
    found = answered(200, {"ok": True})
    assert found[0].outcome is ACCEPTED
    assert "no code" in found[0].reason
    assert answered(200, b"success") == [Verdict(ACCEPTED)] * 3
    assert answered(200, b"1") == [Verdict(ACCEPTED)] * 3


def test_the_code_in_the_body_counts() -> None:
    assert answered(200, {"code": 429})[0].outcome is THROTTLED
    assert answered(500, {"code": 200})[0].outcome is ACCEPTED
    assert answered(429, {"code": True})[0].outcome is THROTTLED
    assert answered(429, {"code": 7})[0].outcome is THROTTLED
    packed = gzip.compress(b'{"code":429}')
    assert answered(200, packed, headers=(("Content-Encoding", "gzip"),))[0].outcome is THROTTLED


def test_invalid_fields_take_their_neighbours_with_them() -> None:
    body = {
        "code": 400,
        "error": "Invalid field values on some events",
        "missing_field": None,
        "events_with_invalid_fields": {"time": [1], "session_id": [1]},
        "events_with_missing_fields": {},
    }
    neighbour = Verdict(REJECTED, "Not taken, because the upload was refused because of event 2.")
    assert answered(400, body) == [
        neighbour,
        Verdict(REJECTED, "time is not valid, session_id is not valid.", "time, session_id"),
        neighbour,
    ]


def test_missing_fields() -> None:
    body = {"code": 400, "error": "x", "events_with_missing_fields": {"event_type": [0, 2]}}
    found = answered(400, body)
    assert found[0] == found[2] == Verdict(REJECTED, "event_type is missing.", "event_type")
    assert "because of event 1 and 1 more" in found[1].reason


def test_id_lengths() -> None:
    body = {
        "code": 400,
        "error": "Invalid id length for user_id or device_id",
        "events_with_invalid_id_lengths": {"user_id": [0]},
    }
    found = answered(400, body)
    assert found[0] == Verdict(REJECTED, "user_id is too short or too long.", "user_id")


def test_silenced() -> None:
    body = {
        "code": 400,
        "error": "Events silenced for device_id",
        "eps_threshold": 30,
        "exceeded_daily_quota_devices": {},
        "silenced_devices": ["device-2"],
        "silenced_events": [1],
        "throttled_devices": {},
        "throttled_events": [2],
    }
    found = answered(400, body)
    assert [verdict.outcome for verdict in found] == [REJECTED, SILENCED, THROTTLED]
    assert "device-2 is silenced" in found[1].reason
    assert found[1].field == "device_id"
    del body["silenced_events"]
    assert answered(400, body)[1].outcome is SILENCED


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        ({"missing_field": "api_key"}, "The upload has no api_key.", "api_key"),
        ({"error": "Invalid API key: 0123"}, "The API key is not valid.", "api_key"),
        (
            {"error": "Invalid JSON request body", "missing_field": None},
            "The server answered 400: Invalid JSON request body.",
            "",
        ),
        ({"error": "Missing request body"}, "The server answered 400: Missing request body.", ""),
        ({"error": "Invalid request path"}, "The server answered 400: Invalid request path.", ""),
        ({"error": "Invalid event JSON"}, "The server answered 400: Invalid event JSON.", ""),
    ],
)
def test_the_whole_upload_is_refused(body: Any, reason: str, field: str) -> None:
    assert answered(400, {"code": 400, **body}) == [Verdict(REJECTED, reason, field)] * 3


def test_413() -> None:
    found = answered(413, {"code": 413, "error": "Payload too large"})
    assert found[0].outcome is REJECTED
    assert "smaller parts" in found[0].reason


def test_429_with_throttled_devices_and_users() -> None:
    body = {
        "code": 429,
        "error": "Too many requests for some devices and users",
        "eps_threshold": 30,
        "throttled_devices": {"device-2": 57},
        "throttled_users": {"user-2": 31},
        "exceeded_daily_quota_devices": {},
        "exceeded_daily_quota_users": {},
        "throttled_events": [1, 2],
    }
    found = answered(429, body)
    assert {verdict.outcome for verdict in found} == {THROTTLED}
    assert found[0].reason.startswith("Not taken, because the upload was refused because of event")
    assert found[1].reason == (
        "The device device-2 sends 57 events a second, 30 are allowed: SDKs wait 30 seconds."
    )
    assert found[1].field == "device_id"
    assert found[2].field == "user_id"


def test_429_with_indexes_alone_and_with_nothing() -> None:
    found = answered(429, {"code": 429, "throttled_events": [0], "eps_threshold": 10})
    assert found[0].reason == "Too many events a second, 10 are allowed: SDKs wait 30 seconds."
    assert answered(429, b"")[0] == Verdict(THROTTLED, "Too many requests: SDKs send again later.")


def test_429_with_used_up_quotas() -> None:
    body = {
        "code": 429,
        "exceeded_daily_quota_devices": {"device-1": 500_001},
        "exceeded_daily_quota_users": {"user-1": 500_001},
        "throttled_events": [],
    }
    found = answered(429, body)
    assert "device device-1 has used up its daily quota" in found[0].reason
    assert "user user-1 has used up its daily quota" in found[1].reason
    assert "SDKs drop the event" in found[2].reason


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_nobody_knows(status: int) -> None:
    assert answered(status, {"code": status})[0].outcome is UNANSWERED
    assert answered(status, b"<html>")[0].outcome is UNANSWERED


def test_no_answer() -> None:
    failed = upload(*EVENTS, response=None, failure="connection reset")
    assert verdicts(failed) == [Verdict(UNANSWERED, "connection reset")] * 3
    assert verdicts(upload(*EVENTS, response=None))[0].reason == "No answer yet."


@pytest.mark.parametrize(
    ("status", "text", "outcome", "words"),
    [
        (200, b"success", ACCEPTED, ""),
        (200, b"<html>Sign in</html>", ACCEPTED, 'not "success"'),
        (400, b"invalid_api_key", REJECTED, "API key is not valid"),
        (400, b"bad_checksum", REJECTED, "checksum does not match"),
        (400, b"missing_event", REJECTED, "no event"),
        (400, b"invalid event JSON", REJECTED, "400: invalid event JSON"),
        (200, b"request_db_write_failed", UNANSWERED, "could not store"),
        (413, b"", REJECTED, "too large"),
        (429, b"too many", THROTTLED, "send again later"),
        (500, b"", UNANSWERED, "500"),
    ],
)
def test_words_of_the_legacy_endpoints(
    status: int, text: bytes, outcome: Outcome, words: str
) -> None:
    found = legacy(status, text)
    assert found.outcome is outcome
    assert words in found.reason


def test_indexes_that_point_nowhere_are_ignored() -> None:
    body = {
        "code": 400,
        "events_with_invalid_fields": {"time": [3, -1, True, "1", None]},
        "events_with_missing_fields": [1],
        "silenced_events": {"0": 1},
        "silenced_devices": [7],
    }
    assert answered(400, body)[0].reason == "The server answered 400."


def test_outcomes_are_stored_for_each_event_and_printed_with_reasons(tmp_path: Path) -> None:
    body = b'{"code":400,"events_with_missing_fields":{"time":[1]}}'
    waiting = upload(*EVENTS, response=None, duration_ms=None)
    complete = upload(*EVENTS, response=Response(400, (), body))
    silenced = b'{"code":400,"silenced_events":[0],"throttled_events":[1]}'
    direct = upload(*EVENTS, response=Response(400, (), silenced))
    with Store.write(tmp_path) as store:
        store.writer.add([(waiting, decode(waiting)), (direct, decode(direct))])
        store.writer.answer(1, complete)
        lines = list(store.events.export(Filter()))
        uploads = list(store.uploads.export())
    assert [line["outcome"] for line in lines] == [
        "rejected",
        "rejected",
        "rejected",
        "silenced",
        "throttled",
        "rejected",
    ]
    assert (lines[1]["reason"], lines[1]["field"]) == ("time is missing.", "time")
    assert "because of event 2" in lines[0]["reason"]
    assert uploads[0]["outcomes"] == {"rejected": 3}
    assert uploads[1]["outcomes"] == {"rejected": 1, "silenced": 1, "throttled": 1}


def test_an_accepted_event_has_no_reason(tmp_path: Path) -> None:
    with Store.read(filled(tmp_path, [upload(event())])) as store:
        (line,) = store.events.export(Filter())
    assert (line["outcome"], line["reason"], line["field"]) == ("accepted", "", "")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = (
    "code",
    "error",
    "missing_field",
    "events_with_invalid_fields",
    "events_with_missing_fields",
    "events_with_invalid_id_lengths",
    "silenced_events",
    "silenced_devices",
    "throttled_events",
    "throttled_devices",
    "throttled_users",
    "exceeded_daily_quota_devices",
    "eps_threshold",
)


@settings(max_examples=400, deadline=None)
@given(
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(KEYS), json_values),
    st.binary(max_size=20),
    st.booleans(),
)
def test_no_answer_raises(status: int, body: dict[str, Any], text: bytes, is_json: bool) -> None:
    answer = Response(status, (), json.dumps(body).encode() if is_json else text)
    for capture in (upload(*EVENTS, response=answer), recorded("legacy-amplitude-js.03")):
        found = decode(capture).upload
        assert found
        judgement = judge(found, capture)
        assert all(0 <= position < len(found.events) for position in judgement.apart)
