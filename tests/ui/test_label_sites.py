"""
Labeling on front ends that others made, with the real Browser SDK that the proxy adds to them.

Eight things are labeled with the mouse: what was clicked before counts, labeling itself sends
nothing, clicks count as they come, whatever SDK reports them, and after a release with other class
names what is lost is found again.
"""

from collections.abc import Iterator

import pytest

from app.filter import Filter
from tests.conftest import leaving_nothing_behind
from tests.ui.conftest import KEY
from tests.ui.desk import CHANGED, CLICKED, LEFT, Desk, desk_at, pages
from tests.ui.frontends import (
    ADMIN,
    ALL,
    BUNDLED,
    COMPONENTS,
    PACKAGES,
    SHOP,
    SINGLE,
    churned,
    front_end,
)
from tests.ui.test_browser import pytestmark

pytestmark = [
    *pytestmark,
    pytest.mark.sdk,
    pytest.mark.skipif(
        not all(one.exists() for one in (*ALL, PACKAGES / "browser-2-11")),
        reason="the front ends and SDKs from npm are not installed",
    ),
]

SEARCH = "document.querySelector('form.navbar-search')"
ICON, FIELD = f"{SEARCH}.querySelector('button i.fas')", f"{SEARCH}.querySelector('input')"
CARDS = "Array.from(document.querySelectorAll('.card a.btn'))"
CALENDAR = "document.querySelector('a[href=\"calendar.html\"]')"
ENTRY = "document.querySelector('.pure-menu-children a[href=\"#export\"]')"
SHADOW = "document.querySelector('sl-button').shadowRoot.querySelector('button')"
MENUS_OF_ADMIN = {"v2-11": "alertsDropdown", "v2-0": "messagesDropdown", "v1-13": "userDropdown"}


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Its tests share a desk, which makes things when they are first needed."""
    with leaving_nothing_behind():
        yield


@pytest.fixture(scope="module")
def desk(
    request: pytest.FixtureRequest, qapp: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    with desk_at(request, tmp_path_factory.mktemp("labeling")) as made:
        yield made


def everything(desk: Desk, element: str, name: str) -> None:
    """Click, label, click again: both clicks count."""
    before = desk.click_until_told(element)
    desk.study()
    desk.pick(element)
    desk.keep(name)
    desk.counts(name, before)
    more = desk.click_until_told(element)
    desk.counts(name, before + more)


def open_menu(desk: Desk) -> None:
    """It is there only while the mouse is above it."""
    desk.hover("document.getElementById('file-menu')")
    desk.until(lambda: desk.run(f"{ENTRY}.offsetHeight") > 0)


def test_an_icon_in_a_button_and_a_field(desk: Desk) -> None:
    with front_end(ADMIN) as at:
        desk.show(at("newest"))
        everything(desk, ICON, "Search pressed")
        desk.change(FIELD)
        desk.study()
        desk.pick(FIELD)
        # A field is about its changes.
        assert desk.page.editor.action.key == "changed"
        desk.keep("Search typed")
        desk.counts("Search typed", desk.events(CHANGED))
        desk.change(FIELD)
        desk.counts("Search typed", desk.events(CHANGED))


def test_a_link_by_its_target_on_one_page(desk: Desk) -> None:
    with front_end(BUNDLED) as at:
        desk.show(f"{at('newest')}production/index.html")
        before = desk.click_until_told(CALENDAR)
        desk.study()
        desk.pick(CALENDAR)
        desk.only("href")
        desk.keep("Calendar opened")
        desk.pick(CALENDAR)
        desk.only("tag", "href", "page_url")
        made = desk.keep("Calendar opened from the start")
        assert pages(made)[0].endswith("/production/index.html")
        desk.counts("Calendar opened", before)
        desk.counts("Calendar opened from the start", before)
        desk.show(f"{at('newest')}production/form.html")
        more = desk.click_until_told(CALENDAR)
        desk.counts("Calendar opened", before + more)
        desk.counts("Calendar opened from the start", before)


def test_an_entry_of_a_menu_that_appears_and_a_button_in_a_shadow_root(desk: Desk) -> None:
    capture = desk.context.capture
    # Only with an answer to its question for configuration the SDK looks into shadow roots.
    capture.set_faults([f"remote-config-clicks,source={KEY}"])
    desk.until(lambda: bool(capture.faults))
    with front_end(COMPONENTS) as at:
        desk.show(at("remote"), "Boolean(document.querySelector('sl-button')?.shadowRoot)")
        everything(desk, SHADOW, "Ordered")
        desk.label_mode()
        open_menu(desk)
        desk.click_here(ENTRY)
        desk.until(desk.page.editor.isVisible)
        assert "Export" in desk.page.editor.name.text()
        desk.keep("Exported")
        open_menu(desk)
        sent = desk.events(CLICKED)
        desk.click_here(ENTRY)
        desk.until(lambda: desk.events(CLICKED) > sent)
        desk.counts("Exported", 1)
    capture.set_faults([])
    desk.until(lambda: not capture.faults)


def test_a_single_page_app(desk: Desk) -> None:
    packages = "Array.from(document.querySelectorAll('a[href^=\"/-/web/detail/\"]'))"
    with front_end(SINGLE) as at:
        desk.show(at("newest"), f"{packages}.length >= 6")
        before = desk.click_until_told(f"{packages}[1]")
        desk.until(lambda: desk.run("location.pathname") == "/-/web/detail/right-pad")
        desk.run("history.back() || 1")
        desk.until(lambda: desk.run(f"location.pathname == '/' && {packages}.length >= 6"))
        desk.study()
        desk.pick(f"{packages}[0]")
        assert desk.page.editor.group.isVisible()
        desk.qtbot.mouseClick(desk.page.editor.group, LEFT)
        desk.until(lambda: "6 on this page" in desk.page.editor.count.text())
        desk.keep("Package opened")
        desk.counts("Package opened", before)
        more = desk.click_until_told(f"{packages}[4]")
        desk.counts("Package opened", before + more)


def test_cards_of_a_shop_and_the_next_release(desk: Desk) -> None:
    page = desk.page
    with front_end(SHOP) as at:
        desk.show(at("newest"))
        everything(desk, f"{CARDS}[0]", "First card opened")
        number = desk.run(f"{CARDS}.length")
        assert number > 4
        before = desk.click_until_told(f"{CARDS}[2]") + desk.told["First card opened"]
        desk.study()
        desk.pick(f"{CARDS}[1]")
        desk.qtbot.mouseClick(page.editor.group, LEFT)
        desk.until(lambda: f"{number} on this page" in page.editor.count.text())
        desk.keep("Any card opened")
        desk.counts("Any card opened", before)
    # The next release has other classes: what goes by them is lost, and found again.
    with front_end(SHOP, churned) as at:
        desk.show(at("newest"))
        assert desk.run(f"{CARDS}.length") == number
        told = dict(desk.told)
        more = desk.click_until_told(f"{CARDS}[0]")
        desk.counts("First card opened", told["First card opened"] + more)
        desk.click_until_told(f"{CARDS}[3]")
        desk.study()
        assert desk.told["Any card opened"] == told["Any card opened"]
        lost = desk.labeled("Any card opened")
        page.repair(lost)
        desk.until(lambda: bool(page.editor.choices.buttons))
        desk.qtbot.mouseClick(page.editor.save, LEFT)
        desk.study()
        desk.until(lambda: desk.told["Any card opened"] > told["Any card opened"])
        repaired = desk.labeled("Any card opened")
        assert repaired.definitions[: len(lost.definitions)] == lost.definitions


@pytest.mark.parametrize(
    ("sdk", "version"), [("v2-11", "/2.11.13"), ("v2-0", "/2.0.0"), ("v1-13", "/1.13.4")]
)
def test_what_older_sdks_report_counts_as_well(desk: Desk, sdk: str, version: str) -> None:
    told = dict(desk.told)
    assert {"Search pressed", "Search typed", "First card opened", "Any card opened"} <= set(told)
    with front_end(ADMIN) as at:
        desk.show(at(sdk))
        pressed = desk.click_until_told(ICON)
        desk.counts("Search pressed", told["Search pressed"] + pressed)
        typed = desk.events(CHANGED)
        desk.change(FIELD)
        typed = desk.events(CHANGED) - typed
        desk.counts("Search typed", told["Search typed"] + typed)
        menu = f"document.getElementById('{MENUS_OF_ADMIN[sdk]}')"
        before = desk.click_until_told(menu)
        desk.study()
        desk.pick(menu)
        desk.keep(f"Opened with {sdk}")
        desk.counts(f"Opened with {sdk}", before)
    with front_end(SHOP) as at:
        desk.show(at(sdk))
        more = desk.click_until_told(f"{CARDS}[3]")
        desk.counts("Any card opened", told["Any card opened"] + more)
        assert desk.told["First card opened"] == told["First card opened"]
    libraries = desk.context.store.ask(
        lambda store: {one["library"] for one in store.events.export(Filter())}, set()
    )
    assert any(str(one).endswith(version) for one in libraries), libraries
