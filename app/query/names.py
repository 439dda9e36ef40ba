"""
Names in a definition that nothing is called: a typing error would count nothing, and say so to
nobody.

What somebody made (labeled events, cohorts) and projects are there or not: a definition that asks
for one that is gone is a mistake. Events and properties may still come, so a chart of them is
answered, with a notice beside it. Each says its place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from app.query.definition import (
    AnyChart,
    Chart,
    CohortRef,
    EventSpec,
    Journeys,
    PropertyRef,
    Segment,
)
from app.query.journeynames import BESIDE
from app.query.node import BadDefinition
from app.query.places import GROUP_PROPERTY, Context
from app.query.walk import parts_of
from app.store.definitions import Definition

LABEL = "label"
"""The kind of definitions that labeled events are."""
LONGEST = 60
MOST_COMPARED = 5000
"""Names that a typing error is compared with."""
_OF = {
    "event": "event property",
    "user": "user property",
    "group": "type of groups",
    GROUP_PROPERTY: "property of groups",
}


class Notice(NamedTuple):
    """Something to know about a part of a definition: `at` is its place, such as `events[0]`."""

    at: str
    sentence: str


def notices_json(notices: Iterable[Notice]) -> list[dict[str, str]]:
    """The documented JSON form."""
    return [one._asdict() for one in notices]


class Label(NamedTuple):
    """What a chart has to know of a labeled event."""

    name: str
    archived: bool


def labels_of(definitions: Iterable[Definition]) -> dict[int, Label]:
    """Labeled events by their numbers."""
    return {one.id: Label(one.name, one.body.get("archived") is True) for one in definitions}


@dataclass(frozen=True)
class Names:
    """What there is. `has_type` tells whether an event type has come, of a project (its number) or
    of any (None); `types` lists all of them. Without `labels`, labeled events are not looked at."""

    context: Context
    has_type: Callable[[str, int | None], bool]
    types: Callable[[], Sequence[str]]
    labels: Mapping[int, Label] | None = None

    def check(self, asked: AnyChart | Segment) -> None:
        """Raises BadDefinition for what is gone, or was never there."""
        if isinstance(asked, Chart):
            self._check_chart(asked)
        for at, part in parts_of(asked):
            if isinstance(part, EventSpec):
                self._check_label(at, part)
            elif isinstance(part, CohortRef):
                self._check_cohort(f"{at}.cohort", part.cohort, ())

    def _check_chart(self, chart: Chart) -> None:
        if chart.project and chart.project not in self.context.projects:
            said = f"No event has come from a project with the key “{_short(chart.project)}”."
            raise BadDefinition("project", said)
        if chart.groups:
            known = self.context.properties
            if ("group", chart.groups) not in known and ("user", chart.groups) not in known:
                raise BadDefinition("groups", f"No event carries a group of the type"
                                    f" {chart.groups!r:.{LONGEST}}.")  # fmt: skip

    def _check_label(self, at: str, event: EventSpec, where: str = "") -> None:
        gone = self.labels is not None and event.kind == "label" and event.label not in self.labels
        if gone:
            called = f" “{_short(event.name)}”" if event.name else ""
            raise BadDefinition(at, f"{where}There is no labeled event {event.label}{called}.")

    def _check_cohort(self, at: str, number: int, above: tuple[int, ...]) -> None:
        """A cohort that is there, and what its own rule asks for."""
        if number in above:
            raise BadDefinition(at, f"Cohort {number} depends on itself.")
        rule = self.context.cohorts.get(number)
        if rule is None:
            raise BadDefinition(at, f"There is no cohort {number}.")
        for _, part in parts_of(rule):
            if isinstance(part, EventSpec):
                self._check_label(at, part, f"In the rule of cohort {number}: ")
            elif isinstance(part, CohortRef):
                self._check_cohort(at, part.cohort, (*above, number))

    def notices(self, asked: AnyChart | Segment) -> tuple[Notice, ...]:
        """What has never come so far, each said once."""
        source = self._source(asked)
        found: dict[str, Notice] = {}
        for at, sentence in self._missing(asked, source):
            found.setdefault(sentence, Notice(at, sentence))
        return tuple(found.values())

    def _source(self, asked: AnyChart | Segment) -> int | None:
        key = asked.project if isinstance(asked, Chart) else ""
        return self.context.projects.get(key)

    def _missing(self, asked: AnyChart | Segment, source: int | None) -> Iterator[Notice]:
        for at, part in parts_of(asked):
            sentence = ""
            if isinstance(part, EventSpec):
                sentence = self._about_event(part, source)
            elif isinstance(part, PropertyRef):
                sentence = self._about_property(part)
            if sentence:
                yield Notice(at, sentence)
        for at, kind in _types_in(asked):
            if sentence := self._about_type(kind, source):
                yield Notice(at, sentence)

    def _about_event(self, event: EventSpec, source: int | None) -> str:
        if event.kind == "event":
            return self._about_type(event.type, source)
        label = self.labels.get(event.label) if self.labels and event.kind == "label" else None
        if label is not None and label.archived:
            return f"The labeled event “{_short(label.name)}” is archived: it counts nothing."
        return ""

    def _about_type(self, kind: str, source: int | None) -> str:
        if self.has_type(kind, source):
            return ""
        whence = "" if source is None else " from this project"
        said = f"No event “{_short(kind)}” has come{whence} so far."
        return said + _perhaps(kind, self.types()[:MOST_COMPARED])

    def _about_property(self, ref: PropertyRef) -> str:
        known = self.context.properties
        if ref.scope not in _OF or _is_known(ref, known):
            return ""
        said = f"No {_OF[ref.scope]} “{_short(ref.name)}” has come so far."
        for scope, name in known:
            # Those of Amplitude's own are called `@platform`.
            if scope != ref.scope and _plain(name) == _plain(ref.name):
                return f"{said} There is a {_OF[scope]} “{_short(name)}”."
        return said + _perhaps(ref.name, [name for scope, name in known if scope == ref.scope])


def _is_known(ref: PropertyRef, known: Mapping[tuple[str, str], Any]) -> bool:
    parent = ref.name.rpartition(".")[0] or ref.name
    return (ref.scope, ref.name) in known or (ref.scope, parent) in known


def _plain(name: str) -> str:
    return name.removeprefix("@").lower()


def _types_in(asked: AnyChart | Segment) -> Iterator[tuple[str, str]]:
    """The event types that a chart names by themselves, with their places."""
    if isinstance(asked, Chart):
        yield from _placed("inactive", asked.inactive)
    if isinstance(asked, Journeys):
        yield from _placed("hide", asked.hide)
        yield from _placed("only", asked.only)
        named = {one.name for one in (asked.start, asked.end, *asked.called) if one}
        for at, step in enumerate(asked.include):
            kind = step.partition(BESIDE)[0]
            if kind not in named and step not in named:
                yield f"include[{at}]", kind


def _placed(name: str, types: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from ((f"{name}[{at}]", kind) for at, kind in enumerate(types))


def _perhaps(wanted: str, known: Sequence[str]) -> str:
    """What was meant, if something is called nearly so."""
    if len(wanted) > LONGEST:
        return ""
    others = [one for one in reversed(known) if len(one) <= LONGEST and one != wanted]
    by_lower = {one.lower(): one for one in others}
    near = get_close_matches(wanted.lower(), by_lower, 1, 0.7)
    return f" Did you mean “{by_lower[near[0]]}”?" if near else ""


def _short(text: str) -> str:
    flat = " ".join(text.split()) or text
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
