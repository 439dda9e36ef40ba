"""
The builder's sentence of a funnel: these steps, in this order, within this time.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QSpinBox, QWidget

from app.query.definition import (
    LONGEST_WINDOW_S,
    MOST_EVENTS,
    EventSpec,
    Exclusion,
    Funnel,
    PropertyRef,
    Step,
)
from ui.pages.explore.kinds import NOBODY_CHOSE
from ui.pages.explore.pieces import INDENT, Change, Chooser, Pieces, Section
from ui.pages.explore.segments import segments_section

ORDERS = {"this": "this order", "any": "any order", "exact": "exactly this order"}
COUNTS = {"uniques": "people", "totals": "attempts"}
SHOWN = {
    "conversion": "Conversion",
    "over_time": "Conversion over time",
    "time_to_convert": "Time to convert",
    "frequency": "Frequency before converting",
    "improvement": "A/B improvement and significance",
}
UNITS = {"1": "seconds", "60": "minutes", "3600": "hours", "86400": "days"}


def sections(pieces: Pieces, chart: Funnel, change: Change) -> list[QWidget]:
    """All sections."""
    return [
        _steps(pieces, chart, change),
        _completed(pieces, chart, change),
        _shown(pieces, chart, change),
        segments_section(pieces, chart, change),
    ]


def _steps(pieces: Pieces, chart: Funnel, change: Change) -> Section:
    section = Section("STEPS")
    for at in range(len(chart.steps)):
        section.rows.addWidget(_step(pieces, chart, at, change))
    if len(chart.steps) < MOST_EVENTS:
        section.rows.addWidget(
            pieces.add(
                "+ Add step",
                lambda beside: pieces.pick_event(
                    beside, lambda spec: change(replace(chart, steps=(*chart.steps, Step(spec))))
                ),
                "steps+",
            )
        )
    return section


def _step(pieces: Pieces, chart: Funnel, at: int, change: Change) -> QWidget:
    step, count = chart.steps[at], len(chart.steps)

    def put(spec: EventSpec) -> None:
        steps = (*chart.steps[:at], replace(step, event=spec), *chart.steps[at + 1 :])
        change(replace(chart, steps=steps))

    def remove() -> None:
        rest = (*chart.steps[:at], *chart.steps[at + 1 :])
        filled = (*rest, *[Step(NOBODY_CHOSE)] * (2 - len(rest)))
        change(replace(chart, steps=filled, exclude=(), between=None))

    def up() -> None:
        steps = [*chart.steps]
        steps[at - 1], steps[at] = steps[at], steps[at - 1]
        change(replace(chart, steps=tuple(steps)))

    more = [] if at == 0 else [
        pieces.tool("up", f"Step {at + 1}: earlier", up, f"steps[{at}].up")
    ]  # fmt: skip
    gone = remove if count > 2 or step.event != NOBODY_CHOSE else None
    return pieces.event(f"steps[{at}]", str(at + 1), step.event, put, remove=gone, more=more)


def _completed(pieces: Pieces, chart: Funnel, change: Change) -> Section:
    section = Section("COMPLETED IN")
    order = Chooser("order", ORDERS, chart.order, "The order of the steps",
                    lambda found: change(replace(chart, order=found)))  # fmt: skip
    number, unit = window_of(chart.window_s)
    amount = QSpinBox()
    amount.setObjectName("window_s")
    amount.setRange(1, LONGEST_WINDOW_S // unit)
    amount.setValue(number)
    amount.setKeyboardTracking(False)
    amount.setAccessibleName("Within how long")
    amount.valueChanged.connect(lambda found: change(replace(chart, window_s=found * unit)))
    units = Chooser(
        "window_s.unit", UNITS, str(unit), "Unit of the time",
        lambda found: change(replace(chart, window_s=limited(number * int(found)))),
    )  # fmt: skip
    count = Chooser("count", COUNTS, chart.count, "What is counted",
                    lambda found: change(replace(chart, count=found)))  # fmt: skip
    section.rows.addWidget(pieces.row(order))
    section.rows.addWidget(pieces.row("within", amount, units))
    section.rows.addWidget(pieces.row("counting", count))
    if chart.hold:
        button = pieces.property_button(
            "hold", chart.hold[0], "Held constant",
            lambda ref: change(replace(chart, hold=(ref,))),
        )  # fmt: skip
        drop = pieces.tool("close", "Hold nothing constant",
                           lambda: change(replace(chart, hold=())), "hold.remove")  # fmt: skip
        section.rows.addWidget(pieces.row("holding", button, drop))
    for at, one in enumerate(chart.exclude):
        section.rows.addWidget(_exclusion(pieces, chart, at, one, change))
    section.rows.addWidget(_adding(pieces, chart, change))
    return section


def limited(seconds: int) -> int:
    """A time that a window can have."""
    return max(1, min(LONGEST_WINDOW_S, seconds))


def window_of(seconds: int) -> tuple[int, int]:
    """A time as a number of the largest unit that it is whole in."""
    unit = next(one for one in (86400, 3600, 60, 1) if seconds % one == 0)
    return seconds // unit, unit


def _exclusion(pieces: Pieces, chart: Funnel, at: int, one: Exclusion, change: Change) -> QWidget:
    def put(found: Exclusion) -> None:
        change(replace(chart, exclude=(*chart.exclude[:at], found, *chart.exclude[at + 1 :])))

    place = f"exclude[{at}]"
    event = pieces.event_button(place, one.event, lambda spec: put(replace(one, event=spec)))
    between = {"": "between all steps"} | {
        str(step): f"between {step} and {step + 1}" for step in range(1, len(chart.steps))
    }
    chosen = Chooser(
        f"{place}.between", between, str(one.between[0]) if one.between else "",
        "Between which steps",
        lambda key: put(replace(one, between=(int(key), int(key) + 1) if key else None)),
    )  # fmt: skip
    remove = pieces.tool(
        "close", "Remove this exclusion",
        lambda: change(
            replace(chart, exclude=(*chart.exclude[:at], *chart.exclude[at + 1 :]))
        ), f"{place}.remove",
    )  # fmt: skip
    made = Section("")
    made.rows.addWidget(pieces.row("without those who did", remove))
    made.rows.addWidget(pieces.row(event, indent=INDENT))
    made.rows.addWidget(pieces.row(chosen, indent=INDENT))
    return made


def _adding(pieces: Pieces, chart: Funnel, change: Change) -> QWidget:
    def exclude(spec: EventSpec) -> None:
        change(replace(chart, exclude=(*chart.exclude, Exclusion(spec))))

    def hold(ref: PropertyRef) -> None:
        change(replace(chart, hold=(ref,)))

    parts: list[QWidget | str] = [
        pieces.add("+ Exclude who did…", lambda beside: pieces.pick_event(beside, exclude),
                   "exclude+")
    ]  # fmt: skip
    if not chart.hold:
        parts.append(
            pieces.add(
                "+ Hold constant",
                lambda beside: pieces.pick_property(beside, hold, group=False),
                "hold+",
            )
        )
    return pieces.row(*parts)


def _shown(pieces: Pieces, chart: Funnel, change: Change) -> Section:
    section = Section("MEASURED AS")
    shown = Chooser("show", SHOWN, chart.show, "What is shown of the funnel",
                    lambda found: change(_showing(chart, found)))  # fmt: skip
    section.rows.addWidget(pieces.row(shown))
    if chart.show == "frequency":
        spec = chart.counted or NOBODY_CHOSE
        event = pieces.event_button(
            "counted", spec, lambda found: change(replace(chart, counted=found))
        )
        section.rows.addWidget(pieces.row("of", event))
    return section


def _showing(chart: Funnel, show: str) -> Funnel:
    counted = chart.counted
    if show == "frequency" and counted is None:
        counted = replace(chart.steps[0].event, where=(), by=())
    return replace(chart, show=show, counted=counted)
