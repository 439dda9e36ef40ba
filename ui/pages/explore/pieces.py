"""
The pieces that sentences of the builder are made of: buttons that choose, conditions, groupings.

A piece knows its place in the definition (`events[0].where[1]`): there a mistake is said, and
there the keyboard stays when the builder is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.query.definition import Condition, EventSpec, PropertyRef
from ui.actions import shown
from ui.pages.explore import words
from ui.pages.explore.drafts import is_chosen
from ui.pages.explore.picker import Pick, Picker
from ui.pages.explore.vocabulary import Vocabulary
from ui.plain import one_line, tooltip
from ui.theme import label, tint

INDENT = 26
_TIPS = {
    "events+": f"Show one more event  ({shown('Shift+E')})",
    "steps+": f"Add a step  ({shown('Shift+E')})",
    "segments.where+": "Only where a property is so",
    "by+": "Split by the values of a property",
    "segments+": "Compare with other users",
    "performed+": "Only users who did something",
    "held+": "Only users who had a property",
    "cohorts+": "Only users of a cohort, or all others",
    "either+": "Or users who meet something else",
    "exclude+": "Leave out who did something on the way",
    "expand+": "Tell steps apart by a property",
    "hold+": "Only ways on which a property stays the same",
    "sum+": "Add up a property of the last step",
    "resolution+": "Events of one second in the order of their milliseconds",
}
"""What each button adds, by the end of its place."""
RANKS = [
    Pick(PropertyRef("count", name), words.RANKS[name], words.SCOPES["count"])
    for name in words.RANKS
]

type ValuesFor = Callable[[PropertyRef, str, Picker], object]
type Change = Callable[[Any], object]


class PickButton(QPushButton):
    """Says what is chosen, as much of it as there is room for."""

    def __init__(self, place: str, text: str, what: str, *, is_empty: bool = False) -> None:
        """`what` is what is chosen here, for those who cannot see where it stands."""
        super().__init__()
        self.is_empty = is_empty
        self._text = one_line(text, 200)
        self.setObjectName(place)
        self.setProperty("kind", "pick")
        self.setProperty("empty", is_empty)
        self.setToolTip(tooltip(text))
        self.setAccessibleName(f"{what}: {self._text}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._cut()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._text) + 24
        return QSize(min(width, 220), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(48, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        room = max(20, self.width() - 20)
        cut = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        self.setText(cut.replace("&", "&&"))


class Chooser(QComboBox):
    """One of a few words."""

    def __init__(
        self, place: str, words_of: Mapping[str, str], chosen: str, what: str, change: Change
    ) -> None:
        super().__init__()
        self.setObjectName(place)
        self.setAccessibleName(what)
        self.setToolTip(what)
        for key, title in words_of.items():
            self.addItem(title, key)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.currentIndexChanged.connect(self.updateGeometry)
        self.activated.connect(lambda _at: change(self.currentData()))

    def sizeHint(self) -> QSize:
        """As wide as what is chosen: a sentence has no gaps."""
        wide = self.fontMetrics().horizontalAdvance(self.currentText()) + 44
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def showPopup(self) -> None:
        """The list has room for all of them."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 24)
        super().showPopup()

    def choose(self, key: str) -> None:
        """Show this, without telling anybody."""
        self.setCurrentIndex(max(0, self.findData(key)))


class Section(QWidget):
    """A part of the definition with its heading."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(4)
        if title:
            self.rows.addWidget(label(title, "section"))


class Pieces:
    """Makes pieces. `values` fills a picker with values of a property."""

    def __init__(self, values: ValuesFor) -> None:
        self.vocabulary = Vocabulary()
        self._values = values
        self._pressed: QWidget | None = None
        self._open: tuple[Picker, Callable[[], list[Pick]]] | None = None

    def show_names(self, vocabulary: Vocabulary) -> None:
        """These can be chosen; a list that is open offers them at once."""
        self.vocabulary = vocabulary
        if self._open and isValid(self._open[0]):
            picker, offered = self._open
            picker.show_picks(offered(), self._waiting())

    def _waiting(self) -> str:
        return "" if self.vocabulary.is_known else "Looking for names…"

    def _pick(
        self, beside: QWidget, hint: str, offered: Callable[[], list[Pick]], change: Change
    ) -> Picker:
        picker = Picker(beside, hint)
        picker.show_picks(offered(), self._waiting())
        self._open = picker, offered
        picker.chosen.connect(change)
        picker.open_below(self._pressed or beside)
        return picker

    @contextmanager
    def opening(self, pressed: QWidget | None) -> Iterator[None]:
        """Lists open below what was `pressed`, and not below the button of their place."""
        self._pressed = pressed
        try:
            yield
        finally:
            self._pressed = None

    # Small things

    def tool(self, icon: str, tip: str, run: Callable[[], object], place: str) -> QToolButton:
        """A small button with an icon."""
        button = QToolButton()
        button.setObjectName(place)
        tint(button, icon)
        button.setIconSize(QSize(14, 14))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        # What Qt tells of the button is no argument of what it does.
        button.clicked.connect(lambda _on=False: run())
        return button

    def add(self, text: str, run: Callable[[QPushButton], object], place: str) -> QPushButton:
        """A button that adds something."""
        button = QPushButton(text)
        button.setObjectName(place)
        button.setToolTip(next((tip for end, tip in _TIPS.items() if place.endswith(end)), text))
        button.setProperty("kind", "add")
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: run(button))
        return button

    def row(self, *parts: QWidget | str, indent: int = 0) -> QWidget:
        """Parts side by side; a text is a word between them."""
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(indent, 0, 0, 0)
        line.setSpacing(4)
        for part in parts:
            line.addWidget(label(part, "muted") if isinstance(part, str) else part)
        if not any(
            not isinstance(part, str)
            and part.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Expanding
            for part in parts
        ):
            line.addStretch(1)
        return made

    def note(self, text: str) -> QWidget:
        """A remark, in as many lines as it needs."""
        return label(text, "muted", wrap=True)

    # Choosing

    def pick_event(self, beside: QWidget, change: Change, *, top: bool = False) -> Picker:
        """Choose an event by its name; with `top`, it may be the most frequent ones."""
        return self._pick(beside, "Search events", lambda: self.vocabulary.events(top=top), change)

    def pick_property(
        self, beside: QWidget, change: Change, *, group: bool, ranked: bool = False
    ) -> Picker:
        """Choose a property by its name; `ranked` offers how often the event was done before."""

        def offered() -> list[Pick]:
            return self.vocabulary.refs(group=group) + (RANKS if ranked else [])

        return self._pick(beside, "Search properties", offered, change)

    def pick_values(self, beside: QWidget, condition: Condition, change: Change) -> Picker:
        """Choose values, of those that were captured or others."""
        picker = Picker(beside, f"Search values of {words.property_title(condition.property)}")
        picker.take_typed(lambda text: text)
        picker.take_many(condition.values)
        picker.show_picks((), "Looking for values…")
        picker.chosen.connect(lambda found: change(replace(condition, values=found)))
        picker.typed.connect(lambda text: self._values(condition.property, text, picker))
        self._values(condition.property, "", picker)
        picker.open_below(beside)
        return picker

    # Events

    def event_button(
        self, place: str, spec: EventSpec, change: Change, *, top: bool = False
    ) -> PickButton:
        """The event of a row. Choosing another keeps its filters and groupings."""
        text, is_empty = words.event_title(spec), not is_chosen(spec)
        button = PickButton(place, text, "Event", is_empty=is_empty)

        def take(found: EventSpec) -> None:
            change(replace(found, where=spec.where, by=spec.by))

        button.clicked.connect(lambda: self.pick_event(button, take, top=top))
        return button

    def event(
        self,
        place: str,
        letter: str,
        spec: EventSpec,
        change: Change,
        *,
        remove: Callable[[], object] | None,
        group: bool = True,
        more: Sequence[QWidget] = (),
        either: bool = True,
        top: bool = False,
    ) -> QWidget:
        """An event with its filters and groupings below it."""
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        badge = label(letter, "key")
        badge.setFixedWidth({1: INDENT - 4, 2: INDENT + 2}.get(len(letter), 2 * INDENT - 6))
        badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tools: list[QWidget] = []
        name = words.event_title(spec)
        if is_chosen(spec):
            tools.append(
                self.tool("filter", f"Filter {one_line(name, 40)}  (Shift+F)",
                          lambda: self.add_condition(
                              made, spec.where, self._where(spec, change), ranked=True),
                          f"{place}.where+")
            )  # fmt: skip
            if group:
                tools.append(
                    self.tool("group", f"Group {one_line(name, 40)} by  (Shift+G)",
                              lambda: self.add_group(made, spec.by, self._by(spec, change)),
                              f"{place}.by+")
                )  # fmt: skip
        if is_chosen(spec) and group and either:
            tools.append(
                self.tool(
                    "plus",
                    f"{one_line(name, 40)}, or another event",
                    lambda: self.pick_event(made, lambda found: change(combined(spec, found))),
                    f"{place}.or+",
                )
            )
        tools += more
        if remove is not None:
            tools.append(
                self.tool("close", f"Remove {one_line(name, 40)}", remove, f"{place}.remove")
            )
        rows.addWidget(self.row(badge, self.event_button(place, spec, change, top=top), *tools))
        for piece in self.conditions(f"{place}.where", spec.where, self._where(spec, change)):
            rows.addWidget(piece)
        for piece in self.groupings(f"{place}.by", spec.by, self._by(spec, change)):
            rows.addWidget(piece)
        return made

    @staticmethod
    def _where(spec: EventSpec, change: Change) -> Change:
        return lambda found: change(replace(spec, where=found))

    @staticmethod
    def _by(spec: EventSpec, change: Change) -> Change:
        return lambda found: change(replace(spec, by=found))

    # Conditions

    def add_condition(
        self,
        beside: QWidget,
        given: tuple[Condition, ...],
        change: Change,
        *,
        ranked: bool = False,
    ) -> Picker:
        """Choose a property; the condition then asks for its values. An event's own condition may
        be about its rank among its like."""

        def take(ref: PropertyRef) -> None:
            change((*given, Condition(ref, "is", ())))

        has_rank = any(one.property.scope == "count" for one in given)
        return self.pick_property(beside, take, group=False, ranked=ranked and not has_rank)

    def conditions(self, place: str, given: tuple[Condition, ...], change: Change) -> list[QWidget]:
        """A row for each condition."""
        return [
            self._condition(f"{place}[{at}]", one, at, given, change)
            for at, one in enumerate(given)
        ]

    def _condition(
        self,
        place: str,
        one: Condition,
        at: int,
        given: tuple[Condition, ...],
        change: Change,
    ) -> QWidget:
        def put(found: Condition) -> None:
            change((*given[:at], found, *given[at + 1 :]))

        title = words.property_title(one.property)
        prop = PickButton(place, title, "Property")
        prop.clicked.connect(
            lambda: self.pick_property(
                prop, lambda ref: put(Condition(ref, one.op, ())), group=False
            )
        )
        op = Chooser(
            f"{place}.op", words.operators_of(one.property), one.op,
            f"How {one_line(title, 40)} is compared",
            lambda found: put(replace(one, op=found)),
        )  # fmt: skip
        shown = words.values_title(one)
        chosen = PickButton(f"{place}.values", shown, "Values", is_empty=not one.values)
        chosen.clicked.connect(lambda: self.pick_values(chosen, one, put))
        remove = self.tool(
            "close", "Remove this filter",
            lambda: change((*given[:at], *given[at + 1 :])), f"{place}.remove",
        )  # fmt: skip
        word = "where" if at == 0 else "and"
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.row(word, prop, remove, indent=INDENT))
        rows.addWidget(self.row(op, chosen, indent=2 * INDENT))
        return made

    # Groupings

    def add_group(self, beside: QWidget, given: tuple[PropertyRef, ...], change: Change) -> Picker:
        """Choose a property to group by."""
        return self.pick_property(beside, lambda ref: change((*given, ref)), group=True)

    def groupings(
        self, place: str, given: tuple[PropertyRef, ...], change: Change
    ) -> list[QWidget]:
        """A row for each grouping."""
        return [
            self._grouping(f"{place}[{at}]", ref, at, given, change) for at, ref in enumerate(given)
        ]

    def _grouping(
        self,
        place: str,
        ref: PropertyRef,
        at: int,
        given: tuple[PropertyRef, ...],
        change: Change,
    ) -> QWidget:
        button = PickButton(place, words.property_title(ref), "Grouped by")

        def put(found: PropertyRef) -> None:
            change((*given[:at], found, *given[at + 1 :]))

        button.clicked.connect(lambda: self.pick_property(button, put, group=True))
        remove = self.tool(
            "close", "Do not group by this",
            lambda: change((*given[:at], *given[at + 1 :])), f"{place}.remove",
        )  # fmt: skip
        return self.row("grouped by" if at == 0 else "and", button, remove, indent=INDENT)

    def property_button(
        self, place: str, ref: PropertyRef | None, what: str, change: Change
    ) -> PickButton:
        """One property."""
        text = words.property_title(ref) if ref else "Choose a property"
        button = PickButton(place, text, what, is_empty=ref is None)
        button.clicked.connect(lambda: self.pick_property(button, change, group=False))
        return button


def combined(spec: EventSpec, other: EventSpec) -> EventSpec:
    """Either of two events as one (semantics §7.7); what is combined already gets one more."""
    if spec.kind == "combined":
        return replace(spec, parts=(*spec.parts, other))
    return EventSpec("combined", parts=(replace(spec, by=()), other), by=spec.by)


def picks(options: Mapping[str, str]) -> list[Pick]:
    """A few words to choose from."""
    return [Pick(key, title) for key, title in options.items()]
