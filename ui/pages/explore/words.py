"""
The words of the builder: what measures, intervals, ranges and operators are called.
"""

from app.query.calendar import Range
from app.query.definition import AnyChart, Condition, EventSpec, Journeys, PropertyRef
from app.store.people.conditions import shown_name

MEASURES = {
    "uniques": ("Uniques", "people who did it"),
    "totals": ("Event totals", "how often it was done"),
    "active": ("Active %", "share of active people who did it"),
    "average": ("Average", "times per person who did it"),
    "frequency": ("Frequency", "people by how often they did it"),
    "sum": ("Sum of property", "all values added up"),
    "property_average": ("Average of property", "values per event that has one"),
    "median": ("Median of property", "half of the values are below"),
    "distinct_per_user": ("Distinct values per person", "different values each one had"),
    "distribution": ("Distribution of property", "events by the size of a value"),
    "formula": ("Formula", "of the events, called by their letters"),
}
NOT_SUMMED = ("uniques", "active", "average", "frequency")
"""Who is in two intervals, or in two groups, would be counted twice in their sum."""
INTERVALS = {
    "realtime": "5 minutes",
    "hour": "Hourly",
    "day": "Daily",
    "week": "Weekly",
    "month": "Monthly",
    "quarter": "Quarterly",
    "year": "Yearly",
}
RANGES = {
    "Today": Range(last=0, unit="day"),
    "Last hour": Range(last=1, unit="hour"),
    "Last 24 hours": Range(last=24, unit="hour"),
    "Last 7 days": Range(last=7),
    "Last 30 days": Range(last=30),
    "Last 90 days": Range(last=90),
    "Last 12 weeks": Range(last=12, unit="week"),
    "Last 12 months": Range(last=12, unit="month"),
    "This month": Range(last=0, unit="month"),
}
SHIFTS = {
    "day": "vs previous day",
    "week": "vs previous week",
    "month": "vs previous month",
    "quarter": "vs previous quarter",
    "year": "vs previous year",
}
USERS = {"any": "Any users", "active": "Active users", "new": "New users"}
VIEWS = {
    "line": "Line",
    "area": "Area",
    "bar": "Bar",
    "stacked_bar": "Stacked bar",
    "pie": "Pie",
    "kpi": "Number",
}
OPERATORS = {
    "is": "is",
    "is not": "is not",
    "contains": "contains",
    "does not contain": "does not contain",
    "starts with": "starts with",
    "does not start with": "does not start with",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "set is": "set is",
    "set is not": "set is not",
    "set contains": "set contains",
    "set does not contain": "set does not contain",
    "glob": "matches pattern",
    "not glob": "does not match pattern",
}
RANKS = {
    "after": "Historical count",
    "before": "Historical count, before other filters",
}
"""The n-th time that an event was done (semantics §20)."""
RANK_OPERATORS = ("is", "is not", "<", "<=", ">", ">=")
SCOPES = {
    "event": "event property",
    "user": "user property",
    "group": "group",
    "group_property": "property of groups",
    "field": "of every event",
    "count": "how often so far",
}
FIELDS = {
    "user_id": "User ID",
    "device_id": "Device ID",
    "session_id": "Session ID",
    "event_type": "Event type",
    "project": "Project",
    "library": "SDK and version",
    "event_id": "Event number",
    "upload_id": "Upload number",
}
KINDS = {
    "any": ("Any Event", "inactive ones too"),
    "active": ("Any Active Event", "active ones only"),
    "new": ("New User", "new people"),
    "top": ("Top Global Events", "the ten most frequent"),
    "segment_top": ("Top Events for Segment", "the ten most frequent of the segment"),
}
NONE = "(none)"


def noun_of(chart: AnyChart) -> tuple[str, str]:
    """What a chart counts: one of it, and several."""
    if getattr(chart, "count", "uniques") == "totals":
        return ("path", "paths") if isinstance(chart, Journeys) else ("attempt", "attempts")
    return ("group", "groups") if chart.groups else ("person", "people")


def operators_of(ref: PropertyRef) -> dict[str, str]:
    """How a property can be compared."""
    if ref.scope != "count":
        return OPERATORS
    return {key: title for key, title in OPERATORS.items() if key in RANK_OPERATORS}


def property_title(ref: PropertyRef) -> str:
    """What a property is called."""
    if ref.scope == "count":
        return RANKS.get(ref.name, ref.name)
    if ref.scope == "user":
        return shown_name(ref.name)
    return FIELDS.get(ref.name, ref.name) if ref.scope == "field" else ref.name


def value_title(value: str | None) -> str:
    """A value for people; an empty text is said to be one."""
    if value is None:
        return NONE
    return value or '""'


def values_title(condition: Condition) -> str:
    """The values of a condition in a few words."""
    if not condition.values:
        return "Choose a value"
    shown = " or ".join(value_title(value) for value in condition.values[:3])
    more = len(condition.values) - 3
    return f"{shown} or {more} more" if more > 0 else shown


def event_title(spec: EventSpec) -> str:
    """What an event is called; one that is not chosen yet asks for it."""
    if spec.kind == "event" and not spec.type:
        return "Choose an event"
    return spec.title()


def shift_title(compared: str) -> str:
    """How much earlier a period is."""
    if compared in SHIFTS:
        return SHIFTS[compared].removeprefix("vs ")
    return compared if compared.startswith(("starting", "ending")) else f"{compared} before"


def compared_title(compared: tuple[str, ...]) -> str:
    """What a chart is compared with; empty for nothing."""
    return f"vs {' and '.join(map(shift_title, compared))}" if compared else ""


def range_title(wanted: Range) -> str:
    """A range in words."""
    for title, one in RANGES.items():
        if one == wanted:
            return title
    said = f"{_short(wanted.start)} – {_short(wanted.end)}"
    if wanted.since is not None:
        said = f"Since {wanted.since}"
    elif wanted.last is not None:
        unit = wanted.unit if wanted.last == 1 else f"{wanted.unit}s"
        said = f"Last {wanted.last} {unit}"
        said += f", {wanted.offset} earlier" if wanted.offset else ""
        said += ", full ones" if wanted.complete else ""
    without = ", ".join(day.capitalize() for day in wanted.without)
    return f"{said}, without {without}" if without else said


def _short(text: str | None) -> str:
    """A time without its zone and its midnight."""
    found = (text or "")[:16].replace("T", " ")
    return found.removesuffix(" 00:00")
