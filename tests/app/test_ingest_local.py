"""
Local ingestion as a whole: answers, limits, duplicates, and what it remembers.
"""

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from app.decode import decode
from app.errors import BadInput
from app.ingest.dedupe import WEEK_MS
from app.ingest.local import LocalIngestion
from app.ingest.rules import RuleBook, Rules, rule_book
from app.model import Capture, Response
from app.store.ingestion import FILE, IngestionStore, Kept
from tests.factories import KEY, event, upload

NOW = 1_795_281_200_000
BATCH_URL = "https://api2.amplitude.com/batch"
HOUR = 3_600_000


def judged(local: LocalIngestion, capture: Capture, now_ms: int = NOW) -> Response:
    return local.answer(capture, decode(capture), now_ms)


def answered(local: LocalIngestion, capture: Capture, now_ms: int = NOW) -> dict[str, Any]:
    response = judged(local, capture, now_ms)
    body: dict[str, Any] = orjson.loads(response.body)
    assert body["code"] == response.status
    return body


def with_rules(**rules: Any) -> LocalIngestion:
    return LocalIngestion(RuleBook(sources={"*": Rules(**rules)}))


def many(count: int, **fields: Any) -> list[dict[str, Any]]:
    return [event(insert_id=f"id-{n}", **fields) for n in range(count)]


def test_success_is_complete() -> None:
    sent = upload(*many(3))
    assert answered(LocalIngestion(), sent) == {
        "code": 200,
        "events_ingested": 3,
        "payload_size_bytes": len(sent.body),
        "server_upload_time": NOW,
    }


def test_two_thousand_events_and_no_more() -> None:
    people = [event(user_id=f"user-{n}", device_id=f"device-{n}") for n in range(2001)]
    assert answered(LocalIngestion(), upload(*people[:2000]))["events_ingested"] == 2000
    body = {"code": 413, "error": "Payload too large"}
    assert answered(LocalIngestion(), upload(*people)) == body
    assert answered(LocalIngestion(), upload(*people, url=BATCH_URL)) == body


def test_a_megabyte_for_http_v2_twenty_for_batch() -> None:
    big = event(event_properties={"x": "y" * (1 << 20)})
    assert answered(LocalIngestion(), upload(big))["code"] == 413
    assert answered(LocalIngestion(), upload(big, url=BATCH_URL))["code"] == 200


def test_unknown_api_key() -> None:
    local = LocalIngestion(rule_book({"known_keys": ["other"]}))
    body = answered(local, upload(event()))
    assert body["code"] == 400
    assert body["error"] == f"Invalid API key: {KEY}"
    assert answered(local, upload(event(), key="other"))["code"] == 200


def test_no_body() -> None:
    empty = Capture(NOW, "POST", "https://api2.amplitude.com/2/httpapi")
    assert answered(LocalIngestion(), empty)["error"] == "Missing request body"


def test_a_refused_upload_counts_nothing() -> None:
    local = with_rules(eps=1, window_seconds=3)
    good, bad = many(1)[0], event(insert_id="bad", time="x")
    for _ in range(5):
        assert answered(local, upload(good, good, bad))["code"] == 400
    assert judged(local, upload(good)).status == 200


def test_throttling_by_user_and_device_averaged_over_the_window() -> None:
    local = with_rules(eps=2, window_seconds=30)
    busy = {"user_id": "busy-user", "device_id": "busy-device"}
    assert answered(local, upload(*many(60, **busy)))["code"] == 200
    body = answered(local, upload(event(), event(**busy), event(user_id="busy-user")))
    assert body == {
        "code": 429,
        "error": "Too many requests for some devices and users",
        "eps_threshold": 2,
        "throttled_devices": {"busy-device": 3},
        "throttled_users": {"busy-user": 3},
        "exceeded_daily_quota_devices": {},
        "exceeded_daily_quota_users": {},
        "throttled_events": [1, 2],
    }
    assert answered(local, upload(event()))["code"] == 200
    assert answered(local, upload(event(**busy)), NOW + 29_000)["code"] == 429
    assert answered(local, upload(event(**busy)), NOW + 30_000)["code"] == 200


def test_batch_takes_more_and_is_counted_apart() -> None:
    local = LocalIngestion()
    assert answered(local, upload(*many(900)))["code"] == 200
    assert answered(local, upload(event()))["code"] == 429
    assert answered(local, upload(*many(2000), url=BATCH_URL))["code"] == 200
    for _ in range(14):
        assert answered(local, upload(*many(2000), url=BATCH_URL))["code"] == 200
    body = answered(local, upload(event(), url=BATCH_URL))
    assert body["code"] == 429
    assert body["eps_threshold"] == 1000


def test_daily_quota_rolls_by_the_hour() -> None:
    local = with_rules(daily_quota=10)
    assert answered(local, upload(*many(10)))["code"] == 200
    body = answered(local, upload(event(user_id="other-user"), event(device_id="other-device")))
    assert body["code"] == 429
    assert body["exceeded_daily_quota_devices"] == {"device-1": 11}
    assert body["exceeded_daily_quota_users"] == {"user-1": 11}
    assert body["throttled_users"] == {}
    assert body["throttled_events"] == [0, 1]
    assert answered(local, upload(event()), NOW + 23 * HOUR)["code"] == 429
    assert answered(local, upload(event()), NOW + 25 * HOUR)["code"] == 200


def test_silenced_devices() -> None:
    local = with_rules(silenced_devices=frozenset({"device-1"}))
    body = answered(local, upload(event(device_id="device-2"), event(), event()))
    assert body == {
        "code": 400,
        "error": "Events silenced for device_id",
        "eps_threshold": 30,
        "exceeded_daily_quota_devices": {},
        "silenced_devices": ["device-1"],
        "silenced_events": [1, 2],
        "throttled_devices": {},
        "throttled_events": [],
    }
    assert answered(local, upload(event(device_id="device-2")))["code"] == 200


def test_duplicates_are_answered_as_success() -> None:
    local = LocalIngestion()
    first, second = many(2)
    assert answered(local, upload(first))["events_ingested"] == 1
    body = answered(local, upload(first, second, second, event()))
    assert (body["code"], body["events_ingested"]) == (200, 4)


def restarted(local: LocalIngestion, folder: Path, now_ms: int = NOW) -> LocalIngestion:
    """Another ingestion with what this one has kept."""
    store = IngestionStore(folder)
    store.save([Kept(*row) for row in local.unsaved()], now_ms)
    store.close()
    store = IngestionStore(folder)
    again = LocalIngestion(RuleBook(sources={"*": Rules(eps=2, daily_quota=65)}))
    again.remember(store.load(now_ms))
    store.close()
    return again


def test_all_of_it_survives_a_restart(tmp_path: Path) -> None:
    local = with_rules(eps=2, daily_quota=65)
    assert answered(local, upload(*many(60)))["code"] == 200
    local = restarted(local, tmp_path)
    assert local.unsaved() == []
    body = answered(local, upload(event()), NOW + 20_000)
    assert body["throttled_devices"] == {"device-1": 3}
    assert answered(local, upload(*many(3)), NOW + 60_000)["code"] == 200
    local = restarted(local, tmp_path, NOW + 61_000)
    body = answered(local, upload(*many(3)), NOW + 120_000)
    assert body["exceeded_daily_quota_users"] == {"user-1": 66}
    # A week later nothing of it is left, on disk either.
    local = restarted(local, tmp_path, NOW + 2 * WEEK_MS)
    assert answered(local, upload(*many(60)), NOW + 2 * WEEK_MS)["code"] == 200
    store = IngestionStore(tmp_path)
    assert store.load(NOW + 2 * WEEK_MS) == []
    store.close()


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be looked at" * 100)
    store = IngestionStore(tmp_path)
    store.save([Kept('["seen","1","2"]', NOW + 1, b"not json")], NOW)
    rows = store.load(NOW)
    store.close()
    assert len(rows) == 1
    local = LocalIngestion()
    local.remember(rows)
    assert answered(local, upload(*many(1)))["code"] == 200


def test_clear_forgets() -> None:
    local = with_rules(eps=2, daily_quota=65)
    assert answered(local, upload(*many(60)))["code"] == 200
    assert answered(local, upload(*many(60)))["code"] == 429
    local.forget()
    assert answered(local, upload(*many(60)))["code"] == 200


def test_rules_change_while_running() -> None:
    local = LocalIngestion()
    assert answered(local, upload(*many(60)))["code"] == 200
    local.obey(rule_book({"sources": {KEY: {"eps": 1}}}))
    assert answered(local, upload(event()))["eps_threshold"] == 1
    local.obey(rule_book({}))
    assert answered(local, upload(event()))["code"] == 200


@pytest.mark.parametrize(
    "given",
    [
        {"keys": []},
        {"known_keys": "all"},
        {"sources": []},
        {"sources": {"*": 5}},
        {"sources": {"*": {"eps": "5"}}},
        {"sources": {"*": {"eps": 0}}},
        {"sources": {"*": {"speed": 5}}},
        {"sources": {"*": {"silenced_devices": [5]}}},
    ],
    ids=str,
)
def test_rules_that_cannot_be_meant(given: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        rule_book(given)


def form(path: str, fields: dict[str, str], host: str = "api2.amplitude.com") -> Capture:
    headers = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),)
    return Capture(NOW, "POST", f"https://{host}{path}", headers, urlencode(fields).encode())


def said(capture: Capture, local: LocalIngestion | None = None) -> tuple[int, str]:
    response = judged(local or LocalIngestion(), capture)
    return response.status, response.body.decode()


def text(value: object) -> str:
    return json.dumps(value)


def legacy(**fields: str) -> Capture:
    given = {
        "client": KEY,
        "e": text([{"event_type": "Seen", "device_id": "device-1"}]),
        "v": "2",
        "upload_time": "1795281200000",
        **fields,
    }
    if not given["e"]:
        return form("/", {"client": KEY, "v": "2"}, "api.amplitude.com")
    signed = given["v"] + given["client"] + given["e"] + given["upload_time"]
    given.setdefault("checksum", hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest())
    return form("/", given, "api.amplitude.com")


PERSON = {"user_id": "user-1"}
GROUP = {"group_type": "org", "group_value": "acme", "group_properties": {"size": 1}}


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        (legacy(), (200, "success")),
        (legacy(client=""), (400, "invalid_api_key")),
        (legacy(checksum="0" * 32), (400, "bad_checksum")),
        (legacy(e=""), (400, "missing_event")),
        (legacy(e="[{"), (400, "invalid_event_json")),
        (form("/identify", {"api_key": KEY, "identification": text(PERSON)}), (200, "success")),
        (
            form("/identify", {"api_key": KEY, "identification": text([{}])}),
            (400, "invalid_event_field. Invalid fields [user_id]."),
        ),
        (
            form("/groupidentify", {"api_key": KEY, "identification": text([GROUP])}),
            (200, "success"),
        ),
        (
            form("/groupidentify", {"api_key": KEY, "identification": text([GROUP] * 1025)}),
            (413, "Payload too large"),
        ),
        (form("/usermap", {"api_key": KEY, "mapping": text([])}), (400, "invalid_event_json")),
        (
            form("/httpapi", {"api_key": KEY, "event": text({"event_type": "A", **PERSON})}),
            (200, "success"),
        ),
        (
            form("/httpapi", {"api_key": KEY, "event": text({"event_type": "A"})}),
            (400, "invalid_event_field. Invalid fields [user_id]."),
        ),
        (form("/attribution", {"api_key": KEY}), (400, "missing_event")),
        (
            Capture(
                NOW,
                "GET",
                "https://api2.amplitude.com/identify?"
                + urlencode({"api_key": KEY, "identification": text(PERSON)}),
            ),
            (200, "success"),
        ),
        (
            Capture(NOW, "GET", "https://api2.amplitude.com/identify?api_key=" + "x" * 9000),
            (414, "Request-URI Too Long"),
        ),
        (
            form(
                "/collect",
                {"client": KEY, "v": "2", "e": text([{"event_type": "A"}])},
                "shop.example",
            ),
            (200, "success"),
        ),
    ],
)
def test_forms_are_answered_in_text(capture: Capture, expected: tuple[int, str]) -> None:
    assert said(capture) == expected


def test_forms_know_api_keys() -> None:
    local = LocalIngestion(rule_book({"known_keys": []}))
    assert said(legacy(), local) == (400, "invalid_api_key")


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        (
            "GET",
            "https://sr-client-cfg.amplitude.com/config/0?config_group=browser",
            '{"configs":{}}',
        ),
        ("GET", "https://flag.lab.amplitude.com/sdk/v2/flags", "[]"),
        ("GET", "https://api.lab.amplitude.com/sdk/v2/vardata?v=0", "{}"),
        ("POST", "https://api-sr.amplitude.com/sessions/v2/track?device_id=d", '{"code":200}'),
        (
            "GET",
            "https://regionconfig.eu.amplitude.com/",
            '{"ingestionEndpoint":"api.eu.amplitude.com"}',
        ),
        ("POST", "https://diagnostics.prod.us-west-2.amplitude.com/v1/capture", "{}"),
    ],
)
def test_the_other_services(method: str, url: str, body: str) -> None:
    capture = Capture(NOW, method, url, (("Origin", "https://shop.example"),), b"\x1f\x8bwhatever")
    response = judged(LocalIngestion(), capture)
    assert (response.status, response.body.decode()) == (200, body)
    assert ("Access-Control-Allow-Origin", "https://shop.example") in response.headers
