"""
Names and types of properties, project by project (LNT-22, 23, 25, 26 and WIRE-10).

What an event's properties are called and what types they have is looked at once: the same names
with the same types are known the next time. Remembers the newest 20 000 names of all projects.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import Family, Look, user_values
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, info, warning
from app.lint.words import name as one_line
from app.lint.words import several, shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

TWO_SCOPES = info(
    "LNT-22",
    "The same name for an event and a user property",
    "In charts the two are easily mistaken for each other. Name one of them differently, unless"
    " both say the same.",
)
TWO_TYPES = warning(
    "LNT-23",
    "A property changes its type",
    "Always send the same type: numbers as numbers, without quotes and currency signs. Amplitude"
    " can only compute with numbers.",
)
MADE_NAMES = warning(
    "LNT-25",
    "Property names that are made of data",
    "Put what varies into the value, not into the name: each name counts toward the limit of the"
    " project.",
)
TOO_MANY = warning(
    "LNT-26",
    "Too many event types or properties",
    "Amplitude shows no more than 2,000 event types, 2,000 event properties and 1,000 user"
    " properties of a project. Use fewer names and more values.",
)
RESERVED_NAME = warning(
    "WIRE-10",
    "Own property that begins with [Amplitude]",
    "These names belong to Amplitude. Choose another, or it may clash with a property of theirs.",
)

EVENT, USER = "event_properties", "user_properties"
MOST_OF = {EVENT: 2000, USER: 1000}
LIKE_EACH_OTHER = 20
"""More names than these that differ in numbers only are made of data."""
MOST_NAMES = 20_000
MOST_SHAPES = 5000
_VARIES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]*\d[0-9a-f]{7,}|\d+")
_KINDS: dict[type, str] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    list: "list",
    dict: "object",
}
_CAMPAIGN = frozenset(
    [
        "utm_campaign",
        "utm_content",
        "utm_id",
        "utm_medium",
        "utm_source",
        "utm_term",
        "referrer",
        "referring_domain",
        "dclid",
        "gbraid",
        "gclid",
        "fbclid",
        "ko_click_id",
        "li_fat_id",
        "msclkid",
        "rdt_cid",
        "rtd_cid",
        "ttclid",
        "twclid",
        "wbraid",
    ]
)
"""SDKs send these in both scopes by themselves."""
_ELEMENT = (
    "Element Hierarchy|Element Tag|Element Text|Element Position Left|Element Position Top|"
    "Element Attributes|Element Path|Element Parent Label|Element ID|Element Class|"
    "Element Aria Label|Element Href|Element Exposed"
)
_PAGE = (
    "Page Domain|Page Location|Page Path|Page Title|Page URL|Page View ID|Page Counter|"
    "Previous Page Location|Previous Page Type|Viewport Height|Viewport Width|"
    "Session Replay ID|Session Replay Debug|Screen Name|Version|Build|Hierarchy|Event Marked As"
)
KNOWN = frozenset(f"[Amplitude] {name}" for name in f"{_ELEMENT}|{_PAGE}".split("|"))
"""What SDKs add to any event (wire-format §2.6, §5.2)."""

type Said = list[tuple[Rule, str, str]]
type Shape = tuple[int, str, bool, tuple[str, ...], tuple[type, ...]]


class PropertyNames(Family):
    """Keeps the types of each name, and which shapes of properties were looked at already."""

    rules: ClassVar[tuple[Rule, ...]] = (TWO_SCOPES, TWO_TYPES, MADE_NAMES, TOO_MANY, RESERVED_NAME)

    def __init__(self) -> None:
        self.types: Recent[tuple[int, str, str], list[str]] = Recent(MOST_NAMES)
        self.counts: Recent[tuple[int, str], int] = Recent(1000)
        self.patterns: Recent[tuple[int, str, str], int] = Recent(5000)
        # Not remembered between runs: what a shape says is soon found out again.
        self._shapes: dict[Shape, Said] = {}

    def take(self, look: Look, report: Report) -> None:
        source = look.source
        for one in look.fresh:
            event = one[2]
            fields = event[7]
            values = fields.get(EVENT)
            if values and type(values) is dict:
                self._scope(source, EVENT, event[0][:11] == "[Amplitude]", values, one, report)
            if fields.get(USER):
                self._scope(source, USER, False, user_values(fields), one, report)

    def _scope(
        self,
        source: int,
        scope: str,
        is_theirs: bool,
        values: dict[str, Any],
        one: Arrived,
        report: Report,
    ) -> None:
        shape = (source, scope, is_theirs, tuple(values), tuple(map(type, values.values())))
        said = self._shapes.get(shape)
        if said is None:
            said = self._look(source, scope, is_theirs, values)
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
            self._shapes[shape] = said
        for rule, subject, sentence in said:
            report.add(rule, subject, sentence, [one])

    def _look(self, source: int, scope: str, is_theirs: bool, values: dict[str, Any]) -> Said:
        said: Said = []
        for name, value in values.items():
            short = name[:200]
            kind = _KINDS.get(type(value))
            known = self.types.peek((source, scope, short))
            if known is None:
                known = []
                self.types.put((source, scope, short), known)
                # What is known of other shapes may have become wrong.
                self._shapes.clear()
                self._new(source, scope, short, said)
            if kind and kind not in known:
                known.append(kind)
                self.types.put((source, scope, short), known)
                self._shapes.clear()
            if kind and len(known) > 1 and (kind != known[0] or value.__class__ is str):
                said.append(_two_types(scope, short, known, value))
            elif type(value) is str and value[:1] in "$€£¥" and value[1:2].isdecimal():
                what = f"{_scoped(scope, short)} is {shown(value)}: a text, not a number."
                said.append((TWO_TYPES, f"{scope}.{short}", what))
            self._named(source, scope, short, is_theirs, said)
        return said

    def _named(self, source: int, scope: str, name: str, is_theirs: bool, said: Said) -> None:
        """What is wrong with a name each time it is used."""
        if name.startswith("[Amplitude]"):
            if not is_theirs and name not in KNOWN:
                sentence = f"{_scoped(scope, name)} is named like one of Amplitude's own."
                said.append((RESERVED_NAME, name, sentence))
            return
        other = USER if scope == EVENT else EVENT
        is_common = name in _CAMPAIGN or name.startswith(("initial_", "[", "$"))
        if not is_common and self.types.peek((source, other, name)) is not None:
            sentence = f"{shown(name)} is both an event property and a user property."
            said.append((TWO_SCOPES, name, sentence))
        pattern = _VARIES.sub("#", name.lower())
        if "#" not in pattern:
            return
        alike = self.patterns.peek((source, scope, pattern)) or 0
        if pattern == "#" or alike > LIKE_EACH_OTHER:
            what = "is a number" if pattern == "#" else f"is one of {alike} of its kind"
            said.append((MADE_NAMES, f"{scope}.{pattern}", f"{_scoped(scope, name)} {what}."))

    def _new(self, source: int, scope: str, name: str, said: Said) -> None:
        """A name is seen for the first time."""
        count = (self.counts.peek((source, scope)) or 0) + 1
        self.counts.put((source, scope), count)
        if count > MOST_OF[scope]:
            sentence = f"The project has {count:,} {scope.replace('_', ' ')} so far."
            said.append((TOO_MANY, scope, sentence))
        pattern = _VARIES.sub("#", name.lower())
        if "#" in pattern:
            key = (source, scope, pattern)
            self.patterns.put(key, (self.patterns.peek(key) or 0) + 1)


def _two_types(scope: str, name: str, known: list[str], value: Any) -> tuple[Rule, str, str]:
    sentence = f"{_scoped(scope, name)} is sent as {several(known, 6)}; here it is {shown(value)}."
    return TWO_TYPES, f"{scope}.{name}", sentence


def _scoped(scope: str, name: str) -> str:
    kind = "Event property" if scope == EVENT else "User property"
    return f'{kind} "{one_line(name)}"'
