"""
Answers charts: hands a definition to the code of its kind, with all it is read against.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlglot

from app.errors import BadInput
from app.query.behind import people_behind
from app.query.calendar import Clock, Range
from app.query.cohorts import (
    POPULATION_DAYS,
    funnel_rule,
    holds_for,
    is_static,
    people_in,
    population,
    rule,
    save_dynamic,
    save_funnel,
    save_groups,
    save_static,
    size,
)
from app.query.columns import Property
from app.query.definition import (
    SHARED_VIEWS,
    AnyChart,
    EventSpec,
    Funnel,
    Journeys,
    Performed,
    Segment,
    Segmentation,
)
from app.query.drivers import Driver, drivers
from app.query.figure import Figure, as_json
from app.query.funnel import funnel
from app.query.funnelfigure import FunnelFigure, funnel_json
from app.query.groups import download_groups, group_names
from app.query.journeys import JourneysFigure, journeys, journeys_json
from app.query.microscope import People, Point, highlighted, read_point
from app.query.names import Names, Notice, labels_of, notices_json
from app.query.places import Context
from app.query.reading import read
from app.query.releases import Release, detected, versions
from app.query.savedcohorts import SavedCohorts, users_of
from app.query.segmentation import segmentation
from app.query.spread import relative
from app.query.sql import DIALECTS
from app.query.streams import (
    BehindUpload,
    Stream,
    User,
    download,
    events_of,
    persons,
    streams,
    uploads_of,
    users,
)
from app.query.topevents import resolved
from app.query.walk import with_events
from app.query.warehouse import Warehouse
from app.store.definitions import Definition, Definitions


class Charts:
    """Answers over one warehouse. `inactive` are event types that do not make users active,
    `cohorts` the saved ones, `labels` the labeled events; without these, charts may ask for any."""

    def __init__(
        self,
        warehouse: Warehouse,
        clock: Clock,
        inactive: Iterable[str] = (),
        cohorts: Iterable[Definition] = (),
        labels: Iterable[Definition] | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._labels = None if labels is None else labels_of(labels)
        self._clock = clock
        self._inactive = frozenset(inactive)
        self._cohorts = list(cohorts)

    def context(self) -> Context:
        """What definitions are read against, as of now."""
        saved = SavedCohorts(self._cohorts, self._warehouse.rows, self._came)
        return replace(self._without_cohorts(), cohorts=saved)

    def _for(self, chart: AnyChart) -> Context:
        """The same for a chart that may count groups and may have inactive events of its own."""
        inactive = self._inactive.union(chart.inactive)
        context = replace(self.context(), groups=chart.groups, inactive=inactive)
        self._names(context).check(chart)
        return context

    def _ready[C: AnyChart](self, chart: C) -> tuple[C, Context]:
        """The chart with what it is about as of now: labeled events by their names, the types of
        top events; and what it is read against. Raises BadDefinition for what is not there."""
        chart, context, _ = self._resolved(chart)
        return chart, context

    def _resolved[C: AnyChart](self, chart: C) -> tuple[C, Context, tuple[str, ...]]:
        """The same, with the SQL that was needed."""
        context = self._for(chart)
        chart = self.with_names(chart)
        if not isinstance(chart, Segmentation):
            return chart, context, ()
        events, statements = resolved(chart, self._warehouse.rows, context)
        return replace(chart, events=events), context, statements

    def with_names[C: AnyChart](self, chart: C) -> C:
        """The chart with its labeled events called by their names."""
        return with_events(chart, self._named_label) if self._labels else chart

    def _named_label(self, event: EventSpec) -> EventSpec:
        label = (self._labels or {}).get(event.label) if event.kind == "label" else None
        return event if label is None or event.name else replace(event, name=label.name)

    def _names(self, context: Context) -> Names:
        types = self._warehouse.types
        return Names(
            *(context, self._warehouse.has_type, lambda: [kind for kind, _ in types()]),
            self._labels,
        )

    def notices(self, asked: AnyChart | Segment) -> tuple[Notice, ...]:
        """What a chart or a rule asks for that has never come so far, with its place."""
        return self._names(self.context()).notices(asked)

    def _came(self, kept: Any) -> tuple[int, ...]:
        """Who is behind a point of a funnel now, of a cohort that keeps both."""
        if not isinstance(kept, dict):
            raise BadInput("A cohort of a funnel without the funnel cannot be used.")
        chart, point = read(kept.get("chart")), read_point(kept.get("point"))
        if not isinstance(chart, Funnel):
            raise BadInput("A cohort of a funnel without the funnel cannot be used.")
        rows, arrays = self._warehouse.rows, self._warehouse.arrays
        return persons(rows, people_behind(chart, point, rows, arrays, self._without_cohorts()))

    def _without_cohorts(self) -> Context:
        return Context(
            self._clock,
            self._warehouse.properties(),
            self._warehouse.projects(),
            self._inactive,
            kinds=self._warehouse.group_kinds(),
            go_on=self._warehouse.go_on,
        )

    def people(self, chart: AnyChart, point: Point) -> People:
        """The users behind a point of a chart."""
        rows, arrays = self._warehouse.rows, self._warehouse.arrays
        chart, context = self._ready(chart)
        return people_behind(chart, point, rows, arrays, context)

    def users(self, people: People, page: int = 0) -> list[User]:
        """A page of users."""
        return users(self._warehouse.rows, people, page)

    def streams(
        self, chart: AnyChart, people: People, properties: Iterable[Property] = (), page: int = 0
    ) -> list[Stream]:
        """A page of what users did around a point."""
        # The steps of a path are not only the events that a journey begins and ends with.
        events = None if isinstance(chart, Journeys) else highlighted(chart)
        return streams(self._warehouse.rows, people, events, tuple(properties), page)

    def named(self, names: Iterable[str]) -> list[Property]:
        """Properties of events by their names; those that were never seen are left out."""
        known = self._warehouse.properties()
        return [known["event", name] for name in names if ("event", name) in known]

    def uploads(self, chart: AnyChart, people: People) -> list[BehindUpload]:
        """The uploads behind a point, down to which anything can be looked up."""
        return uploads_of(self._warehouse.rows, people, highlighted(chart))

    def download(
        self,
        people: People,
        path: Path,
        progress: Callable[[int], None] = lambda _: None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> tuple[int, bool]:
        """Write the users as CSV; returns how many, and whether there were more."""
        known = [one for one in self._warehouse.properties().values() if one.scope == "user"]
        return download(self._warehouse.stream, people, known, path, progress, go_on)

    def versions(self) -> set[str]:
        """The versions of apps that events came from."""
        seen = versions(self._warehouse.rows, self._warehouse.properties())
        return {one.version for one in seen}

    def releases(self) -> list[Release]:
        """The releases that versions of apps tell (semantics §14), oldest first."""
        seen = versions(self._warehouse.rows, self._warehouse.properties())
        return detected(seen, self._clock)

    def group_types(self) -> list[str]:
        """The types of groups that events carry, most used first."""
        known = self._warehouse.properties().values()
        return [one.name for one in known if one.scope == "group"]

    def _group(self, name: str) -> Property:
        found = self._warehouse.properties().get(("group", name))
        if found is None:
            raise BadInput(f"No event carries a group of the type {name!r}.")
        return found

    def groups(self, chart: AnyChart, people: People, group: str) -> list[str]:
        """The groups of a type behind a point. Raises BadInput for one that no event carries."""
        if people.groups and group == chart.groups:
            return [str(row[0]) for row in self._warehouse.rows(people.groups)]
        behind = events_of(people, highlighted(chart))
        return group_names(self._warehouse.rows, behind, self._group(group))

    def download_groups(
        self,
        chart: AnyChart,
        people: People,
        group: str,
        path: Path,
        progress: Callable[[int], None] = lambda _: None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> tuple[int, bool]:
        """Write the groups of a type as CSV; returns how many, and whether there were more."""
        behind = events_of(people, highlighted(chart))
        one = self._group(group)
        return download_groups(self._warehouse.stream, behind, one, path, progress, go_on)

    def save_group_cohort(
        self, definitions: Definitions, name: str, chart: AnyChart, people: People, group: str
    ) -> Definition:
        """Keep the groups behind a point: a cohort of whoever acts in one of them."""
        return save_groups(definitions, name, group, self.groups(chart, people, group))

    def drivers(
        self,
        chart: Funnel,
        point: Point,
        by: Iterable[str] = (),
        from_step: int | None = None,
    ) -> list[Driver]:
        """The events that go along with converting at a step, after the step before it or after
        `from_step`; each split by up to three event properties."""
        rows, arrays = self._warehouse.rows, self._warehouse.arrays
        chart, context = self._ready(chart)
        return drivers(chart, point, rows, arrays, context, self.named(by), from_step)

    def save_cohort(
        self, definitions: Definitions, name: str, chart: AnyChart, point: Point
    ) -> Definition:
        """Keep the users of a point: as a rule where it can be asked again, else as a list."""
        if chart.groups:
            names = self.groups(chart, self.people(chart, point), chart.groups)
            return save_groups(definitions, name, chart.groups, names)
        if isinstance(chart, Segmentation) and not is_static(chart, point):
            asked, _ = self._ready(chart)
            return save_dynamic(definitions, name, rule(asked, point, self._clock))
        if isinstance(chart, Funnel) and not is_static(chart, point):
            return save_funnel(definitions, name, funnel_rule(chart, point, self._clock))
        return save_static(
            definitions, name, self.persons(self.people(chart, point)), self._warehouse.rows
        )

    def size(self, cohort: Segment) -> int:
        """How many users a cohort's rule holds for now."""
        return size(cohort, self._warehouse.rows, self._for_rule(cohort))

    def _for_rule(self, cohort: Segment) -> Context:
        """What a rule is read against. Raises BadDefinition for what it asks for and is gone."""
        context = self.context()
        self._names(context).check(cohort)
        return context

    def memberships(self, person: int) -> dict[int, bool | str]:
        """Of each saved cohort with a rule whether this user is in it now, by the cohort's id; or
        why it cannot be asked. Raises Interrupted, StoreUnavailable."""
        found: dict[int, bool | str] = {}
        rows, context = self._warehouse.rows, self.context()
        for one in self._cohorts:
            if one.body.get("type") != "static":
                try:
                    self._names(context).check(context.cohorts[one.id])
                    found[one.id] = holds_for(context.cohorts[one.id], person, rows, context)
                except BadInput as error:
                    found[one.id] = error.sentence
        return found

    def cohort_json(self, rule: Segment) -> dict[str, Any]:
        """How many users a rule holds for, of how many active ones in the last thirty days, and
        on each of these days; null where only today can be asked about."""
        active = Segment(
            performed=(Performed(EventSpec("active"), during=Range(last=POPULATION_DAYS)),)
        )
        try:
            over_time = [list(one) for one in self.population(rule)]
        except BadInput:
            over_time = None
        return {
            "size": self.size(rule),
            "active": self.size(active),
            "population": over_time,
            "warnings": notices_json(self.notices(rule)),
        }

    def population(self, cohort: Segment, days: int = POPULATION_DAYS) -> list[tuple[int, int]]:
        """How many they were on each of the last days: the day's start in ms, and the number.
        Raises BadInput for what only holds of now."""
        return population(cohort, self._warehouse.rows, self._for_rule(cohort), days)

    def people_in(self, cohort: Segment) -> People:
        """The users that a cohort's rule holds for now."""
        return people_in(cohort, self._for_rule(cohort))

    def all_groups(self, group: str) -> list[str]:
        """All groups of a type. Raises BadInput for one that no event carries."""
        return group_names(self._warehouse.rows, "SELECT id FROM events", self._group(group))

    def known(self, members: list[list[str]]) -> int:
        """How many of these members of a fixed cohort are users here."""
        return len(users_of({"members": members}, self._warehouse.rows))

    def persons(self, people: People) -> tuple[int, ...]:
        """The numbers of all users."""
        return persons(self._warehouse.rows, people)

    def answer(self, chart: Segmentation) -> Figure:
        """The numbers of a segmentation. Raises BadInput, Interrupted."""
        chart, context, statements = self._resolved(chart)
        figure = segmentation(chart, self._warehouse.rows, context)
        return replace(figure, sql=(*statements, *figure.sql)) if statements else figure

    def funnel(self, chart: Funnel) -> FunnelFigure:
        """The numbers of a funnel. Raises BadInput, Interrupted."""
        chart, context = self._ready(chart)
        return funnel(chart, self._warehouse.arrays, context)

    def journeys(self, chart: Journeys) -> JourneysFigure:
        """The numbers of journeys. Raises BadInput, Interrupted."""
        chart, context = self._ready(chart)
        return journeys(chart, self._warehouse.rows, context)

    def as_json(self, chart: AnyChart) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The answer to a chart of any kind in its documented JSON form, and its SQL."""
        found, statements = self._numbers_json(chart)
        return found | {"warnings": notices_json(self.notices(chart))}, statements

    def _numbers_json(self, chart: AnyChart) -> tuple[dict[str, Any], tuple[str, ...]]:
        if isinstance(chart, Segmentation):
            figure = self.answer(chart)
            if chart.relative and chart.view in SHARED_VIEWS:
                figure = relative(chart, figure)
            return as_json(figure, self._clock), figure.sql
        if isinstance(chart, Funnel):
            found = self.funnel(chart)
            return funnel_json(found), found.sql
        ways = self.journeys(chart)
        return journeys_json(ways), ways.sql


def translated(statements: Iterable[str], dialect: str) -> str:
    """Statements of a figure as text for another engine, to be copied. Raises BadInput."""
    if dialect not in DIALECTS:
        raise BadInput(f"{dialect!r} is not one of {', '.join(DIALECTS)}.")
    return ";\n\n".join(_said(one, dialect) for one in statements)


def _said(statement: str, dialect: str) -> str:
    """One statement; what an engine cannot say stands above it."""
    writer = sqlglot.Dialect.get_or_raise(dialect).generator(
        pretty=True, unsupported_level=sqlglot.ErrorLevel.IGNORE
    )
    text = writer.generate(sqlglot.parse_one(statement, read="duckdb"))
    # Where nulls come in an order does not matter: nothing that is ordered here is null.
    missing = [one for one in writer.unsupported_messages if not one.startswith("'NULLS")]
    notes = [f"/* Not exact in {DIALECTS[dialect]}: {one} */\n" for one in dict.fromkeys(missing)]
    return "".join(notes) + text
