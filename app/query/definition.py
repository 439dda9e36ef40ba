"""
What a chart is about, as frozen records with a JSON form (documented in the README).

`read(json)` makes one and raises BadDefinition with the place of the mistake; `written(chart)`
gives the JSON back. Nothing here knows how an answer is computed.
"""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from app.query.calendar import INTERVALS, WEEKDAYS, Range
from app.query.node import BadDefinition, Node

VERSION = 1
SCOPES = ("event", "user", "group", "field", "count")
"""Where a property is looked for (semantics §0.4): with the event, in what was known of the
person at the event, among the groups of the event, among the fields every event has; `count` is
the rank of the event among its like (§20)."""
FIELDS = ("user_id", "device_id", "session_id", "event_type", "project", "event_id", "upload_id")
GROUPABLE_FIELDS = ("user_id", "device_id", "session_id", "event_type", "project")
OPERATORS = (
    "is",
    "is not",
    "contains",
    "does not contain",
    "starts with",
    "does not start with",
    "<",
    "<=",
    ">",
    ">=",
    "set is",
    "set is not",
    "set contains",
    "set does not contain",
    "glob",
    "not glob",
)
COUNTED = ("times", "relative", "sum", "distinct", "intervals")
DEEPEST_SEGMENT = 3
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
MEASURES = (
    "uniques",
    "totals",
    "active",
    "average",
    "frequency",
    "sum",
    "property_average",
    "median",
    "distinct_per_user",
    "distribution",
    "formula",
)
OF_PROPERTY = ("sum", "property_average", "median", "distinct_per_user", "distribution")
SHIFTS = ("day", "week", "month", "quarter", "year")
VIEWS = ("line", "area", "bar", "stacked_bar", "pie", "kpi")
USERS = ("any", "active", "new")
ORDERS = ("this", "any", "exact")
FUNNEL_VIEWS = ("conversion", "over_time", "time_to_convert", "frequency", "improvement")
LONGEST_WINDOW_S = 366 * 86400
MOST_EVENTS = 10
MOST_GROUPINGS = 5


@dataclass(frozen=True, slots=True)
class PropertyRef:
    """A property and where it is looked for. `parent.child` reaches into objects and carts."""

    scope: str
    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a property. Several values are alternatives, but for the `set` operators.
    None among the values stands for `(none)`."""

    property: PropertyRef
    op: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class EventSpec:
    """Which events: those of a type, a kind of events, a labeled event, or any of several specs.

    `kind` is `event`, `any` (inactive ones too), `active`, `new` (all events of users during the
    interval in which they were new), `label` or `combined`.
    """

    kind: str
    type: str = ""
    label: int = 0
    parts: tuple["EventSpec", ...] = ()
    where: tuple[Condition, ...] = ()
    by: tuple[PropertyRef, ...] = ()
    name: str = ""

    def title(self) -> str:
        """What a legend calls it."""
        if self.name:
            return self.name
        if self.kind == "event":
            return self.type
        if self.kind == "combined":
            return " or ".join(part.title() for part in self.parts)
        return {"any": "Any Event", "active": "Any Active Event", "new": "New User"}.get(
            self.kind, f"Labeled event {self.label}"
        )


@dataclass(frozen=True, slots=True)
class Performed:
    """Users who did an event so many times in a range; without a range, in the chart's.

    `of` says what is compared (semantics §19): `times`; `relative`, as often as `other`; `sum` of
    a property, with `amount`; `distinct` values of it; `intervals` (hours, days…) in which it was
    done at all. `then` are events that followed, one after the other. `within_days` counts from
    the user's first event. With `each`, a user belongs only to those intervals of the chart in
    which it holds; a relative range then ends with each interval.
    """

    event: EventSpec
    op: str = ">="
    count: int = 1
    during: Range | None = None
    negated: bool = False
    of: str = "times"
    amount: float = 0.0
    property: PropertyRef | None = None
    other: EventSpec | None = None
    interval: str = "day"
    then: tuple[EventSpec, ...] = ()
    within_days: int = 0
    each: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Users who had a property: `latest`, with their newest active event, or `ever`, with any.
    A number that was never sent is 0 for `latest` (semantics §19)."""

    property: PropertyRef
    op: str
    values: tuple[str | None, ...]
    when: str = "latest"
    during: Range | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class CohortRef:
    """Being in a saved cohort, or not."""

    cohort: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Whose events count (semantics §6.2). All conditions must hold."""

    name: str = ""
    users: str = "any"
    where: tuple[Condition, ...] = ()
    performed: tuple[Performed, ...] = ()
    held: tuple[Held, ...] = ()
    cohorts: tuple[CohortRef, ...] = ()
    either: tuple["Segment", ...] = ()
    """At least one of these holds, too."""
    people: tuple[int, ...] | None = None
    """Exactly these persons: what zooming into a point and streams use."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What all charts have. `project` is the API key they are about; empty for all."""

    range: Range
    interval: str = "day"
    segments: tuple[Segment, ...] = (Segment(),)
    by: tuple[PropertyRef, ...] = ()
    project: str = ""


@dataclass(frozen=True, slots=True)
class Segmentation(Chart):
    """How many, how often, how much, over time (semantics §7)."""

    events: tuple[EventSpec, ...] = ()
    measure: str = "uniques"
    property: PropertyRef | None = None
    formula: str = ""
    rolling_average: int = 0
    rolling_window: int = 0
    cumulative: bool = False
    compare: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    """Where the bins of `frequency` and `distribution` begin; empty for the default ones."""
    items: bool = True
    """Of a grouping by an array, count each element, and not each event once."""
    view: str = "line"
    hidden: tuple[tuple[str | None, ...], ...] = ()
    """Groups that were excluded in Microscope."""
    rows: int = 0
    """How many groups are kept; 0 for the usual 100, or 500 with several groupings."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Users who did this between two steps are out; `between` is None for all steps."""

    event: EventSpec
    between: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a funnel. `compared` are further events that may stand in its place, each for a
    funnel of its own (semantics §8.10)."""

    event: EventSpec
    optional: bool = False
    compared: tuple[EventSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Funnel(Chart):
    """Who came how far through steps (semantics §8)."""

    steps: tuple[Step, ...] = ()
    order: str = "this"
    window_s: int = 86400
    count: str = "uniques"
    hold: tuple[PropertyRef, ...] = ()
    exclude: tuple[Exclusion, ...] = ()
    resolution: str = "second"
    show: str = "conversion"
    between: tuple[int, int] | None = None
    """Steps that `over_time`, `time_to_convert` and `frequency` are about; None for the ends."""
    edges: tuple[float, ...] = ()
    counted: EventSpec | None = None
    first_day: bool = False


@dataclass(frozen=True, slots=True)
class Journeys(Chart):
    """What people did after, before or between (semantics §11)."""

    start: EventSpec | None = None
    end: EventSpec | None = None
    count: str = "uniques"
    window_s: int = 86400
    session: bool = False
    hide: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    collapse: bool = False
    expand: tuple[PropertyRef, ...] = ()
    levels: int = 5
    top: int = 5


type AnyChart = Segmentation | Funnel | Journeys


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


_COMMON = ("version", "kind", "name", "range", "interval", "segments", "by", "project")


def _common(node: Node) -> dict[str, Any]:
    segments = node.get("segments").all(read_segment, 20) or (Segment(),)
    by = node.get("by").all(_grouping, MOST_GROUPINGS)
    if by and len(segments) > 1:
        raise node.get("by").wrong("With several segments there is no grouping of segments.")
    return {
        "range": _range(node.get("range")) if node.has("range") else Range(last=30),
        "interval": node.get("interval").choice(INTERVALS, "day"),
        "segments": segments,
        "by": by,
        "project": node.get("project").text("") if node.has("project") else "",
    }


def _segmentation(node: Node) -> Segmentation:
    node.only(
        *_COMMON,
        *("events", "measure", "property", "formula", "rolling_average", "rolling_window"),
        *("cumulative", "compare", "edges", "items", "view", "hidden", "rows"),
    )
    events = node.need("events").all(event_spec, MOST_EVENTS)
    if not events:
        raise node.get("events").wrong("At least one event is needed.")
    measure = node.get("measure").choice(MEASURES, "formula" if node.has("formula") else "uniques")
    if measure == "formula" and not node.has("formula"):
        raise node.wrong("'formula' is missing.")
    wanted = _property(node.get("property")) if node.has("property") else None
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
        compare=tuple(n.choice(SHIFTS) for n in node.get("compare").each()),
        edges=node.get("edges").all(_number, 100),
        items=node.get("items").yes() if node.has("items") else True,
        view=node.get("view").choice(VIEWS, "line"),
        hidden=node.get("hidden").all(_group, 1000),
        rows=node.get("rows").whole(0, 10_000, 0),
    )
    _agree(node, chart)
    return chart


def _agree(node: Node, chart: Segmentation) -> None:
    if len(chart.compare) > 2:
        raise node.get("compare").wrong("At most two periods can be compared.")
    if sum(map(bool, (chart.rolling_average, chart.rolling_window, chart.cumulative))) > 1:
        raise node.wrong("Rolling average, rolling window and cumulative exclude each other.")
    if chart.compare and chart.range.without:
        raise node.get("compare").wrong("Without weekdays, nothing can be compared.")
    if list(chart.edges) != sorted(set(chart.edges)):
        raise node.get("edges").wrong("Bins begin at ever higher numbers.")


def _funnel(node: Node) -> Funnel:
    node.only(
        *_COMMON,
        *("steps", "order", "window_s", "count", "hold", "exclude", "resolution", "show"),
        *("between", "edges", "counted", "first_day"),
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
        hold=node.get("hold").all(_property, 1),
        exclude=node.get("exclude").all(lambda one: _exclusion(one, len(steps)), 10),
        resolution=node.get("resolution").choice(("second", "millisecond"), "second"),
        show=node.get("show").choice(FUNNEL_VIEWS, "conversion"),
        between=_pair(node.get("between"), len(steps)) if node.has("between") else None,
        edges=node.get("edges").all(_number, 1000),
        counted=event_spec(node.get("counted")) if node.has("counted") else None,
        first_day=node.get("first_day").yes(),
    )
    _steps_agree(node, funnel)
    return funnel


def _steps_agree(node: Node, funnel: Funnel) -> None:
    steps = node.get("steps")
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
        *("start", "end", "count", "window_s", "session", "hide", "only", "include", "collapse"),
        *("expand", "levels", "top"),
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
        collapse=node.get("collapse").yes(),
        expand=node.get("expand").all(_grouping, 3),
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
    if step.compared and step.event.by:
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


_CONDITION = ("property", "scope", "op", "values")


def event_spec(node: Node) -> EventSpec:
    """An event of a chart: `"Checkout"`, or an object with `event`, `kind`, `label` or
    `combined`, and with `where`, `by`, `name`."""
    if isinstance(node.value, str):
        return EventSpec("event", node.text())
    node.only("event", "kind", "label", "combined", "where", "by", "name")
    given = [name for name in ("event", "kind", "label", "combined") if node.has(name)]
    if len(given) != 1:
        raise node.wrong("One of 'event', 'kind', 'label', 'combined' is needed.")
    common: dict[str, Any] = {
        "where": node.get("where").all(condition),
        "by": node.get("by").all(_grouping, MOST_GROUPINGS),
        "name": node.get("name").text("") if node.has("name") else "",
    }
    if given[0] == "kind":
        return EventSpec(node.get("kind").choice(("any", "active", "new")), **common)
    if given[0] == "label":
        return EventSpec("label", label=node.get("label").whole(1, 1 << 53), **common)
    if given[0] == "combined":
        parts = node.get("combined").all(event_spec, 50)
        if len(parts) < 2:
            raise node.get("combined").wrong("Two events or more are needed.")
        for at, part in enumerate(parts):
            if part.kind == "combined":
                raise BadDefinition(
                    f"{node.path}.combined[{at}]", "Combined events cannot hold one another."
                )
        return EventSpec("combined", parts=parts, **common)
    return EventSpec("event", node.get("event").text(), **common)


def condition(node: Node) -> Condition:
    """A condition: `{"property": "price", "scope": "event", "op": ">", "values": [10]}`."""
    node.only("property", "scope", "op", "values")
    op = node.get("op").choice(OPERATORS, "is")
    values = node.need("values").all(_value, 10_000)
    if not values:
        raise node.get("values").wrong("At least one value is needed.")
    return Condition(_property(node, condition=True), op, values)


def _property(node: Node, *, condition: bool = False) -> PropertyRef:
    if isinstance(node.value, str):
        return PropertyRef("event", node.text())
    if not condition:
        node.only("property", "scope")
    scope = node.get("scope").choice(SCOPES, "event")
    if scope == "count":
        return PropertyRef("count", node.get("property").text("after"))
    name = node.need("property").text()
    if scope == "field" and name not in FIELDS:
        raise node.get("property").wrong(f"The fields are {', '.join(FIELDS)}.")
    return PropertyRef(scope, name)


def _grouping(node: Node) -> PropertyRef:
    found = _property(node)
    if found.scope == "field" and found.name not in GROUPABLE_FIELDS:
        raise node.wrong("Nothing can be grouped by this: every event has its own.")
    return found


def read_segment(node: Node, depth: int = 0) -> Segment:
    """A segment, or the rule of a cohort."""
    node.only("name", "users", "where", "performed", "held", "cohorts", "either", "people")
    if depth > DEEPEST_SEGMENT:
        raise node.wrong("Alternatives are nested too deeply.")
    people = node.get("people").all(lambda one: one.whole(1, 1 << 53), 1_000_000)
    either = node.get("either").all(lambda one: read_segment(one, depth + 1), 10)
    return Segment(
        name=node.get("name").text("") if node.has("name") else "",
        users=node.get("users").choice(USERS, "any"),
        where=node.get("where").all(condition),
        performed=node.get("performed").all(_performed, 20),
        held=node.get("held").all(_held, 20),
        cohorts=node.get("cohorts").all(_cohort, 20),
        either=either,
        people=people if node.has("people") else None,
    )


def _performed(node: Node) -> Performed:
    node.only(
        *("event", "op", "count", "during", "negated", "of", "amount", "property", "other"),
        *("interval", "then", "within_days", "each"),
    )
    one = Performed(
        event=event_spec(node.need("event")),
        op=node.get("op").choice(COMPARISONS, ">="),
        count=node.get("count").whole(0, 1 << 53, 1),
        during=_range(node.get("during")) if node.has("during") else None,
        negated=node.get("negated").yes(),
        of=node.get("of").choice(COUNTED, "times"),
        amount=_number(node.get("amount")) if node.has("amount") else 0.0,
        property=_property(node.get("property")) if node.has("property") else None,
        other=event_spec(node.get("other")) if node.has("other") else None,
        interval=node.get("interval").choice(INTERVALS, "day"),
        then=node.get("then").all(event_spec, 9),
        within_days=node.get("within_days").whole(0, 3660, 0),
        each=node.get("each").yes(),
    )
    _performed_agrees(node, one)
    return one


def _performed_agrees(node: Node, one: Performed) -> None:
    if one.of == "relative" and one.other is None:
        raise node.wrong("'other' is missing: the event that is done more or less often.")
    if one.of in ("sum", "distinct") and one.property is None:
        raise node.wrong(f"'property' is missing: {one.of!r} is of one.")
    if one.of == "sum" and not node.has("amount"):
        raise node.wrong("'amount' is missing.")
    if one.then and (one.of != "times" or one.each):
        raise node.get("then").wrong("A sequence goes with 'times', and not with 'each'.")
    if one.then and (one.op not in (">=", ">") or (one.op == ">=" and not one.count)):
        raise node.get("op").wrong("Of a sequence, the first event has been done.")
    if one.each and one.during is not None and one.during.last is None:
        raise node.get("during").wrong("With 'each', the range is one of 'last'.")


def _held(node: Node) -> Held:
    node.only("property", "scope", "op", "values", "when", "during", "negated")
    plain = Node({key: node.value.get(key) for key in _CONDITION if node.has(key)}, node.path)
    found = condition(plain)
    if found.property.scope == "count":
        raise node.get("scope").wrong("The rank of an event is no property that users have.")
    return Held(
        found.property,
        found.op,
        found.values,
        node.get("when").choice(("latest", "ever"), "latest"),
        _range(node.get("during")) if node.has("during") else None,
        node.get("negated").yes(),
    )


def _cohort(node: Node) -> CohortRef:
    node.only("cohort", "negated")
    return CohortRef(node.need("cohort").whole(1, 1 << 53), node.get("negated").yes())


def _range(node: Node) -> Range:
    node.only("last", "unit", "offset", "complete", "since", "start", "end", "without")
    forms = [name for name in ("last", "since", "start") if node.has(name)]
    if len(forms) != 1 or node.has("start") != node.has("end"):
        raise node.wrong("Either 'last', or 'since', or 'start' and 'end' are needed.")
    offset, complete = node.get("offset").whole(0, 10_000, 0), node.get("complete").yes()
    if offset and complete:
        raise node.wrong("'offset' and 'complete' exclude each other.")
    without = tuple(one.choice(WEEKDAYS) for one in node.get("without").each())
    if without and forms[0] == "start":
        raise node.get("without").wrong("Weekdays can be left out of 'last' and 'since' only.")
    return Range(
        last=node.get("last").whole(0, 10_000) if node.has("last") else None,
        unit=node.get("unit").choice(INTERVALS, "day"),
        offset=offset,
        complete=complete,
        since=node.get("since").text() if node.has("since") else None,
        start=node.get("start").text() if node.has("start") else None,
        end=node.get("end").text() if node.has("end") else None,
        without=without,
    )


def _value(node: Node) -> str | None:
    """A value as the text that is stored: 30 is "30", true is "true", null is (none)."""
    value = node.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise node.wrong("A text, a number, true, false or null is needed here.")


def _number(node: Node) -> float:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise node.wrong("A number is needed here.")
    return float(node.value)


def _group(node: Node) -> tuple[str | None, ...]:
    return node.all(_value, 2 * MOST_GROUPINGS)


def written(chart: AnyChart) -> dict[str, Any]:
    """The JSON form; `read` makes the same chart of it."""
    kind = type(chart).__name__.lower()
    return {"version": VERSION, "kind": kind} | _filled(chart)


def segment_json(segment: Segment) -> dict[str, Any]:
    """The JSON form of a segment, or of the rule of a cohort."""
    return _filled(segment)


def _filled(record: Any) -> dict[str, Any]:
    """The fields of a record that differ from their defaults."""
    if isinstance(record, EventSpec):
        return _written_event(record)
    if isinstance(record, PropertyRef):
        return {"property": record.name, "scope": record.scope}
    if isinstance(record, Condition):
        return _filled(record.property) | {"op": record.op, "values": list(record.values)}
    if isinstance(record, Held):
        asked = _filled(Condition(record.property, record.op, record.values))
        return asked | {k: v for k, v in _changed(record).items() if k not in asked}
    if isinstance(record, Step):
        found = _written_event(record.event)
        if record.optional:
            found["optional"] = True
        if record.compared:
            found["compared"] = [_written_event(one) for one in record.compared]
        return found
    return _changed(record)


def _changed(record: Any) -> dict[str, Any]:
    return {
        one.name: _plain(value)
        for one in fields(record)
        if (value := getattr(record, one.name)) != one.default and value is not None
    }


def _written_event(spec: EventSpec) -> dict[str, Any]:
    if spec.kind == "event":
        found: dict[str, Any] = {"event": spec.type}
    elif spec.kind == "label":
        found = {"label": spec.label}
    elif spec.kind == "combined":
        found = {"combined": [_written_event(part) for part in spec.parts]}
    else:
        found = {"kind": spec.kind}
    for name in ("where", "by", "name"):
        if value := getattr(spec, name):
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _filled(value) if is_dataclass(value) else value
