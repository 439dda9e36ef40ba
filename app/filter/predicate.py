"""
A filter as a predicate, for one event at hand: what it says of an event is what the store would.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from app.decode.body import column_text
from app.filter.fields import COLUMNS, NOTHING_SAID, Fields, fields_of, texts
from app.filter.keys import AUTOCAPTURED, MARKS, PARTS, REVENUE_PROPERTIES, chosen
from app.filter.properties import inside_json, page_test, property_paths, property_test
from app.filter.texts import PropertyTest, TextTest, is_number
from app.filter.times import now_ms, span
from app.filter.tree import All, Condition, Node, Not
from app.ingest.user_properties import REVENUE_FIELDS
from app.model import Capture, Delivery, Event, Outcome, Upload, Via


class Subject(NamedTuple):
    """An event as filters look at it. The JSON texts are those of its columns; `people` are all
    ids of its person, `problems` and `labels` what was found about it,
    `marks` what a person put on it (`pinned`, `marked`, `note`)."""

    type: str
    user: str | None
    device: str | None
    session: int | None
    insert_id: str | None
    outcome: Outcome
    at_ms: int
    api_key: str | None = None
    project: str = ""
    sdk: str | None = None
    via: Via = Via.PROXY
    delivery: Delivery | None = None
    status: int | None = None
    upload_id: int | None = None
    failure: str = ""
    is_repeat: bool = False
    has_revenue: bool = False
    """Beside its properties."""
    event_properties: str | None = None
    user_properties: str | None = None
    groups: str | None = None
    group_properties: str | None = None
    people: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    fields: Fields = NOTHING_SAID
    marks: frozenset[str] = frozenset()


def subject(
    event: Event, upload: Upload, capture: Capture, outcome: Outcome, **further: Any
) -> Subject:
    """The subject of an event as it was decoded. `further` are fields that the exchange does not
    tell: `project`, `upload_id`, `is_repeat`, `people`, `problems`, `labels`, `addresses`,
    `marks`."""
    fields = event.fields
    return Subject(
        type=event.type,
        user=event.user_id,
        device=event.device_id,
        session=event.session_id,
        insert_id=event.insert_id,
        outcome=outcome,
        at_ms=capture.at_ms,
        api_key=upload.api_key,
        sdk=upload.library,
        via=capture.via,
        delivery=capture.delivery,
        status=capture.response.status if capture.response else None,
        failure=capture.failure,
        event_properties=column_text(fields.get("event_properties")),
        user_properties=column_text(fields.get("user_properties")),
        groups=column_text(fields.get("groups")),
        group_properties=column_text(fields.get("group_properties")),
        has_revenue=any(fields.get(name) is not None for name in REVENUE_FIELDS),
        fields=fields_of(fields),
        **further,
    )


def matches(node: Node, one: Subject, at_ms: int | None = None) -> bool:
    """Whether an event meets a filter; times are seen from `at_ms`."""
    if isinstance(node, Condition):
        return _holds(node, one, now_ms() if at_ms is None else at_ms)
    if isinstance(node, Not):
        return not matches(node.of, one, at_ms)
    every = all if isinstance(node, All) else any
    return every(matches(part, one, at_ms) for part in node.parts)


def _holds(one: Condition, event: Subject, at_ms: int) -> bool:
    if one.path:
        column = {
            "prop": event.event_properties,
            "user": event.user_properties,
            "group": event.groups,
        }
        return property_test(property_paths(one.key, one.path), one).holds(column[one.key])
    if one.key in _TEXTS:
        test = TextTest.of(one)
        return any(test.holds(text) for text in _TEXTS[one.key](event))
    if one.key == "time":
        times = span(one.op, one.value, at_ms)
        return times.first_ms <= event.at_ms < times.end_ms
    return _WORDS[one.key](one, event)


def _field_texts(key: str, event: Subject) -> tuple[str | None, ...]:
    return texts(event.fields, key)


_TEXTS: dict[str, Callable[[Subject], tuple[str | None, ...]]] = {
    "type": lambda event: (event.type,),
    "user": lambda event: (event.user,),
    "device": lambda event: (event.device,),
    "project": lambda event: (event.api_key, event.project) if event.api_key is not None else (),
    "sdk": lambda event: (event.sdk,),
    "person": lambda event: event.people,
    "problem": lambda event: event.problems,
    "label": lambda event: event.labels,
    "ip": lambda event: event.addresses,
    **{key: partial(_field_texts, key) for key in COLUMNS},
}


def _free_text(one: Condition, event: Subject) -> bool:
    test, inside = TextTest.of(one), inside_json(one)
    return (
        any(test.holds(text) for text in (event.type, event.user, event.device))
        or event.insert_id == one.value
        or any(
            inside.holds(text)
            for text in (
                event.event_properties,
                event.user_properties,
                event.groups,
                event.group_properties,
            )
        )
    )


def _is_number(one: Condition, found: int | None) -> bool:
    return found is not None and is_number(one, found)


def _is(word: str, event: Subject) -> bool:
    known = {
        "repeat": event.is_repeat,
        "autocaptured": TextTest(AUTOCAPTURED, has_wildcards=True).holds(event.type),
        "identify": event.type in ("$identify", "$groupidentify"),
        "anonymous": event.user is None,
        "local": event.delivery is Delivery.LOCAL,
        "failed": event.failure != "",
    } | {mark: mark in event.marks for mark in MARKS}
    return known.get(word, event.outcome == word)


def _has(one: Condition, event: Subject) -> bool:
    word = one.value
    if one.is_quoted or word not in PARTS:
        test = PropertyTest(((word,),), is_there=True)
        return test.holds(event.event_properties) or test.holds(event.user_properties)
    paths = tuple((name,) for name in REVENUE_PROPERTIES)
    return {
        "user": event.user is not None,
        "device": event.device is not None,
        "session": event.session is not None and event.session >= 0,
        "insert_id": event.insert_id is not None,
        "properties": event.event_properties is not None,
        "groups": event.groups is not None,
        "revenue": event.has_revenue
        or PropertyTest(paths, is_there=True).holds(event.event_properties),
        "problem": bool(event.problems),
        "label": bool(event.labels),
        "note": "note" in event.marks,
    }[word]


_WORDS: dict[str, Callable[[Condition, Subject], bool]] = {
    "": _free_text,
    "session": lambda one, event: _is_number(one, event.session),
    "status": lambda one, event: _is_number(one, event.status),
    "upload": lambda one, event: _is_number(one, event.upload_id),
    "outcome": lambda one, event: event.outcome in chosen("outcome", one.value),
    "via": lambda one, event: event.via in chosen("via", one.value),
    "is": lambda one, event: any(_is(word, event) for word in chosen("is", one.value)),
    "has": _has,
    "page": lambda one, event: page_test(one).holds(event.event_properties),
}
