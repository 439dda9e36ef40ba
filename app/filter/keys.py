"""
The keys of the query language: what each looks at, how it may be compared, what a person reads.
"""

from dataclasses import dataclass

from app.filter.fields import KEY_OF
from app.filter.tree import Op
from app.model import Outcome, Via

TEXT = frozenset({Op.HAS, Op.EQUAL})
ORDER = frozenset(Op)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `ops` are the comparisons it takes, `choices` the words it knows; `has_path` says
    that it also stands before a property (`user.plan`), and then takes every comparison; of a key
    whose values are whole numbers, `number` says what one is called."""

    name: str
    help: str
    ops: frozenset[Op] = TEXT
    choices: tuple[str, ...] = ()
    is_plain: bool = True
    has_path: bool = False
    number: str = ""


FLAGS = {
    **{str(outcome): f"its outcome is {outcome}" for outcome in Outcome},
    "repeat": "it was sent before, in an earlier attempt or pulse",
    "autocaptured": "the SDK captured it by itself",
    "identify": "it changes properties of a user or a group",
    "anonymous": "it has no user ID",
    "local": "Eventscope answered it, nothing was sent on",
    "failed": "nothing came back",
    "pinned": "you pinned it",
    "marked": "you gave it a colour",
}
"""What `is:` knows, and what it says of an event."""

PARTS = {
    "user": "it has a user ID",
    "device": "it has a device ID",
    "session": "it belongs to a session",
    "insert_id": "it has an insert ID",
    "properties": "it has event properties",
    "groups": "it belongs to a group",
    "revenue": "it has revenue",
    "problem": "something is wrong with it",
    "label": "a labeled event matches it",
    "note": "you wrote a note on it",
}
MARKS = frozenset({"pinned", "marked", "note"})
"""What a person put on an event, among the words above."""
"""What `has:` knows besides names of properties."""

_ALL = (
    Key("type", "Event type"),
    Key("user", "User ID; user.plan is a user property", has_path=True),
    Key("device", "Device ID"),
    Key("person", "One person, whatever ids were merged: any of their user or device IDs"),
    Key("session", "Session ID", ORDER, number="A session"),
    Key("prop", "An event property: prop.price > 10", is_plain=False, has_path=True),
    Key("group", "A group: group.team = core", is_plain=False, has_path=True),
    Key("project", "Project, by name or API key"),
    Key("sdk", "SDK and version"),
    Key("outcome", "What the server made of it", choices=tuple(Outcome)),
    Key("status", "HTTP status of the answer: 429, >= 400", ORDER, number="A status"),
    Key("upload", "Number of the upload that brought it", ORDER, number="An upload"),
    Key("via", "How it reached Eventscope", choices=tuple(Via)),
    Key("problem", "Something wrong with it, by rule or sentence"),
    Key("label", "A labeled event that matches it"),
    Key("ip", "IP address that the event says or the sender had"),
    Key("page", "Page URL, path or title"),
    Key("platform", "Platform that it was sent with: Web, iOS, Android"),
    Key("os", "Operating system or browser, with its version"),
    Key("version", "Version of the app"),
    Key("model", "Device model, family or type"),
    Key("brand", "Device brand or manufacturer"),
    Key("carrier", "Mobile carrier"),
    Key("country", "Country, where the event says one"),
    Key("region", "Region, where the event says one"),
    Key("city", "City, where the event says one"),
    Key("dma", "Designated market area, where the event says one"),
    Key("language", "Language of the device or browser"),
    Key("time", "When it arrived: 5m, 2h, today, 10:30, 2026-11-21", ORDER),
    Key("is", "A state: is:duplicate, is:repeat, is:autocaptured", choices=tuple(FLAGS)),
    Key("has", "A part or a property: has:revenue, has:session"),
)
KEYS = {key.name: key for key in _ALL}
ALIASES = {
    "source": "project",
    "library": "sdk",
    "event_type": "type",
    "user_id": "user",
    "device_id": "device",
    "session_id": "session",
    **{name: key for name, key in KEY_OF.items() if name != key},
}
"""Other words for keys: the names that are on the wire."""


def key_named(word: str) -> Key | None:
    """The key that a word stands for."""
    word = word.lower()
    return KEYS.get(ALIASES.get(word, word))


PAGE_PROPERTIES = (
    "[Amplitude] Page URL",
    "[Amplitude] Page Path",
    "[Amplitude] Page Location",
    "[Amplitude] Page Title",
    "[Amplitude] Page Domain",
    "[Amplitude] Screen Name",
    "page_url",
    "page",
    "url",
)
"""Where events say on which page they happened: the names of the SDKs, then those people use."""
REVENUE_PROPERTIES = ("$revenue", "revenue", "$price")
AUTOCAPTURED = "[Amplitude] *"


def chosen(key: str, value: str) -> list[str]:
    """The words of a key that begin like this."""
    return [word for word in KEYS[key].choices if word.startswith(value.lower())]
