"""
Who somebody is, in conditions that read like a sentence: what they did, what they had, which
cohorts they are in; and alternatives of them (semantics §6.2, §19).

Segments of charts and the rules of cohorts are the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.query.definition import CohortRef, EventSpec, Held, Performed, PropertyRef, Segment
from ui.pages.explore.alternatives import with_another, without
from ui.pages.explore.didrows import DidRows
from ui.pages.explore.drafts import says_something
from ui.pages.explore.during import DEFAULT
from ui.pages.explore.hadrows import HadRows
from ui.pages.explore.picker import Pick, Picker
from ui.pages.explore.pieces import INDENT, Change, Chooser, Pieces, Section
from ui.plain import one_line, plural

MOST = 20
MOST_WAYS = 10
CONNECTED = {"in": "in cohort", "out": "not in cohort"}


@dataclass(frozen=True, slots=True)
class Rule:
    """The conditions of a segment; `put` gets another one. `in_chart` tells whether they may be
    about the range of a chart; `own` is the cohort they are of, which cannot be in itself."""

    pieces: Pieces
    place: str
    segment: Segment
    put: Change
    in_chart: bool
    own: int | None = None

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _change(self, **changes: object) -> None:
        self.put(replace(self.segment, **changes))  # type: ignore[arg-type]

    # What is said

    def rows(self) -> list[QWidget]:
        """A row, or some, for each condition."""
        segment = self.segment
        where = self.pieces.conditions(
            self._at("where"), segment.where, lambda found: self._change(where=found)
        )
        return [*where, *self._did(), *self._had(), *self._cohorts(), *self._people()]

    def _did(self) -> list[QWidget]:
        given = self.segment.performed
        return [
            DidRows(
                self.pieces, self._at(f"performed[{at}]"), one,
                partial(self._replace, "performed", at),
                partial(self._drop, "performed", at), self.in_chart,
            ).made()
            for at, one in enumerate(given)
        ]  # fmt: skip

    def _had(self) -> list[QWidget]:
        return [
            HadRows(
                self.pieces, self._at(f"held[{at}]"), one, partial(self._replace, "held", at),
                partial(self._drop, "held", at),
            ).made()
            for at, one in enumerate(self.segment.held)
        ]  # fmt: skip

    def _replace(self, name: str, at: int, found: object) -> None:
        given = getattr(self.segment, name)
        self._change(**{name: (*given[:at], found, *given[at + 1 :])})

    def _drop(self, name: str, at: int) -> None:
        given = getattr(self.segment, name)
        self._change(**{name: (*given[:at], *given[at + 1 :])})

    def _cohorts(self) -> list[QWidget]:
        names = dict(self.pieces.vocabulary.cohorts)
        rows = []
        for at, ref in enumerate(self.segment.cohorts):
            place = self._at(f"cohorts[{at}]")
            turned = replace(ref, negated=not ref.negated)
            chosen = Chooser(
                place, CONNECTED, "out" if ref.negated else "in", "In the cohort or not",
                partial(self._turn, at, turned),
            )  # fmt: skip
            name = one_line(names.get(ref.cohort, f"cohort {ref.cohort}, which is gone"), 60)
            remove = self.pieces.tool(
                "close", "Remove this cohort", partial(self._drop, "cohorts", at),
                f"{place}.remove",
            )  # fmt: skip
            rows.append(self.pieces.row(chosen, name, remove, indent=INDENT))
        return rows

    def _turn(self, at: int, turned: CohortRef, _key: object) -> None:
        self._replace("cohorts", at, turned)

    def _people(self) -> list[QWidget]:
        people = self.segment.people
        if people is None:
            return []
        remove = self.pieces.tool("close", "All people again", lambda: self._change(people=None),
                                  self._at("people.remove"))  # fmt: skip
        text = f"{plural(len(people), 'person', 'people')} of a point"
        return [self.pieces.row(text, remove, indent=INDENT)]

    # Alternatives

    def ways(self) -> list[QWidget]:
        """At least one of these holds too: each with its conditions and with what adds to it."""
        rows: list[QWidget] = []
        for at, way in enumerate(self.segment.either):
            inner = replace(
                self, place=self._at(f"either[{at}]"), segment=way,
                put=partial(self._replace, "either", at),
            )  # fmt: skip
            remove = self.pieces.tool(
                "close", f"Remove alternative {at + 1}", partial(self._without, at),
                f"{inner.place}.remove",
            )  # fmt: skip
            head = "or" if at else "and either" if self._says_more() else "either"
            made = Section("")
            made.rows.addWidget(self.pieces.row(head, _spring(), remove))
            for row in (*inner.rows(), *inner.ways(), inner.adding()):
                made.rows.addWidget(row)
            rows.append(made)
        return rows

    def _without(self, at: int) -> None:
        self.put(without(self.segment, at))

    def _says_more(self) -> bool:
        return says_something(replace(self.segment, either=(), users="any"))

    # Adding

    def adding(self, *more: QWidget) -> QWidget:
        """Buttons that add a condition, and `more` of them."""
        parts: list[QWidget | str] = [
            self.pieces.add("+ Who did…", self._add_did, self._at("performed+")),
            self.pieces.add("+ Who had…", self._add_had, self._at("held+")),
        ]
        if self._offered():
            parts.append(self.pieces.add("+ Cohort", self._add_cohort, self._at("cohorts+")))
        return self.pieces.row(*parts, *more)

    def or_button(self) -> QWidget:
        """Adds an alternative."""
        made = self.pieces.add(
            "+ Or…", lambda _: self.put(with_another(self.segment)), self._at("either+"),
        )  # fmt: skip
        made.setToolTip("Another way to belong to it: one of them is enough")
        return made

    def _offered(self) -> list[Pick]:
        known = self.pieces.vocabulary.cohorts
        return [Pick(key, name) for key, name in known if key != self.own]

    def _add_did(self, beside: QWidget) -> Picker:
        def take(spec: EventSpec) -> None:
            during = None if self.in_chart else DEFAULT
            self._change(performed=(*self.segment.performed, Performed(spec, during=during)))

        return self.pieces.pick_event(beside, take)

    def _add_had(self, beside: QWidget) -> Picker:
        def take(ref: PropertyRef) -> None:
            self._change(held=(*self.segment.held, Held(ref, "is", ())))

        return self.pieces.pick_property(beside, take, group=False)

    def _add_cohort(self, beside: QWidget) -> Picker:
        def take(key: int) -> None:
            self._change(cohorts=(*self.segment.cohorts, CohortRef(key)))

        picker = Picker(beside, "Search cohorts", self._offered())
        picker.chosen.connect(take)
        picker.open_below(beside)
        return picker


def _spring() -> QWidget:
    made = QWidget()
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made
