"""
The builder's sentence of journeys: what people did after one event, before another, or between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from app.query.definition import MOST_CALLED, EventSpec, Journeys
from ui.elided import ElidedLabel
from ui.pages.explore.kinds import NOBODY_CHOSE
from ui.pages.explore.numberbox import number_box
from ui.pages.explore.pieces import INDENT, Change, Chooser, Pieces, Section
from ui.pages.explore.segments import segments_section
from ui.pages.explore.windows import count_row, window_parts

REACHES = {"time": "within", "session": "within one session"}
LISTS = {
    "hide": ("without", "+ Hide events"),
    "only": ("only", "+ Only events"),
    "include": ("with", "+ Paths with…"),
}


def sections(pieces: Pieces, chart: Journeys, change: Change) -> list[QWidget]:
    """All sections."""
    return [
        _ends(pieces, chart, change),
        _reach(pieces, chart, change),
        _steps(pieces, chart, change),
        segments_section(pieces, chart, change),
    ]


def _ends(pieces: Pieces, chart: Journeys, change: Change) -> Section:
    section = Section("JOURNEYS")
    for name, word, add in (("start", "after", "+ Start with…"), ("end", "until", "+ End with…")):
        spec: EventSpec | None = getattr(chart, name)

        def put(found: EventSpec | None, name: str = name) -> None:
            change(_ending(chart, name, found))

        if spec is None:
            section.rows.addWidget(
                pieces.row(
                    pieces.add(
                        add,
                        lambda beside, put=put: pieces.pick_event(beside, put),  # type: ignore[misc]
                        f"{name}+",
                    )
                )
            )
            continue
        section.rows.addWidget(
            pieces.event(name, word, spec, put, remove=_removing(put), group=False)
        )
    return section


def _removing(put: Callable[[EventSpec | None], None]) -> Callable[[], object]:
    return lambda: put(None)


def _ending(chart: Journeys, name: str, spec: EventSpec | None) -> Journeys:
    changed = replace(chart, start=spec) if name == "start" else replace(chart, end=spec)
    if changed.start is None and changed.end is None:
        return replace(changed, start=NOBODY_CHOSE)
    return changed


def _reach(pieces: Pieces, chart: Journeys, change: Change) -> Section:
    section = Section("COMPLETED IN")
    reach = Chooser("session", REACHES, "session" if chart.session else "time", "Within what",
                    lambda key: change(replace(chart, session=key == "session")))  # fmt: skip
    parts: list[QWidget | str] = [reach]
    if not chart.session:
        parts += window_parts(chart, change)
    section.rows.addWidget(pieces.row(*parts))
    section.rows.addWidget(count_row(pieces, chart, change))
    return section


def _steps(pieces: Pieces, chart: Journeys, change: Change) -> Section:
    section = Section("STEPS")
    collapse = QCheckBox("Repeats count as one step")
    collapse.setObjectName("collapse")
    collapse.setChecked(chart.collapse)
    collapse.toggled.connect(lambda on: change(replace(chart, collapse=on)))
    section.rows.addWidget(collapse)
    if pieces.vocabulary.labels or chart.called:
        section.rows.addWidget(_labels_box(pieces, chart, change))
    levels = number_box("levels", "How many steps", (2, 9), chart.levels,
                        lambda found: change(replace(chart, levels=found)))  # fmt: skip
    top = number_box("top", "How many events at each step", (1, 50), chart.top,
                     lambda found: change(replace(chart, top=found)))  # fmt: skip
    section.rows.addWidget(pieces.row(levels, "steps of", top, "events"))
    adding: list[QWidget | str] = []
    for name, (word, add) in LISTS.items():
        given: tuple[str, ...] = getattr(chart, name)
        for at, kind in enumerate(given):
            rest = (*given[:at], *given[at + 1 :])
            remove = pieces.tool("close", "Take this away", _putting(chart, name, rest, change),
                                 f"{name}[{at}].remove")  # fmt: skip
            shown = _name(kind)
            shown.setObjectName(f"{name}[{at}]")
            section.rows.addWidget(
                pieces.row(word if at == 0 else "and", shown, remove, indent=INDENT)
            )
        adding.append(pieces.add(add, _adding(pieces, chart, name, change), f"{name}+"))
    for row in _excluded(pieces, chart, change):
        section.rows.addWidget(row)
    for row in pieces.groupings(
        "expand", chart.expand, lambda found: change(replace(chart, expand=found))
    ):
        section.rows.addWidget(row)
    section.rows.addWidget(pieces.row(*adding[:2]))
    expand = pieces.add(
        "+ Expand by…",
        lambda beside: pieces.add_group(
            beside, chart.expand, lambda found: change(replace(chart, expand=found))
        ),
        "expand+",
    )
    section.rows.addWidget(pieces.row(*adding[2:], expand))
    return section


def _excluded(pieces: Pieces, chart: Journeys, change: Change) -> list[QWidget]:
    """Events that paths are without, such as those of one page or of a label."""

    def row(at: int, spec: EventSpec) -> QWidget:
        before, after = chart.exclude[:at], chart.exclude[at + 1 :]
        return pieces.event(
            f"exclude[{at}]",
            "not",
            spec,
            lambda found: change(replace(chart, exclude=(*before, found, *after))),
            remove=lambda: change(replace(chart, exclude=(*before, *after))),
            group=False,
        )

    return [row(at, spec) for at, spec in enumerate(chart.exclude)]


def _labels_box(pieces: Pieces, chart: Journeys, change: Change) -> QCheckBox:
    """Whether a click is called by its label, and not by the type that all clicks have."""
    box = QCheckBox("Clicks are called by their labels")
    box.setObjectName("called")
    box.setToolTip("Steps show the names of labeled events instead of “Element Clicked”")
    box.setChecked(bool(chart.called))
    labels = tuple(_labeled(pieces)[:MOST_CALLED])
    box.toggled.connect(lambda on: change(replace(chart, called=labels if on else ())))
    return box


def _labeled(pieces: Pieces) -> list[EventSpec]:
    found = pieces.vocabulary.labels
    return [EventSpec("label", label=number, name=name) for number, name in found]


def _name(kind: str) -> QWidget:
    shown = ElidedLabel()
    shown.show_text(kind)
    shown.setMinimumWidth(120)
    shown.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return shown


def _putting(
    chart: Journeys, name: str, kinds: tuple[str, ...], change: Change
) -> Callable[[], object]:
    return lambda: change(replace(chart, **{name: kinds}))  # type: ignore[arg-type]


def _adding(
    pieces: Pieces, chart: Journeys, name: str, change: Change
) -> Callable[[QWidget], object]:
    given: tuple[str, ...] = getattr(chart, name)

    def take(spec: EventSpec) -> None:
        if spec.kind == "event":
            change(replace(chart, **{name: (*given, spec.type)}))  # type: ignore[arg-type]
        elif spec.kind == "label" and name == "include":
            # Steps that are labeled events are there only where clicks are called by labels.
            called = chart.called or tuple(_labeled(pieces)[:MOST_CALLED])
            change(replace(chart, include=(*given, spec.name), called=called))

    return lambda beside: pieces.pick_event(beside, take)
