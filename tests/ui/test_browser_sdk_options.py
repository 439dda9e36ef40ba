"""
Real SDKs on pages in the built-in browser, with options of their own: what `eventscope sdks` says
of each is what it was given, or that it is not known.

All pages are frames of one, so that one browser drives them at the same time.
"""

import http.server
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.store import Store
from tests.app.sdks import evidence, known, options
from tests.end2end.capturing import printed
from tests.ui.connecting import serving
from tests.ui.test_browser import context, opener, pytestmark  # noqa: F401
from ui.browser.opener import BrowserOpener
from ui.context import Context

SDKS = Path(__file__).parents[1] / "sdk" / "node_modules"
SCRIPTS = {
    "browser-1": "browser-1/lib/scripts/amplitude-min.js",
    "browser-2-old": "browser-2-old/lib/scripts/amplitude-min.js",
    "script": "@amplitude/analytics-browser/lib/scripts/amplitude-min.js",
    "custom": "@amplitude/analytics-browser/lib/scripts/amplitude-min.js",
    "unified": "@amplitude/unified/lib/scripts/amplitude-min.umd.js",
    "legacy": "amplitude-js/amplitude.umd.min.js",
    "replay": "@amplitude/session-replay-browser/lib/scripts/session-replay-browser-min.js",
    "experiment": "@amplitude/experiment-js-client/dist/experiment.umd.js",
}
KEYS = {name: f"{number:x}" * 32 for number, name in enumerate(SCRIPTS, 1)}

pytestmark = [
    *pytestmark,
    pytest.mark.sdk,
    pytest.mark.skipif(
        not all((SDKS / path).is_file() for path in SCRIPTS.values()),
        reason="the SDKs from npm are not installed",
    ),
]

SAMPLING = {"sample_rate": 1, "capture_enabled": True}
TOLD = {"configs": {"sessionReplay": {"sr_sampling_config": SAMPLING}}}
"""Nothing is recorded unless the server says something of it, and the one here does not."""
PLAN = {"branch": "main", "source": "web", "version": "3", "versionId": "v-3"}
GIVEN: dict[str, dict[str, Any]] = {
    "browser-1": {
        "flushIntervalMillis": 400,
        "flushQueueSize": 4,
        "appVersion": "1.2.3",
        "minIdLength": 3,
        "partnerId": "partner-1",
        "useBatch": True,
        "attribution": {"disabled": True},
        "defaultTracking": {"sessions": True, "pageViews": True},
        "trackingOptions": {"language": False, "osName": False},
    },
    # Its tracking options cannot be switched off: 2.0.0 puts the defaults over what it is given.
    "browser-2-old": {
        "flushIntervalMillis": 600,
        "flushQueueSize": 5,
        "serverZone": "EU",
        "plan": PLAN,
        "ingestionMetadata": {"sourceName": "ampli", "sourceVersion": "2.0"},
        "defaultTracking": False,
    },
    "script": {
        "flushIntervalMillis": 500,
        "flushQueueSize": 6,
        "minIdLength": 2,
        "appVersion": "9.9",
        "fetchRemoteConfig": False,
        "autocapture": {"elementInteractions": True, "pageViews": False, "sessions": False,
                        "attribution": False, "pageUrlEnrichment": False},
        "trackingOptions": {"platform": False},
    },
    "custom": {
        "serverUrl": "ENDPOINT/collect/here",
        "transport": "beacon",
        "flushIntervalMillis": 800,
        "autocapture": {"attribution": True},
    },
    "unified": {
        "analytics": {"flushIntervalMillis": 700, "appVersion": "5", "sessionTimeout": 2500}
    },
    "legacy": {
        "batchEvents": True,
        "eventUploadThreshold": 50,
        "eventUploadPeriodMillis": 900,
        "partnerId": "partner-8",
        "plan": PLAN,
        "platform": "Kiosk",
        "trackingOptions": {"city": False, "ip_address": False},
    },
    "replay": {
        "deviceId": "device-replay",
        "sessionId": 1795281104973,
        "sampleRate": 1,
        "privacyConfig": {"defaultMaskLevel": "conservative"},
        "captureDocumentTitle": True,
        "storeType": "memory",
        "configServerUrl": "SITE/config",
    },
    "experiment": {"serverZone": "EU", "pollOnStart": False},
}  # fmt: skip

# A timer's interval shows only when events come far apart, a queue's size only when many wait.
DRIVE = """
const wait = ms => new Promise(done => setTimeout(done, ms));
let again = async () => {};
const drive = async (track, interval) => {
  again = async () => {
    for (let n = 0; n < 6; n += 1) { track('Slow ' + n); await wait(interval * 1.5 + 150); }
  };
  await again();
  for (let n = 0; n < 20; n += 1) { track('Quick ' + n); }
  await wait(interval + 600);
  for (let n = 0; n < 20; n += 1) { track('Quick again ' + n); }
  await wait(interval + 600);
};
"""
BROWSER = """
const a = window.amplitude;
a.init('KEY', 'user-1', OPTIONS);
await drive(name => a.track(name), OPTIONS.flushIntervalMillis);
"""
RUNS = {
    "browser-1": BROWSER,
    "browser-2-old": BROWSER,
    "script": BROWSER.replace(
        "await drive", "document.getElementById('buy').click();\nawait drive"
    ),
    "custom": BROWSER,
    "unified": """
const a = window.amplitude || window.amplitudeUnified;
await a.initAll('KEY', OPTIONS);
await drive(name => a.track(name), OPTIONS.analytics.flushIntervalMillis);
await wait(3000);
a.track('After a pause');
await wait(1500);
""",
    "legacy": """
const a = window.amplitude.getInstance();
await new Promise(done => a.init('KEY', 'user-1', OPTIONS, done));
await drive(name => a.logEvent(name), OPTIONS.eventUploadPeriodMillis);
""",
    "replay": """
const asked = window.fetch;
window.fetch = (...given) => asked(...given).then(
  answer => String(given[0]).includes('/config/') ? new Response(JSON.stringify(TOLD)) : answer);
await window.sessionReplay.init('KEY', OPTIONS).promise;
await wait(500);
for (let n = 0; n < 5; n += 1) {
  document.body.append(document.createElement('p'));
  await wait(700);
}
await window.sessionReplay.flush(true);
""",
    "experiment": """
const e = window.Experiment.initialize('client-KEY', OPTIONS);
await e.start({user_id: 'user-1', device_id: 'device-1'});
await e.fetch({user_id: 'user-1', device_id: 'device-1'});
""",
}
FRAME = """<!doctype html><meta charset="utf-8"><title>%(name)s</title>
<body><button id="buy">Buy</button>
<script src="/%(name)s.js"></script>
<script>
%(drive)s
(async () => {
  const OPTIONS = %(options)s;
  %(run)s
  addEventListener('message', async event => {
    if (event.data === 'again') { await again(); parent.postMessage('done', '*'); }
  });
})().then(() => parent.postMessage('done', '*'),
          error => parent.postMessage('%(name)s: ' + error + (error.stack || ''), '*'));
</script>"""
INDEX = """<!doctype html><meta charset="utf-8"><title>Waiting</title><body>
<script>
const names = %s, said = [];
addEventListener('message', event => {
  if (typeof event.data !== 'string') { return; }
  if (event.data !== 'done' && !names.some(name => event.data.startsWith(name + ':'))) { return; }
  said.push(event.data);
  const failed = said.filter(one => one !== 'done');
  if (said.length < names.length) { return; }
  document.title = failed.length ? 'Failed: ' + failed.join(' ') : 'All done';
});
const again = () => {
  said.length = 0;
  document.title = 'Again';
  for (let at = 0; at < frames.length; at += 1) { frames[at].postMessage('again', '*'); }
};
for (const name of names) {
  const frame = document.createElement('iframe');
  frame.src = '/' + name + '.html';
  document.body.append(frame);
}
</script>"""


def page_of(name: str, endpoint: str) -> str:
    """The page of one SDK."""
    given = json.dumps(GIVEN[name]).replace("ENDPOINT", endpoint)
    given = given.replace('"SITE', 'location.origin + "')
    return FRAME % {
        "name": name,
        "drive": DRIVE,
        "options": given,
        "run": RUNS[name].replace("KEY", KEYS[name]).replace("TOLD", json.dumps(TOLD)),
    }


@contextmanager
def pages(endpoint: str) -> Iterator[str]:
    """A site on loopback with a page for each SDK, and one that holds them all."""
    found = {"/": INDEX % json.dumps(list(SCRIPTS))}
    for name, path in SCRIPTS.items():
        found[f"/{name}.html"] = page_of(name, endpoint)
        found[f"/{name}.js"] = (SDKS / path).read_text("utf-8")

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = found.get(self.path.partition("?")[0], "").encode()
            self.send_response(200 if body else 404)
            is_script = self.path.endswith(".js")
            self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Site) as url:
        yield url


def flat(name: str) -> dict[str, Any]:
    """What was given, under the names of the table."""
    found: dict[str, Any] = {}
    for key, value in GIVEN[name].items():
        if key in ("autocapture", "trackingOptions") and isinstance(value, dict):
            found.update({f"{key}.{one}": its for one, its in value.items()})
        elif key == "defaultTracking":
            each = ("sessions", "pageViews", "fileDownloads", "formInteractions", "attribution")
            its = value if isinstance(value, dict) else dict.fromkeys(each, value)
            found.update({f"{key}.{one}": is_on for one, is_on in its.items()})
        elif key == "attribution":
            found[key] = not value.get("disabled")
        elif key == "fetchRemoteConfig":
            found["remoteConfig.fetchRemoteConfig"] = value
        elif key == "analytics":
            found.update(value)
        else:
            found[key] = value
    return found


MUST: dict[str, tuple[str, ...]] = {
    "browser-1": (
        "flushIntervalMillis", "flushQueueSize", "appVersion", "minIdLength", "partnerId",
        "useBatch", "defaultTracking.sessions", "defaultTracking.pageViews",
        "trackingOptions.language",
    ),
    "browser-2-old": (
        "flushIntervalMillis", "flushQueueSize", "serverZone", "plan", "ingestionMetadata",
        "defaultTracking.sessions", "defaultTracking.pageViews",
    ),
    "script": (
        "flushIntervalMillis", "flushQueueSize", "minIdLength", "appVersion",
        "remoteConfig.fetchRemoteConfig", "autocapture.elementInteractions",
        "autocapture.pageViews", "autocapture.sessions", "autocapture.attribution",
        "autocapture.pageUrlEnrichment", "trackingOptions.platform",
    ),
    "custom": ("serverUrl", "transport", "flushIntervalMillis"),
    "unified": ("flushIntervalMillis", "appVersion", "sessionTimeout"),
    "legacy": (
        "batchEvents", "eventUploadPeriodMillis", "partnerId", "plan", "platform",
        "trackingOptions.city", "trackingOptions.ip_address",
    ),
    "replay": (
        "sampleRate", "privacyConfig", "captureDocumentTitle", "storeType", "configServerUrl",
    ),
    "experiment": ("serverZone",),
}  # fmt: skip
"""What traffic does show of these options."""
ABOUT_MS = {"flushIntervalMillis", "eventUploadPeriodMillis"}
"""A busy machine is late; then a tenth of a second more is thought."""
ROUNDS = 8
"""In which they send until their intervals are seen."""
SDK_NAMES = {
    "browser-1": ("Browser SDK", "1.13.4", "npm", None),
    "browser-2-old": ("Browser SDK", "2.0.0", "npm", None),
    "script": ("Browser SDK", "2.47.0", "script", None),
    "custom": ("Browser SDK", "2.47.0", "script", None),
    "legacy": ("JavaScript SDK (legacy)", "8.21.9", None, None),
    "replay": ("Session Replay SDK", "1.48.3", None, None),
}


@pytest.fixture
def instances(
    qtbot: QtBot,
    context: Context,  # noqa: F811
    opener: BrowserOpener,  # noqa: F811
) -> dict[str, dict[str, Any]]:
    """What is said of each SDK after all have run."""
    assert context.capture.info
    endpoint = context.capture.info.endpoint
    with pages(endpoint) as url:
        window = opener.open(url)
        ended = ("All done", "Failed")
        for _ in range(ROUNDS):
            qtbot.waitUntil(lambda: window.page.title().startswith(ended))
            assert window.page.title() == "All done"
            qtbot.waitUntil(lambda: is_settled(context.workspace))
            found = said_of(context.workspace, endpoint, url)
            if all(about_right(name, option, one) for name, one in found.items()
                   for option in ABOUT_MS.intersection(MUST[name])):  # fmt: skip
                break
            window.page.runJavaScript("again()")
            qtbot.waitUntil(lambda: window.page.title() == "Again")
    return found


def is_settled(workspace: Path) -> bool:
    with Store.read(workspace) as store:
        return not store.connection.execute(
            "SELECT 1 FROM captures WHERE status IS NULL AND failure = ''"
        ).fetchone()


def said_of(workspace: Path, endpoint: str, url: str) -> dict[str, dict[str, Any]]:
    """Each instance by the name of its page."""
    (told,) = printed("sdks", workspace)
    found: dict[str, dict[str, Any]] = {}
    for source in told["sources"]:
        for one in source["instances"]:
            key = options(one).get("apiKey", options(one).get("deploymentKey", {})).get("value")
            name = next((name for name, own in KEYS.items() if key and own in key), "")
            if one["family"] == "experiment" or name != "experiment":
                found[name or one["sdk"]] = one
    return {
        name: json.loads(
            json.dumps(one).replace(endpoint, "ENDPOINT").replace(url.rstrip("/"), "SITE")
        )
        for name, one in found.items()
    }


def about_right(name: str, option: str, one: dict[str, Any]) -> bool:
    """Whether an interval is known, and what was given or little more."""
    expected = flat(name).get(option, options(one)[option]["default"])
    value = known(one).get(option, 0)
    return bool(expected - 5 <= value <= expected * 1.15 + 100)


def test_what_is_said_of_real_sdks(instances: dict[str, dict[str, Any]]) -> None:
    assert set(instances) == set(SCRIPTS)
    for name, (sdk, version, build, wrapper) in SDK_NAMES.items():
        one = instances[name]
        assert (one["sdk"], one["version"], one["build"], one["wrapper"]) == (
            sdk, version, build, wrapper,
        ), name  # fmt: skip
    assert instances["unified"]["wrapper"].startswith("Unified SDK 1.1.25")
    assert instances["unified"]["family"] == "browser-2"
    for name, one in instances.items():
        truth = flat(name)
        for option in MUST[name]:
            assert option in known(one), (name, option, options(one)[option])
        for option, value in known(one).items():
            told = options(one)[option]
            if name in ("replay", "experiment") and option not in truth:
                continue
            if option in ("apiKey", "library", "forceHttps", "enableDiagnostics"):
                continue
            if option == "experiment":
                # All frames are of one origin, where Experiment runs too.
                continue
            expected = truth.get(option, told["default"])
            if option in ABOUT_MS:
                assert about_right(name, option, one), (name, told)
            elif expected in (None, ""):
                assert value in (None, "", {}), (name, told)
            elif option == "sessionTimeout":
                assert value["at_least_ms"] <= expected < value["below_ms"], (name, told)
            elif option == "privacyConfig":
                # The SDK adds what it always leaves out.
                assert expected.items() <= value.items(), (name, told)
            else:
                assert value == expected, (name, told)
    assert evidence(instances["script"], "experiment") == (True, "wire")
    # What cannot be told is said so.
    assert evidence(instances["script"], "transport") == (None, "unknown")
    assert evidence(instances["script"], "logLevel") == (None, "unknown")
    assert evidence(instances["custom"], "useBatch") == (None, "unknown")
