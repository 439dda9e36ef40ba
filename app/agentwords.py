"""
What the page agent says, checked: every word of it comes from a page, and a page may lie.

`read` turns a message into one of the records below, or refuses it. Sizes are bounded, types are
exact, and nothing but what is named here is taken over.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from app.errors import BadInput

LONGEST_MESSAGE = 16 << 20
MOST_ELEMENTS = 5001
MOST_NODES = 60_000
MOST_LEVELS = 1000
MOST_CONFIGS = 40
MOST_OPTIONS = 200
LONGEST_OPTION = 100
MOST_DROPPED = 200
DROPPED_WHY = frozenset(
    {"null", "list", "object", "twice", "no number", "undefined", "function", "symbol", "bigint"}
)
_DROPPED_ON = frozenset({"user", "event", "revenue"})
LONGEST = 4096
"""The longest text that is taken over; what SDKs report is far shorter."""

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page is there, or its address changed. `is_new`: it was loaded; `from_worker`: the site's
    service worker gave it, perhaps from what it kept."""

    url: str
    title: str
    is_new: bool
    from_worker: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """A page of a chosen site is open without the agent. `has_worker`: the site has a service
    worker, which may keep pages; `is_sandboxed`: the page's policy keeps scripts such as the agent
    out. Told by the proxy, not by a page."""

    has_worker: bool
    is_sandboxed: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """What would be reported of an element. `hierarchy` as the SDK sends it, target first."""

    hierarchy: tuple[Json, ...]
    text: str = ""
    href: str = ""
    page_url: str = ""
    page_title: str = ""
    attributes: Json = field(default_factory=dict)
    in_shadow: bool = False

    @property
    def tag(self) -> str:
        """The element's tag in lower case."""
        return str(self.hierarchy[0]["tag"]) if self.hierarchy else ""


@dataclass(frozen=True, slots=True)
class Picked:
    """A person chose an element. `element` is its place in the last survey, or -1; `trail` says
    what is around it, from itself outwards; `is_sure` that a click on it is always reported."""

    subject: Element
    element: int
    trail: tuple[str, ...]
    place: tuple[int, int, int, int]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Clicked:
    """A real click on the site, on an element that should be reported. `at_ms` by the page's
    clock."""

    subject: Element
    at_ms: int


@dataclass(frozen=True, slots=True)
class Survey:
    """All elements of a page that are reported. `has_more`: there were too many; `closed` frames
    are those of other sites, which cannot be looked into."""

    elements: tuple[Element, ...]
    picked: int
    has_more: bool
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Leave:
    """A person wants to navigate again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A person clicked the name of a labeled event that is shown on the page."""

    name: str


@dataclass(frozen=True, slots=True)
class EventAsked:
    """A person clicked an event that is shown over the page."""

    event: int


@dataclass(frozen=True, slots=True)
class Options:
    """What SDKs of a page were configured with: JSON objects that have a text `apiKey`."""

    page_url: str
    configs: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """What an SDK left out before anything was sent. `on` is "user", "event" or "revenue"; `why`
    one word of `dropped.js`."""

    page_url: str
    api_key: str
    found: tuple[tuple[str, str, str], ...]


type Said = (
    Page | Outside | Picked | Clicked | Survey | Leave | Opened | EventAsked | Options | Dropped
)


def read(text: str | bytes) -> Said:
    """One message of the agent. Raises BadInput for what it would never say."""
    if len(text) > LONGEST_MESSAGE:
        raise BadInput("A page said too much at once.")
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput("A page said something that is no JSON.") from error
    try:
        return _read(_dict(said))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadInput(f"A page said something unexpected ({error}).") from error


def _read(said: Json) -> Said:
    match said["say"]:
        case "ready" | "page" as which:
            from_worker = said.get("from_worker") is True
            url, title = _text(said["page_url"]), _text(said["page_title"])
            return Page(url, title, which == "ready", from_worker)
        case "dropped":
            listed = _list(said["found"], MOST_DROPPED)
            return Dropped(
                _text(said["page_url"]),
                _text(said["api_key"])[:LONGEST_OPTION],
                tuple(_dropped(_dict(one)) for one in listed),
            )
        case "outside":
            return Outside(_flag(said["has_worker"]), said.get("is_sandboxed") is True)
        case "leave":
            return Leave()
        case "opened":
            return Opened(_text(said["name"]))
        case "event":
            return EventAsked(_time(said["event"]))
        case "picked":
            return _picked(said)
        case "survey":
            return _survey(said)
        case "clicked":
            return Clicked(_element(_dict(said["subject"]), False), _time(said["at"]))
        case "options":
            listed = _list(said["found"], MOST_CONFIGS)
            return Options(_text(said["page_url"]), tuple(_config(_dict(one)) for one in listed))
        case other:
            raise ValueError(other if isinstance(other, str) else type(other).__name__)


def _dropped(said: Json) -> tuple[str, str, str]:
    on, why = _text(said["on"]), _text(said["why"])
    if on not in _DROPPED_ON or why not in DROPPED_WHY:
        raise ValueError("something dropped for no known reason")
    return on, _text(said["property"])[:200], why


def _config(said: Json) -> Json:
    """A configuration without what is too large to be an option."""
    config = _dict(said["config"])
    _text(config["apiKey"])
    if len(config) > MOST_OPTIONS:
        raise ValueError("too many options")
    return {
        name: value
        for name, value in config.items()
        if len(name) <= LONGEST_OPTION and len(orjson.dumps(value)) <= LONGEST
    }


def _picked(said: Json) -> Picked:
    place = [_number(one) for one in _list(said["place"], 4)]
    return Picked(
        _element(_dict(said["subject"]), _flag(said["in_shadow"])),
        _number(said["element"]),
        tuple(_text(one) for one in _list(said["trail"], MOST_LEVELS)),
        (place[0], place[1], place[2], place[3]),
        _flag(said["is_sure"]),
    )


def _element(said: Json, in_shadow: bool) -> Element:
    nodes = tuple(_node(_dict(one)) for one in _list(said["hierarchy"], MOST_LEVELS))
    attributes = {
        _text(name): _text(value) for name, value in list(_dict(said["attributes"]).items())[:100]
    }
    return Element(
        nodes,
        _text(said["text"]),
        _text(said["href"]),
        _text(said["page_url"]),
        _text(said["page_title"]),
        attributes,
        in_shadow,
    )


def _survey(said: Json) -> Survey:
    url, title = _text(said["page_url"]), _text(said["page_title"])
    chains: list[tuple[Json, ...]] = []
    for one in _list(said["nodes"], MOST_NODES):
        up = _number(_dict(one)["up"])
        # Only what was said before can be above, so there are no circles.
        if up >= len(chains):
            raise ValueError("an element above itself")
        above = chains[up] if up >= 0 else ()
        if len(above) >= MOST_LEVELS:
            raise ValueError("too many levels")
        chains.append((_node(one), *above))
    elements = tuple(
        Element(
            chains[_place(one["node"], len(chains))],
            _text(one["text"]),
            _text(one["href"]),
            url,
            title,
            in_shadow=_flag(one["in_shadow"]),
        )
        for one in map(_dict, _list(said["elements"], MOST_ELEMENTS))
    )
    picked = _number(said["picked"])
    picked = picked if picked < len(elements) else -1
    return Survey(elements, picked, _flag(said["more"]), max(0, _number(said.get("closed", 0))))


def _node(said: Json) -> Json:
    """A node of a hierarchy, with the keys that SDKs send, in their order."""
    found: Json = {"tag": _text(said["tag"])}
    for name in ("index", "indexOfType"):
        if name in said:
            found[name] = _number(said[name])
    for name in ("prevSib", "id"):
        if name in said:
            found[name] = _text(said[name])
    if "classes" in said:
        found["classes"] = [_text(one) for one in _list(said["classes"], 1000)]
    if "attrs" in said:
        attrs = _dict(said["attrs"])
        if len(attrs) > 1000:
            raise ValueError("too many attributes")
        found["attrs"] = {_text(name): _text(value) for name, value in attrs.items()}
    if said.get("shadow") is True:
        found["shadow"] = True
    return found


def _dict(value: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} instead of an object")
    return value


def _list(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise TypeError(f"{type(value).__name__} instead of a list of at most {most}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} instead of a text")
    return value[:LONGEST]


def _number(value: object) -> int:
    if type(value) is not int or abs(value) > 1 << 31:
        raise TypeError(f"{type(value).__name__} instead of a number")
    return value


def _time(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise TypeError(f"{type(value).__name__} instead of a time")
    return value


def _place(value: object, count: int) -> int:
    number = _number(value)
    if not 0 <= number < count:
        raise ValueError(f"{number} is none of {count}")
    return number


def _flag(value: object) -> bool:
    if type(value) is not bool:
        raise TypeError(f"{type(value).__name__} instead of yes or no")
    return value
