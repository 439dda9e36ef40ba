"""
Reads charts from JSON. A mistake raises BadDefinition with its place.
"""

from typing import Any

from app.query.calendar import INTERVALS, Range
from app.query.comparing import SHIFTS, is_comparison
from app.query.definition import (
    FUNNEL_VIEWS,
    LONGEST_WINDOW_S,
    MEASURES,
    MOST_CALLED,
    MOST_EVENTS,
    MOST_GROUPINGS,
    MOST_WITHOUT_CAPS,
    OF_PROPERTY,
    ORDERS,
    SHAPES,
    VERSION,
    VIEWS,
    AnyChart,
    Axis,
    Exclusion,
    Funnel,
    Journeys,
    Segment,
    Segmentation,
    Step,
)
from app.query.node import Node
from app.query.readevent import event_spec, grouping, measured, number, time_range, value_text
from app.query.readsegment import read_segment

LONGEST_UNIT = 20
MOST_NAMES = 1000


def read(value: Any) -> AnyChart:
    """The chart that a JSON value describes. Raises BadDefinition."""
    node = Node(value)
    if not isinstance(value, dict):
        raise node.wrong("A chart is an object in braces.")
    version = node.get("version")
    if type(version.value) is int and version.value > VERSION:
        raise version.wrong("This chart was made by a newer version of Eventscope.")
    kind = node.get("kind").choice(("segmentation", "funnel", "journeys"), "segmentation")
    if kind == "funnel":
        return _funnel(node)
    return _journeys(node) if kind == "journeys" else _segmentation(node)


_COMMON = (
    "version",
    "kind",
    "name",
    "range",
    "interval",
    "segments",
    "by",
    "project",
    "groups",
    "inactive",
    "compatible",
)


def _common(node: Node) -> dict[str, Any]:
    segments = node.get("segments").all(read_segment, 20) or (Segment(),)
    capped = node.get("compatible").yes() if node.has("compatible") else True
    by = node.get("by").all(grouping, MOST_GROUPINGS if capped else MOST_WITHOUT_CAPS)
    if by and len(segments) > 1:
        raise node.get("by").wrong("With several segments there is no grouping of segments.")
    return {
        "range": time_range(node.get("range")) if node.has("range") else Range(last=30),
        "interval": node.get("interval").choice(INTERVALS, "day"),
        "segments": segments,
        "by": by,
        "project": node.get("project").text("") if node.has("project") else "",
        "groups": node.get("groups").text("") if node.has("groups") else "",
        "inactive": node.get("inactive").all(Node.text),
        "compatible": capped,
    }


def _segmentation(node: Node) -> Segmentation:
    node.only(
        *_COMMON,
        *("events", "measure", "property", "formula", "rolling_average", "rolling_window"),
        *("cumulative", "compare", "edges", "items", "view", "hidden", "rows"),
        *("relative", "right", "shape", "axis", "legend"),
    )
    capped = node.get("compatible").yes() if node.has("compatible") else True
    most = MOST_EVENTS if capped else MOST_WITHOUT_CAPS
    events = node.need("events").all(lambda one: event_spec(one, top=True), most)
    if not events:
        raise node.get("events").wrong("At least one event is needed.")
    measure = node.get("measure").choice(MEASURES, "formula" if node.has("formula") else "uniques")
    if measure == "formula" and not node.has("formula"):
        raise node.wrong("'formula' is missing.")
    wanted = measured(node.get("property")) if node.has("property") else None
    if measure in OF_PROPERTY and wanted is None:
        raise node.wrong(f"The measure {measure!r} needs a 'property'.")
    chart = Segmentation(
        **_common(node),
        events=events,
        measure=measure,
        property=wanted,
        formula=node.get("formula").text("") if node.has("formula") else "",
        rolling_average=node.get("rolling_average").whole(0, 366, 0),
        rolling_window=node.get("rolling_window").whole(0, 366, 0),
        cumulative=node.get("cumulative").yes(),
        compare=tuple(map(_comparison, node.get("compare").each())),
        edges=node.get("edges").all(number, 100),
        items=node.get("items").yes() if node.has("items") else True,
        view=node.get("view").choice(VIEWS, "line"),
        hidden=node.get("hidden").all(_group, 1000),
        rows=node.get("rows").whole(0, 10_000, 0),
        relative=node.get("relative").yes(),
        right=node.get("right").all(lambda one: one.whole(0, MOST_EVENTS - 1), MOST_EVENTS),
        shape=node.get("shape").choice(SHAPES, "count"),
        axis=_axis(node.get("axis")) if node.has("axis") else Axis(),
        legend=node.get("legend").all(_name, MOST_NAMES),
    )
    _agree(node, chart)
    return chart


def _axis(node: Node) -> Axis:
    node.only("min", "max", "outside", "unit")
    low, high = (number(node.get(key)) if node.has(key) else None for key in ("min", "max"))
    if low is not None and high is not None and low >= high:
        raise node.get("max").wrong("An axis ends above where it begins.")
    unit = node.get("unit").text("") if node.has("unit") else ""
    if len(unit) > LONGEST_UNIT:
        raise node.get("unit").wrong(f"A unit has at most {LONGEST_UNIT} letters.")
    outside = node.get("outside").yes() if node.has("outside") else True
    return Axis(low, high, outside, unit)


def _name(node: Node) -> tuple[str, str]:
    """What a series is called, and what it is to be called."""
    found = node.all(Node.text, 2)
    if len(found) != 2:
        raise node.wrong("Two names are needed: that of the series, and that of the legend.")
    return found[0], found[1]


def _comparison(node: Node) -> str:
    """An earlier period (see `comparing`)."""
    found = node.text()
    if not is_comparison(found):
        listed = ", ".join(SHIFTS)
        raise node.wrong(
            f"{found!r:.60} is none of {listed}, '45 days', 'starting' or 'ending' with a date."
        )
    return found


def _agree(node: Node, chart: Segmentation) -> None:
    if len(chart.compare) > 2:
        raise node.get("compare").wrong("At most two periods can be compared.")
    if sum(map(bool, (chart.rolling_average, chart.rolling_window, chart.cumulative))) > 1:
        raise node.wrong("Rolling average, rolling window and cumulative exclude each other.")
    if chart.compare and chart.range.without:
        raise node.get("compare").wrong("Without weekdays, nothing can be compared.")
    _ascend(node.get("edges"), chart.edges)


def _ascend(node: Node, edges: tuple[float, ...]) -> None:
    if list(edges) != sorted(set(edges)):
        raise node.wrong("Bins begin at ever higher numbers.")


def _funnel(node: Node) -> Funnel:
    node.only(
        *_COMMON,
        *("steps", "order", "window_s", "count", "hold", "exclude", "resolution", "show"),
        *("between", "edges", "counted", "first_day", "hidden", "sum", "baseline", "shape"),
    )
    steps = node.need("steps").all(_step, 10)
    if len(steps) < 2:
        raise node.get("steps").wrong("A funnel has two steps or more.")
    funnel = Funnel(
        **_common(node),
        steps=steps,
        order=node.get("order").choice(ORDERS, "this"),
        window_s=node.get("window_s").whole(1, LONGEST_WINDOW_S, 86400),
        count=node.get("count").choice(("uniques", "totals"), "uniques"),
        hold=node.get("hold").all(measured, 1),
        exclude=node.get("exclude").all(lambda one: _exclusion(one, len(steps)), 10),
        resolution=node.get("resolution").choice(("second", "millisecond"), "second"),
        show=node.get("show").choice(FUNNEL_VIEWS, "conversion"),
        between=_pair(node.get("between"), len(steps)) if node.has("between") else None,
        edges=node.get("edges").all(number, 1000),
        counted=event_spec(node.get("counted")) if node.has("counted") else None,
        first_day=node.get("first_day").yes(),
        sum=measured(node.get("sum")) if node.has("sum") else None,
        baseline=node.get("baseline").whole(0, 299, 0),
        hidden=node.get("hidden").all(_group, 1000),
        shape=node.get("shape").choice(SHAPES, "count"),
    )
    _ascend(node.get("edges"), funnel.edges)
    if len(funnel.edges) == 1:
        raise node.get("edges").wrong("A bin has two edges.")
    _steps_agree(node, funnel)
    return funnel


def _steps_agree(node: Node, funnel: Funnel) -> None:
    steps = node.get("steps")
    ranked = [step for step in funnel.steps if step.event.is_ranked()]
    if ranked and funnel.order != "this":
        raise node.get("order").wrong("The rank of an event goes with this order only.")
    if len(funnel.segments) > 1 and funnel.baseline >= len(funnel.segments):
        raise node.get("baseline").wrong("There is no such segment.")
    optional = [at for at, step in enumerate(funnel.steps) if step.optional]
    compared = [at for at, step in enumerate(funnel.steps) if step.compared]
    special = optional or compared
    if len(optional) > 1:
        raise steps.wrong("Only one step can be optional.")
    if optional and optional[0] in (0, len(funnel.steps) - 1):
        raise steps.wrong("The first and the last step cannot be optional.")
    if optional and compared:
        raise steps.wrong("A funnel has an optional step or compares events, not both.")
    if len(compared) > 2:
        raise steps.wrong("Events can be compared in two steps at most.")
    if special and funnel.show not in ("conversion", "over_time"):
        raise node.get("show").wrong("Not with an optional step or compared events.")
    if optional and any(step.event.by for step in funnel.steps):
        raise steps.wrong("An optional step does not go with the grouping of an event.")


def _journeys(node: Node) -> Journeys:
    node.only(
        *_COMMON,
        *("start", "end", "count", "window_s", "session", "hide", "only", "include", "exclude"),
        *("called", "collapse", "expand", "levels", "top"),
    )
    if not node.has("start") and not node.has("end"):
        raise node.wrong("Journeys need a 'start', an 'end', or both.")
    common = _common(node)
    if len(common["segments"]) > 1:
        raise node.get("segments").wrong("Journeys have one segment.")
    return Journeys(
        **common,
        start=event_spec(node.get("start")) if node.has("start") else None,
        end=event_spec(node.get("end")) if node.has("end") else None,
        count=node.get("count").choice(("uniques", "totals"), "uniques"),
        window_s=node.get("window_s").whole(1, LONGEST_WINDOW_S, 86400),
        session=node.get("session").yes(),
        hide=node.get("hide").all(Node.text),
        only=node.get("only").all(Node.text),
        include=node.get("include").all(Node.text),
        exclude=node.get("exclude").all(event_spec, 20),
        called=node.get("called").all(event_spec, MOST_CALLED),
        collapse=node.get("collapse").yes(),
        expand=node.get("expand").all(grouping, 3),
        levels=node.get("levels").whole(2, 9, 5),
        top=node.get("top").whole(1, 50, 5),
    )


def _step(node: Node) -> Step:
    spec = Node(
        {k: v for k, v in node.value.items() if k not in ("optional", "compared")}
        if isinstance(node.value, dict)
        else node.value,
        node.path,
    )
    step = Step(
        event_spec(spec),
        isinstance(node.value, dict) and node.get("optional").yes(),
        node.get("compared").all(event_spec, 2) if isinstance(node.value, dict) else (),
    )
    if step.compared and any(one.by for one in (step.event, *step.compared)):
        raise node.wrong("Compared events cannot be grouped.")
    return step


def _exclusion(node: Node, steps: int) -> Exclusion:
    node.only("event", "between")
    between = _pair(node.get("between"), steps) if node.has("between") else None
    if between and between[1] != between[0] + 1:
        raise node.get("between").wrong("Two steps that follow each other are needed.")
    return Exclusion(event_spec(node.need("event")), between)


def _pair(node: Node, steps: int) -> tuple[int, int]:
    numbers = node.all(lambda one: one.whole(1, steps))
    if len(numbers) != 2 or numbers[0] >= numbers[1]:
        raise node.wrong("Two numbers of steps are needed, such as [1, 2].")
    return numbers[0], numbers[1]


def _group(node: Node) -> tuple[str | None, ...]:
    return node.all(value_text, 2 * MOST_GROUPINGS)
