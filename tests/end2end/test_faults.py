"""
Faults on the connection, by local and by forward delivery, as a plain client meets them.
"""

import socket
import ssl
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.end2end.capturing import PATIENT, Capturing, capturing, eventscope, printed
from tests.end2end.upstream import Upstream, upstream

KEY = "0123456789abcdef0123456789abcdef"
DELIVERIES = ("local", "forward")
OK = b'{"code":200,"events_ingested":1,"payload_size_bytes":99,"server_upload_time":1}'


def body(insert_id: str = "one") -> dict[str, Any]:
    event = {"event_type": "Sent", "user_id": "user-1", "insert_id": insert_id}
    return {"api_key": KEY, "events": [event]}


def post(capture: Capturing, insert_id: str = "one") -> httpx.Response:
    return httpx.post(f"{capture.endpoint}/2/httpapi", json=body(insert_id))


@pytest.fixture
def far() -> Any:
    with upstream() as server:
        server.body = OK
        yield server


def faulty(folder: Path, far: Upstream, delivery: str, *faults: str, module: str = "proxy") -> Any:
    given = [part for fault in faults for part in ("--fault", fault)]
    given += ["--delivery", delivery, "--endpoint-upstream", far.url]
    return capturing(folder, *given, module=module)


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_an_error_answers_for_the_server(tmp_path: Path, far: Upstream, delivery: str) -> None:
    with faulty(tmp_path, far, delivery, "500#1", "429#1") as capture:
        assert capture.first["faults"] == ["500#1", "429#1"]
        answers = [post(capture) for _ in range(3)]
        assert capture.message("changed", faults=["429#1"])
        assert capture.message("changed", faults=[])
    assert [answer.status_code for answer in answers] == [500, 429, 200]
    assert answers[0].headers["x-eventscope-fault"] == "500#1"
    assert "x-eventscope-fault" not in answers[2].headers
    assert len(far.seen) == (delivery == "forward")
    outcomes = [entry["outcome"] for entry in printed("events", tmp_path)]
    assert outcomes == ["unanswered", "throttled", "accepted"]


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_latency(tmp_path: Path, far: Upstream, delivery: str) -> None:
    with faulty(tmp_path, far, delivery, "latency=400#1") as capture:
        started = time.monotonic()
        assert post(capture).status_code == 200
        assert time.monotonic() - started >= 0.4


@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize("fault", ["reset", "reset=after"])
def test_reset(tmp_path: Path, far: Upstream, delivery: str, fault: str) -> None:
    with faulty(tmp_path, far, delivery, f"{fault}#1") as capture:
        with pytest.raises(httpx.RemoteProtocolError):
            post(capture)
        assert post(capture).status_code == 200
    first, second = printed("uploads", tmp_path)
    assert first["status"] is None
    assert first["failure"].startswith("A fault that is on (reset")
    assert second["status"] == 200
    if delivery == "forward":
        assert len(far.seen) == (2 if fault == "reset=after" else 1)


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_truncated(tmp_path: Path, far: Upstream, delivery: str) -> None:
    with faulty(tmp_path, far, delivery, "truncated#1") as capture:
        with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
            post(capture)
        assert post(capture).json()["code"] == 200


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_wrong_ok(tmp_path: Path, far: Upstream, delivery: str) -> None:
    with faulty(tmp_path, far, delivery, "wrong-ok#1") as capture:
        assert post(capture).json() == {"ok": True}
        assert post(capture).json()["code"] == 200
    assert len(far.seen) == (2 if delivery == "forward" else 0)


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_drip(tmp_path: Path, far: Upstream, delivery: str) -> None:
    with faulty(tmp_path, far, delivery, "drip=5#1") as capture:
        started = time.monotonic()
        pieces = []
        with httpx.stream("POST", f"{capture.endpoint}/2/httpapi", json=body()) as answer:
            pieces = list(answer.iter_raw())
        assert time.monotonic() - started >= 0.3
        # How many of them are read at once is up to the machine.
        assert len(pieces) > 1
        assert b"".join(pieces).startswith(b'{"code":200,"events_ingested":1,')
        assert answer.headers["x-eventscope-fault"] == "drip=5#1"
        assert post(capture, "two").status_code == 200
    assert len(far.seen) == (2 if delivery == "forward" else 0)
    assert [entry["outcome"] for entry in printed("events", tmp_path)] == ["accepted"] * 2


def test_drip_through_the_proxy_over_tls(tmp_path: Path, far: Upstream) -> None:
    with (
        faulty(tmp_path, far, "local", "drip=1") as capture,
        httpx.Client(proxy=f"http://{capture.proxy}", verify=trusted(capture)) as client,
    ):
        answer = client.post("https://api2.amplitude.com/2/httpapi", json=body())
        assert answer.json()["events_ingested"] == 1


def trusted(capture: Capturing) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=capture.certificate)


def test_timeout_closes_in_the_end(tmp_path: Path, far: Upstream) -> None:
    with faulty(tmp_path, far, "local", "timeout=1#1") as capture:
        started = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError):
            post(capture)
        assert time.monotonic() - started >= 1
        assert post(capture).status_code == 200


def test_what_hangs_does_not_hold_up_the_end(tmp_path: Path, far: Upstream) -> None:
    with faulty(tmp_path, far, "local", "remote-config-hang=600", module=PATIENT) as capture:
        address = urlsplit(capture.endpoint)
        assert address.hostname
        assert address.port
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(b"GET /config/0?config_group=browser HTTP/1.1\r\nHost: x\r\n\r\n")
            capture.message("captured")
            assert capture.stop() == 0
            assert client.recv(1000) == b""


def test_faults_are_switched_while_running(tmp_path: Path, far: Upstream) -> None:
    with faulty(tmp_path, far, "local") as capture:
        assert post(capture).status_code == 200
        capture.send(type="set_faults", faults=["503@0.5"])
        capture.message("changed", faults=["503@0.5"])
        assert [post(capture).status_code for _ in range(4)] == [200, 503, 200, 503]
        capture.send(type="set_faults", faults=["nonsense"])
        assert "nonsense" in capture.message("trouble")["sentence"]
        capture.send(type="set_faults", faults=[])
        capture.message("changed", faults=[])
        assert [post(capture).status_code for _ in range(2)] == [200, 200]


def test_a_fault_that_is_none_is_wrong_usage() -> None:
    result = eventscope("capture", "--fault", "explode")
    assert result.returncode == 2
    assert "no fault" in result.stderr


def test_duplicates_and_limits_survive_a_restart(tmp_path: Path, far: Upstream) -> None:
    rules = {"sources": {KEY: {"daily_quota": 2}}}
    with faulty(tmp_path, far, "local") as capture:
        capture.send(type="set_ingestion", rules=rules)
        assert post(capture, "one").status_code == 200
        capture.send(type="set_faults", faults=[])
        capture.message("changed")
    assert (tmp_path / "ingestion.sqlite").stat().st_mode & 0o077 == 0
    with faulty(tmp_path, far, "local") as capture:
        capture.send(type="set_ingestion", rules=rules)
        assert post(capture, "two").status_code == 200
        answer = post(capture, "three")
        assert answer.status_code == 429
        assert answer.json()["exceeded_daily_quota_users"] == {"user-1": 3}
        capture.send(type="clear")
        capture.message("removed")
        assert post(capture, "three").status_code == 200
