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
from tests.end2end.capturing import capturing, printed, trusting
from tests.end2end.test_sdks import API_KEY, SDKS, needs_node

pytestmark = pytest.mark.sdk

LATE = 1.15
"""How late a timer may be on a busy machine."""
LATE_MS = 100


def told(workspace: Path) -> dict[str, Any]:
    """What is said of the one SDK that sent."""
    (report,) = printed("sdks", workspace)
    (source,) = report["sources"]
    (instance,) = source["instances"]
    found: dict[str, Any] = instance
    return found


def assert_given(instance: dict[str, Any], given: dict[str, Any], shown: set[str]) -> None:
    """What is known is what was given, or the default; and these are known."""
    found = known(instance)
    for name in shown:
        assert name in found, (name, options(instance)[name])
    for name, value in found.items():
        if name in ("apiKey", "api_key"):
            assert value == API_KEY
            continue
        expected = given.get(name, options(instance)[name]["default"])
        if "interval" in name.lower():
            late = LATE * expected + (LATE_MS if expected > 10 else 0.1)
            assert 0.99 * expected <= value <= late, options(instance)[name]
        else:
            assert value == expected, (name, options(instance)[name])


def run(command: list[str], certificate: str, proxy: str) -> None:
    """Run a driver to its end."""
    result = subprocess.run(
        command, capture_output=True, check=False, cwd=SDKS, env=trusting(certificate, proxy),
        text=True, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


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
        run(["node", "node_options.js", json.dumps(arguments)], capture.certificate, capture.proxy)
    instance = told(tmp_path)
    assert (instance["sdk"], instance["version"]) == ("Node SDK", "1.5.73")
    assert_given(instance, given, set(given))
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
        run(["node", "node_options.js", json.dumps(arguments)], capture.certificate, capture.proxy)
    instance = told(tmp_path)
    assert (instance["sdk"], instance["version"]) == ("Node SDK (legacy)", "1.10.2")
    assert_given(instance, given, set(given))


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
        run([sys.executable, "python_options.py", API_KEY, json.dumps(given)], "", "")
    instance = told(tmp_path)
    assert (instance["sdk"], instance["version"]) == ("Python SDK", "1.3.0")
    assert_given(instance, given, set(given))
    assert evidence(instance, "storage_provider") == (None, "unknown")
