"""
What is no upload is understood too: configurations, diagnostics, replays, experiments, SDK code.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from app.__main__ import main
from app.decode import decode
from app.decode.body import BodyProblem, unpacked
from app.decode.request import Request
from app.decode.session_replay import events_of
from app.model import Capture, Decoded, Headers, Kind, Response, Via
from app.store import Store
from tests.factories import KEY, event, filled, recorded, upload

CONFIG = "https://sr-client-cfg.amplitude.com/config"
REPLAY = (
    "https://api-sr.amplitude.com/sessions/v2/track?device_id=d-1&session_id=1795281104973&type="
)
LAB = "https://api.lab.amplitude.com"
CONFIGS = {
    "analyticsSDK": {
        "browserSDK": {
            "autocapture": {
                "elementInteractions": {"enabled": True, "exposureDuration": 150},
                "webVitals": True,
                "sessions": {"enabled": False},
                "pageViews": False,
            },
            "customEnrichment": {"enabled": True, "body": "e => null"},
        },
        "pageActions": {"triggers": [{"id": "t"}], "labeledEvents": {"1": {}, "2": {}}},
    },
    "diagnostics": {"browserSDK": {"enabled": True, "sampleRate": 0.1}},
    "sessionReplay": {"sr_sampling_config": {"sample_rate": 0.25, "capture_enabled": True}},
}


def get(url: str, answer: Any = None, headers: Headers = (), status: int = 200) -> Capture:
    """A GET with its answer."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    response = None if answer is None else Response(status, (), body)
    return Capture(1, "GET", url, headers, response=response)


def post(url: str, document: Any, headers: Headers = ()) -> Capture:
    """A POST of JSON, not yet answered."""
    return Capture(1, "POST", url, headers, json.dumps(document).encode())


def rrweb(kind: int, at: int, **data: Any) -> dict[str, Any]:
    """An event of a recording."""
    return {"type": kind, "timestamp": at, "data": data}


def packed(entry: dict[str, Any]) -> str:
    """As older SDKs packed an event: a JSON text of the bytes of a zlib stream."""
    text = json.dumps({**entry, "v": "v1"}).encode()
    return json.dumps(zlib.compress(text).decode("latin-1"))


RECORDING = [
    rrweb(4, 1000, href="https://shop.example/cart", width=800, height=600),
    rrweb(2, 1001, node={"type": 0}),
    rrweb(3, 2500, source=1, positions=[]),
    rrweb(3, 2600, source=0),
    rrweb(5, 2700, tag="debug-info", payload={"config": {"sampleRate": 1}, "version": "1.51.6"}),
]


@pytest.mark.parametrize(
    ("url", "headers", "groups", "keys"),
    [
        (f"{CONFIG}/{KEY}?config_group=browser", (), ["browser"], []),
        (
            f"{CONFIG}?api_key={KEY}&config_keys=analyticsSDK&config_keys=sessionReplay",
            (),
            [],
            ["analyticsSDK", "sessionReplay"],
        ),
        (
            f"{CONFIG}?api_key={KEY}&config_group=android",
            (("X-Client-Library", "amplitude-kotlin/0.0.1"),),
            ["android"],
            [],
        ),
        (
            f"{CONFIG}/{KEY}?config_keys=analyticsSDK.iosSDK&config_keys=diagnostics.iosSDK",
            (("X-Client-Platform", "iOS"),),
            [],
            ["analyticsSDK.iosSDK", "diagnostics.iosSDK"],
        ),
        (f"https://shop.example/proxy/config/{KEY}?config_group=browser", (), ["browser"], []),
    ],
)
def test_every_form_of_asking_for_a_configuration(
    url: str, headers: Headers, groups: list[str], keys: list[str]
) -> None:
    found = decode(get(url, headers=headers))
    assert found.kind is Kind.REMOTE_CONFIG
    assert found.api_key == KEY
    assert found.contents["groups"] == groups
    assert found.contents["keys"] == keys
    assert found.note == (
        f"Asks for the remote configuration of 012345…: {', '.join(groups or keys)}."
    )
    if headers:
        assert headers[0][1] in (found.contents.get("library"), found.contents.get("platform"))


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_what_a_configuration_says(encoding: str) -> None:
    body = json.dumps({"configs": CONFIGS}).encode()
    if encoding == "gzip":
        body = gzip.compress(body)
    elif encoding == "br":
        body = brotli.compress(body)
    capture = Capture(
        1,
        "GET",
        f"{CONFIG}/{KEY}?config_group=browser",
        response=Response(200, (("Content-Encoding", encoding),), body),
    )
    found = decode(capture)
    assert found.contents["configs"] == CONFIGS
    assert found.contents["summary"] == {
        "autocapture": {
            "browserSDK": {
                "elementInteractions": True,
                "webVitals": True,
                "sessions": False,
                "pageViews": False,
            }
        },
        "custom_enrichment": True,
        "labeled_events": 2,
        "page_action_triggers": 1,
        "session_replay": {"enabled": True, "sample_rate": 0.25},
        "diagnostics": {"browserSDK": 0.1},
    }
    assert "turns on elementInteractions, webVitals; turns off pageViews, sessions" in found.note
    assert "code that rewrites events" in found.note


def test_a_configuration_that_is_empty_refused_or_damaged() -> None:
    url = f"{CONFIG}/{KEY}?config_group=browser"
    assert "Nothing is configured." in decode(get(url, {"configs": {}})).note
    refused = decode(get(url, b"no", status=401))
    assert "answered 401" in refused.note
    assert refused.contents["status"] == 401
    assert "configs" not in decode(get(url, {"configs": [1]})).contents


def test_dynamic_configuration_of_legacy_sdks() -> None:
    answer = {"ingestionEndpoint": "api.eu.amplitude.com"}
    found = decode(get("https://regionconfig.eu.amplitude.com/", answer))
    assert found.kind is Kind.REMOTE_CONFIG
    assert found.contents == {"ingestion_endpoint": "api.eu.amplitude.com"}


def test_diagnostics() -> None:
    found = decode(recorded("diagnostics-flush.02"))
    assert found.kind is Kind.DIAGNOSTICS
    assert found.api_key == KEY
    assert found.contents["library"] == "amplitude-ts-sdk-script/2.48.1"
    assert found.contents["counters"]["analytics.events.sent"] == 5
    assert found.contents["histogram"]["autocapturePlugin.getHierarchy"]["count"] == 1
    assert found.note == "Diagnostics of amplitude-ts-sdk-script/2.48.1: 5 events sent, 0 dropped."
    own = post("https://shop.example/v1/capture", {"events": [{}]}, (("X-ApiKey", KEY),))
    assert "1 reports of trouble" in decode(own).note


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("how", ["plain", "packed", "bare"])
def test_replays(version: int, how: str) -> None:
    write = {"plain": json.dumps, "packed": packed, "bare": lambda entry: json.loads(packed(entry))}
    body = {"version": version, "events": [write[how](entry) for entry in RECORDING]}
    headers = (
        ("Authorization", f"Bearer {KEY}"),
        ("X-Client-Version", "1.51.6"),
        ("X-Client-Library", "plugin/1.51.6"),
        ("X-Client-Sample-Rate", "0.5"),
    )
    capture = post(REPLAY + "replay", body, headers)
    found = decode(capture)
    assert found.kind is Kind.SESSION_REPLAY
    assert found.api_key == KEY
    contents = found.contents
    assert contents["version"] == version
    assert contents["types"] == {"meta": 1, "full_snapshot": 1, "incremental": 2, "custom": 1}
    assert contents["changes"] == {"mouse_move": 1, "mutation": 1}
    assert contents["pages"] == ["https://shop.example/cart"]
    assert (contents["first_ms"], contents["last_ms"], contents["span_ms"]) == (1000, 2700, 1700)
    assert contents["packed"] == (0 if how == "plain" else 5)
    assert contents["unreadable"] == 0
    assert contents["options"] == {"sampleRate": 1}
    assert (contents["sdk_version"], contents["sample_rate"]) == ("1.51.6", "0.5")
    assert (contents["device_id"], contents["session_id"]) == ("d-1", "1795281104973")
    assert found.note == "Session Replay: 5 events of 1.7 s on https://shop.example/cart."
    assert [entry["timestamp"] for entry in events_of(Request(capture))] == [
        1000,
        1001,
        2500,
        2600,
        2700,
    ]


def test_a_replay_at_the_end_of_a_page_names_its_project_in_the_query() -> None:
    body = {"version": 2, "events": [json.dumps(RECORDING[0])]}
    found = decode(post(f"{REPLAY}replay&api_key={KEY}", body))
    assert found.api_key == KEY
    assert found.contents["transport"] == "beacon"


def test_a_replay_at_an_address_of_ones_own() -> None:
    url = "https://shop.example/r?device_id=d&session_id=7&type=replay"
    body = gzip.compress(json.dumps({"version": 1, "events": []}).encode())
    found = decode(Capture(1, "POST", url, (("Content-Encoding", "gzip"),), body))
    assert found.kind is Kind.SESSION_REPLAY


def test_interactions() -> None:
    click = {"x": 1, "y": 2, "type": "click", "count": 3, "pageUrl": "https://a/", "timestamp": 5}
    scroll = {"maxScrollX": 1, "type": "scroll", "pageUrl": "https://a/", "timestamp": 9}
    body = {"version": 1, "events": [click, scroll, 7]}
    found = decode(post(REPLAY + "interaction", body))
    assert found.contents["types"] == {"click": 3, "scroll": 1}
    assert found.contents["unreadable"] == 1
    assert found.note == "Interactions for heatmaps: 3 × click, 1 × scroll on https://a/."


def test_unreadable_and_skipped_replays() -> None:
    body = {"version": 1, "events": ["{", '"no zlib"', "7", json.dumps(RECORDING[0])]}
    assert "3 of them cannot be read" in decode(post(REPLAY + "replay", body)).note
    capture = post(REPLAY + "replay", {"version": 1, "events": []})
    skipped = Response(200, (("X-Session-Replay-Event-Skipped", "4005"),))
    told = Capture(1, "POST", capture.url, body=capture.body, response=skipped)
    assert "capturing is switched off" in decode(told).note
    assert "no list of events" in decode(post(REPLAY + "replay", [])).note


def test_a_bomb_in_a_replay_is_not_unpacked() -> None:
    bomb = json.dumps(zlib.compress(b"0" * (80 << 20), 9).decode("latin-1"))
    found = decode(post(REPLAY + "replay", {"version": 1, "events": [bomb, bomb]}))
    assert found.contents["unreadable"] == 2


def _header(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_experiment_variants() -> None:
    user = {"user_id": "ada", "user_properties": {"plan": "prö"}}
    headers = (
        ("Authorization", "Api-Key client-abcdefgh"),
        ("X-Amp-Exp-User", _header(user)),
        ("X-Amp-Exp-Flag-Keys", _header(["color", "size"])),
        ("X-Amp-Exp-Track", "no-track"),
    )
    answer = {"color": {"key": "on", "value": "blue"}, "size": {"value": "xl"}}
    found = decode(get(f"{LAB}/sdk/v2/vardata?v=0", answer, headers))
    assert found.kind is Kind.EXPERIMENT
    assert found.api_key is None
    assert found.contents["deployment_key"] == "client-abcdefgh"
    assert found.contents["user"] == user
    assert found.contents["flag_keys"] == ["color", "size"]
    assert found.contents["variants"] == {"color": "on", "size": "xl"}
    assert found.contents["tracking"] == "no-track"
    assert found.note == "Experiment client…: 2 variants for ada: color=on, size=xl."


def test_experiment_flags() -> None:
    answer = [
        {
            "key": "color",
            "variants": {"on": {}, "off": {}},
            "segments": [{}],
            "metadata": {"evaluationMode": "local", "flagVersion": 3, "experimentKey": "exp-1"},
        },
        {"key": "remote", "metadata": {"evaluationMode": "remote"}},
    ]
    headers = (("Authorization", f"Api-Key {KEY}"), ("X-Amp-Exp-Library", "experiment-js-client/1"))
    found = decode(get("https://flag.lab.eu.amplitude.com/sdk/v2/flags", answer, headers))
    assert found.api_key == KEY
    assert found.contents["library"] == "experiment-js-client/1"
    assert found.contents["flags"][0] == {
        "key": "color",
        "variants": ["on", "off"],
        "segments": 1,
        "evaluation_mode": "local",
        "deployed": None,
        "flag_version": 3,
        "experiment_key": "exp-1",
    }
    assert "2 flags, 1 of them evaluated by the SDK" in found.note


def test_experiment_v1_and_at_an_address_of_ones_own() -> None:
    headers = (("Authorization", "Api-Key server-abc"),)
    url = f"{LAB}/v1/vardata?user_id=ada&flag_key=color&context=%7B%22a%22%3A1%7D"
    found = decode(get(url, {"color": {"key": "on"}}, headers))
    assert found.contents["user"] == {"user_id": "ada", "context": {"a": 1}}
    assert found.contents["query"]["flag_key"] == "color"
    posted = post("https://shop.example/exp/v1/vardata", {"user_id": "bob"}, headers)
    assert decode(posted).contents["user"] == {"user_id": "bob"}
    refused = decode(get(url, b"nope", headers, status=401))
    assert refused.note == "Experiment server…: asks for variants for ada; the server answered 401."
    nobody = decode(get("https://shop.example/data/flags", []))
    assert nobody.kind is Kind.UNKNOWN


@pytest.mark.parametrize("header", ["%%%", "é", "a", _header("text"), _header([1])])
def test_a_user_that_cannot_be_read(header: str) -> None:
    found = decode(get(f"{LAB}/sdk/v2/vardata", {}, (("X-Amp-Exp-User", header),)))
    assert found.kind is Kind.EXPERIMENT


def test_guides_and_surveys() -> None:
    headers = (("Authorization", f"Api-Key {KEY}"),)
    found = decode(post("https://gs.eu.amplitude.com/sdk/v1/decide", {}, headers))
    assert found.kind is Kind.GUIDES
    assert found.api_key == KEY
    assert found.note == "Guides and Surveys: v1/decide for project 012345…."


@pytest.mark.parametrize(
    ("path", "library", "version"),
    [
        ("libs/analytics-browser-2.48.1-min.js.gz", "analytics-browser", "2.48.1"),
        ("libs/amplitude-8.21.10-min.gz.js", "amplitude", "8.21.10"),
        ("libs/analytics-browser-gtm-2.11.0-min.js", "analytics-browser-gtm", "2.11.0"),
        (
            "libs/plugin-session-replay-browser-1.25.0-min.js.gz",
            "plugin-session-replay-browser",
            "1.25.0",
        ),
        ("libs/analytics-browser-2.49.0-rc.1-min.js.gz", "analytics-browser", "2.49.0-rc.1"),
        (f"script/{KEY}.js", "script", None),
        (f"script/{KEY}.experiment.js", "experiment", None),
        (f"script/{KEY}.engagement.js", "engagement", None),
        ("engagement-browser/prod/index.min.js.gz", "engagement-browser", None),
    ],
)
def test_sdk_code(path: str, library: str, version: str | None) -> None:
    found = decode(get(f"https://cdn.amplitude.com/{path}"))
    assert found.kind is Kind.ASSET
    assert found.contents["library"] == library
    assert found.contents.get("version") == version
    assert found.api_key == (KEY if KEY in path else None)
    assert found.note.startswith("Loads ")


def test_a_secret_is_not_repeated() -> None:
    headers = (("Authorization", "Api-Key very-secret"),)
    url = "https://profile-api.amplitude.com/v1/userprofile?user_id=ada&secret_key=hush"
    found = decode(get(url, {}, headers))
    assert found.kind is Kind.REST
    assert found.contents["query"] == {"user_id": "ada"}
    assert "secret" not in repr(found)
    assert "hush" not in repr(found)


def test_what_is_understood_is_stored_and_printed(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    asked = get(f"{CONFIG}/{KEY}?config_group=browser")
    told = get(f"{CONFIG}/{KEY}?config_group=browser", {"configs": CONFIGS})
    with Store.write(tmp_path) as store:
        store.writer.add([(asked, decode(asked))])
        store.writer.answer(1, told)
        row = store.connection.execute("SELECT kind, note, source_id FROM captures").fetchone()
        assert row == ("remote_config", decode(told).note, 1)
        assert "turns on" in row[1]
    filled(tmp_path, [upload(event("A"), via=Via.ENDPOINT)])
    assert main(["captures", "--workspace", str(tmp_path)]) == 0
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [line["kind"] for line in lines] == ["remote_config", "upload"]
    assert lines[0]["api_key"] == lines[1]["api_key"] == KEY
    assert lines[0]["contents"]["configs"] == CONFIGS
    assert lines[0]["note"] == row[1]


SEEDS = [
    post(REPLAY + "replay", {"version": 1, "events": [json.dumps(x) for x in RECORDING]}),
    post(REPLAY + "replay", {"version": 1, "events": [packed(x) for x in RECORDING]}),
    post(REPLAY + "interaction", {"version": 1, "events": [{"type": "click", "count": 1}]}),
    recorded("diagnostics-flush.02"),
    get(f"{CONFIG}/{KEY}?config_group=browser", {"configs": CONFIGS}),
    get(f"{LAB}/sdk/v2/vardata", {"a": {"key": "on"}}),
    get(f"{LAB}/sdk/v2/flags", [{"key": "a", "variants": {"on": {}}, "metadata": {}}]),
]
mutations = st.lists(
    st.tuples(st.integers(0, 4000), st.binary(max_size=5), st.integers(0, 30)), max_size=6
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), mutations)
def test_mutated_contents_never_raise(seed: Capture, changes: list[tuple[int, bytes, int]]) -> None:
    def mutated(text: bytes) -> bytes:
        data = bytearray(text)
        for place, extra, removed in changes:
            at = place % (len(data) + 1)
            data[at : at + removed] = extra
        return bytes(data)

    answer = Response(200, (), mutated(seed.response.body)) if seed.response else None
    body = mutated(seed.body) if seed.body else b""
    found = decode(Capture(1, seed.method, seed.url, seed.headers, body, answer))
    assert found.kind is decode(seed).kind
    assert found.note
    _can_be_printed(found)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "configs",
                    "analyticsSDK",
                    "browserSDK",
                    "autocapture",
                    "pageActions",
                    "enabled",
                    "events",
                    "version",
                    "data",
                    "payload",
                    "config",
                    "tags",
                    "counters",
                    "key",
                    "metadata",
                    "variants",
                    "timestamp",
                    "type",
                    "library",
                    "sessionReplay",
                    "sr_sampling_config",
                    "sample_rate",
                    "diagnostics",
                    "labeledEvents",
                    "count",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), json_values)
def test_any_json_never_raises(seed: Capture, value: Any) -> None:
    text = json.dumps(value).encode()
    response = Response(200, (), text) if seed.response else None
    found = decode(Capture(1, seed.method, seed.url, seed.headers, seed.body and text, response))
    assert found.kind is decode(seed).kind
    _can_be_printed(found)


def _can_be_printed(found: Decoded) -> None:
    found.note.encode()
    json.dumps(found.contents)


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "gzip"), (zstandard.compress, "zstd")])
def test_a_body_may_come_in_several_parts(pack: Callable[[bytes], bytes], name: str) -> None:
    assert unpacked(pack(b"one ") + pack(b"two"), name) == (b"one two", name)
    assert unpacked(pack(b"one ") + pack(b"") + pack(b"two"), "") == (b"one two", name)


def test_parts_of_a_body_have_an_end() -> None:
    part = gzip.compress(b"")
    with pytest.raises(BodyProblem, match="more than 16 parts"):
        unpacked(part * 500_000, "gzip")
    with pytest.raises(BodyProblem, match="more than 4 MB"):
        unpacked(gzip.compress(b"0" * (3 << 20)) * 2, "gzip")
    with pytest.raises(BodyProblem, match="cut short"):
        unpacked(part + gzip.compress(b"{}")[:-3], "gzip")
    # Zeros fill up what is written in blocks.
    assert unpacked(gzip.compress(b"{}") + b"\0" * 9, "gzip") == (b"{}", "gzip")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"no brotli", "damaged"),
        (brotli.compress(b"{}" * 99)[:-2], "cut short"),
        (brotli.compress(b"0" * (80 << 20), quality=1), "more than 4 MB"),
    ],
)
def test_brotli_that_is_none_or_too_much(body: bytes, words: str) -> None:
    with pytest.raises(BodyProblem, match=words):
        unpacked(body, "br")
    assert unpacked(brotli.compress(b"fine"), "br") == (b"fine", "br")
    assert unpacked(b'{"a":1}', "br") == (b'{"a":1}', "none")
