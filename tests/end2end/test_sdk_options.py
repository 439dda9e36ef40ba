"""
Real SDKs for servers with options of their own: what `eventscope sdks` says is what they were
given, or that it is not known.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.app.sdks import evidence, known, options
from tests.end2end.capturing import TIMEOUT, Capturing, capturing, printed, trusting
from tests.end2end.test_sdks import API_KEY, SDKS, needs_node

pytestmark = pytest.mark.sdk

LATE = 1.15
"""How late a timer may be on a busy machine."""
LATE_MS = 100
ROUNDS = 12


def told(workspace: Path) -> dict[str, Any]:
    """What is said of the one SDK that sent."""
    (report,) = printed("sdks", workspace)
    (source,) = report["sources"]
    (instance,) = source["instances"]
    found: dict[str, Any] = instance
    return found


def wrong(instance: dict[str, Any], given: dict[str, Any]) -> list[Any]:
    """What is not as it was given, or not the default; and what was given and is not known."""
    found = known(instance)
    missing = [(name, options(instance)[name]) for name in given if name not in found]
    return missing + [
        (name, value, options(instance)[name])
        for name, value in found.items()
        if not _agrees(name, value, given.get(name, options(instance)[name]["default"]))
    ]


def _agrees(name: str, value: Any, expected: Any) -> bool:
    if name in ("apiKey", "api_key"):
        return bool(value == API_KEY)
    if "interval" not in name.lower():
        return bool(value == expected)
    late = LATE * expected + (LATE_MS if expected > 10 else 0.1)
    return bool(0.99 * expected <= value <= late)


def run(command: list[str], capture: Capturing, given: dict[str, Any]) -> dict[str, Any]:
    """What is said of an SDK that sends until that agrees with what it was given. Intervals are
    seen from when uploads leave, which on a busy machine takes more of them."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=SDKS,
        env=trusting(capture.certificate, capture.proxy), text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        for _ in range(ROUNDS):
            assert process.stdout.readline() == "round\n"
            instance = told(capture.workspace)
            if not wrong(instance, given):
                break
        _, errors = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, errors
    assert wrong(instance, given) == []
    return instance


@needs_node
def test_node_sdk(tmp_path: Path) -> None:
    plan = {"branch": "main", "source": "backend", "version": "4", "versionId": "v-4"}
    with capturing(tmp_path, "--delivery", "local") as capture:
        given = {
            "flushIntervalMillis": 400,
            "flushQueueSize": 7,
            "minIdLength": 2,
            "plan": plan,
            "ingestionMetadata": {"sourceName": "ampli", "sourceVersion": "1.0"},
            "serverUrl": f"{capture.endpoint}/collect",
        }
        arguments = {"sdk": "node", "apiKey": API_KEY, "options": given, "interval": 400}
        instance = run(["node", "node_options.js", json.dumps(arguments)], capture, given)
    assert (instance["sdk"], instance["version"]) == ("Node SDK", "1.5.73")
    assert evidence(instance, "useBatch") == (None, "unknown")
    assert evidence(instance, "logLevel") == (None, "unknown")


@needs_node
def test_legacy_node_sdk(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        given = {
            "uploadIntervalInSec": 0.4,
            "minIdLength": 4,
            "serverUrl": f"{capture.endpoint}/2/httpapi",
        }
        arguments = {"sdk": "legacy", "apiKey": API_KEY, "options": given, "interval": 400}
        instance = run(["node", "node_options.js", json.dumps(arguments)], capture, given)
    assert (instance["sdk"], instance["version"]) == ("Node SDK (legacy)", "1.10.2")


def test_python_sdk(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        given = {
            "flush_interval_millis": 500,
            "flush_queue_size": 6,
            "min_id_length": 3,
            "server_url": f"{capture.endpoint}/2/httpapi",
            "plan": {"branch": "main", "source": "backend", "version": "4"},
            "ingestion_metadata": {"source_name": "ampli", "source_version": "1.0"},
        }
        command = [sys.executable, "python_options.py", API_KEY, json.dumps(given)]
        instance = run(command, capture, given)
    assert (instance["sdk"], instance["version"]) == ("Python SDK", "1.3.0")
    assert evidence(instance, "storage_provider") == (None, "unknown")
