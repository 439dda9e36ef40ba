"""
Reads segments, and the rules of cohorts, from JSON.
"""

from app.query.calendar import INTERVALS
from app.query.definition import (
    COMPARISONS,
    COUNTED,
    DEEPEST_SEGMENT,
    USERS,
    CohortRef,
    Held,
    Performed,
    Segment,
)
from app.query.node import Node
from app.query.readevent import (
    CONDITION_KEYS,
    event_spec,
    filter_of,
    measured,
    number,
    time_range,
)


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
        where=node.get("where").all(filter_of),
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
        during=time_range(node.get("during")) if node.has("during") else None,
        negated=node.get("negated").yes(),
        of=node.get("of").choice(COUNTED, "times"),
        amount=number(node.get("amount")) if node.has("amount") else 0.0,
        property=measured(node.get("property")) if node.has("property") else None,
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
    plain = Node({key: node.value.get(key) for key in CONDITION_KEYS if node.has(key)}, node.path)
    found = filter_of(plain)
    return Held(
        found.property,
        found.op,
        found.values,
        node.get("when").choice(("latest", "ever"), "latest"),
        time_range(node.get("during")) if node.has("during") else None,
        node.get("negated").yes(),
    )


def _cohort(node: Node) -> CohortRef:
    node.only("cohort", "negated")
    return CohortRef(node.need("cohort").whole(1, 1 << 53), node.get("negated").yes())
