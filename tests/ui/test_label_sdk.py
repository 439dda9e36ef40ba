"""
Labeling beside the real Browser SDK: clicks switched on for a session, what the page tells of its
SDK's options, and whether the agent sees elements as the SDK reports them.
"""

import http.server
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.exceptions import TimeoutError as NeverHappened
from pytestqt.qtbot import QtBot

from app.filter import Filter
from app.sdk.configured import configured
from app.sdk.dropped import dropped
from app.sdk.report import sources
from tests.ui.connecting import serving
from tests.ui.test_browser import context, opener, pytestmark  # noqa: F401
from tests.ui.test_label_page import Person, person  # noqa: F401
from ui.browser.opener import BrowserOpener
from ui.browser.telling import Telling

SDK = Path(__file__).parents[1] / "sdk/node_modules/@amplitude/analytics-browser"
SCRIPT = SDK / "lib/scripts/amplitude-min.js"
SNIPPET = SDK / "lib/scripts/amplitude-snippet-min.js"
KEY = "0123456789abcdef0123456789abcdef"
LEFT = Qt.MouseButton.LeftButton
CLICKED = "[Amplitude] Element Clicked"

pytestmark = [
    *pytestmark,
    pytest.mark.sdk,
    pytest.mark.skipif(not SCRIPT.is_file(), reason="the Browser SDK from npm is not installed"),
]

PAGE = """<!doctype html><meta charset="utf-8"><title>Shop</title>
<body><main><h1>Shop</h1><button id="buy" class="cta wide"><b>Buy</b> now</button>
<my-box></my-box></main>
<script>customElements.define('my-box', class extends HTMLElement { connectedCallback() {
  this.attachShadow({mode: 'open'}).innerHTML = '<button class="inner">In a box</button>';
}})</script>
LOADER
<script>
amplitude.init('%s', 'user-1', {deviceId: 'device-1', flushIntervalMillis: 200, %s});
EARLY
</script>
"""


def snippet() -> str:
    """The SDK's own, as published, but for the address that it loads the SDK from."""
    code = re.sub(r'\.integrity="[^"]+"', ".integrity=''", SNIPPET.read_text("utf-8"))
    code, count = re.subn(r'\.src="https[^"]+"', ".src='/sdk.js'", code)
    assert count == 1
    return f"<script>{code}</script>"


@contextmanager
def shop(
    options: str, early: str = "", loader: str = '<script src="/sdk.js"></script>'
) -> Iterator[str]:
    """A page on loopback with the SDK as it was published, and options of its own; `early` is what
    it does with it at once. The SDK waits for `/go` if `early` fetches that."""
    script, goes = SCRIPT.read_bytes(), Event()
    if "/go" not in early:
        goes.set()

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.path == "/sdk.js"
            if self.path == "/go":
                goes.set()
            assert not wanted or goes.wait(120)
            page = (PAGE % (KEY, options)).replace("EARLY", early).replace("LOADER", loader)
            body = script if wanted else page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if wanted else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Site) as url:
        yield url


def go(person: Person, url: str) -> None:  # noqa: F811
    """Open a page, and wait until its first events are stored."""
    before = person.events("[Amplitude] Page Viewed")
    person.page.site.open(url)
    person.until(lambda: person.events("[Amplitude] Page Viewed") > before)
    person.study()


def click_and_see(person: Person, element: str, wait_ms: int = 60_000) -> None:  # noqa: F811
    """Click until it is reported: the SDK may begin to listen after its first page view."""
    before = person.events(CLICKED)

    def is_reported() -> bool:
        if person.events(CLICKED) == before:
            person.click(element)
        return person.events(CLICKED) > before

    person.within(is_reported, wait_ms)


def test_clicks_are_switched_on_without_touching_the_site(
    person: Person,  # noqa: F811
    qtbot: QtBot,
) -> None:
    switch, capture = person.page.clicks, person.context.capture
    with shop("autocapture: {elementInteractions: false}") as url:
        go(person, url)
        person.until(switch.isVisible)
        assert "reports no clicks" in switch.text.text()
        assert capture.faults == []
        qtbot.mouseClick(switch.button, LEFT)
        person.until(lambda: "Switch off" in switch.button.text())
        assert capture.faults == [f"remote-config-clicks,source={KEY}"]
        # An SDK waits a second for its configuration, and goes on without it where all is slow.
        for _attempt in range(12):
            go(person, url)
            with suppress(NeverHappened):
                click_and_see(person, "document.getElementById('buy')", 5000)
                break
        click_and_see(person, "document.querySelector('my-box').shadowRoot.querySelector('button')")
        person.study()
        person.until(switch.isVisible)
        qtbot.mouseClick(switch.button, LEFT)
        person.until(lambda: not capture.faults)
        # There are clicks now, so there is nothing to offer any more.
        person.until(lambda: not switch.isVisible())


def test_what_cannot_be_switched_on_says_so(person: Person) -> None:  # noqa: F811
    switch = person.page.clicks
    with shop("autocapture: {elementInteractions: false}, fetchRemoteConfig: false") as url:
        go(person, url)
        person.until(switch.isVisible)
        person.until(lambda: not switch.button.isVisible())
        assert "in its code" in switch.text.text()


def test_a_site_with_clicks_is_left_alone(person: Person) -> None:  # noqa: F811
    switch = person.page.clicks
    with shop("autocapture: {elementInteractions: true}") as url:
        go(person, url)
        click_and_see(person, "document.getElementById('buy')")
        person.study()
        switch.look_at(url)
        person.until(lambda: not switch.isVisible())


def test_the_page_tells_what_its_sdk_was_given(person: Person) -> None:  # noqa: F811
    options = (
        "cookieOptions: {expiration: 30, sameSite: 'Strict'}, logLevel: 3,"
        " autocapture: {elementInteractions: true, sessions: false}"
    )
    with shop(options) as url:
        go(person, url)

        def told() -> dict[str, tuple[object, str]]:
            found = person.context.store.ask(lambda store: sources(store, configured(store)), [])
            return {
                one.option.name: (one.value, str(one.evidence))
                for source in found
                for report in source.instances
                for one in report.options
            }

        person.until(lambda: told().get("cookieOptions.expiration") == (30, "configured"))
        found = told()
        assert found["cookieOptions.sameSite"] == ("Strict", "configured")
        assert found["logLevel"] == ("Verbose", "configured")
        assert found["autocapture.sessions"] == (False, "configured")
        assert found["flushIntervalMillis"] == (200, "configured")
        assert found["apiKey"][1] == "wire"
        # Nothing stays behind in the page, and nothing was sent for it.
        symbols = person.run("Object.getOwnPropertySymbols(window).map(String)")
        assert not [one for one in symbols if "eventscope" in one]


def test_the_agent_sees_what_the_sdk_reports(person: Person) -> None:  # noqa: F811
    check = person.page.selfcheck
    with shop("autocapture: {elementInteractions: true}") as url:
        go(person, url)
        for element in ("document.getElementById('buy')", "document.querySelector('#buy b')"):
            click_and_see(person, element)
        person.until(lambda: check.compared >= 2)
    assert not [one for one in person.context.notifications._waiting if "otherwise" in one.text]


EARLY = "amplitude.identify(new amplitude.Identify().set('early', null));"
LOSES = """document.getElementById('buy').addEventListener('click', () => {
  const identify = new amplitude.Identify();
  window.answered = identify.set('plan', null) === identify;
  identify.set('tier', 'gold').setOnce('tier', 'silver').add('visits', 'one').set('tags', [[1]]);
  amplitude.identify(identify);
  amplitude.revenue(new amplitude.Revenue().setPrice(2).setEventProperties({deep: [true]}));
  amplitude.track('Bought', {size: 3, callback: () => 1, missing: undefined, share: NaN});
})"""


def test_the_page_tells_what_its_sdk_leaves_out(
    person: Person,  # noqa: F811
    opener: BrowserOpener,  # noqa: F811
) -> None:
    with shop("autocapture: false", EARLY) as url:
        # A window of its own, as Connect opens it.
        telling = Telling(person.context, opener)
        opener.opened.connect(telling.attach)
        window = opener.open(url)
        person.until(lambda: not window.page.isLoading() and window.page.title() == "Shop")

        def told() -> set[str]:
            found = person.context.store.ask(
                lambda store: sources(store, configured(store), dropped(store)), []
            )
            return {
                one.sentence
                for source in found
                for report in source.instances
                for one in report.dropped
            }

        def is_told() -> bool:
            window.page.runJavaScript("document.getElementById('buy').click()")
            person.study()
            return len(told()) >= 9

        window.page.runJavaScript(LOSES)
        person.until(is_told)
        assert told() == {
            # Before the page was there.
            "User property “early”: null is not taken.",
            "User property “plan”: null is not taken.",
            "User property “tier”: it was set already in the same identify, or after clearAll.",
            "User property “visits”: it is not a number.",
            "User property “tags”: a list may hold numbers, texts and objects alone.",
            "Property of a revenue “deep”: it holds something that is not taken, or more than"
            " 1,000 keys.",
            "Event property “callback”: it is a function.",
            "Event property “missing”: it is undefined.",
            "Event property “share”: it is not a number.",
        }
        answers: list[object] = []
        window.page.runJavaScript("answered", answers.append)
        person.until(lambda: answers == [True])
        # All the rest was sent as it is.
        sent = person.context.store.ask(lambda store: list(store.events.export(Filter())), [])
        bought = next(one for one in sent if one["event_type"] == "Bought")
        given = bought["event"]["event_properties"]
        assert (given["size"], given["share"]) == (3, None)
        assert "missing" not in given
        # And options of such a window are told as well.
        person.until(
            lambda: any(
                one.option.name == "autocapture.sessions" and str(one.evidence) == "configured"
                for source in person.context.store.ask(
                    lambda store: sources(store, configured(store)), []
                )
                for report in source.instances
                for one in report.options
            )
        )


ASKED = """
const identify = new amplitude.Identify().set('plan', null).set('tier', 'gold');
amplitude.identify(identify.setOnce('tier', 'silver'));
amplitude.groupIdentify('team', 'blue', new amplitude.Identify().add('size', 'big'));
amplitude.revenue(new amplitude.Revenue().setPrice(2).setEventProperties({deep: [true]}));
amplitude.track('Bought', {size: 3, missing: undefined});
amplitude.track({event_type: 'Sold', event_properties: {callback: () => 1}});
</script><script>
setTimeout(() => { window.taken = amplitude._q.map(one => one.name); fetch('/go'); }, 0);
"""


def test_what_was_asked_of_an_sdk_that_was_still_loading(
    person: Person,  # noqa: F811
) -> None:
    with shop("autocapture: {attribution: false}", ASKED, snippet()) as url:
        go(person, url)

        def told() -> set[str]:
            found = person.context.store.ask(
                lambda store: sources(store, configured(store), dropped(store)), []
            )
            return {
                one.sentence
                for source in found
                for report in source.instances
                for one in report.dropped
            }

        person.until(lambda: len(told()) >= 6)
        assert told() == {
            "User property “plan”: null is not taken.",
            "User property “tier”: it was set already in the same identify, or after clearAll.",
            "User property “size”: it is not a number.",
            "Property of a revenue “deep”: it holds something that is not taken, or more than"
            " 1,000 keys.",
            "Event property “missing”: it is undefined.",
            "Event property “callback”: it is a function.",
        }
        # What the snippet took is what the page asked for, and each of it was sent once.
        asked = ["init", "identify", "groupIdentify", "revenue", "track", "track"]
        assert person.run("taken") == asked
        person.until(lambda: person.events("Sold") > 0)
        sent = ("$identify", "$groupidentify", "revenue_amount", "Bought", "Sold")
        assert [person.events(name) for name in sent] == [1, 1, 1, 1, 1]
