"""
The builder's sentence of a funnel: these steps, in this order, within this time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.query.definition import (
    MOST_EVENTS,
    EventSpec,
    Exclusion,
    Funnel,
    PropertyRef,
    Step,
)
from ui.pages.explore.drafts import is_chosen
from ui.pages.explore.kinds import NOBODY_CHOSE
from ui.pages.explore.numbersfield import NumbersField
from ui.pages.explore.pieces import INDENT, Change, Chooser, Pieces, Section, combined
from ui.pages.explore.segments import segments_section
from ui.pages.explore.windows import count_row, window_parts

ORDERS = {"this": "this order", "any": "any order", "exact": "exactly this order"}
SHOWN = {
    "conversion": "Conversion",
    "over_time": "Conversion over time",
    "time_to_convert": "Time to convert",
    "frequency": "Frequency before converting",
    "improvement": "A/B improvement and significance",
}
ENTRIES = {"": "on any day", "yes": "on their first day"}
SPANNED = ("over_time", "time_to_convert")
MOST_COMPARED = 2


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

    def become(found: Step) -> None:
        change(replace(chart, steps=(*chart.steps[:at], found, *chart.steps[at + 1 :])))

    def put(spec: EventSpec) -> None:
        become(replace(step, event=spec))

    def remove() -> None:
        rest = (*chart.steps[:at], *chart.steps[at + 1 :])
        filled = (*rest, *[Step(NOBODY_CHOSE)] * (2 - len(rest)))
        change(_agreeing(replace(chart, steps=filled, exclude=(), between=None)))

    def up() -> None:
        steps = [*chart.steps]
        steps[at - 1], steps[at] = steps[at], steps[at - 1]
        change(_agreeing(replace(chart, steps=tuple(steps))))

    more = [_more(pieces, chart, at, become, up if at else None)]
    gone = remove if count > 2 or step.event != NOBODY_CHOSE else None
    event = pieces.event(
        f"steps[{at}]", str(at + 1), step.event, put, remove=gone, more=more, either=False
    )
    if not step.optional and not step.compared:
        return event
    made = Section("")
    made.rows.addWidget(event)
    for row in _special_rows(pieces, at, step, become):
        made.rows.addWidget(row)
    return made


def _more(
    pieces: Pieces, chart: Funnel, at: int, become: Change, up: Callable[[], object] | None
) -> QWidget:
    """What is wanted more rarely of a step, in a menu."""
    step = chart.steps[at]
    is_plain = is_chosen(step.event) and chart.show in ("conversion", "over_time")

    def pick(take: Callable[[EventSpec], Step]) -> None:
        pieces.pick_event(button, lambda spec: become(take(spec)))

    def ask() -> None:
        # It outlives its button, which is made anew with each change.
        menu = QMenu(button.window())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        earlier = menu.addAction("Move up", up or (lambda: None))
        earlier.setEnabled(up is not None)
        menu.addSeparator()
        either = menu.addAction("Or another event…")
        either.setEnabled(is_chosen(step.event))
        either.triggered.connect(
            lambda _on: pick(lambda spec: replace(step, event=combined(step.event, spec)))
        )
        compare = menu.addAction("Compare with another event…")
        compare.setEnabled(is_plain and _may_be_compared(chart, at))
        compare.triggered.connect(
            lambda _on: pick(lambda spec: replace(step, compared=(*step.compared, spec)))
        )
        optional = menu.addAction("This step is optional")
        optional.setCheckable(True)
        optional.setChecked(step.optional)
        optional.setEnabled(is_plain and _may_be_optional(chart, at))
        optional.triggered.connect(lambda on: become(replace(step, optional=on)))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    button = pieces.tool("more", f"Step {at + 1}: move, combine, compare, optional", ask,
                         f"steps[{at}].more")  # fmt: skip
    return button


def _may_be_optional(chart: Funnel, at: int) -> bool:
    others = any(step.optional for place, step in enumerate(chart.steps) if place != at)
    compared = any(step.compared for step in chart.steps)
    grouped = any(step.event.by for step in chart.steps)
    return 0 < at < len(chart.steps) - 1 and not (others or compared or grouped)


def _may_be_compared(chart: Funnel, at: int) -> bool:
    step = chart.steps[at]
    others = sum(bool(one.compared) for place, one in enumerate(chart.steps) if place != at)
    optional = any(one.optional for one in chart.steps)
    return not optional and others < 2 and len(step.compared) < MOST_COMPARED and not step.event.by


def _special_rows(pieces: Pieces, at: int, step: Step, become: Change) -> list[QWidget]:
    rows = []
    if step.optional:
        drop = pieces.tool("close", "This step must be done",
                           lambda: become(replace(step, optional=False)),
                           f"steps[{at}].optional.remove")  # fmt: skip
        rows.append(pieces.row("or without this step", drop, indent=INDENT))
    for number, spec in enumerate(step.compared):
        place = f"steps[{at}].compared[{number}]"
        before, after = step.compared[:number], step.compared[number + 1 :]

        def put(
            found: EventSpec,
            before: tuple[EventSpec, ...] = before,
            after: tuple[EventSpec, ...] = after,
        ) -> None:
            become(replace(step, compared=(*before, found, *after)))

        def remove(rest: tuple[EventSpec, ...] = (*before, *after)) -> None:
            become(replace(step, compared=rest))

        button = pieces.event_button(place, spec, put)
        drop = pieces.tool("close", "Do not compare with this", remove, f"{place}.remove")
        rows.append(pieces.row("compared with", button, drop, indent=INDENT))
    return rows


def _agreeing(chart: Funnel) -> Funnel:
    """The first and the last step are never optional, wherever steps were moved."""
    last = len(chart.steps) - 1
    steps = tuple(
        replace(step, optional=step.optional and 0 < at < last)
        for at, step in enumerate(chart.steps)
    )
    return replace(chart, steps=steps)


def _completed(pieces: Pieces, chart: Funnel, change: Change) -> Section:
    section = Section("COMPLETED IN")
    order = Chooser("order", ORDERS, chart.order, "The order of the steps",
                    lambda found: change(replace(chart, order=found)))  # fmt: skip
    section.rows.addWidget(pieces.row(order))
    section.rows.addWidget(pieces.row("within", *window_parts(chart, change)))
    section.rows.addWidget(count_row(pieces, chart, change))
    if chart.resolution == "millisecond":
        drop = pieces.tool("close", "The same second is the same moment again",
                           lambda: change(replace(chart, resolution="second")),
                           "resolution.remove")  # fmt: skip
        section.rows.addWidget(pieces.row("in order to the millisecond", drop))
    if any(segment.users == "new" for segment in chart.segments):
        first = Chooser(
            "first_day", ENTRIES, "yes" if chart.first_day else "", "When new users may enter",
            lambda key: change(replace(chart, first_day=bool(key))),
        )  # fmt: skip
        section.rows.addWidget(pieces.row("new users enter", first))
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
    made = Section("")
    made.rows.addWidget(pieces.row(*parts))
    if chart.resolution == "second":
        finer = pieces.add(
            "+ Order to the millisecond",
            lambda _: change(replace(chart, resolution="millisecond")),
            "resolution+",
        )
        finer.setToolTip("Otherwise events of the same second count in either order")
        made.rows.addWidget(pieces.row(finer))
    return made


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
    if chart.show in SPANNED and len(chart.steps) > 2:
        section.rows.addWidget(_span(pieces, chart, change))
    if chart.show == "time_to_convert":
        field = NumbersField(
            "edges", "Seconds at which bins begin", chart.edges,
            lambda found: change(replace(chart, edges=found)),
        )  # fmt: skip
        section.rows.addWidget(pieces.row("bins begin at", field))
    if chart.show == "improvement":
        section.rows.addWidget(_baseline(pieces, chart, change))
    section.rows.addWidget(_sum(pieces, chart, change))
    return section


def _sum(pieces: Pieces, chart: Funnel, change: Change) -> QWidget:
    """A property of those who came through, added up in the table."""

    def put(ref: PropertyRef | None) -> None:
        change(replace(chart, sum=ref))

    if chart.sum is None:
        return pieces.row(
            pieces.add(
                "+ Sum of a property at the last step",
                lambda beside: pieces.pick_property(beside, put, group=False),
                "sum+",
            )
        )
    button = pieces.property_button("sum", chart.sum, "Property that is added up", put)
    drop = pieces.tool("close", "Add nothing up", lambda: put(None), "sum.remove")
    return pieces.row("with the sum of", button, drop)


def _span(pieces: Pieces, chart: Funnel, change: Change) -> QWidget:
    """Which steps it is about."""
    count = len(chart.steps)
    first, last = chart.between or (1, count)

    def put(start: int, end: int) -> None:
        whole = (start, end) == (1, count)
        change(replace(chart, between=None if whole else (start, end)))

    starts = {str(step): f"step {step}" for step in range(1, count)}
    ends = {str(step): f"step {step}" for step in range(2, count + 1)}
    begin = Chooser("between[0]", starts, str(first), "From which step",
                    lambda key: put(int(key), max(last, int(key) + 1)))  # fmt: skip
    end = Chooser("between[1]", ends, str(last), "To which step",
                  lambda key: put(min(first, int(key) - 1), int(key)))  # fmt: skip
    return pieces.row("from", begin, "to", end)


def _baseline(pieces: Pieces, chart: Funnel, change: Change) -> QWidget:
    """Which segment others are measured by; among groups, the menu of a bar says so."""
    if len(chart.segments) < 2:
        text = (
            "Add a segment, or group by something. Of groups, click a bar to make it the one that"
            " others are measured by."
        )
        return pieces.note(text)
    names = {str(at): one.name or f"Segment {at + 1}" for at, one in enumerate(chart.segments)}
    chosen = Chooser(
        "baseline", names, str(chart.baseline), "Baseline",
        lambda key: change(replace(chart, baseline=int(key))),
    )  # fmt: skip
    return pieces.row("measured by", chosen)


def _showing(chart: Funnel, show: str) -> Funnel:
    counted = chart.counted
    if show == "frequency" and counted is None:
        counted = replace(chart.steps[0].event, where=(), by=())
    steps = chart.steps
    if show not in ("conversion", "over_time"):
        # Each of their ways would be a funnel of its own (semantics §8.9, §8.10).
        steps = tuple(replace(step, optional=False, compared=()) for step in steps)
    return replace(chart, show=show, counted=counted, steps=steps)
