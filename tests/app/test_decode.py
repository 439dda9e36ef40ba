"""
What real SDKs sent is understood; what nobody can understand is said.
"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode import concerns_us, decode
from app.decode.body import json_text
from app.decode.http_v2 import library_name
from app.model import Capture, Fault, Kind, Upload, Via
from tests.factories import DATA, KEY, URL, event, recorded, upload


def understood(capture: Capture) -> Upload:
    """The upload that this must be."""
    decoded = decode(capture)
    assert decoded.kind is Kind.UPLOAD
    assert decoded.upload
    return decoded.upload


def test_browser_upload() -> None:
    found = understood(recorded("browser-default.04"))
    assert found.endpoint == "HTTP V2"
    assert found.api_key == KEY
    assert found.library == "amplitude-ts-sdk-script/2.48.1"
    assert found.transport == "fetch"
    assert found.compression == "none"
    assert found.wire_bytes == found.body_bytes == 3049
    assert [entry.type for entry in found.events] == [
        "$identify",
        "session_start",
        "[Amplitude] Page Viewed",
    ]
    assert found.client_upload_ms == 1795280975471 or found.client_upload_ms
    first = found.events[0]
    assert first.time_ms == first.raw["time"]
    assert first.session_id == first.raw["session_id"]
    assert first.insert_id == first.raw["insert_id"]
    assert found.problem == ""


def test_gzip_upload_to_the_default_host() -> None:
    found = understood(recorded("browser-default-host-gzip.05"))
    assert found.compression == "gzip"
    assert found.body_bytes == 11461
    assert found.wire_bytes < found.body_bytes
    assert {entry.type for entry in found.events} == {"Bulk Event"}


def test_beacon_is_known_by_its_content_type() -> None:
    assert understood(recorded("browser-beacon.03")).transport == "beacon"


def test_batch_and_eu() -> None:
    assert understood(recorded("browser-batch.04")).endpoint == "Batch"
    assert understood(recorded("browser-eu-zone.04")).endpoint == "HTTP V2"


def test_server_sdks() -> None:
    node = understood(recorded("node-sdk.01"))
    assert node.library == "amplitude-node-ts/1.5.73"
    assert node.transport == "http"
    assert len(node.events) == 6
    python = understood(recorded("python-sdk.01"))
    assert python.library == "amplitude-python/1.3.0"
    assert python.client_upload_ms is None
    assert len(python.events) == 5


def test_identify_group_and_revenue() -> None:
    found = understood(recorded("browser-identify-group-revenue.04"))
    types = [entry.type for entry in found.events]
    assert types.count("$identify") == 4
    assert types.count("revenue_amount") == 3
    assert types.count("$groupidentify") == 2
    assert "Ünïcödé 🎉 event" in types


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("browser-default.03", Kind.PREFLIGHT),
        ("browser-default-host-gzip.01", Kind.REMOTE_CONFIG),
        ("remote-config-eu.01", Kind.REMOTE_CONFIG),
        ("remote-config-custom-url.01", Kind.REMOTE_CONFIG),
        ("diagnostics-flush.02", Kind.DIAGNOSTICS),
        ("legacy-amplitude-js.01", Kind.PREFLIGHT),
    ],
)
def test_other_requests(name: str, kind: Kind) -> None:
    assert decode(recorded(name)).kind is kind


def test_what_is_kept() -> None:
    kept = Capture(1, "GET", "https://api2.amplitude.com/nothing")
    assert concerns_us(kept, decode(kept))
    assert decode(kept).note == "not understood yet"
    page = Capture(1, "GET", "http://localhost:3000/")
    assert not concerns_us(page, decode(page))
    form = Capture(1, "POST", "http://localhost:3000/login", body=b"user=ada")
    assert not concerns_us(form, decode(form))
    first_party = upload(event(), url="http://localhost:3000/collect")
    assert concerns_us(first_party, decode(first_party))


@pytest.mark.parametrize(
    ("document", "fault", "words"),
    [
        ([], Fault.UNREADABLE, "a list"),
        ({"events": []}, Fault.API_KEY, "no api_key"),
        ({"api_key": "", "events": []}, Fault.API_KEY, "no api_key"),
        ({"api_key": KEY}, Fault.EVENTS, "no events"),
        ({"api_key": KEY, "events": {}}, Fault.EVENTS, "an object, not a list"),
        ({"api_key": KEY, "events": [1, {}]}, Fault.EVENT, "1 of 2 events"),
    ],
)
def test_wrong_shapes(document: Any, fault: Fault, words: str) -> None:
    found = understood(Capture(1, "POST", URL, body=json.dumps(document).encode()))
    assert found.fault is fault
    assert words in found.problem


def test_every_entry_keeps_its_place() -> None:
    body = json.dumps({"api_key": KEY, "events": [1, event("A"), None]}).encode()
    found = understood(Capture(1, "POST", URL, body=body))
    assert [entry.type for entry in found.events] == ["(not an object)", "A", "(not an object)"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("amplitude-ts/2.48.1", "amplitude-ts/2.48.1"),
        ({"name": "amplitude-js", "version": "8.21.10"}, "amplitude-js/8.21.10"),
        ({"name": "amplitude-ios"}, "amplitude-ios"),
        ({"version": "1"}, None),
        ("", None),
        (7, None),
    ],
)
def test_library_forms(value: Any, name: str | None) -> None:
    assert library_name(value) == name


@pytest.mark.parametrize("name", ["user_id", "device_id", "insert_id"])
def test_ids_that_are_huge_numbers_stay_exact(name: str) -> None:
    number = 123456789012345678901234567890
    body = b'{"api_key":"k","events":[{"event_type":"A","%s":%d}]}' % (name.encode(), number)
    (found,) = understood(Capture(1, "POST", URL, body=body)).events
    assert getattr(found, name) == str(number)
    assert found.raw[name] == number


def test_a_number_with_too_many_digits_is_a_problem_in_words() -> None:
    body = b'{"api_key":"k","events":[{"event_type":"A","user_id":%s}]}' % (b"9" * 5000)
    problem = understood(Capture(1, "POST", URL, body=body)).problem
    assert problem == "The JSON has a number of thousands of digits."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": float("nan")}, '{"a":null}'),
        ({"a": float("nan"), "b": 2**70}, '{"a":null,"b":1180591620717411303424}'),
        (["é", -float("inf"), {"c": 2**70}], '["é",null,{"c":1180591620717411303424}]'),
        (["\ud800", float("inf")], '["\\ud800",null]'),
    ],
)
def test_what_is_kept_is_json_for_everybody(value: Any, text: str) -> None:
    assert json_text(value) == text


def test_library_is_that_of_the_first_event_that_has_one() -> None:
    found = understood(upload(event(), event(library={"name": "x", "version": 1})))
    assert found.library == "x/1"


def test_nothing_recorded_from_an_sdk_is_unknown() -> None:
    for path in sorted((DATA / "requests").glob("*.json")):
        found = decode(recorded(path.stem))
        assert found.kind is not Kind.UNKNOWN, path.stem
        if found.upload:
            assert found.upload.events, path.stem
            assert found.upload.problem == "", path.stem


def test_an_empty_body_is_a_problem() -> None:
    assert understood(Capture(1, "POST", URL)).problem == "The upload has no body."
    own = Capture(1, "POST", "http://127.0.0.1:8898/2/httpapi", via=Via.ENDPOINT)
    assert understood(own).fault is Fault.UNREADABLE


BODIES = [recorded(path.stem).body for path in sorted((DATA / "requests").glob("*.json"))]
mutations = st.lists(
    st.tuples(
        st.integers(0, 20_000),
        st.sampled_from(["flip", "cut", "insert"]),
        st.binary(max_size=8),
    ),
    max_size=6,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([body for body in BODIES if body]), mutations, st.booleans())
def test_mutated_bodies_never_raise(
    body: bytes, changes: list[tuple[int, str, bytes]], gzip: bool
) -> None:
    data = bytearray(body)
    for place, how, extra in changes:
        at = place % (len(data) + 1)
        if how == "cut":
            del data[at:]
        elif how == "insert":
            data[at:at] = extra
        elif at < len(data):
            data[at] ^= 0xFF
    headers = (("Content-Encoding", "gzip"),) if gzip else ()
    capture = Capture(1, "POST", URL, headers, bytes(data))
    found = decode(capture)
    assert found.upload
    assert found.upload.events or found.upload.problem or b'"events":[]' in data


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000), st.text(max_size=30), st.text(max_size=60))
def test_anything_at_all_never_raises(body: bytes, encoding: str, url: str) -> None:
    decode(Capture(1, "POST", URL, (("Content-Encoding", encoding),), body))
    decode(Capture(1, "POST", url, (), body))
    decode(Capture(1, "GET", url, (), b""))
