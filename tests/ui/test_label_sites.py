"""
Labeling on front ends that others made: an admin template with jQuery, one that a bundler built, a
shop of cards, and web components. Each is served as its package has it, with the real Browser SDK
added, and is labeled with the mouse: what was clicked before counts, labeling itself sends nothing.
"""

import http.server
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from pytestqt.exceptions import TimeoutError as NeverHappened
from pytestqt.qtbot import QtBot

from app.label.events import LabeledEvent
from tests.ui.connecting import serving
from tests.ui.test_browser import context, pytestmark  # noqa: F401
from tests.ui.test_label_page import Person, person  # noqa: F401

PACKAGES = (Path(__file__).parents[1] / "sdk/node_modules").resolve()
SDK = PACKAGES / "@amplitude/analytics-browser/lib/scripts/amplitude-min.js"
ADMIN = PACKAGES / "startbootstrap-sb-admin-2"
BUNDLED = PACKAGES / "gentelella/dist"
SHOP = PACKAGES / "startbootstrap-shop-homepage/dist"
COMPONENTS = PACKAGES / "@shoelace-style/shoelace/cdn"
CLICKED, CHANGED = "[Amplitude] Element Clicked", "[Amplitude] Element Changed"
LEFT = Qt.MouseButton.LeftButton

pytestmark = [
    *pytestmark,
    pytest.mark.sdk,
    pytest.mark.skipif(
        not all(one.exists() for one in (SDK, ADMIN, BUNDLED, SHOP, COMPONENTS)),
        reason="the front ends from npm are not installed",
    ),
]

START = b"""<script src="/sdk.js"></script><script>
amplitude.init('0123456789abcdef0123456789abcdef', 'user-1', {deviceId: 'device-1',
  flushIntervalMillis: 100, fetchRemoteConfig: %s, autocapture: {elementInteractions: true}});
addEventListener('click', event => event.target.closest?.('a') && event.preventDefault());
</script>"""
PARTS = b"""<!doctype html><title>Parts</title><head>
<script type="module" src="/shoelace.js"></script></head>
<body><sl-button variant="primary">Order now</sl-button><sl-switch>Mail me</sl-switch></body>"""
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_ELSEWHERE = re.compile(rb"(?:src|href)=\"https://[^\"]*\"")


class Step(NamedTuple):
    """One thing to label: where, as JavaScript, and what it is called then."""

    element: str
    name: str
    group: int = 0


@contextmanager
def front_end(
    folder: Path, page: bytes = b"", churn: bool = False, remote: bool = False
) -> Iterator[str]:
    """Serve a folder with the SDK in its pages; `churn` renames classes, as another build would."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].lstrip("/")
            file = SDK if name == "sdk.js" else folder / name
            if page and name == "index.html":
                body = page
            elif file.is_file() and PACKAGES in file.resolve().parents:
                body = file.read_bytes()
            else:
                self.send_error(404)
                return
            if name.endswith(".html"):
                # Nothing is fetched from elsewhere in a test.
                body = _ELSEWHERE.sub(b'data-elsewhere=""', body)
                start = START % (b"true" if remote else b"false")
                body = body.replace(b"<head>", b"<head>" + start, 1)
                if churn:
                    body = body.replace(b"btn-outline-dark", b"css-1x9f2k").replace(
                        b"text-center", b"css-77ab3d"
                    )
            self.send_response(200)
            self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Site) as url:
        yield url


def show(person: Person, url: str) -> None:  # noqa: F811
    """Open a page and wait until its SDK has begun."""
    before = person.events("[Amplitude] Page Viewed")
    person.page.site.open(url)
    person.until(lambda: person.events("[Amplitude] Page Viewed") > before)


def click(person: Person, element: str, kind: str = CLICKED) -> int:  # noqa: F811
    """Click in Navigate mode until it is reported; how often it was."""
    before = person.events(kind)

    for _attempt in range(10):
        person.click(element)
        with suppress(NeverHappened):
            person.within(lambda: person.events(kind) > before, 2000)
            break
    assert person.events(kind) > before
    return person.events(kind) - before


def label(person: Person, qtbot: QtBot, step: Step) -> LabeledEvent:  # noqa: F811
    """Label an element, and check that nobody noticed."""
    page = person.page
    sent = person.events(CLICKED) + person.events(CHANGED)
    person.label_mode()
    person.click(step.element)
    person.until(page.editor.isVisible)
    if step.group:
        assert page.editor.group.isVisible()
        qtbot.mouseClick(page.editor.group, LEFT)
        person.until(lambda: f"{step.group} on this page" in page.editor.count.text())
    person.name_and_save(step.name)
    person.until(lambda: step.name in person.told)
    person.navigate_mode()
    person.study()
    assert person.events(CLICKED) + person.events(CHANGED) == sent
    return next(one.label for one in page._told if one.label.name == step.name)


def counts(person: Person, name: str, events: int) -> None:  # noqa: F811
    """Wait until a label counts so many."""
    person.study()
    person.until(lambda: person.told.get(name) == events)


def everything(person: Person, qtbot: QtBot, step: Step) -> LabeledEvent:  # noqa: F811
    """Click, label, click again: both clicks count."""
    before = click(person, step.element)
    person.study()
    made = label(person, qtbot, step)
    counts(person, step.name, before)
    more = click(person, step.element)
    counts(person, step.name, before + more)
    return made


def test_an_admin_template(person: Person, qtbot: QtBot) -> None:  # noqa: F811
    with front_end(ADMIN) as url:
        show(person, f"{url}index.html")
        search = "document.querySelector('form.navbar-search')"
        everything(person, qtbot, Step(f"{search}.querySelector('button i.fas')", "Search pressed"))
        # An entry of a menu that is there only while the menu is open.
        sent = person.events(CLICKED)
        person.click("document.getElementById('userDropdown')")
        person.until(lambda: person.events(CLICKED) > sent)
        entry = "document.querySelector('[aria-labelledby=userDropdown] a.dropdown-item')"
        person.until(lambda: person.run(f"{entry}.offsetHeight") > 0)
        made = label(person, qtbot, Step(entry, "Profile opened"))
        assert any("Profile" in one.value("text") for one in made.definitions)
        # A field is about its changes.
        field = f"{search}.querySelector('input')"
        person.label_mode()
        person.click(field)
        person.until(person.page.editor.isVisible)
        assert person.page.editor.action.key == "changed"
        person.name_and_save("Search typed")
        person.navigate_mode()
        person.click(field)
        person.run(
            f"(e => {{ e.value = 'x'; e.dispatchEvent(new Event('change', {{bubbles: true}}));"
            f" return 1; }})({field})"
        )
        person.until(lambda: person.events(CHANGED) >= 1)
        counts(person, "Search typed", person.events(CHANGED))


def test_a_bundled_template(person: Person, qtbot: QtBot) -> None:  # noqa: F811
    with front_end(BUNDLED) as url:
        show(person, f"{url}production/index.html")
        link = "document.querySelector('a[href=\"calendar.html\"]')"
        before = click(person, link)
        person.study()
        page = person.page
        person.label_mode()
        person.click(link)
        person.until(page.editor.isVisible)
        # By where it leads, on this page alone.
        rows = {one.field: one for one in page.editor.rows}
        for field in ("text", "selector"):
            rows[field].on.setChecked(False)
        for field in ("href", "page_url"):
            rows[field].on.setChecked(True)
        person.name_and_save("Calendar opened")
        person.navigate_mode()
        counts(person, "Calendar opened", before)
        (made,) = (one.label for one in page._told)
        assert made.definitions[0].value("page_url").endswith("/production/index.html")
        show(person, f"{url}production/form.html")
        click(person, link)
        counts(person, "Calendar opened", before)


def test_cards_of_a_shop_and_the_next_build(person: Person, qtbot: QtBot) -> None:  # noqa: F811
    page = person.page
    add = "Array.from(document.querySelectorAll('.card a.btn'))"
    with front_end(SHOP) as url:
        show(person, f"{url}index.html")
        everything(person, qtbot, Step(f"{add}[0]", "First card opened"))
        number = person.run(f"{add}.length")
        assert number > 4
        one = click(person, f"{add}[2]")
        before = one + person.told["First card opened"]
        person.study()
        label(person, qtbot, Step(f"{add}[1]", "Any card opened", number))
        counts(person, "Any card opened", before)
    # The next build has other classes: what goes by them is lost, and found again.
    with front_end(SHOP, churn=True) as url:
        show(person, f"{url}index.html")
        assert person.run(f"{add}.length") == number
        told = dict(person.told)
        more = click(person, f"{add}[0]")
        counts(person, "First card opened", told["First card opened"] + more)
        click(person, f"{add}[3]")
        person.study()
        lost = next(one.label for one in page._told if one.label.name == "Any card opened")
        page.repair(lost)
        person.until(lambda: bool(page.editor.choices.buttons))
        qtbot.mouseClick(page.editor.save, LEFT)
        person.study()
        person.until(lambda: person.told["Any card opened"] > told["Any card opened"])
        (repaired,) = (one.label for one in page._told if one.label.id == lost.id)
        assert repaired.definitions[: len(lost.definitions)] == lost.definitions


def test_web_components_with_open_shadow_roots(person: Person, qtbot: QtBot) -> None:  # noqa: F811
    key = "0123456789abcdef0123456789abcdef"
    capture = person.context.capture
    capture.set_faults([f"remote-config-clicks,source={key}"])
    person.until(lambda: bool(capture.faults))
    with front_end(COMPONENTS, PARTS, remote=True) as url:
        show(person, f"{url}index.html")
        button = "document.querySelector('sl-button').shadowRoot.querySelector('button')"
        person.until(lambda: person.run("Boolean(document.querySelector('sl-button')?.shadowRoot)"))
        everything(person, qtbot, Step(button, "Ordered"))
