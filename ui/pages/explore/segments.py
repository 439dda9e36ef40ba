"""
Whose events count: the segments of a chart, and what all of it is grouped by.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from app.query.definition import AnyChart, Journeys, Segment
from ui.pages.explore import words
from ui.pages.explore.pieces import Change, Chooser, Pieces, Section
from ui.pages.explore.rule import MOST_WAYS, Rule
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
        rule = Rule(
            pieces, f"segments[{at}]", segment, partial(_put, chart, at, change), in_chart=True
        )
        for row in (*rule.rows(), *rule.ways()):
            section.rows.addWidget(row)
        last = rule
    for row in pieces.groupings("by", chart.by, lambda by: change(replace(chart, by=by))):
        section.rows.addWidget(row)
    section.rows.addWidget(_adding(pieces, chart, last, change))
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


def _adding(pieces: Pieces, chart: AnyChart, rule: Rule, change: Change) -> QWidget:
    last, segment, put = len(chart.segments) - 1, rule.segment, rule.put
    filtering = pieces.add(
        "+ Filter",
        lambda beside: pieces.add_condition(
            beside, segment.where, lambda found: put(replace(segment, where=found))
        ),
        "segments.where+",
    )
    made = Section("")
    made.rows.addWidget(rule.adding())
    parts: list[QWidget | str] = [filtering]
    if len(segment.either) < MOST_WAYS:
        parts.append(rule.or_button())
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
    if not chart.by and last + 1 < MOST and not isinstance(chart, Journeys):
        more = (*chart.segments, Segment())
        parts.append(
            pieces.add("+ Segment", lambda _: change(replace(chart, segments=more)), "segments+")
        )
    made.rows.addWidget(pieces.row(*parts))
    return made
