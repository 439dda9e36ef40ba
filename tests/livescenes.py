"""
Scenes of Live for the pictures: the stream, its filter, its groups, and each tab of the inspector.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from app.decode import decode
from app.grouping import By
from app.store import Store
from tests.factories import event, upload

NARROW, WIDE = 380, 480
HOSTILE = (
    "<b>Bold</b><img src=x onerror=alert(1)>",
    "\u202egnirts desrever\u202c and on",
    "שלום עולם · مرحبا بالعالم",
    "👩‍👩‍👧‍👦 Family 🏳️‍🌈 joined",
    "tab\there\r\nnew line\x07bell\x1b[31mred",
    "before\0after",
    '=HYPERLINK("http://evil.example","click")',
    "https://evil.example/?q=<script>",
    "Z̸̡͔̗͇̬̈́̈́̍a̶͖͌l̷͔̀g̸̲̎o̷͔͒",
    "A" * 1_000_000,
    " ",
    "null",
)


def fill_hostile(folder: Path) -> None:
    """A workspace of names and values that nobody would think of."""
    captures = [
        upload(
            event(
                name,
                user_id=name[:400] or None,
                insert_id=f"hostile-{number}",
                event_properties={"value": name, name[:300]: ["<i>", {"deep": name[:2000]}]},
                user_properties={"plan": name[:300]},
            ),
            at_ms=1_795_281_200_000 + number * 1000,
        )
        for number, name in enumerate(HOSTILE)
    ]
    with Store.write(folder) as store:
        store.writer.add([(capture, decode(capture)) for capture in captures])


def hostile_scenes(application: Any) -> dict[str, Callable[[], object]]:
    """The same names in the stream, in groups and in the inspector."""
    live = Live(application)
    return {
        "live-hostile": lambda: (live.go(), live.ungroup(), live.inspect_row(4)),
        "live-hostile-raw": lambda: (live.inspect_row(11), live.tab("Raw")),
        "live-hostile-large": lambda: (live.inspect_row(2), live.tab("Info")),
        "live-hostile-groups": lambda: (live.page.side.close_inspector(), live.group(By.PERSON)),
        "live-hostile-stream": live.ungroup,
    }


def live_scenes(application: Any) -> dict[str, Callable[[], object]]:
    """Scenes by the name of their picture; each follows from the one before it."""
    live = Live(application)
    tabs = ("Info", "Raw", "Upload", "User at that time", "Problems", "Send")

    def narrow(name: str) -> Callable[[], object]:
        return lambda: (
            live.start(), live.inspect(), live.tab(name), live.widen(NARROW)
        )  # fmt: skip

    def wide(name: str) -> Callable[[], object]:
        return lambda: (live.start(), live.inspect(), live.tab(name), live.widen(WIDE))

    found = {f"live-tab-{_word(name)}": wide(name) for name in tabs}
    found |= {f"live-narrow-{_word(name)}": narrow(name) for name in tabs}
    return found | {
        "live-narrow-difference": lambda: (live.compare(), live.widen(NARROW)),
        "live-busy": live.look_at_all,
        "live-completion-keys": lambda: live.complete("pr"),
        "live-completion-values": lambda: live.complete("type:pro"),
        "live-completion-fields": lambda: live.complete("country:"),
        "live-fields": live.show_fields,
        "live-filter-menu": lambda: (live.complete(""), live.page.filter.completion.close()),
        "live-filter-mistake": lambda: live.complete("prop.price >"),
        "live-view-menu": lambda: (live.look_at_all(), live.open_menu(live.page.view.list)),
        "live-columns-menu": lambda: (live.go(), live.open_menu(live.page.view.columns)),
        "live-groups-pages": lambda: (live.look_at_all(), live.group(By.PAGE_VIEW)),
        "live-groups-sessions": lambda: live.group(By.SESSION),
        "live-groups-uploads": lambda: live.group(By.UPLOAD),
        "live-groups-people": lambda: (live.group(By.PERSON), live.close_all()),
        "live-target": lambda: (live.ungroup(), live.target("cust")),
        "live-types": lambda: (live.close_popups(), live.page.types.choose()),
        "live-compose": lambda: (live.close_popups(), live.page.deeds.compose()),
        "live-redaction": lambda: (live.page.side.close_inspector(), live.page.ask_to_export()),
        "live-clear": lambda: (live.page.export.hide(), live.page.clearing.ask()),
        "live-note": live.write_note,
        "live-after": live.page.note.hide,
    }  # fmt: skip


def settle(qt: Any, seconds: float = 0.6) -> None:
    """Let queries answer and animations end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        qt.processEvents()
        time.sleep(0.01)


def _word(name: str) -> str:
    return name.split(maxsplit=1)[0].lower()


class Live:
    """The page, and what a person does there."""

    def __init__(self, application: Any) -> None:
        from ui.pages.live import LivePage

        self.application = application
        self.window = application.window
        self.page = self.window.findChild(LivePage)

    def go(self) -> None:
        self.application.context.actions.trigger("go.live")
        self.close_popups()

    def close_popups(self) -> None:
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.hide()
        self.page.filter.completion.close()

    def start(self) -> None:
        """With nothing filtered."""
        self.go()
        if self.page.filter.box.text():
            self.page.clear_filter()
            settle(QApplication.instance())
        self.ungroup()

    def look_at_all(self) -> None:
        self.go()
        self.page.clear_filter()
        self.page.view.reset()
        self.ungroup()
        self.page.side.close_inspector()
        self.page.table.scrollToTop()

    def inspect(self) -> None:
        """An event of a person whose plan is known, in an upload with others."""
        page = self.page
        rows = self.application.context.store.current.events.rows(page.model.ids(0, 500))
        row = next(at for at, one in enumerate(rows) if one.type == "Product Viewed")
        self.inspect_row(row)

    def inspect_row(self, row: int) -> None:
        self.page.table.selectRow(row)
        self.page.inspect(self.page.model.id_at(row))

    def tab(self, name: str) -> None:
        inspector = self.page.inspector
        views = dict(inspector._views())
        inspector.tabs.setCurrentIndex(inspector.stack.indexOf(views[name]))

    def widen(self, width: int) -> None:
        split = self.page.side
        split.setSizes([split.width() - width, width])

    def compare(self) -> None:
        self.page.inspector.compare(self.page.model.id_at(0), self.page.model.id_at(3))

    def complete(self, text: str) -> None:
        self.look_at_all()
        self.window.activateWindow()
        self.page.filter.take_focus()
        self.page.filter.box.setText(text)
        self.page.filter.completion.look()

    def show_fields(self) -> None:
        """What events were sent with: as a filter and as columns, until the next look at all."""
        self.look_at_all()
        self.page.filter.set_text("platform:iOS -country:GB version:7")
        for key in ("platform", "os", "version", "country"):
            self.page.view.show_column(key)

    def write_note(self) -> None:
        self.page.confirm.hide()
        self.page.table.go_to(3)
        self.page.deeds.write_note()

    def open_menu(self, menu: QMenu) -> None:
        view = self.page.view
        menu.popup(view.mapToGlobal(QPoint(0, view.height())))

    def group(self, by: By) -> None:
        self.page.view.use_group(by)

    def ungroup(self) -> None:
        self.page.view.use_group(None)

    def close_all(self) -> None:
        """Some groups, so that there are more of them to be seen."""
        for _ in range(6):
            model = self.page.groups.model
            rows = [row for row in range(min(40, len(model))) if model.is_head(row)]
            closed = next((row for row in rows[1:] if model.is_open(model.place(row)[0])), None)
            if closed is not None:
                self.page.groups.table.toggle(model.place(closed)[0])

    def target(self, text: str) -> None:
        self.page.targets.open_finder()
        finder = self.page.targets.finder
        finder.by.setCurrentIndex(1)
        finder.text.setText(text)
        finder.search()
