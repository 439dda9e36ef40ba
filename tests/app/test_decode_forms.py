"""
The endpoints that take forms: every family is recognised, renamed to HTTP V2, and attacked.
"""

import json
from hashlib import md5
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode import decode
from app.decode.forms import plain
from app.exchange.events import Grouping
from app.filter import Filter
from app.model import Capture, Fault, Kind, Response, Upload
from app.store import Store
from tests.factories import KEY, filled, recorded

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
LEGACY = ("legacy-amplitude-js.03", "legacy-amplitude-js-batch.02")


def form(url: str, **fields: Any) -> Capture:
    """A form with these fields; what is no text goes in as JSON."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in fields.items()
    }
    return Capture(1, "POST", url, FORM, urlencode(texts).encode(), Response(200, (), b"success"))


def understood(capture: Capture) -> Upload:
    """The upload that this must be."""
    decoded = decode(capture)
    assert decoded.kind is Kind.UPLOAD
    assert decoded.upload
    return decoded.upload


def test_legacy_javascript() -> None:
    capture = recorded("legacy-amplitude-js.03")
    found = understood(capture)
    assert decode(capture).note == "Sent by amplitude-js/8.21.10."
    assert found.endpoint == "Legacy SDK"
    assert found.api_key == KEY
    assert found.library == "amplitude-js/8.21.10"
    assert found.client_upload_ms == 1795281166923
    assert found.transport == "fetch"
    assert found.problem == ""
    assert [event.type for event in found.events] == [
        "$identify",
        "$identify",
        "$groupidentify",
        "revenue_amount",
        "G",
    ]
    first = found.events[0]
    assert first.time_ms == first.raw["timestamp"] == first.fields["time"]
    assert first.insert_id == first.raw["uuid"] == first.fields["insert_id"]
    assert first.fields["library"] == "amplitude-js/8.21.10"
    assert first.raw["library"] == {"name": "amplitude-js", "version": "8.21.10"}
    assert "device_manufacturer" not in first.fields
    assert "uuid" not in first.fields
    assert first.fields["user_properties"]["$add"] == {"n": 1}


def test_legacy_javascript_at_its_own_host() -> None:
    found = understood(recorded("legacy-amplitude-js-default-host.02"))
    assert found.endpoint == "Legacy SDK"
    assert found.events[0].user_id is None
    assert found.events[0].device_id == "Qy3OZ1fxdZsdOjR9O5USxn"


def test_a_wrong_checksum_is_a_problem_and_the_events_are_read() -> None:
    capture = recorded("legacy-amplitude-js.03")
    fields = dict(parse_qsl(capture.body.decode()))
    fields["upload_time"] = "1795281166924"
    found = understood(form(capture.url, **fields))
    assert found.fault is Fault.CHECKSUM
    assert "checksum does not match" in found.problem
    assert len(found.events) == 5
    text = fields["v"] + fields["client"] + fields["e"] + fields["upload_time"]
    fields["checksum"] = md5(text.encode()).hexdigest()
    assert understood(form(capture.url, **fields)).problem == ""


def test_legacy_android() -> None:
    sent = {
        "event_type": "Opened",
        "timestamp": 1_795_281_100_000,
        "uuid": "u-1",
        "device_id": "d-1R",
        "user_id": None,
        "version_name": "4.2",
        "library": {"name": "amplitude-android", "version": "2.40.2"},
        "api_properties": {
            "androidADID": "adid-1",
            "location": {"lat": 52.5, "lng": 13.4},
            "limit_ad_tracking": False,
        },
    }
    capture = form("https://api2.amplitude.com/", v="2", client=KEY, e=[sent], upload_time="17")
    found = understood(capture)
    (event,) = found.events
    assert found.library == "amplitude-android/2.40.2"
    assert found.transport == "http"
    assert event.fields == {
        "event_type": "Opened",
        "time": 1_795_281_100_000,
        "insert_id": "u-1",
        "device_id": "d-1R",
        "app_version": "4.2",
        "library": "amplitude-android/2.40.2",
        "adid": "adid-1",
        "location_lat": 52.5,
        "location_lng": 13.4,
        "api_properties": {"limit_ad_tracking": False},
    }
    assert event.raw == sent


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"v": "3"}, "Sent by an iOS SDK."),
        ({"v": "2"}, "Sent by an Android SDK."),
        ({"v": "2", "checksum": "0"}, "Sent by a JavaScript or early mobile SDK."),
    ],
)
def test_a_legacy_sdk_without_a_library_is_told_by_its_form(
    fields: dict[str, str], note: str
) -> None:
    sent = [{"event_type": "A", "api_properties": {"ios_idfv": "v-1"}}]
    capture = form("https://shop.example/collect", client=KEY, e=sent, upload_time="1", **fields)
    assert decode(capture).note == note
    assert understood(capture).events[0].fields["idfv"] == "v-1"


@pytest.mark.parametrize("url", ["https://api.amplitude.com/httpapi", "http://localhost:3000/t"])
def test_http_v1(url: str) -> None:
    sent = {"event_type": "Bought", "user_id": "ada", "time": 5, "insert_id": "i"}
    found = understood(form(url, api_key=KEY, event=sent))
    assert found.endpoint == "HTTP V1"
    assert found.events[0].fields is found.events[0].raw
    assert found.events[0].user_id == "ada"
    many = understood(form(url, api_key=KEY, event=[sent, {**sent, "event_type": "Paid"}]))
    assert [event.type for event in many.events] == ["Bought", "Paid"]


def test_forms_in_the_query() -> None:
    query = urlencode({"api_key": KEY, "event": '{"event_type":"Pixel","user_id":"ada"}'})
    found = understood(Capture(1, "GET", f"https://api.amplitude.com/httpapi?{query}"))
    assert found.events[0].type == "Pixel"
    assert found.wire_bytes == 0


@pytest.mark.parametrize("url", ["https://api2.amplitude.com/identify", "http://localhost:3000/t"])
def test_identify(url: str) -> None:
    sent = {"user_id": "ada", "user_properties": {"$set": {"plan": "pro"}}, "groups": {"org": "a"}}
    found = understood(form(url, api_key=KEY, identification=[sent]))
    assert found.endpoint == "Identify"
    (event,) = found.events
    assert event.type == "$identify"
    assert event.raw == sent
    assert event.fields["groups"] == {"org": "a"}


@pytest.mark.parametrize(
    "url", ["https://api.eu.amplitude.com/groupidentify", "http://localhost:3000/t"]
)
def test_group_identify(url: str) -> None:
    sent = {"group_type": "org", "group_value": "acme", "group_properties": {"$set": {"size": 9}}}
    found = understood(form(url, api_key=KEY, identification=sent))
    assert found.endpoint == "Group Identify"
    assert found.events[0].fields == {
        "event_type": "$groupidentify",
        "groups": {"org": "acme"},
        "group_properties": {"$set": {"size": 9}},
    }


@pytest.mark.parametrize(
    "url", ["https://api2.amplitude.com/attribution", "http://localhost:3000/t"]
)
def test_attribution(url: str) -> None:
    sent = {"event_type": "[YOUR] Attribution", "platform": "ios", "idfa": "AEBE", "time": 7}
    found = understood(form(url, api_key=KEY, event=sent))
    assert found.endpoint == "Attribution"
    assert found.events[0].type == "[YOUR] Attribution"


@pytest.mark.parametrize("url", ["https://api.amplitude.com/usermap", "http://localhost:3000/t"])
def test_user_mapping(url: str) -> None:
    sent = [{"user_id": "ada", "global_user_id": "ada@x"}, {"user_id": "bob", "unmap": True}]
    found = understood(form(url, api_key=KEY, mapping=sent))
    assert found.endpoint == "User Mapping"
    assert [event.user_id for event in found.events] == ["ada", "bob"]
    assert found.events[0].fields["event_properties"] == {"global_user_id": "ada@x"}
    assert found.events[1].fields["event_properties"] == {"unmap": True}


def test_multipart() -> None:
    body = (
        f'--b1\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{KEY}\r\n'
        '--b1\r\nContent-Disposition: form-data; name="identification"\r\n\r\n'
        '{"user_id":"ada"}\r\n--b1--\r\n'
    )
    headers = (("Content-Type", 'multipart/form-data; boundary="b1"'),)
    url = "https://api2.amplitude.com/identify"
    found = understood(Capture(1, "POST", url, headers, body.encode()))
    assert found.problem == ""
    assert found.events[0].user_id == "ada"
    nothing = understood(Capture(1, "POST", url, headers, b"hello"))
    assert "no parts" in nothing.problem


@pytest.mark.parametrize(
    ("url", "fields", "fault", "words"),
    [
        ("/identify", {"identification": {}}, Fault.API_KEY, "no api_key"),
        ("/identify", {"api_key": KEY}, Fault.EVENTS, "no identification"),
        ("/httpapi", {"api_key": KEY, "event": "{"}, Fault.UNREADABLE, "event is not valid JSON"),
        ("/httpapi", {"api_key": KEY, "event": "7"}, Fault.EVENTS, "a number"),
        ("/usermap", {"api_key": KEY, "mapping": [1, {}]}, Fault.EVENT, "1 of 2 entries"),
        ("/", {"client": KEY, "v": "2"}, Fault.EVENTS, "no e"),
        ("/", {"client": KEY, "v": "2", "e": "[" * 200_000}, Fault.UNREADABLE, "too deeply"),
        ("/attribution", {}, Fault.EVENTS, "no event"),
    ],
)
def test_wrong_forms(url: str, fields: dict[str, Any], fault: Fault, words: str) -> None:
    found = understood(form(f"https://api2.amplitude.com{url}", **fields))
    assert words in found.problem
    assert found.fault is fault


@pytest.mark.parametrize("many", [False, True])
def test_ids_that_are_huge_numbers_stay_exact(many: bool) -> None:
    sent = '{"user_id": 123456789012345678901234567890}'
    url = "https://api2.amplitude.com/identify"
    found = understood(form(url, api_key=KEY, identification=f"[{sent}]" if many else sent))
    assert found.events[0].user_id == "123456789012345678901234567890"


def test_other_forms_are_none_of_ours() -> None:
    for fields in (
        {"user": "ada", "password": "x"},
        {"client": "web", "e": "1", "v": "2"},
        {"api_key": KEY, "event": "click"},
        {"api_key": "", "event": "{}"},
    ):
        assert decode(form("http://localhost:3000/login", **fields)).kind is Kind.UNKNOWN


def test_columns_and_printed_lines_have_the_names_of_http_v2(tmp_path: Any) -> None:
    sent = {"group_type": "org", "group_value": "acme", "group_properties": {"$set": {"size": 9}}}
    captures = [
        recorded("legacy-amplitude-js.03"),
        form("https://api2.amplitude.com/groupidentify", api_key=KEY, identification=sent),
    ]
    with Store.read(filled(tmp_path, captures)) as store:
        lines = list(store.events.export(Filter()))
        groups = store.connection.execute("SELECT groups FROM events").fetchall()
    assert groups[1:3] == [('{"orgId":"15"}',), ('{"plan":"ent"}',)]
    assert groups[-1] == ('{"org":"acme"}',)
    assert lines[0]["endpoint"] == "Legacy SDK"
    assert lines[0]["time_ms"] == lines[0]["event"]["timestamp"]
    assert lines[0]["normalised"]["insert_id"] == lines[0]["insert_id"]
    assert lines[-1]["event"] == sent
    grouping = Grouping(1)
    again = [capture for line in lines for capture in grouping.add(line)] + list(grouping.rest())
    assert [understood(found).endpoint for found in again] == ["Legacy SDK", "Group Identify"]
    assert [understood(found).events for found in again] == [
        understood(found).events for found in captures
    ]
    assert {understood(found).api_key for found in again} == {KEY}


@given(st.text(alphabet="%=+&01aFgé \n\r\t_", max_size=60).map(str.encode))
def test_percents_are_read_as_the_standard_library_reads_them(text: bytes) -> None:
    right = unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8", "replace")
    assert plain(text) == right


mutations = st.lists(
    st.tuples(st.integers(0, 9000), st.binary(max_size=6), st.integers(0, 40)), max_size=6
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([recorded(name).body for name in LEGACY]),
    mutations,
    st.sampled_from(["/", "/httpapi", "/identify", "/groupidentify", "/attribution", "/usermap"]),
    st.booleans(),
)
def test_mutated_forms_end_as_events_or_a_problem(
    body: bytes, changes: list[tuple[int, bytes, int]], path: str, multipart: bool
) -> None:
    data = bytearray(body)
    for place, extra, removed in changes:
        at = place % (len(data) + 1)
        data[at : at + removed] = extra
    headers = (("Content-Type", "multipart/form-data; boundary=a"),) if multipart else FORM
    decode(Capture(1, "POST", f"https://shop.example{path}", headers, bytes(data)))
    capture = Capture(1, "POST", f"https://api2.amplitude.com{path}", headers, bytes(data))
    found = understood(capture)
    assert found.events or found.problem
