"""
Cohorts from elsewhere and to elsewhere: lists of ids that are read, and files that are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu

from app.errors import AppError
from app.query import Warehouse
from app.query.cohorts import save_groups, save_listed
from app.query.members import DEVICE, write_ids, write_list
from app.store.definitions import Definition, Definitions
from ui.charts.saving import ask_where
from ui.pages.explore.asking import charts_of
from ui.pages.explore.cohortimport import GROUP, CohortImport
from ui.plain import one_line, plural

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk

LISTS = (".csv", ".txt", "")
PEOPLE = ("person", "people")


class CohortExchange(QObject):
    """Reads and writes cohorts of a desk. `use` makes the chart about the cohort with a number."""

    def __init__(self, desk: Desk, use: Callable[[int], object]) -> None:
        super().__init__(desk)
        self._desk, self._use = desk, use
        self._page: CohortImport | None = None

    # From elsewhere

    @property
    def page(self) -> CohortImport:
        """Where lists are read, made when it is first wanted."""
        if self._page is None:
            desk = self._desk
            made = CohortImport(desk.asker, desk.folder, lambda: desk.clock().now_ms)
            made.saving.connect(self._save)
            made.closed.connect(self.leave)
            desk.pages.addWidget(made)
            self._page = made
        return self._page

    @property
    def is_open(self) -> bool:
        """Whether a list is read now."""
        return self._page is not None and self._desk.pages.currentWidget() is self._page

    def open(self) -> None:
        """Ask for a list."""
        self._desk.pages.setCurrentWidget(self.page)
        self.page.open()
        self._desk.commands.refresh()

    def enter(self, event: QDragEnterEvent) -> None:
        """Something is dragged over the page."""
        if _list_in(event) is not None:
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """A list was dropped on the page."""
        path = _list_in(event)
        if path is not None:
            event.acceptProposedAction()
            if not self.is_open:
                self.open()
            self.page.read_file(path)

    def leave(self) -> None:
        """Back to the chart, if a list is read."""
        if self.is_open:
            self._desk.pages.setCurrentWidget(self._desk.frame)
            self._desk.builder.setFocus(Qt.FocusReason.OtherFocusReason)
            self._desk.commands.refresh()

    def _save(self, name: str, ids: Sequence[str], kind: str, use: bool) -> None:
        try:
            with Definitions(self._desk.folder) as definitions:
                made = _kept(definitions, name, ids, kind)
        except AppError as error:
            self._desk.fail(error)
            return
        self._desk.look_up_names()
        self.leave()
        if use:
            self._use(made.id)
            return
        self._desk.tell(
            f"The cohort “{one_line(name, 60)}” was saved.",
            ("Use in chart", lambda: self._use(made.id)),
        )

    # To elsewhere

    def offer(self, one: Definition, place: QPoint) -> None:
        """Ask how a cohort is to be written."""
        menu = QMenu(self._desk)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("List of ids, one a line…", partial(self._ask, one, self.write_list))
        entry = menu.addAction("People with their properties…", partial(self._ask, one, self.write))
        entry.setEnabled(one.body.get("type") != "groups")
        menu.popup(place)

    def _ask(self, one: Definition, write: Callable[[Definition, Path], None]) -> None:
        name = "".join(letter for letter in one.name if letter.isalnum() or letter in " -_").strip()
        ask_where(
            self._desk, "Export cohort", f"{name[:60] or 'cohort'}.csv", "CSV (*.csv)",
            partial(write, one),
        )  # fmt: skip

    def write(self, one: Definition, path: Path) -> None:
        """The people of a cohort with what was last sent of each property, as for a point."""
        folder, clock = self._desk.folder, self._desk.clock()

        def work(
            warehouse: Warehouse, told: Callable[[int], None], go_on: Callable[[], bool]
        ) -> tuple[int, bool]:
            charts = charts_of(warehouse, clock, folder)
            people = charts.people_in(charts.context().cohorts[one.id])
            return charts.download(people, path, told, go_on)

        self._desk.downloads.begin(path, work, PEOPLE)

    def write_list(self, one: Definition, path: Path) -> None:
        """The ids of a cohort, as they can be read again."""
        folder, clock, ids = self._desk.folder, self._desk.clock(), _listed(one)
        without = 0

        def work(
            warehouse: Warehouse, told: Callable[[int], None], go_on: Callable[[], bool]
        ) -> tuple[int, bool]:
            nonlocal without
            if ids is not None:
                return write_list(ids, path), False
            charts = charts_of(warehouse, clock, folder)
            people = charts.people_in(charts.context().cohorts[one.id])
            count, without = write_ids(warehouse.stream, people, path, told, go_on)
            return count, False

        def said() -> str:
            return f"{plural(without, *PEOPLE)} without a user id left out" if without else ""

        self._desk.downloads.begin(path, work, ("id", "ids"), said)


def _list_in(event: QDropEvent) -> Path | None:
    """The file of a list that is dragged; None for anything else."""
    files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return files[0] if len(files) == 1 and files[0].suffix.lower() in LISTS else None


def _kept(definitions: Definitions, name: str, ids: Sequence[str], kind: str) -> Definition:
    if kind.startswith(GROUP):
        return save_groups(definitions, name, kind.removeprefix(GROUP), list(ids))
    members = [["", one] if kind == DEVICE else [one, ""] for one in ids]
    return save_listed(definitions, name, members)


def _listed(one: Definition) -> list[str] | None:
    """The ids of a cohort that is a list: those of its users, or else of its devices. None for one
    by a rule."""
    kind = one.body.get("type")
    if kind == "groups":
        return [str(value) for value in one.body.get("values") or ()]
    if kind != "static":
        return None
    members = [pair for pair in one.body.get("members") or () if len(pair) == 2]
    users = [str(user) for user, _ in members if user]
    return users or [str(device) for _, device in members if device]
