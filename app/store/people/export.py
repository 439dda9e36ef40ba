"""
People as `eventscope users` prints them; the keys are documented in the README and stable.
"""

from collections.abc import Sequence
from typing import Any

from app.store.people import PeopleReader
from app.store.people.conditions import Condition
from app.store.people.profile import Profile
from app.store.people.search import PersonRow


def people(
    reader: PeopleReader, conditions: Sequence[Condition], now_ms: int, limit: int
) -> list[dict[str, Any]]:
    """Those found, last seen first; everything about them when it is one who was looked for. An
    exact id goes before everything that has it in it."""
    exact: list[int] = []
    if len(conditions) == 1 and conditions[0].kind in ("word", "user", "device"):
        exact = reader.search.by_id(conditions[0].text)
    if exact and not conditions[0].negated:
        found = reader.search.rows(exact)
    else:
        found = reader.search.find(conditions, now_ms, limit).people
    if len(found) == 1 and conditions:
        profile = reader.profiles.profile(found[0].id)
        if profile is not None:
            return [whole(profile)]
    return [brief(person) for person in found]


def brief(person: PersonRow) -> dict[str, Any]:
    """Someone found."""
    return {
        "person": person.id,
        "project": person.project,
        "user_id": person.user,
        "device_id": person.device,
        "devices": person.devices,
        "events": person.events,
        "first_ms": person.first_ms,
        "last_ms": person.last_ms,
    }


def whole(profile: Profile) -> dict[str, Any]:
    """Everything about someone."""
    return {
        **brief(profile.person),
        "sessions": profile.sessions,
        "ids": [
            {
                "device_id": use.device or None,
                "user_id": use.user or None,
                "events": use.events,
                "first_event": use.first_id,
                "last_event": use.last_id,
                "first_ms": use.first_ms,
                "last_ms": use.last_ms,
                "shared_with": list(use.shared_with),
            }
            for use in profile.uses
        ],
        "merged": [
            {
                "person": one.person,
                "device_id": one.device or None,
                "event": one.event_id,
                "event_type": one.event_type,
                "received_ms": one.received_ms,
            }
            for one in profile.merges
        ],
        "user_properties": {
            one.name: {
                "value": one.value,
                "event": one.event_id,
                "event_type": one.event_type,
                "received_ms": one.received_ms,
                "changes": one.changes,
            }
            for one in profile.properties
        },
        "seen_with": {
            facet: {one.value: one.events for one in profile.of_facet(facet)}
            for facet in dict.fromkeys(one.facet for one in profile.facets)
        },
        "exposures": [
            {
                "flag": one.flag,
                "variant": one.variant or None,
                "experiment": one.experiment or None,
                "times": one.times,
                "first_ms": one.first_ms,
                "last_ms": one.last_ms,
            }
            for one in profile.exposures
        ],
        "recorded_sessions": list(profile.replays),
        "looks_like": [
            {"id": one.text, "person": one.person, "differs_by": one.differs_by}
            for one in profile.twins
        ],
        "placeholder": profile.is_placeholder,
    }
