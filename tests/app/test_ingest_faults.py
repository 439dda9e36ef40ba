"""
Faults: how they are written, whom they meet, what they answer.
"""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode import decode
from app.errors import BadInput
from app.ingest import faults
from app.ingest.faults import Faults, parse_fault
from app.model import Capture
from tests.factories import KEY, event, upload

CONFIG = Capture(0, "GET", "https://sr-client-cfg.amplitude.com/config/0?config_group=browser")
IDENTIFY = Capture(0, "POST", "https://api2.amplitude.com/identify", (), b"api_key=0")
SENT = upload(event(), event(device_id="device-2"))


def struck(on: Faults, capture: Capture = SENT) -> str:
    """The kind of the fault that decides this exchange, or nothing."""
    end = on.plan(capture, decode(capture)).end
    return end.kind if end else ""


def answer(text: str, capture: Capture = SENT) -> tuple[int, Any]:
    response = faults.answer(parse_fault(text), capture, decode(capture))
    assert response
    assert ("X-Eventscope-Fault", text) in response.headers
    try:
        return response.status, orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return response.status, response.body.decode()


@pytest.mark.parametrize("kind", faults.KINDS)
def test_every_kind_can_be_had_bare(kind: str) -> None:
    assert Faults([kind]).texts == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "600",
        "400=what",
        "500=fields",
        "latency=slow",
        "latency=9999999",
        "500@0",
        "500@1.5",
        "500@1.2.3",
        "500#0",
        "500#1.5",
        "reset=later",
        "latency=" + "9" * 5000,
        "500,port=80",
        "500,on=everything",
        "500,host=",
    ],
)
def test_what_cannot_be_meant(text: str) -> None:
    with pytest.raises(BadInput):
        parse_fault(text)


@given(st.text() | st.from_regex(r"(500|latency)[=@#,0-9.a-z]*"))
def test_any_text_is_a_fault_or_refused(text: str) -> None:
    try:
        rule = parse_fault(text)
    except BadInput:
        return
    assert rule.kind in faults.KINDS


def test_the_first_three() -> None:
    heard: list[str] = []
    on = Faults(["500#3"], lambda: heard.append("changed"))
    assert [struck(on) for _ in range(5)] == ["500", "500", "500", "", ""]
    assert on.texts == []
    assert heard == ["changed"]


def test_a_share_is_exact() -> None:
    on = Faults(["503@0.25"])
    assert [struck(on) for _ in range(8)] == ["", "", "", "503"] * 2
    on = Faults(["503@0.5#2"])
    assert [struck(on) for _ in range(8)] == ["", "503", "", "503", "", "", "", ""]


def test_the_first_fault_decides_and_latencies_add_up() -> None:
    on = Faults(["latency=200", "429#1", "500", "latency=50"])
    plan = on.plan(SENT, decode(SENT))
    assert plan.latency_ms == 250
    assert plan.end
    assert plan.end.kind == "429"
    assert struck(on) == "500"


def test_uploads_are_met_unless_told_otherwise() -> None:
    preflight = Capture(0, "OPTIONS", "https://api2.amplitude.com/2/httpapi")
    on = Faults(["500"])
    assert struck(on) == struck(on, IDENTIFY) == "500"
    assert struck(on, CONFIG) == struck(on, preflight) == ""
    assert struck(Faults(["remote-config-hang"]), CONFIG) == "remote-config-hang"
    assert struck(Faults(["remote-config-hang"])) == ""
    clicks = "remote-config-clicks"
    assert struck(Faults([f"{clicks},source=0"]), CONFIG) == clicks
    assert struck(Faults([f"{clicks},source=1"]), CONFIG) == ""
    assert struck(Faults(["504,on=remote-config"]), CONFIG) == "504"


def test_host_source_and_endpoint() -> None:
    assert struck(Faults(["500,host=api2.amplitude.com"])) == "500"
    assert struck(Faults(["500,host=shop.example"])) == ""
    assert struck(Faults([f"500,source={KEY}"])) == "500"
    assert struck(Faults(["500,source=other"])) == ""
    assert struck(Faults(["500,on=identify"])) == ""
    assert struck(Faults(["500,on=identify"]), IDENTIFY) == "500"


def test_replace_is_all_or_nothing() -> None:
    on = Faults(["500"])
    with pytest.raises(BadInput):
        on.replace(["503", "nonsense"])
    assert on.texts == ["500"]
    on.replace([])
    assert struck(on) == ""


def test_exact_bodies() -> None:
    invalid = {
        "code": 400,
        "error": "Invalid field values on some events",
        "missing_field": None,
        "events_with_invalid_fields": {"time": [0]},
        "events_with_missing_fields": {},
    }
    assert answer("400") == (400, invalid)
    assert answer("400=fields") == (400, invalid)
    assert answer("400=missing")[1]["events_with_missing_fields"] == {"event_type": [0]}
    assert answer("400=ids")[1]["events_with_invalid_id_lengths"] == {"user_id": [0]}
    assert answer("400=key")[1]["error"] == f"Invalid API key: {KEY}"
    assert answer("400=json")[1]["error"] == "Invalid JSON request body"
    assert answer("400=request")[1]["missing_field"] == "api_key"
    silenced = answer("400=silenced")[1]
    assert (silenced["silenced_devices"], silenced["silenced_events"]) == (["device-1"], [0])
    assert answer("413") == (413, {"code": 413, "error": "Payload too large"})
    status, body = answer("429")
    assert (status, body["code"], body["eps_threshold"]) == (429, 429, 30)
    assert body["throttled_users"] == {"user-1": 31}
    assert body["throttled_devices"] == {"device-1": 31, "device-2": 31}
    assert body["throttled_events"] == [0, 1]
    quota = answer("429=quota")[1]
    assert quota["exceeded_daily_quota_users"] == {"user-1": 500_001}
    assert quota["throttled_users"] == {}
    assert [answer(kind)[0] for kind in ("500", "503")] == [500, 503]
    assert "Bad Gateway" in answer("502")[1]
    assert "Gateway Time-out" in answer("504")[1]


def test_forced_features() -> None:
    status, body = answer("remote-config-force", CONFIG)
    assert status == 200
    assert body["configs"]["analyticsSDK"]["browserSDK"]["autocapture"]["elementInteractions"]
    # Clicks alone: nothing else is switched on, or off.
    told = answer("remote-config-clicks", CONFIG)[1]["configs"]["analyticsSDK"]["browserSDK"]
    assert told["autocapture"]["elementInteractions"] is True
    assert told["autocapture"].keys() == {"elementInteractions", "elementSelector"}


@pytest.mark.parametrize("kind", ["latency", "drip", "reset", "timeout", "truncated", "wrong-ok"])
def test_the_others_have_no_answer_of_their_own(kind: str) -> None:
    assert faults.answer(parse_fault(kind), SENT, decode(SENT)) is None
