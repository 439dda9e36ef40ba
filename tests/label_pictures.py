"""
Pictures of labeling, step by step, for `tests.screenshots`: the demo shop in the built-in browser,
and in the machine's own Chromium where there is one.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.decode import decode
from app.demo.catalog import catalog
from app.filter import Filter
from app.label.element import Action, clicked
from app.label.events import Condition, Definition, LabeledEvent, Op
from app.label.labels import Labels
from app.label.suggest import evidence
from app.model import Capture, Response
from app.store import Store

DAY_MS = 86_400_000
SLUG = next(iter(catalog().products)).slug
HOME = "https://shop.eventscope.test/"
CART = "document.getElementById('add-to-cart')"
CARD = "document.querySelector('#popular .card-link')"


def prepare(workspace: Path, filled: Path) -> None:
    """A labeled event of the past, which the shop's last release broke: made of a click that is
    in `filled`, for a workspace that holds nothing yet, so that the newest stay on top."""
    with Store.write(workspace) as past, Store.read(filled) as store:
        rows = store.events.rows(store.events.newest(Filter(), 3000))
        names = [row.id for row in rows if row.type == Action.CLICKED.event_type]
        details = [store.events.detail(number) for number in names]
        found = next(
            (one for one in details if one and "Add to" in json.dumps(one.event.raw)), details[0]
        )
        assert found
        raw = json.loads(json.dumps(found.event.raw))
        tree = raw["event_properties"]["[Amplitude] Element Hierarchy"]
        tree = json.loads(tree) if isinstance(tree, str) else tree
        tree[0]["classes"] = ["basket-button"]
        tree[0].pop("id", None)
        tree[0].pop("attrs", None)
        raw["event_properties"]["[Amplitude] Element Hierarchy"] = tree
        now_ms = time.time_ns() // 1_000_000
        for at in range(9):
            then_ms = now_ms - 13 * DAY_MS + at * DAY_MS // 3
            event = raw | {"time": then_ms, "insert_id": f"past-{at}"}
            body = json.dumps({"api_key": found.upload.api_key, "events": [event]}).encode()
            answer = Response(200, (("content-type", "application/json"),), b'{"code": 200}')
            kind = (("content-type", "application/json"),)
            capture = Capture(
                then_ms, "POST", "https://api2.amplitude.com/2/httpapi", kind, body, answer, 20
            )
            past.writer.add([(capture, decode(capture))])
        element = clicked(Action.CLICKED.event_type, raw["event_properties"])
        assert element
        conditions = (
            Condition("tag", Op.IS, (element[0].tag or "",)),
            Condition("selector", Op.CSS_MATCH, (".basket-button",)),
        )
        definition = Definition(Action.CLICKED, conditions, evidence=evidence(element[0]))
    with Labels(workspace) as labels:
        labels.save(LabeledEvent("Put into the basket", (definition,), "The big button."))


class Sitting:
    """Somebody before the Label page."""

    def __init__(self, application: Any, until: Callable[..., None]) -> None:
        self.application = application
        self.context = application.context
        self._until = until

    @property
    def page(self) -> Any:
        return self.application.window.page("label")

    @property
    def view(self) -> Any:
        return self.page.site.browser.view

    def until(self, is_true: Callable[[], bool], seconds: float = 30) -> None:
        from PySide6.QtWidgets import QApplication

        self._until(QApplication.instance(), is_true, seconds)

    def run(self, code: str) -> Any:
        found: list[Any] = []
        page = self.page.site.browser.page
        page.runJavaScript(f"JSON.stringify({code}) ?? 'null'", 0, found.append)
        self.until(lambda: bool(found))
        return json.loads(found[0] or "null") if found else None

    def point(self, element: str) -> Any:
        """The mouse above an element. As events: the cursor of a machine without a screen moves in
        one scale alone."""
        from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        self.run(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}}) || 1")
        where = f"(r => [r.left + r.width / 2, r.top + r.height / 2])({element}"
        x, y = self.run(f"{where}.getBoundingClientRect())")
        at = QPoint(round(x), round(y))
        target = self.view.focusProxy() or self.view
        button, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        for spot in (at + QPoint(-4, 0), at):
            place, screen = QPointF(spot), QPointF(target.mapToGlobal(spot))
            event = QMouseEvent(QEvent.Type.MouseMove, place, screen, button, button, keys)
            QApplication.sendEvent(target, event)
        return at

    def click(self, element: str) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        at = self.point(element)
        target = self.view.focusProxy() or self.view
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=at)

    # The steps

    def begin(self) -> None:
        """As on the first day, but for what is labeled already."""
        self.context.actions.trigger("go.label")
        self.page.cancel()
        self.page.overlay.setChecked(False)
        if self.page.site.browser:
            self.page.site.browser.close()
        elif self.page.site.is_open:
            self.page.site.own.leave.click()
        self.until(lambda: not self.page.site.opener.windows)
        self.context.notifications.clear()

    def address(self) -> None:
        self.begin()
        self.page.site.open_blank()
        self.until(lambda: not self.page.site.browser.page.isLoading())
        self.page.site.browser.address.setText("shop.eventscope.test")

    def navigate(self) -> None:
        self._open(HOME, CARD)

    def hover(self) -> None:
        self._label(f"{HOME}p/{SLUG}", CART)
        self.point(CART)

    def pick(self) -> None:
        self.hover()
        self.click(CART)
        self.until(self.page.editor.isVisible)
        self.until(lambda: "captured" in self.page.editor.count.text())

    def group(self) -> None:
        self._label(HOME, CARD)
        self.click(CARD)
        self.until(self.page.editor.isVisible)
        self.page.editor.group.click()
        self.until(lambda: "Any" in self.page.editor.name.text())
        self.until(lambda: "captured" in self.page.editor.count.text())

    def save(self) -> None:
        self.pick()
        self.page.save()
        # In the second theme it is there already.
        self.page.cancel()
        self.context.notifications.clear()

    def overlay(self) -> None:
        self._label(f"{HOME}p/{SLUG}", CART)
        self.page.overlay.setChecked(True)

    def _open(self, url: str, element: str) -> None:
        self.begin()
        self.page.site.open(url)
        self.until(lambda: self.run(f"Boolean({element})"))

    def _label(self, url: str, element: str) -> None:
        self._open(url, element)
        self.page.set_mode("label")
        self.until(lambda: self.page.site.survey is not None)

    def open_saved(self) -> None:
        self.navigate()
        tree = self.page.book.tree
        rows = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
        tree.setCurrentItem(next(one for one in rows if "basket" not in one.text(0)))

    def lost(self) -> Any:
        self.navigate()
        self.until(lambda: any(one.needs_repair for one in self.page._told))
        lost = next(one.label for one in self.page._told if one.needs_repair)
        self.page.edit(lost)
        return lost

    def repair(self) -> None:
        self.page.repair(self.lost())
        self.until(lambda: bool(self.page.editor.choices.buttons))

    def release(self) -> None:
        """The shop's next release: what is labeled there still."""
        self._open(HOME, CARD)
        go = "document.getElementById('release-go')"
        if not self.run(f"{go}.textContent.includes('Back')"):
            self.click(go)
        self.until(lambda: self.run(f"{go}?.textContent.includes('Back') ?? false"))
        self._label(f"{HOME}p/{SLUG}", CART.replace("add-to-cart", "buy-now"))
        self.page.overlay.setChecked(True)
        self.until(lambda: bool(self.page.book.here))

    def own(self) -> None:
        self.begin()
        self.page.site.use_own_browser()
        self.page.site.own.sites.setPlainText("shop.eventscope.test\nlocalhost:3000")
        self.page.site.own.choose()

    def own_page(self) -> None:
        """With a page open in Chromium, whose picture is taken as well."""
        from tests.ui.chromium import PROGRAM, Waiter, chromium

        self.own()
        info = self.context.capture.info
        if PROGRAM is None or info is None:
            return
        with chromium(Waiter(), info) as browser:
            tab = browser.tab()
            tab.go(f"{HOME}p/{SLUG}")
            self.until(lambda: self.page.site.url.endswith(SLUG))
            self.page.set_mode("label")
            tab.until("document.documentElement.lastElementChild.tagName === 'EVENTSCOPE-AGENT'")
            tab.hover("document.querySelector('#also .card-link')")
            tab.click(CART)
            self.until(self.page.editor.isVisible)
            self.until(lambda: "captured" in self.page.editor.count.text())
            self.page.overlay.setChecked(True)
            tab.hover("document.querySelector('#also .card-link')")
            self.until(lambda: False, 1.5)
            # What Chromium shows is the same in both themes.
            (Path(sys.argv[1]) / "label-14-chromium.png").write_bytes(tab.picture())


def labeled(application: Any, until: Callable[..., None]) -> dict[str, Callable[[], object]]:
    """What to show, by the picture's name, in the order in which a person sees it."""
    one = Sitting(application, until)
    return {
        "label-start": one.begin,
        "label-1-address": one.address,
        "label-2-navigate": one.navigate,
        "label-3-hover": one.hover,
        "label-4-picked": one.pick,
        "label-5-group": one.group,
        "label-6-saved": one.save,
        "label-7-overlay": one.overlay,
        "label-8-counts": one.open_saved,
        "label-9-lost": one.lost,
        "label-10-repair": one.repair,
        "label-11-release": one.release,
        "label-12-own": one.own,
        "label-13-own-page": one.own_page,
    }
