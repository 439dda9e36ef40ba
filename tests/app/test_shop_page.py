"""
The demo shop in a real browser engine: what its page sends, compared with generated history.

The engine runs in a process of its own (this file, run as a program): the built-in browser's tests
need to be the first to start it in theirs.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.decode import decode
from app.demo import markup
from app.demo.catalog import Product, catalog
from app.demo.markup import Element
from app.demo.senders import WEB_KEY
from app.demo.site import respond
from app.model import Capture, Upload

LIMIT_S = 180

# One click a line: what is filled in before, and what is clicked.
CLICKS: list[tuple[dict[str, str], str]] = [
    ({}, "#popular li:nth-child(2) a"),
    ({}, "#add-to-cart"),
    ({}, ".departments a:nth-child(6)"),
    ({}, "#list li:nth-child(3) a"),
    ({}, "#add-to-cart"),
    ({}, "#also li:nth-child(1) a"),
    ({"#search input": "hat"}, ".search-go"),
    ({}, "#list li:nth-child(1) a"),
    ({}, "#cart-link"),
    ({}, "#lines li:nth-child(2) .remove"),
    ({}, "#account"),
    ({"#sign-in [name=email]": "ada@example.com", "#sign-in [name=password]": "s3cret"},
     "#sign-in-button"),
    (
        {f"#checkout-form [name={name}]": "x@y.example"
         for name in ("name", "street", "postcode", "city", "email")},
        "#place-order",
    ),
    ({}, "#brand"),
    ({"#newsletter-form input": "ada@example.com"}, "#subscribe"),
]  # fmt: skip


def named(slug: str) -> Product:
    return next(product for product in catalog().products if product.slug == slug)


def expected() -> list[Element]:
    """What the generator would say of these clicks."""
    traverse, scree, hat = named("traverse-45"), named("scree-boots"), named("brim-hat")
    wear = scree.department
    beside = catalog().beside(scree)[0]
    return [
        markup.card(markup.HOME, "popular", 1, 8, traverse),
        markup.add_button(traverse),
        markup.department_link(markup.product_page(traverse), wear),
        markup.card(markup.department_page(wear), "list", 2, 5, scree),
        markup.add_button(scree),
        markup.card(markup.product_page(scree), "also", 0, 3, beside),
        markup.search_button(markup.product_page(beside)),
        markup.card(markup.search_page("hat"), "list", 0, 1, hat),
        markup.cart_link(markup.product_page(hat), 2),
        markup.remove_button(scree, 1, 2),
        markup.sign_in_link(markup.CART),
        markup.sign_in_button(),
        markup.order_button(),
        markup.brand_link(markup.THANKS),
        markup.subscribe_button(markup.HOME),
    ]


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What a browser sent and said while somebody clicked through the shop."""
    environment = os.environ | {"QTWEBENGINE_DISABLE_SANDBOX": "1"}
    # An engine of its own: that of the window's tests goes through a proxy.
    environment.pop("QTWEBENGINE_CHROMIUM_FLAGS", None)
    found = subprocess.run(
        [sys.executable, "-m", "tests.app.test_shop_page"],
        capture_output=True,
        timeout=LIMIT_S * 2,
        check=False,
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    assert found.returncode == 0, found.stderr.decode()[-2000:]
    result: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return result


pytestmark = pytest.mark.webengine


@pytest.fixture
def uploads(seen: dict[str, Any]) -> list[Upload]:
    found = []
    for posted in seen["posted"]:
        headers = tuple(posted["headers"].items())
        url = f"{markup.ORIGIN}{posted['path']}"
        upload = decode(Capture(1, "POST", url, headers, posted["body"].encode())).upload
        assert upload
        found.append(upload)
    return found


@pytest.fixture
def events(uploads: list[Upload]) -> list[dict[str, Any]]:
    return [event.raw for upload in uploads for event in upload.events]


def test_the_page_has_nothing_to_complain_about(seen: dict[str, Any]) -> None:
    assert seen["console"] == []


def test_every_upload_is_understood(uploads: list[Upload]) -> None:
    assert {upload.problem for upload in uploads} == {""}
    assert {upload.api_key for upload in uploads} == {WEB_KEY}
    assert {upload.library for upload in uploads} == {"eventscope-shop/1.0"}
    assert all(1 <= len(upload.events) <= 30 for upload in uploads)


def test_clicks_are_described_as_the_history_describes_them(
    seen: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    clicks = [
        event["event_properties"]
        for event in events
        if event["event_type"] == "[Amplitude] Element Clicked"
    ]
    for click, element in zip(clicks, expected(), strict=True):
        told = orjson.loads(orjson.dumps(element.first | element.second | element.third))
        href = click.get("[Amplitude] Element Href", "")
        click["[Amplitude] Element Href"] = href.replace(seen["origin"], markup.ORIGIN)
        assert {key: click.get(key) for key in told} == told
        extra = {key for key in click if key.startswith("[Amplitude] Element ")} - set(told)
        places = {"[Amplitude] Element Position Left", "[Amplitude] Element Position Top"}
        assert extra - {"[Amplitude] Element Href"} == places


def test_what_happens_is_told_in_the_words_of_the_history(events: list[dict[str, Any]]) -> None:
    kinds = [
        event["event_type"] for event in events if not event["event_type"].startswith("[Amplitude]")
    ]
    assert kinds == [
        "session_start",
        "Product Viewed",
        "Add to Cart",
        "Product Viewed",
        "Add to Cart",
        "Product Viewed",
        "Products Searched",
        "Product Viewed",
        "Cart Viewed",
        "Remove from Cart",
        "$identify",
        "Signed In",
        "Checkout Started",
        "Order Completed",
        "revenue_amount",
        "$identify",
        "Newsletter Signed Up",
        "$identify",
    ]


def test_ids_are_those_of_one_person(events: list[dict[str, Any]]) -> None:
    assert len({event["device_id"] for event in events}) == 1
    assert len({event["session_id"] for event in events}) == 1
    assert [event["event_id"] for event in events] == list(range(len(events)))
    assert len({event["insert_id"] for event in events}) == len(events)
    start = events[0]
    assert start["time"] == start["session_id"]
    first = next(n for n, event in enumerate(events) if event["event_type"] == "$identify")
    users = [event.get("user_id") for event in events]
    assert set(users[:first]) == {None}
    assert len(set(users[first:])) == 1
    assert users[-1].startswith("cust_")


def test_what_a_person_typed_stays_on_the_page(seen: dict[str, Any]) -> None:
    text = json.dumps(seen["posted"])
    assert "ada@" not in text
    assert "s3cret" not in text
    assert "x@y" not in text


def test_pages_are_viewed_under_the_same_addresses(
    seen: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    views = [e["event_properties"] for e in events if e["event_type"] == "[Amplitude] Page Viewed"]
    pages = [(view["[Amplitude] Page Path"], view["[Amplitude] Page Title"]) for view in views]
    traverse, scree = named("traverse-45"), named("scree-boots")
    beside = catalog().beside(scree)[0]
    wanted = [
        markup.HOME,
        markup.product_page(traverse),
        markup.department_page(scree.department),
        markup.product_page(scree),
        markup.product_page(beside),
        markup.search_page("hat"),
        markup.product_page(named("brim-hat")),
        markup.CART,
        markup.ACCOUNT,
        markup.CHECKOUT,
        markup.THANKS,
        markup.HOME,
    ]
    assert pages == [(page.url.removeprefix(markup.ORIGIN) or "/", page.title) for page in wanted]
    assert [view["[Amplitude] Page Counter"] for view in views] == list(range(1, len(views) + 1))
    assert views[0]["[Amplitude] Previous Page Type"] == "direct"
    assert views[1]["[Amplitude] Previous Page Location"] == f"{seen['origin']}/"


def test_forms_are_started_and_submitted(events: list[dict[str, Any]]) -> None:
    forms = [
        (event["event_type"].rpartition(" ")[2], event["event_properties"]["[Amplitude] Form ID"])
        for event in events
        if "Form" in event["event_type"]
    ]
    assert forms == [
        (what, form)
        for form in ("search", "sign-in", "checkout-form", "newsletter-form")
        for what in ("Started", "Submitted")
    ]


def test_what_waits_when_the_page_goes_leaves_as_a_beacon(uploads: list[Upload]) -> None:
    transports = [upload.transport for upload in uploads]
    assert transports[-1] == "beacon"
    assert set(transports[:-1]) == {"fetch"}
    assert uploads[-1].events[-1].raw["user_properties"] == {"$set": {"newsletter": True}}


def test_the_panel_lists_what_was_sent(seen: dict[str, Any]) -> None:
    assert seen["panel"][:4] == [
        "[Amplitude] Page Viewed sent",
        "$identify sent",
        "revenue_amount sent",
        "Order Completed sent",
    ]
    assert len(seen["panel"]) == 7


# --- the browser, in a process of its own -----------------------------------------------------


class Shop(BaseHTTPRequestHandler):
    """The shop's files, and an ingestion that takes everything."""

    posted: list[dict[str, Any]] = []

    def do_GET(self) -> None:
        status, headers, body = respond(self.path)
        self._answer(status, headers, body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posted.append(
            {"path": self.path, "headers": dict(self.headers), "body": body.decode()}
        )
        answer = {"code": 200, "events_ingested": body.count(b"insert_id")}
        self._answer(200, [("Content-Type", "application/json")], json.dumps(answer).encode())

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


def script() -> str:
    """Fills and clicks one after the other, as fast as the page follows."""
    return (
        """
        window.told = [];
        const rest = () => new Promise((done) => setTimeout(done, 50));
        (async () => {
          for (const [fields, target] of CLICKS) {
            while (!document.querySelector(target)) await rest();
            for (const [field, value] of Object.entries(fields)) {
              const input = document.querySelector(field);
              input.value = value;
              input.dispatchEvent(new Event("change", { bubbles: true }));
            }
            if (target === "#subscribe") {
              // Everything before has been sent by now, so that only this is left for the end.
              while (document.querySelector("#wire.busy")) await rest();
            }
            document.querySelector(target).click();
            if (target === "#place-order") {
              await rest();
              while (document.querySelector("#wire.busy")) await rest();
              window.panel = [...document.querySelectorAll("#wire-list li")].map((item) =>
                `${item.firstChild.textContent} ${item.lastChild.textContent}`);
            }
            await rest();
          }
          window.done = JSON.stringify(window.panel);
        })();
        """
    ).replace("CLICKS", json.dumps(CLICKS))


def main() -> None:
    """Click through the shop and print what came of it as one line of JSON."""
    from PySide6.QtCore import QEventLoop, QTimer, QUrl
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication
    from shiboken6 import delete

    console: list[str] = []

    class Page(QWebEnginePage):
        def javaScriptConsoleMessage(self, level: object, text: str, *where: object) -> None:
            console.append(f"{text} {where}")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    application = QApplication([])
    profile = QWebEngineProfile()
    page = Page(profile)
    # A page that nobody sees has its timers slowed down.
    view = QWebEngineView()
    view.setPage(page)
    view.show()
    loop = QEventLoop()
    panel: list[str] = []

    def loaded(ok: bool) -> None:
        if page.url().toString() == "about:blank":
            return
        assert ok
        page.runJavaScript(script())
        look()

    def look() -> None:
        page.runJavaScript("window.done ?? ''", 0, found)

    def found(text: object) -> None:
        if not text:
            QTimer.singleShot(50, look)
            return
        panel.extend(json.loads(str(text)))
        page.setUrl(QUrl("about:blank"))
        wait_for_beacon()

    def wait_for_beacon() -> None:
        if any("text/plain" in each["headers"].get("Content-Type", "") for each in Shop.posted):
            loop.quit()
        else:
            QTimer.singleShot(50, wait_for_beacon)

    page.loadFinished.connect(loaded)
    page.setUrl(QUrl(f"{origin}/"))
    QTimer.singleShot(LIMIT_S * 1000, loop.quit)
    loop.exec()
    for part in (view, page, profile):
        delete(part)
    application.shutdown()
    server.shutdown()
    server.server_close()
    result = {"posted": Shop.posted, "console": console, "origin": origin, "panel": panel}
    sys.stdout.write(f"\n{json.dumps(result)}\n")


if __name__ == "__main__":
    main()
