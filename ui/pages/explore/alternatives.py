"""
Alternatives among conditions: `(A and B) or C`, made and taken apart as a person adds and removes.
"""

from dataclasses import replace

from app.query.definition import Segment


def with_another(segment: Segment) -> Segment:
    """The segment with one way more to belong to it. What was said until now about people becomes
    the first way; filters of events and whose events count stay with all of them."""
    if segment.either:
        return replace(segment, either=(*segment.either, Segment()))
    said = replace(segment, name="", users="any", where=())
    first = (said,) if said != Segment() else ()
    kept = Segment(name=segment.name, users=segment.users, where=segment.where)
    return replace(kept, either=(*first, Segment()))


def without(segment: Segment, at: int) -> Segment:
    """The segment without one of its ways. A single one is no alternative: it is simply said."""
    left = (*segment.either[:at], *segment.either[at + 1 :])
    if len(left) != 1:
        return replace(segment, either=left)
    (one,) = left
    people = one.people if segment.people is None else segment.people
    return replace(
        segment,
        where=(*segment.where, *one.where),
        performed=(*segment.performed, *one.performed),
        held=(*segment.held, *one.held),
        cohorts=(*segment.cohorts, *one.cohorts),
        either=one.either,
        people=people,
    )
