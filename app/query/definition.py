"""
What a chart is about, as frozen records. `reading` makes them of JSON (documented in the README),
`written` gives the JSON back. Nothing here knows how an answer is computed.
"""

from dataclasses import dataclass

from app.query.calendar import Range

VERSION = 1
SCOPES = ("event", "user", "group", "group_property", "field", "count")
"""Where a property is looked for (semantics §0.4): with the event, in what was known of the
person at the event, among the groups of the event, in what was known of these groups (`org.plan`
is the plan of the group of type `org`), among the fields every event has; `count` is the rank of
the event among its like (§20)."""
GROUPABLE_FIELDS = ("user_id", "device_id", "session_id", "event_type", "project", "library")
FIELDS = (*GROUPABLE_FIELDS, "event_id", "upload_id")
"""What every event has; `library` is the SDK that sent it, as it says so: `name/version`."""
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
VIEWS = ("line", "area", "bar", "stacked_bar", "pie", "kpi")
SHARED_VIEWS = ("area", "bar", "stacked_bar", "pie")
"""Views in which series may be parts of all."""
USERS = ("any", "active", "new")
ORDERS = ("this", "any", "exact")
SHAPES = ("count", "share", "running")
FUNNEL_VIEWS = ("conversion", "over_time", "time_to_convert", "frequency", "improvement")
LONGEST_WINDOW_S = 366 * 86400
MOST_EVENTS = 10
MOST_GROUPINGS = 5
MOST_CALLED = 500
"""Events that the steps of journeys are called by."""
MOST_WITHOUT_CAPS = 50
"""Events and groupings of a chart that has no caps."""
ROWS = (100, 500)
"""How many groups are kept, of one grouping and of several."""
ROWS_WITHOUT_CAPS = 10_000


@dataclass(frozen=True, slots=True)
class PropertyRef:
    """A property and where it is looked for. `parent.child` reaches into objects and carts."""

    scope: str
    name: str


TYPE = PropertyRef("field", "event_type")
TOP_KINDS = ("top", "segment_top")
"""The ten most frequent event types, of everybody or of the segments (semantics §0.3)."""


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
    interval in which they were new), `top` and `segment_top` (see `topevents`), `label` or
    `combined`.
    """

    kind: str
    type: str = ""
    label: int = 0
    parts: tuple["EventSpec", ...] = ()
    where: tuple[Condition, ...] = ()
    by: tuple[PropertyRef, ...] = ()
    name: str = ""

    def is_ranked(self) -> bool:
        """Whether it is the n-th of its like (semantics §20)."""
        own = any(one.property.scope == "count" for one in self.where)
        return own or any(part.is_ranked() for part in self.parts)

    def title(self) -> str:
        """What a legend calls it."""
        if self.name:
            return self.name
        if self.kind == "event":
            return self.type
        if self.kind == "combined":
            return " or ".join(part.title() for part in self.parts)
        return _TITLES.get(self.kind, f"Labeled event {self.label}")


_TITLES = {
    "any": "Any Event",
    "active": "Any Active Event",
    "new": "New User",
    "top": "Top Global Events",
    "segment_top": "Top Events for Segment",
}


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
    """What all charts have. `project` is the API key they are about; empty for all. `groups` is a
    type of groups that are counted instead of users (semantics §18)."""

    range: Range
    interval: str = "day"
    segments: tuple[Segment, ...] = (Segment(),)
    by: tuple[PropertyRef, ...] = ()
    project: str = ""
    groups: str = ""
    inactive: tuple[str, ...] = ()
    """Event types that make nobody active (semantics §0.3)."""
    compatible: bool = True
    """Whether as much is kept as Amplitude keeps (semantics §0.5), or as much as can be shown."""


@dataclass(frozen=True, slots=True)
class Axis:
    """How the page draws numbers (semantics §6.5): from `min` to `max`, where somebody chose one;
    what lies `outside` up to the edge, or not at all. `unit` is `%`, something in front of each
    number such as `$`, or a text with `#` in the number's place."""

    min: float | None = None
    max: float | None = None
    outside: bool = True
    unit: str = ""


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
    """Earlier periods, as `comparing` says them."""
    edges: tuple[float, ...] = ()
    """Where the bins of `frequency` and `distribution` begin; empty for the default ones."""
    items: bool = True
    """Of a grouping by an array, count each element, and not each event once."""
    view: str = "line"
    hidden: tuple[tuple[str | None, ...], ...] = ()
    """Groups that were excluded in Microscope."""
    rows: int = 0
    """How many groups are kept; 0 for the usual 100, or 500 with several groupings."""
    relative: bool = False
    """Drawn as parts of the whole, where parts stand on each other or side by side."""
    right: tuple[int, ...] = ()
    """Events (or formulas) by their place that lines draw against a second axis."""
    shape: str = "count"
    """How a histogram is drawn: `count`, `share` of all, or `running` share."""
    axis: Axis = Axis()
    legend: tuple[tuple[str, str], ...] = ()
    """Names of series, and what a legend calls them instead. That of an earlier period ends with
    the period in parentheses."""


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
    sum: PropertyRef | None = None
    """A property that is added up over the events of the last step."""
    baseline: int = 0
    """The segment that others are compared with; without several, the place of the group."""
    hidden: tuple[tuple[str | None, ...], ...] = ()
    """Groups that were excluded in Microscope."""
    shape: str = "count"
    """How `time_to_convert` and `frequency` are drawn, as of a segmentation."""


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
    exclude: tuple[EventSpec, ...] = ()
    """Events that are left out of paths, such as those of one page."""
    called: tuple[EventSpec, ...] = ()
    """Events by whose names steps are called instead of by their types, such as labeled ones;
    those that journeys begin or end with are, if they have a name."""
    collapse: bool = False
    expand: tuple[PropertyRef, ...] = ()
    levels: int = 5
    top: int = 5


def rows_kept(chart: Segmentation, groupings: int) -> int:
    """How many groups a chart keeps (semantics §0.5, §6.3)."""
    if chart.rows:
        return chart.rows
    return ROWS[groupings > 1] if chart.compatible else ROWS_WITHOUT_CAPS


type Group = tuple[str | None, ...]
"""The values of what was grouped by; None is `(none)`."""
type AnyChart = Segmentation | Funnel | Journeys
