"""
Who did something so often, as a sentence: `did Order Completed, at least 3 times, in the last 30
days, and then Review Written` (semantics §19).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.query.definition import COMPARISONS, EventSpec, Performed
from ui.pages.explore.drafts import is_chosen
from ui.pages.explore.during import IN_CHART, during_parts
from ui.pages.explore.kinds import NOBODY_CHOSE
from ui.pages.explore.numberbox import amount_box, number_box
from ui.pages.explore.pieces import INDENT, Change, Chooser, Pieces, Section

FURTHER = INDENT + 14
"""How far what belongs to a condition stands in."""
DID = {"": "did", "yes": "did not"}
TIMES = {"=": "exactly", "!=": "not", "<": "fewer than", "<=": "at most", ">": "more than",
         ">=": "at least"}  # fmt: skip
AS_OFTEN = {"=": "as often as", "!=": "not as often as", "<": "less often than",
            "<=": "at most as often as", ">": "more often than",
            ">=": "at least as often as"}  # fmt: skip
COUNTED = {
    "times": "times",
    "distinct": "different values of",
    "sum": "as the sum of",
    "intervals": "different",
    "relative": "than another event",
}
UNITS = {"hour": "hours", "day": "days", "week": "weeks", "month": "months"}
SHORT = 88
MOST_TIMES, MOST_AMOUNT, MOST_THEN, MOST_DAYS = 1_000_000, 1e12, 9, 3660


@dataclass(frozen=True, slots=True)
class DidRows:
    """Rows of one condition. `change` gets another one, `remove` takes it away; `in_chart` tells
    whether it may be about the range of a chart, and about each of its intervals."""

    pieces: Pieces
    place: str
    one: Performed
    change: Change
    remove: Callable[[], object]
    in_chart: bool

    def made(self) -> QWidget:
        """All rows."""
        made = Section("")
        for row in (self._event(), *self._where(), *self._often(), *self._then(), self._when()):
            made.rows.addWidget(row)
        return made

    def _put(self, **changes: object) -> None:
        self.change(replace(self.one, **changes))  # type: ignore[arg-type]

    def _event(self) -> QWidget:
        one, place = self.one, self.place
        did = Chooser(f"{place}.negated", DID, "yes" if one.negated else "", "Did it, or did not",
                      lambda key: self._put(negated=bool(key)))  # fmt: skip
        event = self.pieces.event_button(place, one.event, lambda spec: self._put(event=spec))
        tools: list[QWidget] = []
        if is_chosen(one.event):
            tools = [
                self.pieces.tool("filter", "Filter this event",
                                 lambda: self.pieces.add_condition(
                                     event, one.event.where, self._filtered, ranked=True),
                                 f"{place}.event.where+"),
                self._more(),
            ]  # fmt: skip
        gone = self.pieces.tool("close", "Remove this condition", self.remove, f"{place}.remove")
        return self.pieces.row(did, event, *tools, gone, indent=INDENT)

    def _filtered(self, where: object) -> None:
        self._put(event=replace(self.one.event, where=where))  # type: ignore[arg-type]

    def _where(self) -> list[QWidget]:
        place = f"{self.place}.event.where"
        return self.pieces.conditions(place, self.one.event.where, self._filtered)

    # How often

    def _often(self) -> list[QWidget]:
        one, place = self.one, self.place
        words = AS_OFTEN if one.of == "relative" else TIMES
        op = Chooser(
            f"{place}.op", {key: words[key] for key in COMPARISONS}, one.op,
            "How often, compared", lambda key: self._put(op=key),
        )  # fmt: skip
        of = Chooser(f"{place}.of", COUNTED, one.of, "What is counted", self._count)
        if one.of == "relative":
            other = self.pieces.event_button(
                f"{place}.other", one.other or NOBODY_CHOSE, lambda spec: self._put(other=spec)
            )
            return [self._row(op, other), self._row(of)]
        if one.of == "times":
            return [self._row(op, self._amount(), of)]
        if one.of == "intervals":
            unit = Chooser(f"{place}.interval", UNITS, one.interval, "Hours, days, weeks, months",
                           lambda key: self._put(interval=key))  # fmt: skip
            return [self._row(op, self._amount(), of), self._row(unit)]
        prop = self.pieces.property_button(
            f"{place}.property", one.property, "Property that is counted",
            lambda ref: self._put(property=ref),
        )  # fmt: skip
        return [self._row(op, self._amount()), self._row(of, prop)]

    def _row(self, *parts: QWidget | str) -> QWidget:
        return self.pieces.row(*parts, indent=FURTHER)

    def _count(self, of: str) -> None:
        """What does not go with it is left behind."""
        then = self.one.then if of == "times" else ()
        kept = self.one.property if of in ("sum", "distinct") else None
        self._put(of=of, then=then, property=kept, other=None)

    def _amount(self) -> QWidget:
        one, place = self.one, self.place
        box: QWidget
        if one.of == "sum":
            box = amount_box(f"{place}.amount", "How much", MOST_AMOUNT, one.amount,
                             lambda found: self._put(amount=found))  # fmt: skip
        else:
            box = number_box(f"{place}.count", "How often", (0, MOST_TIMES), one.count,
                             lambda found: self._put(count=found))  # fmt: skip
        box.setMaximumWidth(SHORT)
        return box

    # When, and what came then

    def _then(self) -> list[QWidget]:
        rows = []
        then = self.one.then
        for at, spec in enumerate(then):
            place = f"{self.place}.then[{at}]"
            before, after = then[:at], then[at + 1 :]

            def put(
                found: EventSpec,
                before: tuple[EventSpec, ...] = before,
                after: tuple[EventSpec, ...] = after,
            ) -> None:
                self._put(then=(*before, found, *after))

            def drop(rest: tuple[EventSpec, ...] = (*before, *after)) -> None:
                self._put(then=rest)

            event = self.pieces.event_button(place, spec, put)
            gone = self.pieces.tool("close", "Not after it", drop, f"{place}.remove")
            rows.append(self.pieces.row("and then", event, gone, indent=FURTHER))
        if self.one.within_days:
            days = number_box(
                f"{self.place}.within_days", "How many first days of each person", (1, MOST_DAYS),
                self.one.within_days, lambda found: self._put(within_days=found),
            )  # fmt: skip
            gone = self.pieces.tool("close", "On any day", lambda: self._put(within_days=0),
                                    f"{self.place}.within_days.remove")  # fmt: skip
            rows.append(self.pieces.row("in their first", days, "days", gone, indent=FURTHER))
        if self.one.each:
            gone = self.pieces.tool("close", "In all of the range", lambda: self._put(each=False),
                                    f"{self.place}.each.remove")  # fmt: skip
            rows.append(self.pieces.row("in each interval by itself", gone, indent=FURTHER))
        return rows

    def _when(self) -> QWidget:
        during = during_parts(
            f"{self.place}.during", self.one.during, lambda found: self._put(during=found),
            nothing=IN_CHART if self.in_chart else "",
        )  # fmt: skip
        return self._row(*during)

    def _more(self) -> QToolButton:
        """What is wanted more rarely, in a menu."""
        button = self.pieces.tool(
            "more", "And then, first days, each interval", lambda: self._ask_more(button),
            f"{self.place}.more",
        )  # fmt: skip
        return button

    def _ask_more(self, button: QToolButton) -> None:
        # It outlives its button, which is made anew with each change.
        menu = QMenu(button.window())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        one = self.one
        then = menu.addAction("…and then another event")
        then.setEnabled(one.of == "times" and not one.each and len(one.then) < MOST_THEN)
        then.triggered.connect(
            lambda: self.pieces.pick_event(button, lambda spec: self._put(then=(*one.then, spec)))
        )
        first = menu.addAction("In the first days of each person")
        first.setCheckable(True)
        first.setChecked(bool(one.within_days))
        first.triggered.connect(lambda on: self._put(within_days=7 if on else 0))
        if self.in_chart:
            each = menu.addAction("In each interval of the chart by itself")
            each.setCheckable(True)
            each.setChecked(one.each)
            each.setEnabled(not one.then)
            each.triggered.connect(lambda on: self._put(each=on))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
