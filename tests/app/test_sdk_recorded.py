"""
Recorded traffic of real SDKs: what is said of their options is what they were given, or unknown.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from app.model import Capture, Response
from tests.app.sdks import evidence, known, learned, options
from tests.factories import DATA

TOLD = "remote-config-200-forces-autocapture"
"""Here the server decided, and not the page."""
SCENARIOS = [path for path in sorted((DATA / "sdk").glob("*.json")) if path.stem != TOLD]
START_MS = 1_795_281_200_000
FEATURES = (
    "attribution", "pageViews", "sessions", "formInteractions", "fileDownloads",
    "elementInteractions", "frustrationInteractions", "networkTracking", "webVitals",
    "pageUrlEnrichment",
)  # fmt: skip
FLAT = {"fetchRemoteConfig": "remoteConfig.fetchRemoteConfig"}
CONFIGS = {
    "analyticsSDK": {
        "browserSDK": {
            "autocapture": {"elementInteractions": {"enabled": True}, "pageViews": False}
        }
    }
}


def captures(name: str, configs: dict[str, Any] | None = None) -> list[Capture]:
    """The requests of a scenario, answered."""
    requests = json.loads((DATA / "sdk" / f"{name}.json").read_text("utf-8"))["requests"]
    answer = json.dumps({"configs": configs or {}}).encode()
    return [
        Capture(
            at_ms=START_MS + 1000 * number,
            method=one["method"],
            url=one["url"],
            headers=tuple(one["headers"].items()),
            body=base64.b64decode(one["body_base64"]),
            response=Response(200, (), answer if one["method"] == "GET" else b'{"code":200}'),
            duration_ms=5,
        )
        for number, one in enumerate(requests)
    ]


def given(name: str) -> dict[str, Any]:
    """The options that the recording's page gave its SDK, flat."""
    config = json.loads((DATA / "sdk" / f"{name}.json").read_text("utf-8"))["config"]
    found: dict[str, Any] = {}
    for key, value in config.items():
        if key == "autocapture" and value is True:
            found.update({f"autocapture.{feature}": True for feature in FEATURES})
        elif key == "autocapture":
            for feature, setting in value.items():
                found[f"autocapture.{feature}"] = setting is not False
                if isinstance(setting, dict):
                    found.update(
                        {f"autocapture.{feature}.{one}": its for one, its in setting.items()}
                    )
        elif key == "remoteConfig":
            found.update({f"remoteConfig.{one}": its for one, its in value.items()})
        else:
            found[FLAT.get(key, key)] = value
    return found


@pytest.mark.parametrize("name", [path.stem for path in SCENARIOS])
def test_never_wrong(tmp_path: Path, name: str) -> None:
    """Whatever is claimed is so: the option that was given, or else the default."""
    truth = given(name)
    instances = learned(tmp_path, captures(name))
    for instance in instances:
        if instance["family"] not in ("browser-2", "legacy-js"):
            continue
        for option, one in options(instance).items():
            if one["evidence"] == "unknown" or option in ("apiKey", "library"):
                continue
            if option in ("enableDiagnostics", "diagnosticsSampleRate"):
                continue
            expected = truth.get(option, one["default"])
            assert one["value"] in (expected, None if expected == "" else expected), (option, one)
            assert one["because"], option


KNOWN: dict[str, dict[str, Any]] = {
    "browser-default": {"flushIntervalMillis": 1000, "autocapture.formInteractions": True},
    "browser-eu-zone": {"serverZone": "EU"},
    "browser-batch": {
        "useBatch": True,
        "serverZone": "US",
        "autocapture.sessions": False,
        "autocapture.pageViews": False,
        "autocapture.pageUrlEnrichment": False,
    },
    "browser-gzip-custom-server": {"enableRequestBodyCompression": True},
    "browser-beacon": {"transport": "beacon", "flushQueueSize": 1, "identityStorage": "cookie"},
    "browser-identify-group-revenue": {
        "appVersion": "9.9.9",
        "partnerId": "partner-1",
        "minIdLength": 1,
        "plan": {"branch": "main", "source": "web", "version": "1.0.0", "versionId": "v-uuid"},
        "ingestionMetadata": {"sourceName": "ampli", "sourceVersion": "2.0.0"},
    },
    "browser-autocapture-true": {
        "autocapture.elementInteractions": True,
        "remoteConfig.fetchRemoteConfig": False,
    },
    "browser-attribution-event-property": {
        "autocapture.attribution": True,
        "autocapture.attribution.fallbackAttributionEvent": True,
        "autocapture.pageViews": False,
    },
    "browser-web-vitals": {"autocapture.webVitals": True},
    "remote-config-custom-url": {
        "remoteConfig.serverUrl": "https://collect.example.test/config",
        "remoteConfig.fetchRemoteConfig": True,
    },
    "browser-sdk-2.11.13": {"autocapture.elementInteractions": True},
    "legacy-amplitude-js": {"apiEndpoint": "collect.example.test/"},
    "legacy-amplitude-js-batch": {"batchEvents": True},
    "legacy-amplitude-js-default-host": {"batchEvents": False, "serverZone": "US"},
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_shows_is_found(tmp_path: Path, name: str) -> None:
    (instance,) = learned(tmp_path, captures(name))
    assert KNOWN[name].items() <= known(instance).items()


def test_the_server_wins(tmp_path: Path) -> None:
    """Told by remote configuration, and then seen: both are said."""
    (instance,) = learned(tmp_path, captures(TOLD, CONFIGS))
    clicks = options(instance)["autocapture.elementInteractions"]
    assert (clicks["value"], clicks["evidence"], clicks["differs"]) == (True, "wire", True)
    assert any("The server says elementInteractions" in one["text"] for one in clicks["because"])
    assert evidence(instance, "autocapture.pageViews") == (False, "remote_config")


def test_python_and_node(tmp_path: Path) -> None:
    (python,) = learned(tmp_path / "py", captures("python-sdk"))
    assert (python["sdk"], python["version"]) == ("Python SDK", "1.3.0")
    assert known(python)["server_url"].endswith("/2/httpapi")
    (node,) = learned(tmp_path / "node", captures("node-sdk"))
    assert (node["sdk"], node["version"]) == ("Node SDK", "1.5.73")


def test_each_sentence_names_captures_that_show_it(tmp_path: Path) -> None:
    (instance,) = learned(tmp_path, captures("browser-default"))
    (interval,) = options(instance)["flushIntervalMillis"]["because"]
    assert interval["captures"] == [4, 5, 6]
    assert interval["text"].startswith("3 of 3 uploads left 1,0")
