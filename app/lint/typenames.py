"""
Names of event types, project by project (LNT-26, 28, 38 and WIRE-01).

A name is looked at when it is first seen. Remembers the newest 20 000 names of all projects.

Display names are made inside Amplitude and never sent, so LNT-38 is judged by what a person sees:
two names that differ in nothing visible.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from app.ingest.validate import RESERVED
from app.lint.look import Family, Look
from app.lint.propertynames import TOO_MANY
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, error, info, warning
from app.lint.words import shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

NEARLY_THE_SAME = info(
    "LNT-28",
    "Event names that are nearly the same, or of another style",
    "Agree on one name and one style. What counts as one thing should have one name, or charts"
    " show half of it.",
)
LOOKS_THE_SAME = warning(
    "LNT-38",
    "Two event names that look the same",
    "They differ in spaces or invisible characters only. Trim names before they are sent.",
)
BAD_NAME = error(
    "WIRE-01",
    "No event type, or a reserved one",
    "Give each event a type of its own. Amplitude refuses events without one, and the names that"
    " it makes itself.",
)

MOST_TYPES = 2000
MOST_NAMES = 20_000
ENOUGH_NAMES = 10
"""So many names of a project show which style it has."""
SAME_STYLE = 0.8
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_SMALL = "a|an|and|at|by|for|from|in|of|on|or|the|to|with"
_STYLES = {
    "snake_case": re.compile(r"[a-z0-9]+(_[a-z0-9]+)*"),
    "camelCase": re.compile(r"[a-z]+([A-Z][a-z0-9]*)*"),
    "PascalCase": re.compile(r"([A-Z][a-z0-9]*)+"),
    "Title Case": re.compile(rf"[A-Z][A-Za-z0-9]*( ([A-Z0-9][A-Za-z0-9]*|{_SMALL}))*"),
    "Sentence case": re.compile(r"[A-Z][a-z0-9]*( [a-z0-9]+)*"),
    "lower case": re.compile(r"[a-z0-9]+( [a-z0-9]+)*"),
    "kebab-case": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    "UPPER_CASE": re.compile(r"[A-Z0-9]+(_[A-Z0-9]+)*"),
}


class TypeNames(Family):
    """Keeps the names of each project, how they look, and what they come down to."""

    rules: ClassVar[tuple[Rule, ...]] = (NEARLY_THE_SAME, LOOKS_THE_SAME, BAD_NAME)

    def __init__(self) -> None:
        self.known: Recent[tuple[int, str], int] = Recent(MOST_NAMES)
        self.visible: Recent[tuple[int, str], str] = Recent(MOST_NAMES)
        self.stems: Recent[tuple[int, str], str] = Recent(MOST_NAMES)
        self.counts: Recent[int, int] = Recent(1000)
        self.styles: Recent[int, dict[str, Any]] = Recent(1000)

    def take(self, look: Look, report: Report) -> None:
        source, known = look.source, self.known
        for one in look.fresh:
            name = one[2][0]
            if known.peek((source, name[:300])) is None:
                known.put((source, name[:300]), 1)
                self._first_look(source, name[:300], one, report)
            if not name or name in RESERVED:
                _bad_name(name, one, report)

    def _first_look(self, source: int, name: str, one: Arrived, report: Report) -> None:
        count = (self.counts.peek(source) or 0) + 1
        self.counts.put(source, count)
        if count > MOST_TYPES:
            sentence = f"The project has {count:,} event types so far; {shown(name)} is the newest."
            report.add(TOO_MANY, "event types", sentence, [one])
        if not name.strip() or name[:1] in "[$" or name.startswith("session_"):
            return
        if not self._looks_alike(source, name, one, report):
            self._stem(source, name, one, report)
            self._style(source, name, one, report)

    def _looks_alike(self, source: int, name: str, one: Arrived, report: Report) -> bool:
        seen = visible(name)
        first = self.visible.peek((source, seen))
        if first is None:
            self.visible.put((source, seen), name)
            return False
        sentence = f"{shown(name)} looks like {shown(first)}, but is another event type."
        report.add(LOOKS_THE_SAME, seen, sentence, [one])
        return True

    def _stem(self, source: int, name: str, one: Arrived, report: Report) -> None:
        root = stem(name)
        first = self.stems.peek((source, root)) if root else None
        if first is None:
            self.stems.put((source, root), name)
        else:
            sentence = f"{shown(name)} and {shown(first)} are nearly the same name."
            report.add(NEARLY_THE_SAME, f"{first} / {name}", sentence, [one])

    def _style(self, source: int, name: str, one: Arrived, report: Report) -> None:
        counts = self.styles.get(source)
        if counts is None:
            counts = {"": 0}
            self.styles.put(source, counts)
        mine = [style for style, form in _STYLES.items() if form.fullmatch(name)]
        usual = max(_STYLES, key=lambda style: counts.get(style, 0))
        names = counts[""]
        if names >= ENOUGH_NAMES and usual not in mine and counts[usual] >= SAME_STYLE * names:
            sentence = (
                f"{shown(name)} is not in {usual}, as {counts[usual]} of {names} names of the"
                " project are."
            )
            report.add(NEARLY_THE_SAME, name, sentence, [one])
        for style in ["", *mine]:
            counts[style] = counts.get(style, 0) + 1


def visible(name: str) -> str:
    """What a person sees of a name."""
    shape = unicodedata.normalize("NFKC", name)
    seen = "".join(letter for letter in shape if unicodedata.category(letter) not in ("Cf", "Cc"))
    return " ".join(seen.split())


def stem(name: str) -> str:
    """What a name comes down to without case, separators, tense and number."""
    return " ".join(map(_root, _WORD.findall(name)))


def _root(word: str) -> str:
    word = word.lower()
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    word = word.removesuffix("e")
    # "shipped" is "ship".
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def _bad_name(name: str, one: Arrived, report: Report) -> None:
    if name:
        sentence = f"{shown(name)} is a name that only Amplitude itself gives."
    else:
        sentence = "An event has no event_type."
    report.add(BAD_NAME, name or "(none)", sentence, [one])
