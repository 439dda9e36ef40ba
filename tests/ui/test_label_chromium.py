"""
Labeling in a browser of its own: the machine's Chromium, whose pages get the agent through the
proxy, on sites that guard themselves in every way that stops injected scripts.
"""

import gzip
import http.server
import queue
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import brotli
import pytest
import zstandard
from pytestqt.exceptions import TimeoutError as NeverHappened

from app.sdk.configured import configured
from app.sdk.dropped import dropped
from tests.conftest import leaving_nothing_behind
from tests.ui.chromium import PROGRAM, Chromium, Tab, chromium
from tests.ui.connecting import serving
from tests.ui.desk import CLICKED, FENCE, LEFT, Desk, desk_at
from tests.ui.frontends import ADMIN, ALL, BUNDLED, front_end
from tests.ui.test_browser import pytestmark
from ui.pages.label.own import OwnBrowser

pytestmark = [
    *pytestmark,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed"),
]

SEEN = b"""var seen = [];
for (const name of ['click', 'pointerdown', 'mousedown', 'keydown', 'submit'])
  for (const one of [window, document]) one.addEventListener(name, e => seen.push(name), true);
new MutationObserver(all => seen.push('mutation')).observe(document.documentElement,
  {subtree: true, attributes: true, characterData: true});
"""
PAGE = b"""<!doctype html><html><head><title>Shop</title>%s</head><body>
<main><button id="buy" class="cta"><b>Buy</b> now</button> <a id="more" href="#more">More</a></main>
<script nonce="own" src="/seen.js"></script></body></html>"""
HEADERS: dict[str, dict[str, str]] = {
    "plain": {},
    "strict": {"Content-Security-Policy": "default-src 'none'"},
    "nonce": {
        "Content-Security-Policy": "script-src 'nonce-own' 'strict-dynamic'; connect-src 'none'"
    },
    "hash": {
        "Content-Security-Policy": "script-src"
        " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    },
    "types": {
        "Content-Security-Policy": "script-src 'self'; require-trusted-types-for 'script';"
        " trusted-types 'none'"
    },
    "isolated": {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    },
    # Blocks scripts that do not say what they are, its own included.
    "integrity": {"Integrity-Policy": "blocked-destinations=(script)"},
    "gzip": {"Content-Encoding": "gzip"},
    "br": {"Content-Encoding": "br"},
    "zstd": {"Content-Encoding": "zstd"},
    "meta": {},
}
METAS = {"meta": b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'}
PACK = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress}
BODIES = {
    "/sandbox": PAGE % b"",
    "/app": PAGE
    % b"""<script nonce="own">addEventListener('click', e => {
  if (e.target.id === 'more') { e.preventDefault(); history.pushState({}, '', '/app/cart');
    document.querySelector('main').innerHTML = '<button id="pay">Pay</button>'; } })</script>""",
    "/frames": b"""<!doctype html><html><head><title>Frames</title></head><body>
<button id="buy">Outside</button><iframe id="mine" src="/plain"></iframe>
<iframe id="other" src="OTHER/plain"></iframe></body></html>""",
    "/shadow": b"""<!doctype html><html><head><title>Shadow</title></head><body><my-box></my-box>
<script>customElements.define('my-box', class extends HTMLElement { connectedCallback() {
  this.attachShadow({mode: 'open'}).innerHTML = '<p><button class=inner>In a box</button></p>'; } })
</script></body></html>""",
    "/worker": PAGE
    % b"""<script>addEventListener('load', async () => {
  await navigator.serviceWorker.register('/worker.js');
  await navigator.serviceWorker.ready; document.title = 'Ready'; })</script>""",
}
BODIES["/hostile"] = (
    PAGE
    % b"""<script>const no = () => { throw new Error('no') };
EventTarget.prototype.addEventListener = window.addEventListener = no;
window.fetch = window.setTimeout = JSON.stringify = no;
Array.prototype.toJSON = String.prototype.toJSON = () => 'no';
Event.prototype.stopImmediatePropagation = Event.prototype.preventDefault = no;
Object.defineProperty(Object.prototype, 'element', {get: no, configurable: true});
Object.defineProperty(Object.prototype, 'say', {get: () => 'leave', configurable: true});
</script>"""
)
WORKER = b"""
addEventListener('install', event => event.waitUntil(
  caches.open('v1').then(all => all.addAll(['/worker', '/seen.js'])).then(() => skipWaiting())));
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => event.respondWith(
  caches.match(event.request).then(kept => kept || fetch(event.request))));
"""
REST: queue.Queue[bytes] = queue.Queue()
"""What the page at /slow still sends."""


class Site(http.server.BaseHTTPRequestHandler):
    """Pages that guard themselves, by path."""

    def do_GET(self) -> None:
        name = self.path.strip("/").partition("?")[0]
        if self.path in ("/seen.js", "/worker.js"):
            self._answer(SEEN if name == "seen.js" else WORKER, {}, "text/javascript")
        elif name == "slow":
            self._stream()
        elif name in HEADERS:
            body = PACK.get(name, bytes)(PAGE % METAS.get(name, b""))
            self._answer(body, HEADERS[name])
        else:
            body = BODIES.get(self.path, b"")
            port = self.server.server_address[1]
            guard = (
                {"Content-Security-Policy": "sandbox allow-scripts"} if name == "sandbox" else {}
            )
            self._answer(body.replace(b"OTHER", b"http://127.0.0.1:%d" % port), guard)

    def _answer(self, body: bytes, headers: dict[str, str], kind: str = "text/html") -> None:
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        for header in headers.items():
            self.send_header(*header)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        before, _, after = (PAGE % b"").partition(b"<a id")
        self.wfile.write(before + b" " * 2000)
        self.wfile.flush()
        self.wfile.write(b"<a id" + REST.get() + after)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Its tests share a desk and a browser."""
    with leaving_nothing_behind():
        yield


@pytest.fixture(scope="module")
def desk(
    request: pytest.FixtureRequest, qapp: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    with desk_at(request, tmp_path_factory.mktemp("chromium")) as made:
        made.page.site.use_own_browser()
        yield made


@pytest.fixture(scope="module")
def browser(desk: Desk) -> Iterator[Chromium]:
    info = desk.context.capture.info
    assert info
    with chromium(desk.qtbot, info) as driven:
        yield driven


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Its address by a name that Chromium trusts as it trusts TLS."""
    with serving(Site) as url:
        yield url.replace("127.0.0.1", "localhost").rstrip("/")


@pytest.fixture
def tab(desk: Desk, browser: Chromium, site: str) -> Iterator[Tab]:
    """A new page, on a site that was chosen."""
    choose(desk, site.removeprefix("http://"))
    made = browser.tab()
    yield made
    made.do("Page.close")
    desk.navigate_mode()
    desk.page.cancel()


def own(desk: Desk) -> OwnBrowser:
    return desk.page.site.own


def choose(desk: Desk, *sites: str) -> None:
    own(desk).sites.setPlainText("\n".join(sites))
    desk.qtbot.mouseClick(own(desk).use, LEFT)


@contextmanager
def untouched(tab: Tab) -> Iterator[None]:
    """Whatever is done, the page notices nothing of it."""
    tab.run("typeof seen === 'undefined' || (seen.length = 0)")
    yield
    assert tab.run("typeof seen === 'undefined' ? [] : seen") == []


def go(desk: Desk, tab: Tab, url: str) -> None:
    """Open a page and wait for its agent."""
    tab.go(url)
    desk.until(lambda: desk.page.site.url == url)


def label(desk: Desk, tab: Tab, element: str, name: str) -> None:
    """Pick an element in Label mode, for which `name` is suggested."""
    desk.label_mode()
    with untouched(tab):
        desk.until(lambda: _picks(desk, tab, element))
        suggested(desk, name)


def suggested(desk: Desk, name: str) -> None:
    """The editor may still show what was picked before."""
    desk.until(lambda: desk.page.editor.isVisible() and desk.page.editor.name.text() == name)


def _picks(desk: Desk, tab: Tab, element: str) -> bool:
    # The page may not have heard of the mode yet; then the click goes to nobody who minds.
    if tab.run("document.documentElement.lastElementChild.tagName") == "EVENTSCOPE-AGENT":
        tab.click(element)
        return True
    return False


BUY = "document.getElementById('buy')"


def test_a_page_that_no_script_gets_into_is_said_and_left_alone(
    desk: Desk, tab: Tab, site: str
) -> None:
    tab.go(f"{site}/sandbox")
    desk.until(lambda: "built-in browser can label it" in own(desk).state.text())
    assert "localhost" in own(desk).state.text()
    desk.page.site.own.begin()
    go(desk, tab, f"{site}/plain")
    assert "is open in your browser" in own(desk).state.text()


@pytest.mark.parametrize("name", HEADERS)
def test_pages_that_guard_themselves(desk: Desk, tab: Tab, site: str, name: str) -> None:
    go(desk, tab, f"{site}/{name}")
    label(desk, tab, f"{BUY}.firstElementChild", "Buy now clicked")
    desk.until(lambda: "1 on this page" in desk.page.editor.count.text())
    desk.navigate_mode()
    tab.until("document.documentElement.lastElementChild.tagName === 'BODY'")
    assert tab.run("document.querySelectorAll('script[src*=__eventscope]').length") == 1
    if name not in ("strict", "hash", "meta", "integrity"):
        # Its own script ran as it does without us.
        tab.click(BUY)
        tab.until("seen.includes('click')")


def test_a_page_is_labeled_before_all_of_it_is_there(desk: Desk, tab: Tab, site: str) -> None:
    tab.go(f"{site}/slow")
    tab.until("document.readyState === 'loading' && Boolean(document.getElementById('buy'))")
    # The agent is there, and hears; only then the rest of the page comes.
    desk.until(lambda: tab.run("performance.getEntriesByType('resource').length") > 0)
    REST.put(b"")
    desk.until(lambda: desk.page.site.url == f"{site}/slow")
    label(desk, tab, BUY, "Buy now clicked")


def test_an_app_that_changes_its_address_without_loading(desk: Desk, tab: Tab, site: str) -> None:
    go(desk, tab, f"{site}/app")
    tab.click("document.getElementById('more')")
    tab.until("Boolean(document.getElementById('pay'))")
    label(desk, tab, "document.getElementById('pay')", "Pay clicked")
    rows = {row.field: row for row in desk.page.editor.rows}
    assert rows["page_url"].values[0].text().endswith("/app/cart")


def test_frames_of_chosen_sites_are_labeled_and_others_are_left_alone(
    desk: Desk, tab: Tab, site: str
) -> None:
    tab.go(f"{site}/frames")
    mine = "document.getElementById('mine').contentDocument"
    tab.until(f"{mine}?.readyState === 'complete' && Boolean({mine}.getElementById('buy'))")
    desk.until(lambda: desk.page.site.url.startswith(site))
    desk.label_mode()
    tab.until(f"{mine}.documentElement.lastElementChild.tagName === 'EVENTSCOPE-AGENT'")
    tab.click(f"{mine}.getElementById('buy')")
    suggested(desk, "Buy now clicked")
    desk.until(lambda: desk.page.site.url == f"{site}/plain")
    assert tab.run("document.getElementById('mine').contentWindow.seen") == []
    label(desk, tab, BUY, "Outside clicked")
    # The other one is of a site that nobody chose.
    assert tab.run("document.getElementById('other').contentDocument") is None
    loaded = tab.run("performance.getEntriesByType('resource').map(one => one.name)")
    assert f"{site}/__eventscope/agent.js" in loaded


def test_a_page_that_puts_its_own_in_the_place_of_everything(
    desk: Desk, tab: Tab, site: str
) -> None:
    go(desk, tab, f"{site}/hostile")
    label(desk, tab, BUY, "Buy now clicked")
    desk.until(lambda: "1 on this page" in desk.page.editor.count.text())


def test_what_is_in_an_open_shadow_root(desk: Desk, tab: Tab, site: str) -> None:
    go(desk, tab, f"{site}/shadow")
    inner = "document.querySelector('my-box').shadowRoot.querySelector('button')"
    label(desk, tab, inner, "In a box clicked")
    tab.press("ArrowUp")
    desk.until(lambda: desk.page.editor.trail.text().startswith("paragraph"))


def test_pages_that_a_service_worker_kept_are_said(desk: Desk, tab: Tab, site: str) -> None:
    choose(desk, "other.example")
    tab.go(f"{site}/worker")
    tab.until("document.title === 'Ready' && Boolean(navigator.serviceWorker.controller)")
    # It was kept before the site was chosen: no agent comes with it.
    choose(desk, site.removeprefix("http://"))
    desk.until(lambda: "Waiting" in own(desk).state.text() or own(desk).agent.is_there)
    for _attempt in range(20):
        # Not while another page of the site, which has just been closed, may still have spoken.
        tab.go(f"{site}/worker")
        with suppress(NeverHappened):
            desk.within(lambda: "service worker kept it" in own(desk).state.text(), 2500)
            break
    assert "Hold Shift and reload it" in own(desk).state.text()
    assert tab.run("document.querySelectorAll('script[src*=__eventscope]').length") == 0
    # As Chromium reloads with Shift held.
    tab.do("Page.reload", ignoreCache=True)
    tab.until("document.querySelectorAll('script[src*=__eventscope]').length === 1")
    label(desk, tab, BUY, "Buy now clicked")
    desk.navigate_mode()
    assert not desk.page.site.is_from_worker


@pytest.mark.sdk
@pytest.mark.skipif(not all(one.exists() for one in ALL), reason="npm's front ends are missing")
def test_a_template_with_its_own_service_worker(desk: Desk, tab: Tab) -> None:
    with front_end(BUNDLED) as at:
        choose(desk, at("newest").removeprefix("http://").rstrip("/"))
        url = f"{at('newest')}production/index.html"
        go(desk, tab, url)
        tab.run("navigator.serviceWorker.register('/sw.js')")
        tab.until("Boolean(navigator.serviceWorker.controller)")
        # This one asks the network first, so the agent comes along; it is said all the same.
        go(desk, tab, f"{at('newest')}production/form.html")
        desk.until(lambda: desk.page.site.is_from_worker)
        assert "service worker" in desk.page.hint.text()


@pytest.mark.sdk
@pytest.mark.skipif(not all(one.exists() for one in ALL), reason="npm's front ends are missing")
def test_a_click_becomes_a_labeled_event_that_counts(desk: Desk, tab: Tab) -> None:
    icon = "document.querySelector('form.navbar-search button i.fas')"
    with front_end(ADMIN) as at:
        choose(desk, at("newest").removeprefix("http://").rstrip("/"))
        go(desk, tab, f"{at('newest')}index.html")

        def clicked() -> int:
            """Click until it is reported; an SDK begins to listen a moment after the page."""
            before = desk.events(CLICKED)
            for _attempt in range(30):
                tab.click(icon)
                # All is stored that the SDK has taken so far: it sends in order.
                fences = desk.events(FENCE)
                tab.run(f"amplitude.track('{FENCE}') && 1")
                desk.until(lambda fences=fences: desk.events(FENCE) > fences)
                if desk.events(CLICKED) > before:
                    break
            assert desk.events(CLICKED) > before
            return desk.events(CLICKED)

        before = clicked()
        desk.study()
        desk.label_mode()
        desk.until(lambda: _picks(desk, tab, icon))
        desk.until(desk.page.editor.isVisible)
        desk.keep("Search pressed")
        desk.counts("Search pressed", desk.events(CLICKED))
        # Labeling itself sent nothing that came late: clicks of the mouse alone are there.
        assert desk.events(CLICKED) >= before
        clicked()
        desk.study()
        desk.until(lambda: desk.told["Search pressed"] == desk.events(CLICKED))
        # The page tells as well what its SDK was given, and what that leaves out.
        tab.run("amplitude.identify(new amplitude.Identify().set('plan', null)) && 1")
        told = desk.context.store.ask
        desk.until(lambda: any(told(dropped, {}).values()))
        (found,) = told(dropped, {}).values()
        assert [one.sentence for one in found] == ["User property “plan”: null is not taken."]
        desk.until(
            lambda: any(one.get("flushIntervalMillis") for one in told(configured, {}).values())
        )
