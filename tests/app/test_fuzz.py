"""
Bad input, much of it: real requests and answers, mutated in bytes, in JSON, in headers and in
addresses. Nothing escapes, every body is kept, and every one is events, contents or a problem.

A plain loop with a seed, because forty thousand cases are to take seconds. Each is decoded,
answered, judged and stored as the capture process does it, so a chain of steps is tried and not
decoders alone.
"""

import base64
import gzip
import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from app.decode import decode
from app.decode.request import Request
from app.ingest.local import LocalIngestion
from app.ingest.outcome import judge
from app.ingest.reaction import reaction
from app.ingest.rules import RuleBook, Rules
from app.model import Capture, Decoded, Delivery, Headers, Kind, Response, Via
from app.store import Store
from app.study.running import Study
from tests.factories import DATA, KEY, event, recorded

CASES = 4000
"""For each of the ten groups: forty thousand in all."""
GROUPS = 10
STUDIED = 2
"""So many of them are studied too, which takes longer."""
BATCH = 400
AT = 1_795_281_200_000
EAGER = RuleBook(sources={"*": Rules(eps=1_000_000, daily_quota=1_000_000_000)})

JSON_HEADERS: Headers = (("Content-Type", "application/json"),)
FORM_HEADERS: Headers = (("Content-Type", "application/x-www-form-urlencoded"),)
ANSWERS: tuple[Any, ...] = (
    {"code": 200, "events_ingested": 3},
    {"code": 400, "error": "Invalid field values", "events_with_invalid_fields": {"time": [0]}},
    {"code": 400, "missing_field": "api_key"},
    {"code": 429, "throttled_users": {"user-1": 31}, "throttled_events": [0], "eps_threshold": 30},
    {"code": 413, "error": "Payload too large"},
    {"ok": True},
)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 2**64, -(2**70), 1e308, float("inf"), float("nan"), 0.5),
    *("", " ", "\x00", "\ud800", "a" * 5000, "💥", "null", "[Amplitude] Revenue", "$identify"),
    *([], {}, [[]], [{}], {"": ""}, {"$set": 1}, {"$add": "x"}, {"length": -1}, list(range(50))),
)
SNIPPETS = (b"\x00", b"\xff\xfe", b'"', b"[" * 300, b"%", b"&&=", b"\\u")
PATHS = (
    *("/2/httpapi", "/batch", "/httpapi", "/", "/identify", "/groupidentify", "/attribution"),
    *("/usermap", "/config", "/v1/capture", "/sessions/v2/track", "/sdk/v2/vardata", "//", "/%00"),
)
HOSTS = (
    *("api2.amplitude.com", "api.amplitude.com", "api.eu.amplitude.com", "api-sr.amplitude.com"),
    *("sr-client-cfg.amplitude.com", "api.lab.amplitude.com", "gs.amplitude.com", "[::1", "é.x"),
)


def _form(path: str, **fields: Any) -> Capture:
    values = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }
    url = f"https://api.amplitude.com{path}"
    return Capture(AT, "POST", url, FORM_HEADERS, urlencode(values).encode())


def _json(url: str, document: Any, headers: Headers = JSON_HEADERS, answer: Any = None) -> Capture:
    response = None if answer is None else Response(200, (), json.dumps(answer).encode())
    body = b"" if document is None else json.dumps(document).encode()
    return Capture(AT, "POST" if body else "GET", url, headers, body, response)


def bases() -> list[Capture]:
    """Real requests, and one of each kind that was not recorded."""
    user = base64.urlsafe_b64encode(b'{"user_id":"user-1","device_id":"d"}').rstrip(b"=").decode()
    experiment: Headers = (("Authorization", f"Api-Key {KEY}"), ("X-Amp-Exp-User", user))
    sessions = "https://api-sr.amplitude.com/sessions/v2/track?device_id=d&session_id=1&type="
    frame = {"type": 3, "timestamp": AT, "data": {"source": 2, "type": 2, "id": 7}}
    clicks = [{"timestamp": AT, "type": "click", "x": 1, "y": 2, "selector": "#a"}]
    people = [event(user_id=f"user-{n}", insert_id=f"i-{n}", library="amplitude-ts/2.48.1")
              for n in range(4)]  # fmt: skip
    return [
        *(recorded(path.stem) for path in sorted((DATA / "requests").glob("*.json"))),
        _json("https://api2.amplitude.com/2/httpapi", {"api_key": KEY, "events": people}),
        _json("https://api2.amplitude.com/batch", {"api_key": KEY, "events": people}),
        _json(f"{sessions}replay", {"version": 1, "events": [json.dumps(frame)] * 3}),
        _json(f"{sessions}replay", {"version": 2, "events": [frame] * 3}),
        _json(f"{sessions}interaction", {"version": 1, "events": clicks}),
        _json("https://api.lab.amplitude.com/sdk/v2/vardata?v=0", None, experiment,
              {"flag": {"key": "on", "payload": {"a": 1}, "metadata": {"default": False}}}),
        _json("https://api.lab.amplitude.com/sdk/v2/flags", None, experiment,
              [{"key": "flag", "variants": {"on": {"key": "on"}}, "segments": [{}]}]),
        _json(f"https://sr-client-cfg.amplitude.com/config/{KEY}?config_group=browser", None, (),
              {"configs": {"analyticsSDK": {"browserSDK": {"autocapture": {"sessions": True}}}}}),
        _json("https://gs.amplitude.com/sdk/v1/decide", {"user": {}}, experiment, {"ok": 1}),
        _form("/identify", api_key=KEY, identification=[{"user_id": "user-1",
              "user_properties": {"$set": {"a": 1}}}]),
        _form("/groupidentify", api_key=KEY, identification={"group_type": "org",
              "group_value": "x", "group_properties": {"$add": {"seats": 1}}}),
        _form("/attribution", api_key=KEY, event={"event_type": "install", "idfa": "x"}),
        _form("/usermap", api_key=KEY, mapping=[{"user_id": "a", "global_user_id": "b"}]),
        _form("/httpapi", api_key=KEY, event=people),
        _form("/", client=KEY, e=people, v="2", upload_time="1", checksum="0"),
    ]  # fmt: skip


# Mutations


def _bytes(body: bytes, rng: random.Random) -> bytes:
    data = bytearray(body or b"{}")
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0:
                data[at : at + 1] = bytes((rng.randrange(256),))
            case 1:
                del data[at : at + rng.randrange(1, 40)]
            case 2:
                data[at:at] = data[at : at + rng.randrange(1, 200)] * rng.randrange(1, 4)
            case 3:
                data = data[:at]
            case _:
                data[at:at] = rng.choice(
                    (b"\x00", b"\xff\xfe", b'"', b"[" * 300, b"%", b"&&=", b"\\u")
                )
        data = data or bytearray(b"{")
    return bytes(data)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def _document(document: Any, rng: random.Random) -> Any:
    """JSON with some of it replaced, removed, repeated or under another name."""
    if not isinstance(document, dict | list):
        return deepcopy(rng.choice(ODD))
    for _ in range(rng.choice((1, 1, 2, 5))):
        places = list(_places(document))
        if not places:
            return deepcopy(rng.choice(ODD))
        container, key = rng.choice(places)
        match rng.randrange(5):
            case 0 | 1:
                container[key] = deepcopy(rng.choice(ODD))
            case 2:
                del container[key]
            case 3 if isinstance(container, list):
                container += [container[key]] * rng.randrange(1, 30)
            case 4 if isinstance(container, dict):
                container[rng.choice(("delay", "insert_id", "library", "", "é", "events"))] = (
                    container.pop(key)
                )
            case _:
                container[key] = [container[key]]
    return document


def _as_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=True).encode()


def _json_or_bytes(body: bytes, rng: random.Random) -> bytes:
    plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    try:
        document = json.loads(plain)
    except ValueError:
        return _bytes(plain, rng)
    return _as_bytes(_document(document, rng))


def _headers(headers: Headers, rng: random.Random) -> Headers:
    name = rng.choice(("Content-Encoding", "Content-Type", "Authorization", "X-Amp-Exp-User"))
    value = rng.choice(("gzip", "br", "zstd", "deflate", "text/plain", "", "\x00", "é" * 50))
    return (*(pair for pair in headers if rng.random() < 0.7), (name, value))


def mutated(base: Capture, rng: random.Random) -> Capture:
    """One case."""
    body, headers, url = base.body, base.headers, base.url
    if rng.random() < 0.6:
        body = _json_or_bytes(body, rng)
    if rng.random() < 0.4:
        body = _bytes(body, rng)
    if rng.random() < 0.15:
        body = gzip.compress(body, 1)
        body = body if rng.random() < 0.5 else _bytes(body, rng)
    if rng.random() < 0.3:
        headers = _headers(headers, rng)
    if rng.random() < 0.2:
        query = rng.choice(("", "?api_key=%00", "?" + "a=b&" * 50, "?identification=[{}]", "?=&"))
        url = f"https://{rng.choice(HOSTS)}{rng.choice(PATHS)}{query}"
    return replace(
        base,
        url=url,
        headers=headers,
        body=body,
        method=base.method if rng.random() < 0.9 else rng.choice(("GET", "PUT", "OPTIONS", "")),
        via=rng.choice((Via.PROXY, Via.ENDPOINT)),
        delivery=Delivery.LOCAL,
    )


def answered(capture: Capture, rng: random.Random) -> Capture:
    """With an answer that nobody documented."""
    body = _as_bytes(_document(json.loads(json.dumps(rng.choice(ANSWERS))), rng))
    if rng.random() < 0.3:
        body = _bytes(body, rng)
    status = rng.choice((200, 200, 400, 413, 429, 500, 0, 999))
    return replace(capture, response=Response(status, _headers((), rng), body), duration_ms=1)


def make_cases(group: int) -> Iterator[Capture]:
    rng = random.Random(group)
    found = bases()
    for number in range(CASES):
        yield mutated(found[(number + group) % len(found)], rng)


# What must hold


def _explained(capture: Capture, decoded: Decoded) -> None:
    """It is something, and an upload without events says why."""
    assert decoded.kind in Kind
    assert (decoded.kind is Kind.UPLOAD) == (decoded.upload is not None)
    upload = decoded.upload
    if upload and not upload.events and not upload.problem and capture.body:
        assert b"event" in Request(capture).unpacked()[0], capture.url
    json.dumps(decoded.contents)


@pytest.mark.parametrize("group", range(GROUPS))
def test_nothing_escapes_and_every_body_is_kept(tmp_path: Path, group: int) -> None:
    rng = random.Random(1000 + group)
    ingestion = LocalIngestion(EAGER)
    seen: set[Kind] = set()
    with Store.write(tmp_path) as store:
        batch: list[tuple[Capture, Decoded]] = []
        kept: list[Capture] = []
        for capture in make_cases(group):
            decoded = decode(capture)
            seen.add(decoded.kind)
            _explained(capture, decoded)
            local = replace(capture, response=ingestion.answer(capture, decoded, AT))
            finished = rng.choice((capture, local, answered(capture, rng)))
            if decoded.upload:
                verdicts = judge(decoded.upload, finished)
                assert all(verdicts.of(at) for at in range(len(decoded.upload.events)))
                assert reaction(decoded.upload, finished, rng.randrange(1, 20)).sentence
            batch.append((finished, decoded))
            if len(batch) == BATCH:
                store.writer.add(batch)
                kept += [one for one, _ in batch[::20]]
                batch = []
        assert store.requests.span() == (1, CASES)
        for at, capture in enumerate(kept):
            number = at // (BATCH // 20) * BATCH + at % (BATCH // 20) * 20 + 1
            found = store.captures.get(number)
            assert found is not None
            assert found.capture.body == capture.body
            assert found.capture.response == capture.response or capture.response is None
    if group < STUDIED:
        with Study(tmp_path) as study:
            assert study.catch_up() == CASES
            assert not study._broken
    assert {Kind.UPLOAD, Kind.SESSION_REPLAY, Kind.EXPERIMENT, Kind.UNKNOWN} <= seen


@pytest.mark.parametrize("group", [GROUPS, GROUPS + 1])
def test_answers_that_come_later_do_not_escape_either(tmp_path: Path, group: int) -> None:
    rng = random.Random(group)
    with Store.write(tmp_path) as store:
        cases = [capture for capture, _ in zip(make_cases(group), range(500), strict=False)]
        numbers = store.writer.add([(capture, decode(capture)) for capture in cases])
        for number, capture in zip(numbers, cases, strict=True):
            store.writer.answer(number, answered(capture, rng), decode(capture))
        lines = list(store.uploads.export())
        assert all(sum(line["outcomes"].values()) == line["events"] for line in lines)
        assert all(line["next"]["says"] for line in lines if line["next"])


REPEATED: tuple[tuple[str, Callable[[int], bytes]], ...] = (
    ("https://api2.amplitude.com/2/httpapi", lambda n: b"[" * n),
    ("https://api2.amplitude.com/2/httpapi", lambda n: b'{"events":[' + b"0," * n),
    ("https://api2.amplitude.com/2/httpapi", lambda n: b'{"a":' * n),
    ("https://api.amplitude.com/", lambda n: b"client=1&e=" + b"%5B" * n),
    ("https://api-sr.amplitude.com/sessions/v2/track", lambda n: b'{"events":["' + b"\\u00" * n),
)


@pytest.mark.parametrize(("url", "body"), REPEATED)
@pytest.mark.parametrize("size", [10, 1000, 100_000])
def test_what_repeats_endlessly_is_a_problem_and_no_end(
    url: str, body: Callable[[int], bytes], size: int
) -> None:
    sent = Capture(AT, "POST", url, JSON_HEADERS, body(size))
    _explained(sent, decode(sent))
