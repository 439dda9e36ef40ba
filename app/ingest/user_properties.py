"""
What is known of a person, changed by identifies and events in order of receipt (semantics §3).

A state is a dictionary. Names that begin with `@` are Amplitude's own properties under their wire
names (`@platform`, `@city`), all others are the sender's. `changes` says what an event changes;
None stands for a property that is gone, because a null is no value (semantics §0.4).
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

type Json = dict[str, Any]
type State = dict[str, Any]

CLEAR, UNSET = "$clearAll", "$unset"
LONGEST_LIST_TEXT = 10_000
"""What would make the text of a list longer is not recorded."""
LARGEST_NUMBER = 1e300
"""Nobody counts so far."""

DEVICE_GROUP = (
    "platform",
    "os_name",
    "os_version",
    "device_brand",
    "device_manufacturer",
    "device_model",
    "carrier",
)
PLACE_GROUP = ("country", "region", "city", "dma")
GROUPS = (DEVICE_GROUP, PLACE_GROUP)
"""One member sent means that all are: the others are unset."""
REVENUE_FIELDS = ("revenue", "price")
"""Where HTTP V2 says revenue, beside the properties of an event: it is worked out from a price
(wire-format §2.1)."""
ALONE = ("language", "app_version", "version_name", "ip", "idfa", "idfv", "adid")
SKIP = "$skip_user_properties_sync"
EXPOSURE = "$exposure"
_CONTEXT = (*DEVICE_GROUP, *PLACE_GROUP, *ALONE)
_MORE_THAN_CONTEXT = frozenset({EXPOSURE, "revenue_amount"})
_PLAIN = frozenset({str, type(None)})
"""Equal values of other types may still be different: 1 and True."""
_GONE = object()


def changes(state: State, event_type: str, fields: Json) -> State:
    """What an event with these fields (HTTP V2 names) makes of a state: new values by name, and
    None for what is unset. Empty when nothing changes. The state itself is left alone."""
    found: State = {}
    _context(found, fields)
    _lifetime(found, state, event_type, fields)
    properties = fields.get("user_properties")
    if isinstance(properties, dict) and properties:
        _operate(found, state, properties)
    if event_type == EXPOSURE:
        _expose(found, fields)
    return {
        name: value
        for name, value in found.items()
        if (value is not None and state.get(name, _GONE) != value)
        or (value is None and name in state)
        or (value is not None and type(state.get(name)) is not type(value))
    }


def context(event_type: str, fields: Json) -> tuple[str | None, ...] | None:
    """All that `changes` goes by, of an event that says nothing but with what it was sent, as
    nearly all do: when one changed nothing, the next with an equal context changes nothing either.
    None for an event that may say more, or says it in something else than text."""
    if (
        fields.get("user_properties")
        or any(fields.get(name) is not None for name in REVENUE_FIELDS)
        or event_type in _MORE_THAN_CONTEXT
    ):
        return None
    found = tuple(map(fields.get, _CONTEXT))
    return found if _PLAIN.issuperset(map(type, found)) else None


def applied(state: State, changed: State) -> State:
    """A state after changes."""
    merged = state | changed
    return {name: value for name, value in merged.items() if value is not None}


def inherited(state: State, earlier: State) -> State:
    """What a person gains from one who was merged into them: what they had not themselves."""
    return {name: value for name, value in earlier.items() if name not in state}


def is_apart(fields: Json) -> bool:
    """Whether an event keeps to its own user properties, and leaves the person's alone."""
    return fields.get(SKIP) is True


def own(fields: Json) -> State:
    """The properties of an event that keeps to its own."""
    found: State = {}
    _context(found, fields)
    properties = fields.get("user_properties")
    if isinstance(properties, dict):
        _operate(found, {}, properties)
    return {name: value for name, value in found.items() if value is not None}


def is_operation(name: str) -> bool:
    """Whether this key of `user_properties` says what to do with those below it."""
    return name in OPERATION_NAMES


def _context(found: State, fields: Json) -> None:
    for group in GROUPS:
        if any(fields.get(name) is not None for name in group):
            for name in group:
                found["@" + name] = fields.get(name)
    for name in ALONE:
        value = fields.get(name)
        if value is not None and value != "$remote":
            found["@" + name] = value


def _lifetime(found: State, state: State, event_type: str, fields: Json) -> None:
    """`Paying` is once and for ever, and so is the first version."""
    version = fields.get("app_version") or fields.get("version_name")
    if version is not None and "@start_version" not in state:
        found["@start_version"] = version
    if "@paying" not in state and (
        event_type == "revenue_amount"
        or any(_number(fields.get(name)) is not None for name in REVENUE_FIELDS)
    ):
        found["@paying"] = "true"


def _operate(found: State, state: State, properties: Json) -> None:
    operations = [name for name in properties if is_operation(name)]
    if not operations:
        for name, value in properties.items():
            found[name] = value
        return
    # Beside operations, bare properties are not taken.
    if CLEAR in operations:
        found.update(dict.fromkeys((name for name in state if not name.startswith("@")), None))
    unset = properties.get(UNSET)
    if isinstance(unset, dict):
        found.update(dict.fromkeys(unset, None))
    for operation, work in OPERATIONS.items():
        values = properties.get(operation)
        if isinstance(values, dict):
            for name, value in values.items():
                result = work(found[name] if name in found else state.get(name), value)
                if result is not _GONE:
                    found[name] = result


def _expose(found: State, fields: Json) -> None:
    properties = fields.get("event_properties")
    flag = properties.get("flag_key") if isinstance(properties, dict) else None
    if isinstance(flag, str) and isinstance(properties, dict):
        found[f"[Experiment] {flag}"] = properties.get("variant")


def _set_once(before: Any, value: Any) -> Any:
    return value if before is None else _GONE


def _add(before: Any, value: Any) -> Any:
    amount, now = _number(value), 0 if before is None else _number(before)
    return _GONE if amount is None or now is None else now + amount


def _append(before: Any, value: Any) -> Any:
    return _fitting(_listed(before), _listed(value), _behind)


def _prepend(before: Any, value: Any) -> Any:
    return _fitting(_listed(before), _listed(value), _before)


def _post_insert(before: Any, value: Any) -> Any:
    held = _listed(before)
    return _fitting(held, _missing(held, value), _behind)


def _pre_insert(before: Any, value: Any) -> Any:
    held = _listed(before)
    return _fitting(held, _missing(held, value), _before)


def _remove(before: Any, value: Any) -> Any:
    if before is None:
        return _GONE
    gone = {_exact(one) for one in _listed(value)}
    return [one for one in _listed(before) if _exact(one) not in gone]


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "$set": lambda _, value: value,
    "$setOnce": _set_once,
    "$add": _add,
    "$append": _append,
    "$prepend": _prepend,
    "$preInsert": _pre_insert,
    "$postInsert": _post_insert,
    "$remove": _remove,
}
"""In the order in which the server takes them, after `$clearAll` and `$unset`."""
OPERATION_NAMES = frozenset({CLEAR, UNSET, *OPERATIONS})


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _missing(held: list[Any], value: Any) -> list[Any]:
    known = {_exact(one) for one in held}
    fresh = []
    for one in _listed(value):
        exact = _exact(one)
        if exact not in known:
            known.add(exact)
            fresh.append(one)
    return fresh


def _exact(value: Any) -> tuple[type, Any]:
    """As JSON tells values apart, where Python says that 1 and True are one. Can be in a set: of
    an upload with a hundred thousand values each would be compared with all others."""
    return type(value), _text(value) if isinstance(value, dict | list) else value


def _text(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except RecursionError:
        return str(id(value))  # Deeper than can be compared: like nothing else.


def _behind(held: list[Any], one: list[Any]) -> list[Any]:
    return held + one


def _before(held: list[Any], one: list[Any]) -> list[Any]:
    return one + held


def _fitting(
    held: list[Any], more: list[Any], join: Callable[[list[Any], list[Any]], list[Any]]
) -> list[Any]:
    """Both, as far as the text of the list may grow."""
    room = LONGEST_LIST_TEXT - _text_length(held)
    taken = []
    for one in more:
        room -= _text_length([one])
        if room < 0:
            break
        taken.append(one)
    return join(held, taken)


def _text_length(values: Iterable[Any]) -> int:
    return sum(len(str(value)) + 1 for value in values)


def _number(value: Any) -> int | float | None:
    """A value as something to count with. JSON allows integers that no float holds, and adding
    one of them to a fraction has no answer."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= LARGEST_NUMBER else None
