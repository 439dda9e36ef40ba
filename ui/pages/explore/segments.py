"""
Whose events count: the segments of a chart, and what all of it is grouped by.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from app.query.definition import (
    COMPARISONS,
    AnyChart,
    CohortRef,
    EventSpec,
    Journeys,
    Performed,
    Segment,
)
from ui.pages.explore import words
from ui.pages.explore.picker import Pick, Picker
from ui.pages.explore.pieces import INDENT, Change, Chooser, Pieces, Section
from ui.plain import one_line

MOST = 20


def segments_section(pieces: Pieces, chart: AnyChart, change: Change) -> Section:
    """Segments, each with its conditions; with one, groupings below it."""
    section = Section("SEGMENT BY")
    if len(pieces.vocabulary.projects) > 1 or chart.project:
        section.rows.addWidget(_project(pieces, chart, change))
    if pieces.vocabulary.group_types() or chart.groups:
        section.rows.addWidget(_unit(pieces, chart, change))
    for at, segment in enumerate(chart.segments):
        section.rows.addWidget(_head(pieces, chart, at, segment, change))
        put = partial(_put, chart, at, change)
        for row in _rows(pieces, f"segments[{at}]", segment, put):
            section.rows.addWidget(row)
    for row in pieces.groupings("by", chart.by, lambda by: change(replace(chart, by=by))):
        section.rows.addWidget(row)
    section.rows.addWidget(_adding(pieces, chart, change))
    return section


def _project(pieces: Pieces, chart: AnyChart, change: Change) -> QWidget:
    names = {"": "all projects"} | {
        key: one_line(name, 40) for key, name in pieces.vocabulary.projects
    }
    names.setdefault(chart.project, one_line(chart.project, 40))
    chosen = Chooser("project", names, chart.project, "Which project it is about",
                     lambda key: change(replace(chart, project=key)))  # fmt: skip
    return pieces.row("in", chosen)


def _unit(pieces: Pieces, chart: AnyChart, change: Change) -> QWidget:
    """People, or the groups that they act in (semantics §18)."""
    names = {"": "people"} | {
        one: f"{one_line(one, 30)} (groups)" for one in pieces.vocabulary.group_types()
    }
    names.setdefault(chart.groups, f"{one_line(chart.groups, 30)} (groups)")
    chosen = Chooser("groups", names, chart.groups, "Who is counted",
                     lambda key: change(replace(chart, groups=key)))  # fmt: skip
    return pieces.row("each one of", chosen)


def _put(chart: AnyChart, at: int, change: Change, segment: Segment) -> None:
    change(replace(chart, segments=(*chart.segments[:at], segment, *chart.segments[at + 1 :])))


def _head(pieces: Pieces, chart: AnyChart, at: int, segment: Segment, change: Change) -> QWidget:
    put = partial(_put, chart, at, change)
    place = f"segments[{at}]"
    users = Chooser(
        f"{place}.users", words.USERS, segment.users, "Whose events count",
        lambda found: put(replace(segment, users=found)),
    )  # fmt: skip
    parts: list[QWidget | str] = [users]
    if len(chart.segments) > 1:
        name = QLineEdit(segment.name)
        name.setObjectName(f"{place}.name")
        name.setPlaceholderText(f"Segment {at + 1}")
        name.setAccessibleName(f"Name of segment {at + 1}")
        name.editingFinished.connect(
            lambda: (
                put(replace(segment, name=name.text().strip()))
                if name.text().strip() != segment.name
                else None
            )
        )
        rest = (*chart.segments[:at], *chart.segments[at + 1 :])
        remove = pieces.tool(
            "close", f"Remove segment {at + 1}",
            lambda: change(replace(chart, segments=rest)), f"{place}.remove",
        )  # fmt: skip
        parts += [name, remove]
    return pieces.row(*parts)


def _rows(pieces: Pieces, place: str, segment: Segment, put: Change) -> list[QWidget]:
    rows = pieces.conditions(
        f"{place}.where", segment.where, lambda found: put(replace(segment, where=found))
    )
    for at, one in enumerate(segment.performed):
        rows.append(_performed(pieces, f"{place}.performed[{at}]", segment, at, one, put))
    names = dict(pieces.vocabulary.cohorts)
    for at, ref in enumerate(segment.cohorts):
        rest = (*segment.cohorts[:at], *segment.cohorts[at + 1 :])
        turn = {"in": "in cohort", "out": "not in cohort"}
        turned = replace(ref, negated=not ref.negated)
        others = (*segment.cohorts[:at], turned, *segment.cohorts[at + 1 :])
        chosen = Chooser(
            f"{place}.cohorts[{at}]", turn, "out" if ref.negated else "in", "In the cohort or not",
            partial(_with_cohorts, put, segment, others),
        )  # fmt: skip
        name = names.get(ref.cohort, f"cohort {ref.cohort}, which is gone")
        remove = pieces.tool(
            "close", "Remove this cohort",
            partial(_with_cohorts, put, segment, rest), f"{place}.cohorts[{at}].remove",
        )  # fmt: skip
        rows.append(pieces.row(chosen, name, remove, indent=INDENT))
    if segment.people is not None:
        remove = pieces.tool(
            "close", "All people again",
            lambda: put(replace(segment, people=None)), f"{place}.people.remove",
        )  # fmt: skip
        text = f"{len(segment.people):,} people of a point"
        rows.append(pieces.row(text, remove, indent=INDENT))
    return rows


def _with_cohorts(
    put: Change, segment: Segment, cohorts: tuple[CohortRef, ...], *_: object
) -> None:
    put(replace(segment, cohorts=cohorts))


def _performed(
    pieces: Pieces, place: str, segment: Segment, at: int, one: Performed, put: Change
) -> QWidget:
    def change(found: Performed) -> None:
        performed = (*segment.performed[:at], found, *segment.performed[at + 1 :])
        put(replace(segment, performed=performed))

    event = pieces.event_button(place, one.event, lambda spec: change(replace(one, event=spec)))
    op = Chooser(
        f"{place}.op", {one: one for one in COMPARISONS}, one.op, "How often, compared",
        lambda found: change(replace(one, op=found)),
    )  # fmt: skip
    count = QSpinBox()
    count.setObjectName(f"{place}.count")
    count.setRange(0, 1_000_000)
    count.setValue(one.count)
    count.setAccessibleName("How often")
    count.setKeyboardTracking(False)
    count.valueChanged.connect(lambda found: change(replace(one, count=found)))
    rest = (*segment.performed[:at], *segment.performed[at + 1 :])
    remove = pieces.tool(
        "close", "Remove this condition",
        lambda: put(replace(segment, performed=rest)), f"{place}.remove",
    )  # fmt: skip
    made = Section("")
    made.rows.addWidget(pieces.row("who did", event, remove, indent=INDENT))
    made.rows.addWidget(pieces.row(op, count, "times in this range", indent=2 * INDENT))
    return made


def _adding(pieces: Pieces, chart: AnyChart, change: Change) -> QWidget:
    last = len(chart.segments) - 1
    segment = chart.segments[last]
    put = partial(_put, chart, last, change)
    parts: list[QWidget | str] = [
        pieces.add(
            "+ Filter",
            lambda beside: pieces.add_condition(
                beside, segment.where, lambda found: put(replace(segment, where=found))
            ),
            "segments.where+",
        ),
        pieces.add("+ Who did…", lambda beside: _add_performed(pieces, beside, segment, put),
                   "segments.performed+"),
    ]  # fmt: skip
    if pieces.vocabulary.cohorts:
        parts.append(
            pieces.add("+ Cohort", lambda beside: _add_cohort(pieces, beside, segment, put),
                       "segments.cohorts+")
        )  # fmt: skip
    if len(chart.segments) == 1 and not isinstance(chart, Journeys):
        parts.append(
            pieces.add(
                "+ Group by",
                lambda beside: pieces.add_group(
                    beside, chart.by, lambda by: change(replace(chart, by=by))
                ),
                "by+",
            )
        )
    made = Section("")
    made.rows.addWidget(pieces.row(*parts))
    if not chart.by and last + 1 < MOST and not isinstance(chart, Journeys):
        more = (*chart.segments, Segment())
        made.rows.addWidget(
            pieces.row(
                pieces.add(
                    "+ Segment", lambda _: change(replace(chart, segments=more)), "segments+"
                )
            )
        )
    return made


def _add_performed(pieces: Pieces, beside: QWidget, segment: Segment, put: Change) -> Picker:
    def take(spec: EventSpec) -> None:
        put(replace(segment, performed=(*segment.performed, Performed(spec))))

    return pieces.pick_event(beside, take)


def _add_cohort(pieces: Pieces, beside: QWidget, segment: Segment, put: Change) -> Picker:
    offered = [Pick(key, name) for key, name in pieces.vocabulary.cohorts]
    picker = Picker(beside, "Search cohorts", offered)
    picker.chosen.connect(
        lambda key: put(replace(segment, cohorts=(*segment.cohorts, CohortRef(key))))
    )
    picker.open_below(beside)
    return picker
