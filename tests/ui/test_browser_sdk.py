"""
The real Browser SDK on a page in the built-in browser: what it says it sent is what is stored.
"""

import http.server
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.filter import Filter
from app.store import Store
from tests.ui.connecting import serving
from tests.ui.test_browser import context, opener, pytestmark  # noqa: F401
from ui.browser.opener import BrowserOpener
from ui.context import Context

SDK = Path(__file__).parents[1] / "sdk/node_modules/@amplitude/analytics-browser"
SCRIPT = SDK / "lib/scripts/amplitude-min.js"
KEY = "0123456789abcdef0123456789abcdef"

pytestmark = [
    *pytestmark,
    pytest.mark.sdk,
    pytest.mark.skipif(not SCRIPT.is_file(), reason="the Browser SDK from npm is not installed"),
]

PAGE = """<!doctype html><meta charset="utf-8"><title>Waiting</title>
<body><button id="buy">Buy</button>
<script src="/sdk.js"></script>
<script>
const options = {deviceId: 'browser-device-1', autocapture: {elementInteractions: true}};
const serverUrl = new URLSearchParams(location.search).get('serverUrl');
if (serverUrl) { options.serverUrl = serverUrl; }
const a = window.amplitude;
a.init('%s', 'browser-user-1', options);
const revenue = new a.Revenue().setProductId('p-1').setPrice(3.99).setQuantity(2);
const calls = [
  a.track('Browser Event', {price: 9.5, nested: {list: [1, 'zwei', null]}}),
  a.track('Ünïcödé 🎉 <b>event</b>', {text: 'a"b\\\\c\\nd'}),
  a.identify(new a.Identify().set('plan', 'pro').setOnce('first', 'today').add('visits', 1)),
  a.groupIdentify('org', 'acme', new a.Identify().set('size', 12)),
  a.revenue(revenue),
];
Promise.all(calls.map(call => call.promise)).then(results => {
  window.sent = JSON.stringify(results);
  document.title = 'Sent';
});
</script>"""

FAULTY = """<!doctype html><meta charset="utf-8"><title>Waiting</title>
<script src="/sdk.js"></script>
<script>
const a = window.amplitude;
a.init('%s', 'browser-user-1',
  {deviceId: 'browser-device-1', autocapture: false, fetchRemoteConfig: false});
const calls = [1, 2, 3, 4].map(n => a.track('Reaction', {n}, {insert_id: 'reaction-' + n}));
Promise.all(calls.map(call => call.promise)).then(results => {
  window.sent = JSON.stringify(results);
  document.title = 'Sent';
});
</script>"""


@contextmanager
def page_with_sdk(page: str = PAGE) -> Iterator[str]:
    """A page on loopback with the SDK as it was published."""
    script = SCRIPT.read_bytes()

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.path == "/sdk.js"
            body = script if wanted else (page % KEY).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if wanted else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Site) as url:
        yield url


@pytest.mark.parametrize("way", ["proxy", "endpoint"])
def test_browser_sdk(
    qtbot: QtBot,
    context: Context,  # noqa: F811
    opener: BrowserOpener,  # noqa: F811
    way: str,
) -> None:
    assert context.capture.info
    query = f"?serverUrl={context.capture.info.endpoint}/my/path" if way == "endpoint" else ""
    with page_with_sdk() as url:
        window = opener.open(url + query)
        qtbot.waitUntil(lambda: window.page.title() == "Sent")
        answers: list[str] = []
        window.page.runJavaScript("window.sent", answers.append)
        qtbot.waitUntil(lambda: bool(answers))
    sent = {entry["event"]["insert_id"]: entry for entry in json.loads(answers[0])}
    assert [entry["code"] for entry in sent.values()] == [200] * 5
    with Store.read(context.workspace) as store:
        stored = {entry["insert_id"]: entry for entry in store.events.export(Filter())}
        uploads = list(store.uploads.export())
    for insert_id, entry in sent.items():
        assert_same(entry["event"], stored[insert_id], way)
    assert {"session_start", "[Amplitude] Page Viewed"} <= {
        entry["event_type"] for entry in stored.values()
    }
    assert len(stored) == sum(upload["events"] for upload in uploads)
    assert {upload["problem"] for upload in uploads} == {""}


def assert_same(sent: dict[str, Any], stored: dict[str, Any], way: str) -> None:
    """What the SDK says it sent is stored, field by field."""
    wanted = {key: value for key, value in sent.items() if key not in ("extra", "amplitude_event")}
    assert stored["event"] == wanted
    assert stored["via"] == way
    assert stored["outcome"] == "accepted"
    assert stored["library"].startswith("amplitude-ts")


ALL = {f"reaction-{number}" for number in (1, 2, 3, 4)}


@pytest.mark.parametrize(
    ("fault", "refused", "statuses"),
    [
        # The first event is named and dropped, the others are sent again.
        ("400=fields#1", {"reaction-1": 400}, [400, 200]),
        ("400=key#1", dict.fromkeys(ALL, 400), [400]),
        # It halves the size of its queue, not this upload.
        ("413#1", {}, [413, 200]),
        ("429=quota#1", dict.fromkeys(ALL, 429), [429]),
        ("500#2", {}, [500, 500, 200]),
        ("503#1", {}, [503, 200]),
        ("reset#1", {}, [None, 200]),
        ("reset=after#1", {}, [None, 200]),
        # Taken, and not understood: all of it is sent again.
        ("wrong-ok#1", {}, [200, 200]),
    ],
)
def test_browser_sdk_meets_faults(
    qtbot: QtBot,
    context: Context,  # noqa: F811
    opener: BrowserOpener,  # noqa: F811
    fault: str,
    refused: dict[str, int],
    statuses: list[int | None],
) -> None:
    """In the end exactly the events that the documents promise are accepted, and what was said of
    the next step is what the SDK did."""
    with qtbot.waitSignal(context.capture.changed):
        context.capture.set_faults([fault])
    with page_with_sdk(FAULTY) as url:
        window = opener.open(url)
        qtbot.waitUntil(lambda: window.page.title() == "Sent")
        answers: list[str] = []
        window.page.runJavaScript("window.sent", answers.append)
        qtbot.waitUntil(lambda: bool(answers))
    told = {entry["event"]["insert_id"]: entry["code"] for entry in json.loads(answers[0])}
    assert told == dict.fromkeys(ALL, 200) | refused
    with Store.read(context.workspace) as store:
        stored = list(store.events.export(Filter()))
        uploads = list(store.uploads.export())
    accepted = {entry["insert_id"] for entry in stored if entry["outcome"] == "accepted"}
    assert accepted == ALL - refused.keys()
    outcomes = {one["id"]: one["outcome"] for one in stored}
    counted = [
        one["insert_id"]
        for one in stored
        if one["outcome"] == "accepted" and outcomes.get(one["repeat_of"]) != "accepted"
    ]
    assert sorted(counted) == sorted(accepted)
    assert [upload["status"] for upload in uploads] == statuses
    assert uploads[0]["next"]["upload"] == (None if len(statuses) == 1 else uploads[1]["id"])
