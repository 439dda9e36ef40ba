"""
The demo shop, as somebody labels it who has never seen a selector: eight things by mouse and
keyboard, clicks before and after, and the next release of the shop.

Its events are sent by the real Browser SDK (`tests.end2end.with_sdk`). One desk for all steps, in
the order in which they are done.
"""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt

from app.filter import Filter
from app.label.events import LabeledEvent
from tests.conftest import leaving_nothing_behind
from tests.ui.conftest import KEY
from tests.ui.desk import CHANGED, CLICKED, LEFT, Desk, desk_at, pages
from tests.ui.test_browser import pytestmark
from tests.ui.test_label_sdk import SCRIPT
from ui.browser.opener import SHOP

pytestmark = [
    *pytestmark,
    pytest.mark.sdk,
    pytest.mark.skipif(not SCRIPT.is_file(), reason="the Browser SDK from npm is not installed"),
]

SCROLLED = "[Amplitude] Viewport Content Updated"
PRODUCT = f"{SHOP}p/traverse-45"
ADD = "document.querySelector('[data-amp-track-sku]')"
HEART = "document.querySelector('[aria-label=\"Keep for later\"] path')"
AMOUNT = "document.querySelector('shop-amount')"
MORE = f"{AMOUNT}.shadowRoot.querySelector('[aria-label=\"One more\"]')"
CARDS = "Array.from(document.querySelectorAll('main section ul a'))"
TENTS = "document.getElementById('hero-cta')"
HELP = "document.getElementById('help')"
REPAIRS = "document.querySelector('#help-menu a[href=\"/help/repairs\"]')"
ORDER = "document.querySelector('select[name=order]')"
NAMES = {
    "Kept": HEART,
    "One more": MORE,
    "Traverse added": ADD,
    "Third thing opened": f"{CARDS}[2]",
    "Popular thing opened": f"{CARDS}[1]",
    "Shelter opened": TENTS,
    "Repairs opened": REPAIRS,
    "Order chosen": ORDER,
}


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Its tests share a desk, which makes things when they are first needed."""
    with leaving_nothing_behind():
        yield


class Shopper(Desk):
    """Who labels the shop."""

    def home(self) -> None:
        """By the shop's name, which leads there."""
        self.click("document.getElementById('brand')")
        self.until(lambda: self.run(f"location.pathname == '/' && {CARDS}.length == 8"))

    def go(self, element: str, path: str) -> None:
        """Click what leads elsewhere, and wait until that is counted."""
        before = self.events(CLICKED)
        self.click(element)
        self.until(lambda: self.run("location.pathname") == path)
        self.until(lambda: self.events(CLICKED) > before)

    def press(self, element: str) -> None:
        """Click what leads nowhere, and wait until it is counted."""
        before = self.events(CLICKED)
        self.click(element)
        self.until(lambda: self.events(CLICKED) > before)

    def choose_order(self) -> None:
        """With the keyboard: the list opens where no test can see it."""
        before = self.events(CHANGED)
        self.run(f"({ORDER}.focus(), 1)")
        target = self.view.focusProxy() or self.view
        self.qtbot.keyClick(target, Qt.Key.Key_Down)
        self.until(lambda: self.events(CHANGED) > before)

    def ask_for_repairs(self) -> None:
        """From the menu that is there only while the mouse is on it."""
        before = self.events(CLICKED)
        self.open_menu()
        self.click_here(REPAIRS)
        self.until(lambda: self.events(CLICKED) > before)
        self.until(lambda: self.run("location.pathname") == "/help/repairs")

    def open_menu(self) -> None:
        self.run("scrollTo(0, 0) || 1")
        self.hover(HELP)
        self.until(lambda: self.run(f"{REPAIRS}.checkVisibility({{visibilityProperty: true}})"))

    def everything(self) -> None:
        """Click each of the eight things once."""
        self.home()
        self.ask_for_repairs()
        self.home()
        self.go(TENTS, "/c/shelter")
        self.choose_order()
        self.home()
        self.go(f"{CARDS}[2]", "/p/ember-stove")
        self.home()
        self.go(f"{CARDS}[1]", "/p/traverse-45")
        for element in (HEART, MORE, ADD):
            self.press(element)

    def pick(self, element: str) -> None:
        """In Label mode; the cursor is in the name then."""
        super().pick(element)
        # Without a screen, the engine takes the window's place as the active one.
        self.page.activateWindow()
        self.until(self.page.editor.name.hasFocus)

    def save(self, name: str) -> LabeledEvent:
        """Under a name, with the keyboard, where the cursor is after a pick."""
        field, control = self.page.editor.name, Qt.KeyboardModifier.ControlModifier
        if not field.hasFocus():
            self.qtbot.mouseClick(field, LEFT)
            self.qtbot.keyClick(field, Qt.Key.Key_A, control)
        self.qtbot.keyClicks(field, name)
        self.page.activateWindow()
        self.until(field.hasFocus)
        self.qtbot.keyClick(field, Qt.Key.Key_S, control)
        self.until(lambda: name in self.told)
        return self.labeled(name)

    def switch(self, field: str) -> None:
        """Switch one condition on or off, with the mouse."""
        box = next(row.on for row in self.page.editor.rows if row.field == field)
        self.page.editor.area.ensureWidgetVisible(box)
        self.qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))

    @property
    def everything_sent(self) -> list[str]:
        """Types of all events that there are, but for what scrolling sends: how much was seen."""
        found = self.context.store.ask(
            lambda store: [one["event_type"] for one in store.events.export(Filter())], []
        )
        return [one for one in found if one != SCROLLED]

    @property
    def choices(self) -> list[str]:
        """What is offered, in words."""
        return [one.accessibleName() for one in self.page.editor.choices.buttons]

    def deploy(self, done: str) -> None:
        """Press the shop's own switch for releases."""
        self.click("document.getElementById('release-go')")
        ready = f"document.getElementById('release-go')?.textContent.includes('{done}')"
        self.until(lambda: self.run(f"Boolean({ready})"))


@pytest.fixture(scope="module")
def desk(
    request: pytest.FixtureRequest, qapp: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shopper]:
    with desk_at(request, tmp_path_factory.mktemp("shop"), Shopper) as made:
        capture = made.context.capture
        # Only with an answer to its question for configuration the SDK looks into shadow roots.
        capture.set_faults([f"remote-config-clicks,source={KEY}"])
        made.until(lambda: bool(capture.faults))
        yield made


def test_eight_things_and_the_clicks_from_before(desk: Shopper) -> None:
    desk.show(SHOP, f"{CARDS}.length == 8")
    desk.click_until_told("document.getElementById('brand')")
    desk.everything()
    desk.study()
    sent = desk.everything_sent
    assert {CLICKED, CHANGED} <= set(sent)
    # On the page of a product, where the last click was: all in Label mode.
    desk.pick(HEART)
    assert desk.page.editor.name.text() == "Keep for later clicked"
    desk.save("Kept")
    # The page does not move under the mouse: there is room for the next one already.
    width = desk.view.width()
    desk.pick(MORE)
    assert desk.view.width() == width
    desk.save("One more")
    desk.pick(ADD)
    desk.switch("page_url")
    made = desk.save("Traverse added")
    # With a slash at the end, too: which of both is captured depends on the link.
    assert pages(made) == (PRODUCT, f"{PRODUCT}/")
    desk.navigate_mode()
    assert desk.everything_sent == sent
    desk.home()
    desk.until(lambda: len(desk.everything_sent) > len(sent))
    sent = desk.everything_sent
    desk.pick(f"{CARDS}[2]")
    desk.save("Third thing opened")
    desk.pick(f"{CARDS}[1]")
    desk.qtbot.mouseClick(desk.page.editor.group, LEFT)
    desk.until(lambda: "8 on this page" in desk.page.editor.count.text())
    desk.until(lambda: desk.page.editor.name.text().startswith("Any of 8"))
    desk.save("Popular thing opened")
    desk.pick(TENTS)
    for field in ("tag", "selector", "href"):
        desk.switch(field)
    made = desk.save("Shelter opened")
    assert [one.field for one in made.definitions[0].conditions] == ["href"]
    desk.open_menu()
    desk.click_here(REPAIRS)
    desk.until(desk.page.editor.isVisible)
    desk.save("Repairs opened")
    assert desk.everything_sent == sent
    desk.navigate_mode()
    desk.go(TENTS, "/c/shelter")
    desk.study()
    sent = desk.everything_sent
    desk.pick(ORDER)
    assert desk.page.editor.action.key == "changed"
    desk.save("Order chosen")
    desk.navigate_mode()
    assert desk.everything_sent == sent
    # All of them were clicked before there were labels; one of them twice since.
    assert set(desk.told) == set(NAMES)
    assert desk.told == dict.fromkeys(NAMES, 1) | {
        "Popular thing opened": 2,
        "Shelter opened": 2,
    }


def test_clicks_from_now_on_count(desk: Shopper) -> None:
    before = dict(desk.told)
    desk.everything()
    desk.study()
    # The third thing is one of the popular ones.
    more = dict.fromkeys(NAMES, 1) | {"Popular thing opened": 2}
    desk.until(lambda: desk.told == {name: before[name] + more[name] for name in NAMES})


def test_the_next_release(desk: Shopper) -> None:
    page = desk.page
    before = dict(desk.told)
    desk.deploy("Back")
    assert desk.run("document.querySelectorAll('.card-link, .button, .keep').length") == 0
    desk.everything()
    desk.study()
    lost = {"Popular thing opened", "Traverse added"}
    desk.until(lambda: desk.told == {name: before[name] + (name not in lost) for name in NAMES})
    # The list tells what is on the page that is open, and what not any more.
    desk.label_mode()
    desk.qtbot.mouseClick(page.overlay, LEFT)
    rows = {one.text(0): one for one in desk.rows}
    desk.until(lambda: "here" in desk.below(rows["Kept"]))
    assert desk.below(rows["Kept"]).startswith("1 here")
    assert desk.below(rows["Traverse added"]).startswith("Not here")
    # One is found again by a click on what it is now …
    desk.open_row("Traverse added")
    assert "Nothing on the page" in page.editor.health.text()
    desk.qtbot.mouseClick(page.editor.repair, LEFT)
    desk.until(lambda: "what it is now" in page.editor.hint.text())
    desk.click(ADD)
    desk.until(lambda: any("buy-now" in one for one in desk.choices))
    desk.until(lambda: "1 on this page" in page.editor.count.text())
    desk.qtbot.mouseClick(page.editor.save, LEFT)
    desk.study()
    desk.until(lambda: desk.told["Traverse added"] == before["Traverse added"] + 1)
    # … and one, a whole list, by what was clicked since.
    desk.open_row("Popular thing opened")
    desk.qtbot.mouseClick(page.editor.repair, LEFT)
    desk.until(lambda: any("Everything like" in one for one in desk.choices))
    desk.qtbot.mouseClick(page.editor.save, LEFT)
    desk.study()
    desk.until(lambda: desk.told["Popular thing opened"] == before["Popular thing opened"] + 2)
    desk.qtbot.mouseClick(page.overlay, LEFT)
    desk.navigate_mode()
    # What is repaired counts in both releases.
    counted = dict(desk.told)
    desk.everything()
    desk.deploy("next release")
    desk.everything()
    desk.study()
    more = dict.fromkeys(NAMES, 2) | {"Popular thing opened": 4}
    desk.until(lambda: desk.told == {name: counted[name] + more[name] for name in NAMES})
