"""
Keeping charts: saving the one that is shown, opening another, pins, and the list of pinned ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint

from app.errors import AppError
from app.query import BadDefinition, read, written
from app.query.definition import AnyChart
from app.store.definitions import Definition
from ui.context import Context
from ui.pages.explore import kinds
from ui.pages.explore.asking import Answer, answered
from ui.pages.explore.drafts import finished
from ui.pages.explore.prompt import Prompt
from ui.pages.explore.saved import Kept, forget, keep, kept_charts, pin
from ui.plain import one_line

if TYPE_CHECKING:
    from app.query import Warehouse
    from ui.pages.explore.desk import Desk


class Keeping(QObject):
    """Keeps charts of a desk; `current` is the saved one that is shown, if it is one."""

    def __init__(self, desk: Desk, context: Context) -> None:
        super().__init__(desk)
        self._desk, self._context = desk, context
        self._folder = context.workspace
        self.current: Kept | None = None

    def look_up(self) -> None:
        """Which charts are saved, anew."""
        folder = self._folder
        self._context.jobs.run(self, lambda: kept_charts(folder), "kept").then(self._take).catch(
            self._desk.fail
        )

    def _take(self, found: list[Kept]) -> None:
        self._desk.head.kept = found
        if self.current is not None:
            self.current = next((one for one in found if one.id == self.current.id), None)
        self.show()

    def show(self) -> None:
        """Say which chart it is."""
        kept = self.current
        is_changed = kept is not None and kept.chart != readable(self._desk.chart)
        self._desk.head.show_chart(kept, is_changed=is_changed)
        self._desk.show_marks()

    def open(self, one: Kept) -> None:
        """Show a saved chart."""
        if one.chart is not None:
            self.current = one
            self._desk.put(one.chart)

    def open_number(self, number: int) -> None:
        """Show the saved chart with this number, as soon as it is read."""
        folder = self._folder

        def show(found: list[Kept]) -> None:
            self._take(found)
            one = next((one for one in found if one.id == number), None)
            if one is not None:
                self.open(one)

        # A purpose of its own: the page reads what is kept when it is shown, and overtook this.
        self._context.jobs.run(self, lambda: kept_charts(folder), "opened").then(show).catch(
            self._desk.fail
        )

    def save(self) -> None:
        """Keep the chart: under its name if it has one, else asking for one."""
        if self.current is not None:
            self.keep(self.current.name, self.current.id)
        else:
            self.rename()

    def rename(self, *, pinned: bool = False) -> None:
        """Ask for a name and keep the chart under it, `pinned` if that is wanted."""
        kept, button = self.current, self._desk.head.save
        number = kept.id if kept else None
        name = kept.name if kept else kinds.title_of(self._desk.chart)
        place = button.mapToGlobal(QPoint(-160, button.height() + 2))
        Prompt(
            self._desk,
            "The name of this chart",
            "Save",
            lambda text: self.keep(text, number, pinned=pinned),
            name,
        ).open_at(place)

    def duplicate(self) -> None:
        """A copy that is not saved yet."""
        self.current = None
        self.show()
        self._desk.tell("This is a copy now; it is not saved yet.")

    def keep(self, name: str, number: int | None, *, pinned: bool = False) -> None:
        """Save the chart under a name, over the one with this number; and pin it."""
        folder, chart = self._folder, self._desk.chart

        def work() -> Definition:
            made = keep(folder, name, chart, number)
            if pinned:
                pin(folder, made.id, on=True)
            return made

        def kept(made: Definition) -> None:
            self.current = Kept(made.id, made.name, readable(chart), is_pinned=False)
            self.look_up()

        self._context.jobs.run(self, work, "keep").then(kept).catch(self._desk.fail)

    def remove(self) -> None:
        """Remove the chart that is shown from the saved ones; it stays on the page."""
        kept, folder = self.current, self._folder
        if kept is None:
            return
        body, was_pinned = kept.chart, kept.is_pinned

        def again() -> None:
            if body is not None:
                keep(folder, kept.name, body, kept.id)
                if was_pinned:
                    pin(folder, kept.id, on=True)
                self.look_up()

        forget(folder, kept.id)
        self.current = None
        self._context.notifications.info(
            f"“{one_line(kept.name, 60)}” was removed.", ("Undo", again)
        )
        self.look_up()

    def pin(self) -> None:
        """Pin the chart that is shown, or take its pin away. What has no name yet is asked for
        one."""
        if self.current is None:
            self.rename(pinned=True)
            return
        pin(self._folder, self.current.id, on=not self.current.is_pinned)
        self.look_up()

    # Pinned ones

    def show_pinned(self) -> None:
        """All pinned charts, one below the other."""
        desk = self._desk
        desk.pinned.show_charts([one for one in desk.head.kept if one.is_pinned])
        desk.table.hide()
        desk.frame.stack.setCurrentWidget(desk.pinned)

    def leave_pinned(self) -> None:
        """The chart of the builder again."""
        desk = self._desk
        desk.frame.stack.setCurrentWidget(desk.figure if desk.answer else desk.frame.nothing)
        desk.ask()

    def ask_pinned(
        self, one: Kept, show: Callable[[Answer], object], fail: Callable[[AppError], object]
    ) -> None:
        """Answer one of them."""
        chart, folder, clock = one.chart, self._folder, self._desk.clock()
        if chart is None:
            return

        def work(warehouse: Warehouse) -> Answer:
            return answered(warehouse, chart, clock, folder)

        owner = self._desk.pinned.figures[one.id]
        self._desk.asker.ask(owner, work, "pinned").then(show).catch(fail)


def readable(chart: AnyChart) -> AnyChart | None:
    """The chart as it would be after it was saved and read again; None for one that cannot be."""
    try:
        return read(written(finished(chart)))
    except BadDefinition:
        return None
