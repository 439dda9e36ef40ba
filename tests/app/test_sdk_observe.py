"""
What is inferred from how an SDK behaves, and what is not.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode.body import json_text
from app.model import BY_HAND, Capture, Response, Via
from app.sdk.evidence import Evidence
from app.sdk.observe.flushing import common_wait, even
from app.sdk.report import sources
from app.store import Store
from app.study import Study
from tests.app.sdks import evidence, followed, known, learned, options, reported
from tests.factories import KEY, URL, event

START = 1_795_281_200_000
LIBRARY = "amplitude-ts/2.47.0"
DEVICE = "device-1"


def sent(
    at_ms: int, *events: dict[str, Any], library: str = LIBRARY, origin: str = "https://shop.test",
    **fields: Any,
) -> Capture:  # fmt: skip
    """What a Browser SDK sends at a time of its own."""
    moment = at_ms / 1000
    from datetime import UTC, datetime

    body = {
        "api_key": KEY,
        "events": [{"library": library, **one} for one in events],
        "options": {},
        "client_upload_time": datetime.fromtimestamp(moment, UTC).isoformat(),
    }
    return Capture(
        **{
            "at_ms": at_ms,
            "method": "POST",
            "url": URL,
            "headers": (("Origin", origin), ("Sec-Fetch-Mode", "cors")),
            "body": json.dumps(body, separators=(",", ":")).encode(),
            "response": Response(200, (), b'{"code":200}'),
            "duration_ms": 5,
            **fields,
        }
    )


def at(time_ms: int, kind: str = "Clicked", session: int = START, **fields: Any) -> dict[str, Any]:
    """An event at a time."""
    return event(kind, time=time_ms, session_id=session, device_id=DEVICE,
                 insert_id=f"i-{time_ms}-{kind}-{fields.get('n', 0)}", **fields)  # fmt: skip


def flushes(interval: int, sizes: list[int], late: int = 3) -> list[Capture]:
    """Uploads of so many events each, a timer after their first."""
    found = []
    now = START + 1000
    for size in sizes:
        events = [at(now + number) for number in range(size)]
        found.append(sent(now + interval + late, *events))
        now += interval + 5000
    return found


@pytest.mark.parametrize("interval", [200, 1000, 3000, 10_000])
def test_flush_interval(tmp_path: Path, interval: int) -> None:
    (instance,) = learned(tmp_path, flushes(interval, [1, 3, 2, 1, 4]))
    found = options(instance)["flushIntervalMillis"]
    assert (found["value"], found["evidence"]) == (interval, "inferred")
    assert found["differs"] is (interval != 1000)


def test_few_uploads_say_nothing_of_the_interval(tmp_path: Path) -> None:
    (instance,) = learned(tmp_path, flushes(1000, [1, 1]))
    assert evidence(instance, "flushIntervalMillis") == (None, "unknown")


def test_queue_size_is_where_uploads_stop_although_more_waits(tmp_path: Path) -> None:
    waiting = [at(START + number) for number in range(25)]
    parts = [waiting[:10], waiting[10:20], waiting[20:]]
    captures = [sent(START + 1030 + 40 * n, *part) for n, part in enumerate(parts)]
    (instance,) = learned(tmp_path, captures)
    assert evidence(instance, "flushQueueSize") == (10, "inferred")


def test_events_of_the_past_did_not_wait(tmp_path: Path) -> None:
    """A session's end is dated back, and servers send what happened long ago."""
    second = START + 60_000
    ended = [
        sent(START + 1003, at(START), at(START + 5)),
        sent(second + 1003, at(START + 6, "session_end"), at(second, "session_start", second)),
    ]
    (instance,) = learned(tmp_path / "ended", ended)
    assert evidence(instance, "flushQueueSize") == (None, "unknown")
    old = [sent(START + n * 1000, at(START - 10**8 + n), at(START - 10**8 - n)) for n in range(9)]
    (instance,) = learned(tmp_path / "old", old)
    assert evidence(instance, "flushQueueSize") == (None, "unknown")
    assert evidence(instance, "flushIntervalMillis") == (None, "unknown")


def test_a_full_queue_makes_some_sdks_send_at_once(tmp_path: Path) -> None:
    """Python sends six as soon as there are six, the rest with them, and few after a while."""
    library, captures, now = "amplitude-python/1.3.0", [], START
    for _ in range(4):
        captures.append(sent(now + 504, at(now), library=library))
        now += 5000
        for part, size in enumerate((6, 6, 2)):
            events = [at(now + part, n=number) for number in range(10 * part, 10 * part + size)]
            captures.append(sent(now + part + 4, *events, library=library))
        now += 5000
    (instance,) = learned(tmp_path, captures)
    assert evidence(instance, "flush_queue_size") == (6, "inferred")
    assert evidence(instance, "flush_interval_millis") == (500, "inferred")


def test_an_inference_that_turns_out_otherwise_is_withdrawn(tmp_path: Path) -> None:
    """First it looks like ten at a time; then fifteen come at once."""
    waiting = [at(START + number) for number in range(15)]
    first = [sent(START + 1030, *waiting[:10]), sent(START + 1080, *waiting[10:])]
    (instance,) = learned(tmp_path, first)
    assert evidence(instance, "flushQueueSize") == (10, "inferred")
    with Store.write(tmp_path) as store:
        from app.decode import decode

        more = sent(START + 9000, *(at(START + 8000 + n) for n in range(15)))
        store.writer.add([(more, decode(more))])
    (instance,) = reported(tmp_path)
    found = options(instance)["flushQueueSize"]
    assert (found["value"], found["evidence"]) == (None, "unknown")
    assert len(found["withdrawn"]) == 1
    assert "thought to be 10 until capture 3" in found["withdrawn"][0]


def test_session_timeout_lies_between_what_held_and_what_ended(tmp_path: Path) -> None:
    second = START + 700_000
    captures = [
        sent(START + 1000, at(START), at(START + 500)),
        sent(START + 300_500, at(START + 300_000)),
        sent(second + 1000, at(second, "session_start", second), at(second + 10, session=second)),
    ]
    (instance,) = learned(tmp_path, captures)
    found = options(instance)["sessionTimeout"]
    assert found["value"] == {"at_least_ms": 299_500, "below_ms": 400_000}
    assert found["differs"] is True
    assert "5 min did not end a session" in found["because"][0]["text"]


def test_a_session_that_began_too_early_does_not_count(tmp_path: Path) -> None:
    """A page may begin one itself; a longer pause that ended none proves that."""
    second, third = START + 1000, START + 1000 + 600_000
    captures = [
        sent(START + 900, at(START)),
        sent(second + 900, at(second, "session_start", second), at(second, session=second)),
        sent(third + 900, at(third, session=second)),
    ]
    (instance,) = learned(tmp_path, captures)
    assert evidence(instance, "sessionTimeout") == (None, "unknown")


def test_tracking_options_are_what_is_left_out(tmp_path: Path) -> None:
    captures = [
        sent(START + n * 1000, at(START + n * 1000, ip="$remote", platform="Web")) for n in range(4)
    ]
    (instance,) = learned(tmp_path, captures)
    assert evidence(instance, "trackingOptions.language") == (False, "inferred")
    assert evidence(instance, "trackingOptions.ipAddress") == (True, "inferred")


def test_what_begins_with_a_session_and_does_not_is_off(tmp_path: Path) -> None:
    captures = [
        sent(s + 1000, at(s + 10, session=s, event_id=50))
        for s in (START, START + 4_000_000, START + 8_000_000)
    ]
    (instance,) = learned(tmp_path, captures)
    assert evidence(instance, "autocapture.sessions") == (False, "inferred")
    assert evidence(instance, "autocapture.pageViews") == (False, "inferred")
    # The device was there before, so that nothing is known of its campaign.
    assert evidence(instance, "autocapture.attribution") == (None, "unknown")
    assert evidence(instance, "autocapture.webVitals") == (None, "unknown")


def test_only_uploads_through_the_endpoint_say_nothing_of_remote_configuration(
    tmp_path: Path,
) -> None:
    new = at(START + 10, event_id=0)
    (seen,) = learned(tmp_path / "a", [sent(START + 900, new)])
    assert evidence(seen, "remoteConfig.fetchRemoteConfig") == (False, "inferred")
    captures = [sent(START + 900, new, via=Via.ENDPOINT, url="http://127.0.0.1:1/x")]
    (unseen,) = learned(tmp_path / "b", captures)
    assert evidence(unseen, "remoteConfig.fetchRemoteConfig") == (None, "unknown")


def test_other_products_on_the_page(tmp_path: Path) -> None:
    """By what their events say, and by requests from the same page."""
    replay = {"event_properties": {"[Amplitude] Session Replay ID": "device-1/1"}}
    flags = sent(
        START,
        method="GET",
        url="https://flag.lab.amplitude.com/sdk/v2/flags",
        headers=(
            ("Origin", "https://shop.test"),
            ("Authorization", "Api-Key client-abc"),
            ("X-Amp-Exp-Library", "experiment-js-client/1.23.1"),
        ),
        body=b"",
        response=Response(200, (), b"[]"),
    )
    found = learned(tmp_path, [flags, sent(START + 900, at(START, **replay))])
    browser = next(one for one in found if one["family"] == "browser-2")
    experiment = next(one for one in found if one["family"] == "experiment")
    assert evidence(browser, "sessionReplay") == (True, "wire")
    assert evidence(browser, "experiment") == (True, "wire")
    assert (experiment["sdk"], experiment["version"]) == ("Experiment SDK", "1.23.1")
    assert evidence(experiment, "deploymentKey") == ("client-abc", "wire")
    assert evidence(experiment, "flagsServerUrl")[1] == "default"


def test_pages_are_told_apart_and_devices_are_not(tmp_path: Path) -> None:
    captures = [
        sent(START + n, event("Clicked", device_id=f"device-{n}", insert_id=f"i{n}"), origin=origin)
        for n, origin in enumerate(["https://a.test"] * 40 + ["https://b.test"])
    ]
    found = {one["place"]: one for one in learned(tmp_path, captures)}
    assert found["https://a.test"]["devices"] == 40
    assert found["https://a.test"]["events"] == 40
    assert found["https://b.test"]["devices"] == 1


def test_many_devices_are_estimated(tmp_path: Path) -> None:
    events = [event("Clicked", device_id=f"d-{n}", insert_id=f"i{n}") for n in range(6000)]
    captures = [sent(START + n, *events[n : n + 1000]) for n in range(0, 6000, 1000)]
    (instance,) = learned(tmp_path, captures)
    assert instance["devices_exact"] is False
    assert 5000 < instance["devices"] < 7000


def test_a_retry_is_no_new_upload(tmp_path: Path) -> None:
    first = sent(START + 1000, at(START), response=Response(500, (), b""))
    again = sent(START + 2000, at(START))
    (instance,) = learned(tmp_path, [first, again])
    assert instance["events"] == 1
    text = options(instance)["flushMaxRetries"]["because"][0]["text"]
    assert text == "1 upload came again, one of them 1 time, so it is no less."


def test_a_restart_goes_on(tmp_path: Path) -> None:
    """In one piece or in many: the same is known."""
    from app.decode import decode

    captures = flushes(700, [2, 1, 3, 1, 2, 2])
    whole = learned(tmp_path / "whole", captures)
    for capture in captures:
        with Store.write(tmp_path / "parts") as store:
            store.writer.add([(capture, decode(capture))])
        parts = reported(tmp_path / "parts")
    assert parts == whole
    assert known(parts[0])["flushIntervalMillis"] == 700


def test_made_up_libraries_do_not_fill_the_memory(tmp_path: Path) -> None:
    events = [at(START + n, library=f"made-up/{n}", n=n) for n in range(1500)]
    found = learned(tmp_path, [sent(START, *events[:800]), sent(START, *events[800:])])
    assert len(found) == 1001
    rest = next(one for one in found if one["sdk"].startswith("Everything beyond"))
    assert rest["events"] == 500


def test_hostile_values_are_shown_short(tmp_path: Path) -> None:
    captures = [
        sent(START, at(START, app_version="x" * 1_000_000, plan={"a": ["\u202e"] * 1000})),
    ]
    (instance,) = learned(tmp_path, captures)
    assert len(json.dumps(instance)) < 60_000


def test_pruned_captures_are_not_named(tmp_path: Path) -> None:
    learned(tmp_path, flushes(1000, [1, 1, 1, 1, 1]))
    with Store.write(tmp_path) as store:
        while store.writer.prune(up_to=4):
            pass
    (instance,) = reported(tmp_path)
    named = {
        at for one in instance["options"] for text in one["because"] for at in text["captures"]
    }
    assert named == {5}
    assert instance["uploads"] == 5


@given(st.integers(5, 60_000), st.lists(st.integers(0, 8), min_size=4, max_size=20))
def test_a_timer_is_never_thought_longer_than_it_is_late(interval: int, late: list[int]) -> None:
    cluster = common_wait([interval + one for one in late])
    assert cluster
    value = even(min(cluster))
    assert interval * 0.97 - 15 <= value <= interval + max(late) + 2


def test_every_kind_of_capture_can_be_studied(tmp_path: Path) -> None:
    """Nothing that was recorded stops the study."""
    from tests.factories import DATA, filled, recorded

    names = [path.stem for path in (DATA / "requests").glob("*.json")]
    filled(tmp_path, [recorded(name) for name in sorted(names)])
    with Study(tmp_path) as study:
        assert study.catch_up() == len(names)
    assert reported(tmp_path)


def test_what_a_page_tells_counts_more_than_what_is_inferred(tmp_path: Path) -> None:
    learned(tmp_path, flushes(1000, [1, 1, 1, 1]))
    told = {(1, "https://shop.test"): {"flushIntervalMillis": 990, "logLevel": "Debug"}}
    with Store.read(tmp_path) as store:
        ((instance,),) = (one.instances for one in sources(store, told))
    found = {one.option.name: one for one in instance.options}
    assert (found["flushIntervalMillis"].value, found["flushIntervalMillis"].evidence) == (
        990,
        Evidence.CONFIGURED,
    )
    assert "4 of 4 uploads" in found["flushIntervalMillis"].because[1].text
    assert (found["logLevel"].value, found["logLevel"].differs) == ("Debug", True)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["$remote", "amplitude-ts/2.47.0", "d" * 37, "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["$setOnce", "initial_referrer", "name", "tracking_options",
                                       "config", "x"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
_FIELDS = st.sampled_from([
    "event_type", "library", "time", "session_id", "device_id", "user_id", "plan", "app_version",
    "ip", "language", "platform", "event_properties", "user_properties", "api_properties",
    "event_id", "insert_id", "ingestion_metadata", "partner_id", "location_lat", "adid", "delay",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.dictionaries(_FIELDS, _ANY, max_size=8), min_size=1, max_size=6),
    st.dictionaries(st.sampled_from(["Origin", "Referer", "Cookie", "User-Agent", "X-Own"]),
                    st.text(max_size=40), max_size=4),
    _ANY,
)  # fmt: skip
def test_nothing_that_can_be_sent_stops_the_study(
    events: list[dict[str, Any]], headers: dict[str, str], options: Any
) -> None:
    """Any event, header and option is learned from, kept and reported as JSON."""
    body = {"api_key": KEY, "events": events, "options": options}
    capture = sent(START, body=json.dumps(body).encode(), headers=tuple(headers.items()))
    found = followed([capture, capture])
    assert found
    json_text(found).encode()


@settings(max_examples=100, deadline=None)
@given(_ANY, _ANY, st.text(max_size=30))
def test_no_answer_of_the_server_stops_the_study(configs: Any, features: Any, sample: str) -> None:
    url = f"https://sr-client-cfg.amplitude.com/config/{KEY}?config_group=browser"
    answers = (
        {"configs": configs},
        {"configs": {"analyticsSDK": {"browserSDK": {"autocapture": {"x": features,
                                                                     "pageViews": features}}},
                     "diagnostics": {"browserSDK": features}}},
    )  # fmt: skip
    captures = [
        sent(START, method="GET", url=url, body=b"",
             response=Response(200, (), json.dumps(answer).encode()))
        for answer in answers
    ]  # fmt: skip
    replay = sent(
        START,
        url="https://api-sr.amplitude.com/sessions/v2/track?device_id=d&session_id=1&type=replay",
        headers=(("Authorization", f"Bearer {KEY}"), ("X-Client-Sample-Rate", sample)),
        body=json.dumps({"version": 1, "events": [json.dumps({"type": 5, "timestamp": 1, "data": {
            "tag": "debug-info", "payload": {"config": {"logLevel": features, "x": configs}}}})],
        }).encode(),
    )  # fmt: skip
    found = followed([*captures, replay, sent(START, at(START))])
    assert {one["family"] for one in found} == {"browser-2", "session-replay"}
    json_text(found).encode()


def test_what_a_person_sends_again_is_no_further_sdk() -> None:
    ordinary = sent(START, event("Viewed"))
    again = sent(START + 9000, event("Viewed"), headers=(("User-Agent", BY_HAND),))
    assert len(followed([ordinary])) == 1
    assert followed([ordinary, again]) == followed([ordinary])
