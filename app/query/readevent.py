"""
Reads what charts and rules are made of from JSON: events, conditions, properties, ranges.
"""

from datetime import datetime
from typing import Any

from app.query.calendar import INTERVALS, WEEKDAYS, Range
from app.query.definition import (
    FIELDS,
    GROUPABLE_FIELDS,
    MOST_GROUPINGS,
    OPERATORS,
    SCOPES,
    TOP_KINDS,
    TYPE,
    Condition,
    EventSpec,
    PropertyRef,
)
from app.query.node import BadDefinition, Node

RANK_OPERATORS = ("is", "is not", "<", "<=", ">", ">=")
RANKS = tuple("12345")
MOST_VALUES, MOST_COMPARED = 10_000, 1000
"""How many values a condition may have that looks them up, and one that tries each of them."""
CONDITION_KEYS = ("property", "scope", "op", "values")


def event_spec(node: Node, *, top: bool = False) -> EventSpec:
    """An event of a chart: `"Checkout"`, or an object with `event`, `kind`, `label` or
    `combined`, and with `where`, `by`, `name`. With `top`, it may be the most frequent ones."""
    if isinstance(node.value, str):
        return EventSpec("event", node.text())
    node.only("event", "kind", "label", "combined", "where", "by", "name")
    given = [name for name in ("event", "kind", "label", "combined") if node.has(name)]
    if len(given) != 1:
        raise node.wrong("One of 'event', 'kind', 'label', 'combined' is needed.")
    where = node.get("where").all(condition)
    if sum(one.property.scope == "count" for one in where) > 1:
        raise node.get("where").wrong("An event has one rank at a time.")
    common: dict[str, Any] = {
        "where": where,
        "by": node.get("by").all(grouping, MOST_GROUPINGS),
        "name": node.get("name").text("") if node.has("name") else "",
    }
    if given[0] == "kind":
        return _of_kind(node.get("kind"), common, top=top)
    if given[0] == "label":
        return EventSpec("label", label=node.get("label").whole(1, 1 << 53), **common)
    if given[0] == "combined":
        parts = node.get("combined").all(_part, 50)
        if len(parts) < 2:
            raise node.get("combined").wrong("Two events or more are needed.")
        for at, part in enumerate(parts):
            problem = _problem_inside(part)
            if problem:
                raise BadDefinition(f"{node.path}.combined[{at}]", problem)
        return EventSpec("combined", parts=parts, **common)
    return EventSpec("event", node.get("event").text(), **common)


def _part(node: Node) -> EventSpec:
    """One of several events that are combined."""
    if node.has("combined"):  # Looked at before what it holds: nobody can nest without end.
        raise node.wrong("Combined events cannot hold one another.")
    return event_spec(node)


def _of_kind(node: Node, common: dict[str, Any], *, top: bool) -> EventSpec:
    kind = node.choice(("any", "active", "new", *TOP_KINDS))
    if kind not in TOP_KINDS:
        return EventSpec(kind, **common)
    if not top:
        raise node.wrong("Top events go with segmentation, each as an event of its own.")
    if any(one.property.scope == "count" for one in common["where"]):
        raise node.wrong("Top events have no rank.")
    by = common["by"]
    return EventSpec(kind, **common | {"by": by if by[:1] == (TYPE,) else (TYPE, *by)})


def _problem_inside(part: EventSpec) -> str:
    """Why an event cannot be one of several that are combined, if so."""
    if part.by:
        return "Combined events are grouped together, not each by itself."
    # Their ranks are those among all of them (semantics §20).
    return "The rank belongs to the combined event." if part.is_ranked() else ""


def condition(node: Node) -> Condition:
    """A condition: `{"property": "price", "scope": "event", "op": ">", "values": [10]}`."""
    node.only(*CONDITION_KEYS)
    op = node.get("op").choice(OPERATORS, "is")
    most = MOST_VALUES if op in ("is", "is not") else MOST_COMPARED
    values = node.need("values").all(value_text, most)
    if not values:
        raise node.get("values").wrong("At least one value is needed.")
    found = Condition(property_ref(node, condition=True), op, values)
    if found.property.scope == "count":
        _check_rank(node, found)
    return found


def filter_of(node: Node) -> Condition:
    """A condition that is not about the rank of an event, which only events have."""
    found = condition(node)
    if found.property.scope == "count":
        raise node.get("scope").wrong("The rank of an event goes with an event's own filters.")
    return found


def _check_rank(node: Node, found: Condition) -> None:
    """Ranks are whole numbers from 1 to 5 (semantics §20)."""
    if found.op not in RANK_OPERATORS:
        listed = ", ".join(RANK_OPERATORS)
        raise node.get("op").wrong(f"For the rank of an event it is one of {listed}.")
    if found.property.name not in ("before", "after"):
        raise node.get("property").wrong("It is counted 'before' or 'after' other filters.")
    if not all(one in RANKS for one in found.values):
        raise node.get("values").wrong("The rank of an event is a whole number from 1 to 5.")


def property_ref(node: Node, *, condition: bool = False) -> PropertyRef:
    """A property: `"price"`, or `{"property": "plan", "scope": "user"}`; with `condition`, the one
    that a condition is about."""
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


def measured(node: Node) -> PropertyRef:
    """A property that has values of its own."""
    found = property_ref(node)
    if found.scope == "count":
        raise node.wrong("The rank of an event goes with an event's own filters.")
    return found


def grouping(node: Node) -> PropertyRef:
    """A property that can be grouped by (semantics §0.4)."""
    found = measured(node)
    if found.scope == "field" and found.name not in GROUPABLE_FIELDS:
        raise node.wrong("Nothing can be grouped by this: every event has its own.")
    return found


def time_range(node: Node) -> Range:
    """A range in one of its three forms (semantics §0.2)."""
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
        since=_moment(node.get("since")) if node.has("since") else None,
        start=_moment(node.get("start")) if node.has("start") else None,
        end=_moment(node.get("end")) if node.has("end") else None,
        without=without,
    )


def _moment(node: Node) -> str:
    """A date or a time, as it was written."""
    text = node.text()
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise node.wrong(
            f"{text!r:.60} is neither a date such as 2026-11-01 nor a time."
        ) from error
    return text


def value_text(node: Node) -> str | None:
    """A value as the text that is stored: 30 is "30", true is "true", null is (none)."""
    value = node.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise node.wrong("A text, a number, true, false or null is needed here.")


def number(node: Node) -> float:
    """A finite number."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise node.wrong("A number is needed here.")
    # JSON says NaN in Python, and an integer of a thousand digits is no float.
    if not -1e300 < node.value < 1e300:
        raise node.wrong("This number is too large.")
    return float(node.value)
