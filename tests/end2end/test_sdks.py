"""
Real SDKs, through the proxy over TLS and through the endpoint: what the SDK says it sent is what
`eventscope events` prints, field by field.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end2end.capturing import ROOT, TIMEOUT, Capturing, capturing, printed, trusting

SDKS = ROOT / "tests" / "sdk"
API_KEY = "0123456789abcdef0123456789abcdef"
WAYS = ("proxy", "endpoint")

pytestmark = pytest.mark.sdk

needs_node = pytest.mark.skipif(
    not shutil.which("node") or not (SDKS / "node_modules" / "@amplitude").is_dir(),
    reason="node or the SDKs from npm are not installed",
)


def run_sdk(command: list[str], capture: Capturing) -> list[dict[str, Any]]:
    """Run a driver; returns what the SDK says it sent."""
    result = subprocess.run(
        command,
        capture_output=True,
        check=False,
        cwd=SDKS,
        env=trusting(capture.certificate, capture.proxy),
        text=True,
        timeout=TIMEOUT,
    )
    assert result.returncode == 0, result.stderr
    sent = [json.loads(line) for line in result.stdout.splitlines()]
    assert [entry["code"] for entry in sent] == [200] * len(sent)
    return [entry["event"] for entry in sent]


def node(way: str, capture: Capturing) -> list[dict[str, Any]]:
    """The Node SDK's events."""
    options = {"apiKey": API_KEY}
    if way == "proxy":
        options["proxy"] = capture.proxy
    else:
        options["serverUrl"] = f"{capture.endpoint}/any/path"
    return run_sdk(["node", "node_driver.js", json.dumps(options)], capture)


def python(way: str, capture: Capturing) -> list[dict[str, Any]]:
    """The Python SDK's events."""
    where = [] if way == "proxy" else [f"{capture.endpoint}/2/httpapi"]
    return run_sdk([sys.executable, "python_driver.py", API_KEY, *where], capture)


def assert_same(sent: list[dict[str, Any]], stored: list[dict[str, Any]]) -> None:
    """Every event that was sent is stored once, with the same fields."""
    by_id = {entry["insert_id"]: entry for entry in stored}
    assert len(by_id) == len(stored) == len(sent)
    for event in sent:
        found = by_id[event["insert_id"]]
        wanted = {key: value for key, value in event.items() if key != "extra"}
        assert found["event"] == wanted
        assert found["event_type"] == event["event_type"]
        assert found["time_ms"] == event["time"]
        assert found["user_id"] == event["user_id"]
        assert found["device_id"] == event["device_id"]
        assert found["session_id"] == event["session_id"]
        assert found["library"] == event["library"]
        assert found["outcome"] == "accepted"


TYPES = {"$identify", "$groupidentify", "revenue_amount", "Ünïcödé 🎉 <b>event</b>"}


@needs_node
@pytest.mark.parametrize("way", WAYS)
def test_node_sdk(tmp_path: Path, way: str) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        sent = node(way, capture)
    stored = printed("events", tmp_path)
    assert_same(sent, stored)
    assert {entry["event_type"] for entry in stored} == TYPES | {"Node Event"}
    assert {entry["via"] for entry in stored} == {way}
    uploads = printed("uploads", tmp_path)
    assert {upload["api_key"] for upload in uploads} == {API_KEY}
    assert {upload["library"] for upload in uploads} == {"amplitude-node-ts/1.5.73"}
    assert {json.dumps(upload["options"]) for upload in uploads} == {'{"min_id_length": 3}'}
    assert all(upload["client_upload_ms"] for upload in uploads)


@pytest.mark.parametrize("way", WAYS)
def test_python_sdk(tmp_path: Path, way: str) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        sent = python(way, capture)
    stored = printed("events", tmp_path)
    assert_same(sent, stored)
    assert {entry["event_type"] for entry in stored} == TYPES | {"Py Event"}
    assert {upload["problem"] for upload in printed("uploads", tmp_path)} == {""}
