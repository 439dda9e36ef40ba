"""
The builder's sentence of a segmentation: these events, measured so, of these people.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.query.definition import MOST_EVENTS, OF_PROPERTY, EventSpec, Segmentation
from ui.pages.explore import words
from ui.pages.explore.functions import FUNCTIONS
from ui.pages.explore.numbersfield import NumbersField
from ui.pages.explore.picker import Picker
from ui.pages.explore.pieces import Change, Chooser, Pieces, Section
from ui.pages.explore.segments import segments_section

LETTERS = "ABCDEFGHIJ"
FORMULA = "UNIQUES(A)"


def sections(pieces: Pieces, chart: Segmentation, change: Change, quietly: Change) -> list[QWidget]:
    """All sections. `quietly` takes a change that is still being typed."""
    return [
        _events(pieces, chart, change),
        _measure(pieces, chart, change, quietly),
        segments_section(pieces, chart, change),
    ]


def _events(pieces: Pieces, chart: Segmentation, change: Change) -> Section:
    section = Section("EVENTS")
    for at, spec in enumerate(chart.events):

        def put(found: EventSpec, at: int = at) -> None:
            events = (*chart.events[:at], found, *chart.events[at + 1 :])
            change(replace(chart, events=events))

        def remove(at: int = at) -> None:
            change(replace(chart, events=(*chart.events[:at], *chart.events[at + 1 :])))

        section.rows.addWidget(
            pieces.event(f"events[{at}]", LETTERS[at], spec, put, remove=remove, top=True)
        )
    if len(chart.events) < MOST_EVENTS:
        section.rows.addWidget(
            pieces.add(
                "+ Add event",
                lambda beside: pieces.pick_event(
                    beside,
                    lambda spec: change(replace(chart, events=(*chart.events, spec))),
                    top=True,
                ),
                "events+",
            )
        )
    return section


def _measure(pieces: Pieces, chart: Segmentation, change: Change, quietly: Change) -> Section:
    section = Section("MEASURED AS")
    titles = {key: title for key, (title, _) in words.MEASURES.items()}
    measure = Chooser(
        "measure", titles, chart.measure, "What is measured",
        lambda found: change(_measured(chart, found)),
    )  # fmt: skip
    _, remark = words.MEASURES[chart.measure]
    section.rows.addWidget(pieces.row(measure))
    if chart.measure in OF_PROPERTY:
        button = pieces.property_button(
            "property", chart.property, "Property that is measured",
            lambda ref: change(replace(chart, property=ref)),
        )  # fmt: skip
        section.rows.addWidget(pieces.row("of", button))
    if chart.measure == "formula":
        section.rows.addWidget(_formula(pieces, chart, quietly))
    section.rows.addWidget(pieces.row(remark))
    if chart.measure in ("frequency", "distribution"):
        field = NumbersField(
            "edges", "Where bins begin", chart.edges,
            lambda found: change(replace(chart, edges=found)),
        )  # fmt: skip
        section.rows.addWidget(pieces.row("bins begin at", field))
    return section


def _measured(chart: Segmentation, measure: str) -> Segmentation:
    formula = chart.formula
    if measure == "formula" and not formula:
        formula = FORMULA
    bars = measure in ("frequency", "distribution")
    view = "bar" if bars and chart.view == "line" else chart.view
    if not bars and chart.measure in ("frequency", "distribution") and chart.view == "bar":
        view = "line"
    return replace(chart, measure=measure, formula=formula, view=view, edges=())


def _formula(pieces: Pieces, chart: Segmentation, quietly: Change) -> QWidget:
    field = QLineEdit(chart.formula)
    field.setObjectName("formula")
    field.setAccessibleName("Formula")
    field.setPlaceholderText("UNIQUES(A) / UNIQUES(B)")
    field.setToolTip("Events are called A, B, C… Several formulas are separated by ;")
    field.textEdited.connect(lambda text: quietly(replace(chart, formula=text)))

    def insert(text: str) -> None:
        field.insert(text)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.textEdited.emit(field.text())

    def ask() -> None:
        picker = Picker(field, "Search functions", FUNCTIONS)
        picker.chosen.connect(insert)
        picker.open_below(field)

    more = pieces.tool("plus", "Functions that a formula can use", ask, "formula+")
    return pieces.row(field, more)
