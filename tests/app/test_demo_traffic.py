"""The generated shop traffic: repeatable, in order, understood, and like the SDKs it imitates."""

import itertools
import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from app.decode import decode
from app.demo import captures
from app.demo.senders import MOBILE_KEY, WEB_KEY
from app.model import Capture, Event, Kind, Upload, Via
from tests.factories import recorded

NOW = 1_795_281_400_000
DAY = 86_400_000
COUNT = 12_000

BAD = (
    "The upload has no api_key.",
    "The body is not valid JSON",
)

type Sent = tuple[Capture, Upload]


@pytest.fixture(scope="module")
def made() -> list[Capture]:
    return list(captures(COUNT, seed=7, now_ms=NOW))


@pytest.fixture(scope="module")
def sent(made: list[Capture]) -> list[Sent]:
    found = ((capture, decode(capture).upload) for capture in made)
    return [(capture, upload) for capture, upload in found if upload]


@pytest.fixture(scope="module")
def events(sent: list[Sent]) -> list[Event]:
    return [event for _, upload in sent for event in upload.events]


def of(sent: list[Sent], library: str) -> list[Sent]:
    return [pair for pair in sent if (pair[1].library or "").startswith(library)]


# --- as a whole -------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(made: list[Capture]) -> None:
    again = captures(COUNT, seed=7, now_ms=NOW)
    assert all(first == second for first, second in itertools.zip_longest(made, again))


def test_another_seed_gives_something_else(made: list[Capture]) -> None:
    other = list(itertools.islice(captures(COUNT, seed=8, now_ms=NOW), 200))
    assert not {capture.body for capture in other} & {capture.body for capture in made} - {b""}


def test_it_only_moves_with_the_time() -> None:
    first = list(captures(300, now_ms=NOW))
    second = list(captures(300, now_ms=NOW + 7 * DAY))
    assert [capture.at_ms + 7 * DAY for capture in first] == [c.at_ms for c in second]


def test_there_are_as_many_events_as_wanted_and_hardly_more(events: list[Event]) -> None:
    assert COUNT * 0.98 <= len(events) <= COUNT * 1.05


@pytest.mark.parametrize("count", [1, 30, 400])
def test_a_few_are_possible(count: int) -> None:
    found = [decode(capture).upload for capture in captures(count, now_ms=NOW)]
    assert sum(len(upload.events) for upload in found if upload) >= count


def test_many_are_begun_at_once() -> None:
    first = next(captures(10_000_000, now_ms=NOW))
    assert first.at_ms > NOW - 8 * DAY


def test_they_arrive_in_order_within_the_days(made: list[Capture]) -> None:
    times = [capture.at_ms for capture in made]
    assert times == sorted(times)
    assert times[0] >= NOW - 7 * DAY
    assert NOW - 600_000 < times[-1] <= NOW


def test_a_short_span() -> None:
    times = [capture.at_ms for capture in captures(3000, now_ms=NOW, days=0.5)]
    assert NOW - DAY // 2 <= times[0] < times[-1] <= NOW


def test_they_say_that_they_are_a_demo(made: list[Capture]) -> None:
    assert {capture.via for capture in made} == {Via.DEMO}


# --- understood -------------------------------------------------------------------------------


def test_everything_is_understood_but_what_is_meant_to_be_bad(made: list[Capture]) -> None:
    kinds = Counter(decode(capture).kind for capture in made)
    assert set(kinds) == {Kind.UPLOAD, Kind.REMOTE_CONFIG}
    problems = [decode(capture) for capture in made]
    bad = [found.upload.problem for found in problems if found.upload and found.upload.problem]
    assert all(problem.startswith(BAD) for problem in bad)
    assert {problem[:20] for problem in bad} == {problem[:20] for problem in BAD}
    assert len(bad) < len(made) / 50


def test_every_kind_of_answer_is_there(sent: list[Sent]) -> None:
    statuses = Counter(c.response.status if c.response else None for c, _ in sent)
    assert set(statuses) == {200, 400, 429, 503, None}
    assert statuses[200] > 0.95 * len(sent)
    assert all(capture.failure for capture, _ in sent if capture.response is None)


def test_answers_have_their_documented_bodies(sent: list[Sent]) -> None:
    errors = set()
    for capture, upload in sent:
        if capture.response is None:
            continue
        body = json.loads(capture.response.body)
        assert body["code"] == capture.response.status
        if body["code"] == 200:
            assert body["events_ingested"] == len(upload.events)
            assert body["payload_size_bytes"] == len(capture.body)
        else:
            errors.add(body["error"])
    assert errors == {
        "Too many requests for some devices and users",
        "Service unavailable",
        "Invalid id length for user_id or device_id",
        "Invalid field values on some events",
        "Request missing required field",
        "Invalid JSON request body",
    }


def test_what_was_refused_is_what_the_answer_says(sent: list[Sent]) -> None:
    seen = set()
    for capture, upload in sent:
        if not capture.response or capture.response.status != 400:
            continue
        body = json.loads(capture.response.body)
        for position in body.get("events_with_invalid_id_lengths", {}).get("user_id", ()):
            assert len(upload.events[position].user_id or "") < 5
            seen.add("id")
        for position in body.get("events_with_invalid_fields", {}).get("time", ()):
            assert upload.events[position].time_ms is None
            seen.add("time")
        if body.get("missing_field") == "api_key":
            assert upload.api_key is None
            seen.add("key")
    assert seen == {"id", "time", "key"}


def test_what_was_not_taken_is_sent_again(sent: list[Sent]) -> None:
    ids = [tuple(event.insert_id for event in upload.events) for _, upload in sent]
    for number, (capture, _) in enumerate(sent):
        status = capture.response.status if capture.response else None
        if status in (429, 503, None):
            assert ids[number] in ids[number + 1 :]


def test_some_are_accepted_twice(sent: list[Sent]) -> None:
    taken = Counter(
        event.insert_id
        for capture, upload in sent
        if capture.response and capture.response.status == 200
        for event in upload.events
    )
    twice = [number for number in taken.values() if number > 1]
    assert set(twice) == {2}
    assert 0.001 < len(twice) / len(taken) < 0.03


# --- people -----------------------------------------------------------------------------------


def test_hundreds_of_people_some_of_them_anonymous(events: list[Event]) -> None:
    users = {event.user_id for event in events if event.user_id and len(event.user_id) > 4}
    devices = {event.device_id for event in events if event.device_id}
    assert len(users) > 100
    assert len(devices) > 200
    anonymous = devices - {e.device_id for e in events if e.user_id and e.device_id}
    assert 50 < len(anonymous) < len(devices)


def test_some_have_two_devices(events: list[Event]) -> None:
    devices: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if event.user_id and event.device_id and len(event.user_id) > 4:
            devices[event.user_id].add(event.device_id)
    assert sum(len(found) == 2 for found in devices.values()) > 10


def test_people_sign_in_and_stay_signed_in(events: list[Event]) -> None:
    before: dict[str, bool] = {}
    signed_in = 0
    for event in sorted(events, key=lambda found: found.raw.get("event_id", 0)):
        if event.device_id is None or event.raw.get("event_id") is None or event.user_id == "48":
            continue
        if event.user_id and before.get(event.device_id) is False:
            signed_in += 1
        if event.user_id is None:
            assert not before.get(event.device_id), "a device forgot its user"
        before[event.device_id] = event.user_id is not None
    assert signed_in > 20


def test_counters_grow_and_sessions_do_not_mix(events: list[Event]) -> None:
    sessions: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for event in {event.insert_id: event for event in events}.values():
        number = event.raw.get("event_id")
        if event.device_id and event.session_id and number is not None:
            sessions[event.device_id][event.session_id].append(number)
    assert sum(len(found) > 1 for found in sessions.values()) > 50
    for found in sessions.values():
        ordered = [max(numbers) for _, numbers in sorted(found.items())]
        assert ordered == sorted(ordered)
        flat = [number for numbers in found.values() for number in numbers]
        assert len(flat) == len(set(flat))


def test_a_session_starts_at_its_own_id(events: list[Event]) -> None:
    starts = [event for event in events if event.type == "session_start"]
    assert len(starts) > 300
    assert all(event.time_ms == event.session_id for event in starts if event.time_ms)


# --- like the SDKs ----------------------------------------------------------------------------


def test_two_projects_and_five_sdks(sent: list[Sent]) -> None:
    keys = {upload.library: upload.api_key for _, upload in sent if upload.api_key}
    keys.pop(None, None)
    assert keys == {
        "amplitude-ts/2.48.1": WEB_KEY,
        "amplitude-node-ts/1.5.73": WEB_KEY,
        "amplitude-swift/1.15.2": MOBILE_KEY,
        "amplitude-analytics-android/1.22.4": MOBILE_KEY,
        "amplitude-python/1.3.0": MOBILE_KEY,
    }


@pytest.mark.parametrize(
    ("library", "sizes"),
    [
        ("amplitude-ts/", range(1, 16)),
        ("amplitude-node", range(20, 31)),
        ("amplitude-python", range(20, 31)),
        ("amplitude-swift", range(1, 46)),
        ("amplitude-analytics-android", range(1, 46)),
    ],
)
def test_uploads_have_the_sdks_sizes(sent: list[Sent], library: str, sizes: range) -> None:
    found = Counter(len(upload.events) for _, upload in of(sent, library))
    assert set(found) <= set(sizes)
    assert len(found) > 3


def keys_of(capture: Capture) -> tuple[list[str], list[str]]:
    """Keys of the envelope and of an event that a page tracked, as they are written."""
    from app.decode.body import unpacked

    data, _ = unpacked(capture.body, capture.header("content-encoding"))
    document: dict[str, Any] = json.loads(data)
    tracked = [event for event in document["events"] if "event_properties" in event]
    # Properties come last where the SDK only adds the page, as in session_start.
    tracked = [event for event in tracked if not event["event_type"].startswith("session_")]
    return list(document), list(tracked[0]) if tracked else []


@pytest.mark.parametrize(
    ("library", "file"),
    [
        ("amplitude-ts/", "browser-default-host-gzip.05"),
        ("amplitude-node", "node-sdk.01"),
        ("amplitude-python", "python-sdk.01"),
    ],
)
def test_keys_and_headers_are_those_of_the_real_sdk(
    sent: list[Sent], library: str, file: str
) -> None:
    real = recorded(file)
    envelope, event = keys_of(real)
    envelope = [key for key in envelope if key != "request_metadata"]
    ours = [pair[0] for pair in of(sent, library) if pair[0].header("content-type")[:5] != "text/"]
    for capture in ours:
        our_envelope, our_event = keys_of(capture)
        # There from the second upload on.
        assert [key for key in our_envelope if key != "request_metadata"] == envelope
        known = [key for key in our_event if key in event]
        assert known == [key for key in event if key in known]
    names = {name.lower() for name, _ in real.headers}
    hints = {"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "content-encoding"}
    assert {name.lower() for name, _ in ours[0].headers} - hints == names - hints


def test_python_writes_sorted_spaced_ascii(sent: list[Sent]) -> None:
    for capture, _ in of(sent, "amplitude-python"):
        document = json.loads(capture.body)
        assert capture.body == json.dumps(document, sort_keys=True).encode()


def test_compression_follows_each_sdk(sent: list[Sent]) -> None:
    for capture, upload in sent:
        if upload.problem or not upload.library:
            continue
        is_beacon = upload.transport == "beacon"
        if upload.library.startswith("amplitude-ts/"):
            is_packed = upload.body_bytes >= 2048 and not is_beacon
            refused = capture.response and capture.response.status == 400
            assert refused or (upload.compression == "gzip") == is_packed
        elif "swift" in upload.library or "android" in upload.library:
            assert upload.compression == "gzip"
        else:
            assert upload.compression == "none"
    assert sum(upload.transport == "beacon" for _, upload in sent) > 30


def test_content_length_is_true(made: list[Capture]) -> None:
    for capture in made:
        if capture.method == "POST":
            assert capture.header("content-length") == str(len(capture.body))


def test_a_click_has_its_hierarchy_from_leaf_to_body(events: list[Event]) -> None:
    clicks = [event.raw for event in events if event.type == "[Amplitude] Element Clicked"]
    assert len(clicks) > 1000
    for raw in clicks:
        properties = raw["event_properties"]
        hierarchy = properties["[Amplitude] Element Hierarchy"]
        assert hierarchy[0]["tag"] == properties["[Amplitude] Element Tag"]
        assert [node["tag"] for node in hierarchy].index("body") == len(hierarchy) - 1
        assert list(properties)[:5] == [
            "[Amplitude] Element Hierarchy",
            "[Amplitude] Element Tag",
            "[Amplitude] Element Text",
            "[Amplitude] Element Position Left",
            "[Amplitude] Element Position Top",
        ]


def test_every_kind_of_event_is_there(events: list[Event]) -> None:
    types = Counter(event.type for event in events)
    assert {
        "session_start", "session_end", "$identify", "$groupidentify", "revenue_amount",
        "[Amplitude] Page Viewed", "[Amplitude] Element Clicked", "[Amplitude] Form Started",
        "[Amplitude] Form Submitted", "[Amplitude] Viewport Content Updated",
        "[Amplitude] Screen Viewed", "[Amplitude] Element Interacted",
        "Product Viewed", "Add to Cart", "Checkout Started", "Order Completed",
        "Products Searched", "Signed In", "Newsletter Signed Up", "Payment Captured",
    } <= set(types)  # fmt: skip
    assert types["Product Viewed"] > types["Add to Cart"] > types["Order Completed"] > 20
    operations = {
        name
        for event in events
        if event.type == "$identify"
        for name in event.raw["user_properties"]
    }
    assert operations == {"$set", "$setOnce", "$add", "$unset"}


def test_revenue_adds_up_to_the_orders(events: list[Event]) -> None:
    unique = {event.insert_id: event.raw for event in events}.values()
    by_type: dict[str, int] = Counter()
    for raw in unique:
        properties = raw.get("event_properties") or {}
        if raw["event_type"] == "Order Completed":
            by_type["orders"] += properties["total"]
        if raw["event_type"] == "revenue_amount":
            by_type["revenue"] += properties["$price"] * properties["$quantity"]
    assert by_type["orders"] > 10_000
    # A few uploads are refused for good.
    assert by_type["revenue"] == pytest.approx(by_type["orders"], rel=0.05)
