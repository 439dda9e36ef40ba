"""
Conversion drivers: what goes along with converting at a step of a funnel, or with dropping out
(semantics §8.20), in a table with the numbers behind the chosen line below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.query.definition import Funnel
from app.query.drivers import MOST_PROPERTIES, Driver
from ui.charts.flow import FlowLayout
from ui.pages.explore.flowmap import VENDOR
from ui.pages.explore.numberbox import HEIGHT
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.times import duration
from ui.pages.ingestion.choice import Choice, ChoiceButton
from ui.pages.ingestion.listtable import ListTable, column
from ui.plain import number, one_line, plural, tooltip
from ui.theme import label

TABS = {"converted": "who converted", "dropped": "who dropped out"}


class DriversPanel(QWidget):
    """Shows drivers of a point.

    Signals:
        asked: other drivers are wanted: see `by` and `start`.
        left: Escape.
    """

    asked = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tab = "converted"
        self._found: tuple[Driver, ...] = ()
        self._end = 2
        self.table = ListTable("Conversion drivers", self._columns())
        self.table.left.connect(self.left)
        self.table.moved.connect(self._show_line)
        self.who = Chooser("drivers.tab", TABS, "converted", "Whom the numbers are about",
                           self._choose)  # fmt: skip
        self.steps = Chooser("drivers.start", {}, "", "Which step it begins with",
                             lambda _: self.asked.emit())  # fmt: skip
        self.until = label("", "muted")
        self.until.setFixedHeight(HEIGHT)
        self.expand = ChoiceButton(
            "property", "properties", "Split each event by up to three of its properties",
            "Expand by…",
        )  # fmt: skip
        self.expand.changed.connect(self._limit)
        self.facts = label("", "muted", wrap=True)
        self.facts.setContentsMargins(12, 2, 12, 4)
        self.line = label("", "muted", wrap=True)
        self.line.setContentsMargins(12, 6, 12, 6)
        self.line.setAccessibleName("The numbers behind the chosen event")
        self._lay_out()

    def _lay_out(self) -> None:
        holder = QWidget()
        bar = FlowLayout(holder, 6, 4)
        for part in (self.who, self.steps, self.until, self.expand):
            bar.addWidget(part)
        policy = holder.sizePolicy()
        policy.setHeightForWidth(True)
        holder.setSizePolicy(policy)
        around = QHBoxLayout()
        around.setContentsMargins(12, 4, 12, 2)
        around.addWidget(holder)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(around)
        rows.addWidget(self.facts)
        rows.addWidget(self.table, 1)
        rows.addWidget(self.line)

    # What is asked

    @property
    def by(self) -> list[str]:
        """The properties that events are split by."""
        return sorted(self.expand.chosen)[:MOST_PROPERTIES]

    @property
    def start(self) -> int:
        """The step that it begins with, from 1."""
        return int(self.steps.currentData() or self._end - 1)

    def show_funnel(self, chart: Funnel, step: int, properties: Sequence[str]) -> None:
        """Drivers of this step will be shown."""
        self._end = step
        self._found = ()
        self.steps.clear()
        for at in range(1, step):
            name = one_line(chart.steps[at - 1].event.title(), 30)
            self.steps.addItem(f"after step {at}", at)
            self.steps.setItemData(at - 1, tooltip(name), Qt.ItemDataRole.ToolTipRole)
        self.steps.setCurrentIndex(max(0, step - 2))
        self.steps.setEnabled(step > 2)
        self.until.setText(f"before step {step}")
        self.expand.show_choices([Choice(one, one) for one in properties])

    def _limit(self) -> None:
        if len(self.expand.chosen) > MOST_PROPERTIES:
            self.expand.choose(frozenset(self.by))
            return
        self.asked.emit()

    # What is shown

    def show_drivers(self, found: Sequence[Driver]) -> None:
        """Show these."""
        self._found = tuple(found)
        self._show()

    def _choose(self, tab: str) -> None:
        self.tab = tab
        self._show()

    def _show(self) -> None:
        found = sorted(self._found, key=lambda one: (-_rank(self._phi(one)), title_of(one)))
        self.line.setText("Choose an event to see whom it is about." if found else "")
        self.table.show_rows(())
        self.table.show_rows(found)
        if not found:
            self.facts.setText("Between these steps nobody did anything else.")
            return
        one = found[0]
        converted = one.converted_did + one.converted_not
        dropped = one.dropped_did + one.dropped_not
        whole = converted + dropped
        self.facts.setText(
            f"Of {plural(whole, 'person', 'people')} after step {self.start},"
            f" {_part(converted, whole)} came to step {self._end} and"
            f" {_part(dropped, whole)} dropped out."
        )

    def _show_line(self, number_of: int | None) -> None:
        if number_of is None or not 0 < number_of <= len(self.table.rows):
            return
        self.line.setText(matrix(self.table.row(number_of)))

    def _phi(self, one: Driver) -> float | None:
        """The correlation with what the tab is about."""
        if one.correlation is None or self.tab == "converted":
            return one.correlation
        return -one.correlation

    def _did(self, one: Driver) -> str:
        share = one.converted_share if self.tab == "converted" else one.dropped_share
        return "–" if share is None else f"{share * 100:.1f} %"

    def _times(self, one: Driver) -> str:
        times = one.converted_times if self.tab == "converted" else one.dropped_times
        return "–" if times is None else f"{times:,.1f}"

    def _correlation(self, one: Driver) -> str:
        phi = self._phi(one)
        return "–" if phi is None else f"{one.strength}  {phi:+.2f}".replace("-", "−")

    def _columns(self) -> list[Any]:
        return [
            column("event", "Event", 130, lambda one: title_of(one).removeprefix(VENDOR),
                   "What was done between the steps", title_of, is_wide=True, least=90),
            column("correlation", "Correlation", 138, self._correlation,
                   "From −1 to +1: how much doing it goes along with what the list is about",
                   is_number=True, least=138),
            column("did", "Did it", 78, self._did, "How many of them did it", is_number=True),
            column("times", "Times", 52, self._times, "How often, of those who did", is_number=True,
                   yields=2),
            column("between", "Took", 66, lambda one: duration(one.between_s),
                   "Median time between the steps, of those who did it and converted",
                   is_number=True, yields=1),
        ]  # fmt: skip


def title_of(one: Driver) -> str:
    """An event with the values that it was split by."""
    return " · ".join([one.event, *("(none)" if value is None else value for value in one.values)])


def matrix(one: Driver) -> str:
    """The two by two table of a driver, in words."""
    did, rest = one.converted_did + one.dropped_did, one.converted_not + one.dropped_not
    return (
        f"{one_line(title_of(one), 60)}. Did it: {plural(did, 'person', 'people')},"
        f" {_part(one.converted_did, did)} converted, {_part(one.dropped_did, did)} dropped out."
        f" Did not: {plural(rest, 'person', 'people')}, {_part(one.converted_not, rest)} converted,"
        f" {_part(one.dropped_not, rest)} dropped out."
    )


def _part(count: int, whole: int) -> str:
    share = f" ({count / whole * 100:.1f} %)" if whole else ""
    return f"{number(count)}{share}"


def _rank(phi: float | None) -> float:
    return -2.0 if phi is None else phi
