"""
Who had a property, as a sentence: `had plan is Pro, with the newest event` (semantics §19).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QWidget

from app.query.definition import Condition, Held
from ui.pages.explore import words
from ui.pages.explore.didrows import FURTHER
from ui.pages.explore.during import EVER_TITLE, during_parts
from ui.pages.explore.pieces import INDENT, Change, Chooser, PickButton, Pieces, Section
from ui.plain import one_line

HAD = {"": "had", "yes": "had not"}
WHEN = {"latest": "most recently", "ever": "with any event"}


@dataclass(frozen=True, slots=True)
class HadRows:
    """Rows of one condition. `change` gets another one, `remove` takes it away."""

    pieces: Pieces
    place: str
    one: Held
    change: Change
    remove: Callable[[], object]

    def made(self) -> QWidget:
        """All rows."""
        made = Section("")
        for row in (self._property(), self._value(), self._when()):
            made.rows.addWidget(row)
        return made

    def _put(self, **changes: object) -> None:
        self.change(replace(self.one, **changes))  # type: ignore[arg-type]

    def _property(self) -> QWidget:
        one, place = self.one, self.place
        had = Chooser(f"{place}.negated", HAD, "yes" if one.negated else "", "Had it, or had not",
                      lambda key: self._put(negated=bool(key)))  # fmt: skip
        prop = PickButton(place, words.property_title(one.property), "Property")
        prop.clicked.connect(
            lambda: self.pieces.pick_property(
                prop, lambda ref: self._put(property=ref, values=()), group=False
            )
        )
        gone = self.pieces.tool("close", "Remove this condition", self.remove, f"{place}.remove")
        return self.pieces.row(had, prop, gone, indent=INDENT)

    def _value(self) -> QWidget:
        one, place = self.one, self.place
        asked = Condition(one.property, one.op, one.values)
        title = one_line(words.property_title(one.property), 40)
        op = Chooser(f"{place}.op", words.OPERATORS, one.op, f"How {title} is compared",
                     lambda key: self._put(op=key))  # fmt: skip
        values = PickButton(f"{place}.values", words.values_title(asked), "Values",
                            is_empty=not one.values)  # fmt: skip
        values.clicked.connect(
            lambda: self.pieces.pick_values(
                values, asked, lambda found: self._put(values=found.values)
            )
        )
        return self.pieces.row(op, values, indent=FURTHER)

    def _when(self) -> QWidget:
        when = Chooser(f"{self.place}.when", WHEN, self.one.when, "With which event",
                       lambda key: self._put(when=key))  # fmt: skip
        when.setToolTip("With the newest event of each person, or with any of them")
        during = during_parts(
            f"{self.place}.during", self.one.during, lambda found: self._put(during=found),
            nothing=EVER_TITLE,
        )  # fmt: skip
        return self.pieces.row(when, *during, indent=FURTHER)
