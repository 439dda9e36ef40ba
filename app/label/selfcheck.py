"""
Whether the page agent sees an element as the SDK then reports it.

Suggestions and counts on a page rest on what the agent says; labels match what SDKs send. When a
new version of an SDK describes elements otherwise, a person should hear of it from us first.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from app.agentwords import Clicked
from app.filter import Filter
from app.label.element import PREFIX, Action
from app.store import Store
from app.store.definitions import Definitions

KIND = "selfcheck"
NEAR_MS = 150
"""Both ask the same clock, in the same event; the SDK a little later."""
_FIELDS = ("Element Tag", "Element Text", "Element Href")


class Difference(NamedTuple):
    """What differs for one SDK, in a sentence, with the event that shows it."""

    library: str
    sentence: str
    event_id: int


def difference(click: Clicked, properties: Mapping[str, Any]) -> str:
    """In what the SDK's event and the agent's element differ, or nothing. What the SDK did not
    send says nothing."""
    element = click.subject
    sent = _nodes(properties.get(f"{PREFIX}Element Hierarchy"))
    if sent is not None:
        for level, (theirs, ours) in enumerate(zip(sent, element.hierarchy, strict=False)):
            names = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
            if names:
                return (
                    f"level {level} of the hierarchy, a {theirs.get('tag')}, differs in {names[0]}"
                )
        if len(sent) != len(element.hierarchy):
            return f"the hierarchy has {len(sent)} levels instead of {len(element.hierarchy)}"
    mine = dict(zip(_FIELDS, (element.tag, element.text, element.href), strict=True))
    for name in _FIELDS:
        said = properties.get(PREFIX + name)
        if isinstance(said, str) and said != mine[name]:
            return f"{name} is “{said[:60]}” instead of “{mine[name][:60]}”"
    return ""


def checked(
    store: Store, clicks: Iterable[Clicked], after: int
) -> tuple[list[Difference], set[int]]:
    """Compare clicks with the events after one that were sent for them. Returns what differs, and
    which clicks (by their time) an event was found for."""
    waiting = {click.at_ms: click for click in clicks}
    found: list[Difference] = []
    seen: set[int] = set()
    for number in store.events.after(Filter(), after) if waiting else ():
        detail = store.events.detail(number)
        if detail is None or detail.row.type != Action.CLICKED.event_type:
            continue
        at_ms, properties = detail.event.fields.get("time"), detail.event.fields
        body = properties.get("event_properties")
        click = _nearest(waiting, at_ms) if isinstance(at_ms, int) else None
        # The first event is the one for it; what comes soon after may be for a click in a shadow
        # root, of which nobody told.
        if click is None or click.at_ms in seen or not isinstance(body, dict):
            continue
        if body.get(f"{PREFIX}Element Tag") != click.subject.tag:
            continue
        seen.add(click.at_ms)
        sentence = difference(click, body)
        if sentence:
            found.append(Difference(detail.row.library or "", sentence, number))
    return found, seen


def is_news(folder: Path, one: Difference) -> bool:
    """Whether this was not said of this version of the SDK before; from now on it was. Raises
    StoreUnavailable."""
    with Definitions(folder) as definitions:
        if any(known.name == one.library for known in definitions.all(KIND)):
            return False
        definitions.save(KIND, one.library, {"sentence": one.sentence})
    return True


def _nearest(waiting: Mapping[int, Clicked], at_ms: int) -> Clicked | None:
    near = [time for time in waiting if 0 <= at_ms - time <= NEAR_MS]
    return waiting[max(near)] if near else None


def _nodes(value: object) -> list[dict[str, Any]] | None:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    if not isinstance(value, list) or not all(isinstance(node, dict) for node in value):
        return None
    return value
