"""
Pictures of the Explore page: each kind of chart, its menus and dialogs, on believable data, on
little, and on names that nobody would think of.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from app.query import read
from app.query.microscope import Point
from app.query.node import Node
from app.query.readsegment import read_segment
from app.query.releases import save_annotation, save_release
from app.store import Store
from app.store.definitions import Definitions
from app.study import Study

DAY = 86_400_000
WEEK = {"last": 7}
VIEWED = {"event": "Product Viewed", "by": ["department"]}
STEPS = ["Product Viewed", "Add to Cart", "Order Completed"]
HOSTILE = (
    "<b>Bold</b> <img src=x onerror=alert(1)>",
    "'; DROP TABLE events; -- ",
    "Ein sehr langer Name, der nirgends Platz hat und trotzdem nicht abgeschnitten sein will " * 3,
    "مرحبا بالعالم 👩‍👩‍👧‍👦 \u202eesrever",
    "line\nbreak\ttab",
)

RULE = {
    "performed": [
        {"event": "Add to Cart", "during": {"last": 30}, "then": ["Order Completed"]}
    ],
    "either": [
        {
            "performed": [
                {"event": "Signed Up", "negated": True, "during": {"last": 30}, "within_days": 3}
            ]
        },
        {
            "performed": [
                {"event": "Order Completed", "of": "sum", "property": "revenue", "amount": 100,
                 "during": {"since": "2000-01-01"}}
            ],
            "held": [
                {"property": "@platform", "scope": "user", "op": "is", "values": ["Web"],
                 "when": "ever"}
            ],
        },
    ],
}  # fmt: skip

type Scenes = dict[str, Callable[[], object]]


class Shots:
    """Shows things on the Explore page of a window."""

    def __init__(self, application: Any, until: Callable[..., None]) -> None:
        self._application, self._until = application, until
        self._qt = QApplication.instance()

    @property
    def desk(self) -> Any:
        return self._application.window.page("explore").desk

    def show(self, **definition: object) -> None:
        """A chart, answered."""
        self._close_popups()
        self._application.context.actions.trigger("go.explore")
        self._application.context.notifications.clear()
        # What is not studied yet is not in charts.
        store, study = self._application.context.store, self._application.context.study
        self._until(self._qt, lambda: study.through >= store.current.captures.last_id())
        self.desk.close_behind()
        self._until(self._qt, lambda: bool(self.desk.vocabulary.types))
        chart = read({"range": WEEK, **definition})
        self.desk.put(chart)
        self.desk.look()
        self._until(self._qt, lambda: self.desk.answer and self.desk.answer.chart == chart)

    def behind(self, tab: str, point: Point) -> None:
        """What is behind a point."""
        self.desk.look_behind(self.desk.deeds.spot(self.desk.answer, point), tab)
        self._until(self._qt, lambda: self.desk.behind.facts.text() != "Looking…")

    def menu(self, point: Point) -> None:
        """The menu of a point."""
        figure = self.desk.figure
        place = figure.mapToGlobal(QPoint(figure.width() // 3, figure.height() // 3))
        figure.open_menu(point, figure.said(point), place)

    def press(self, point: Point, title: str) -> None:
        """Something of the menu of a point."""
        actions = self.desk.deeds.actions(point)
        next(one for one in actions if one.title == title).run(None)

    def click(self, button: Any) -> None:
        """A button that opens something."""
        self._close_popups()
        button.click()

    def cohort(self) -> None:
        """A cohort that says a bit of everything."""
        self.show(events=[VIEWED])
        rule = read_segment(Node(RULE))
        self.desk.cohorting.open(rule, "", None)
        facts = self.desk.cohorting.editor.facts
        self._until(self._qt, lambda: facts.days.data.count or facts.undated.text())

    def in_segment(self) -> None:
        """The same among the segments of a chart."""
        self.desk.cohorting.leave()
        self.show(events=[VIEWED], segments=[RULE])

    def changes(self, compare: list[str]) -> None:
        """Rows of earlier periods that say the change."""
        self.show(events=["Product Viewed"], measure="totals", compare=compare)
        against = self.desk.table.against
        against.setCurrentIndex(against.findData("share"))
        against.activated.emit(against.currentIndex())

    def hours(self) -> None:
        """A table of many columns, in its middle."""
        both = [{"name": "Everybody"}, {"performed": [{"event": "Order Completed"}]}]
        self.show(events=[VIEWED, "Add to Cart"], interval="hour", segments=both)
        self.desk.table.view.horizontalScrollBar().setValue(700)

    def read_list(self, ids: Sequence[str] = ()) -> None:
        """A list of ids, those of a few people of the chart among them."""
        self.show(events=[VIEWED])
        exchange = self.desk.cohorting.exchange
        exchange.open()
        if ids:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "customers.csv"
                store = self._application.context.store.current
                known = [row.user_id for row in store.events.rows(range(1, 400)) if row.user_id]
                path.write_text("\n".join([*known, *ids]))
                exchange.page.read_file(path)
                self._until(self._qt, lambda: exchange.page.pages.currentIndex() == 1)

    def note(self) -> None:
        """Something that happened, and a release."""
        folder, now = self._application.context.workspace, time.time_ns() // 1_000_000
        with Definitions(folder) as definitions:
            if not definitions.all("annotation"):
                save_annotation(definitions, "Autumn sale", now - 5 * DAY, now - 3 * DAY)
                save_annotation(definitions, "Checkout was down for an hour", now - 2 * DAY)
                save_release(definitions, "4.2.0", "4.2.0", now - 4 * DAY)
        self.desk.look_up_marks()
        self._until(self._qt, lambda: len(self.desk.figure.marks) >= 3)

    @staticmethod
    def _close_popups() -> None:
        while popup := QApplication.activePopupWidget():
            popup.close()


def believable(application: Any, until: Callable[..., None]) -> Scenes:
    """On demo data."""
    shots = Shots(application, until)
    show, behind = shots.show, shots.behind
    dip = Point(group=("Shelter",), bucket=3)

    def noted(**definition: object) -> None:
        show(**definition)
        shots.note()

    return {
        "explore": lambda: show(events=[VIEWED]),
        "explore-menu": lambda: (show(events=[VIEWED]), shots.menu(dip)),
        "explore-streams": lambda: (show(events=[VIEWED]), behind("streams", dip)),
        "explore-users": lambda: (show(events=[VIEWED]), behind("users", dip)),
        "explore-uploads": lambda: (show(events=[VIEWED]), behind("uploads", dip)),
        "explore-cohort": lambda: (show(events=[VIEWED]), shots.press(dip, "Create Cohort")),
        "explore-annotated": lambda: noted(events=["Product Viewed", "Add to Cart"]),
        "explore-annotating": lambda: shots.press(Point(bucket=3), "Add Annotation"),
        "explore-notes": lambda: shots.click(shots.desk.controls.notes),
        "explore-compared": lambda: show(events=["Product Viewed"], compare=["day", "week"]),
        "explore-top": lambda: show(events=[{"kind": "top"}], measure="totals"),
        "explore-warned": lambda: show(
            events=[
                "Product Viewed",
                {
                    "event": "Add to Crat",
                    "where": [{"property": "departmnt", "op": "is", "values": ["Shelter"]}],
                },
            ],
            by=["platform"],
        ),
        "explore-axes": lambda: show(
            events=["Product Viewed", "Order Completed"], measure="totals", right=[1]
        ),
        "explore-area": lambda: show(events=[VIEWED], view="area"),
        "explore-relative": lambda: show(events=[VIEWED], view="area", relative=True),
        "explore-bars": lambda: show(events=[VIEWED], view="bar"),
        "explore-stacked": lambda: show(
            events=[VIEWED, {"event": "Add to Cart", "by": ["department"]}], view="stacked_bar"
        ),
        "explore-pie": lambda: show(events=[VIEWED], view="pie"),
        "explore-numbers": lambda: show(events=[VIEWED], view="kpi"),
        "explore-frequency": lambda: show(
            events=["Product Viewed"], measure="frequency", view="bar"
        ),
        "explore-running": lambda: show(
            events=["Product Viewed"], measure="frequency", view="bar", shape="running"
        ),
        "explore-formula": lambda: show(
            events=["Product Viewed", "Order Completed"], formula="%: UNIQUES(B) / UNIQUES(A)"
        ),
        "explore-funnel": lambda: show(
            kind="funnel", steps=STEPS, by=[{"property": "@platform", "scope": "user"}]
        ),
        "explore-funnel-time": lambda: show(kind="funnel", steps=STEPS, show="over_time"),
        "explore-converting": lambda: show(
            kind="funnel", steps=STEPS, show="time_to_convert", window_s=1800
        ),
        "explore-before": lambda: show(
            kind="funnel", steps=STEPS, show="frequency", counted="Product Viewed"
        ),
        "explore-drivers": lambda: (
            show(kind="funnel", steps=STEPS),
            behind("drivers", Point(step=3)),
            shots.desk.behind.drivers.table.go_to(0),
        ),
        "explore-changes": lambda: shots.changes(["day", "week"]),
        "explore-hours": shots.hours,
        "explore-list-empty": shots.read_list,
        "explore-list": lambda: shots.read_list([f"somebody-{at}" for at in range(40)]),
        "explore-journeys": lambda: show(kind="journeys", start="Product Viewed", collapse=True),
        "explore-journeys-without": lambda: show(
            kind="journeys",
            start="Product Viewed",
            hide=["Recommendations Served"],
            include=["Add to Cart"],
            exclude=[
                {
                    "event": "[Amplitude] Element Clicked",
                    "where": [
                        {"property": "[Amplitude] Element Tag", "op": "is", "values": ["a", "svg"]}
                    ],
                }
            ],
        ),
        "explore-range": lambda: (
            show(events=[VIEWED]),
            shots.desk.controls.ask_another_range(),
        ),
        "explore-cohorts": lambda: (show(events=[VIEWED]), shots.desk.cohorting.open_list()),
        "explore-cohort-editor": shots.cohort,
        "explore-cohort-segment": shots.in_segment,
        "explore-sql": lambda: (show(events=[VIEWED]), shots.desk.taking.copy("sql")),
    }


def unthinkable(application: Any, until: Callable[..., None]) -> Scenes:
    """On little, with names that nobody would think of."""
    show, shots = (made := Shots(application, until)).show, made
    first = {"event": HOSTILE[0], "by": [HOSTILE[1]]}
    return {
        "explore-hostile": lambda: show(events=[first, HOSTILE[2]]),
        "explore-hostile-menu": lambda: (
            show(events=[first, HOSTILE[2]]),
            shots.menu(Point(group=(HOSTILE[2],), bucket=6)),
        ),
        "explore-hostile-pie": lambda: show(events=[first], view="pie"),
        "explore-hostile-funnel": lambda: show(
            kind="funnel", steps=[HOSTILE[0], HOSTILE[2]], by=[HOSTILE[1]]
        ),
        "explore-hostile-journeys": lambda: show(kind="journeys", start=HOSTILE[0]),
        "explore-hostile-streams": lambda: (
            show(events=[HOSTILE[0]]),
            shots.behind("streams", Point(bucket=6)),
        ),
    }


def fill_unthinkable(folder: Path) -> None:
    """A few events with such names, studied."""
    from tests.ui.conftest import capture, event

    now = time.time_ns() // 1_000_000
    with Store.write(folder) as store:
        captures = []
        for person in range(6):
            user = f"{HOSTILE[person % 5]}{person}"
            events = [
                event(HOSTILE[at], user_id=user, device_id=f"device-{person}",
                      time=now - DAY - person * 3_600_000 + at * 60_000,
                      event_properties={HOSTILE[1]: HOSTILE[person % 5], "big": "x" * 100_000})
                for at in (0, 2, 3, 0, 4)
            ]  # fmt: skip
            captures.append(capture(*events, at_ms=now - DAY + person * 1000))
        from app.decode import decode

        store.writer.add([(one, decode(one)) for one in captures])
    with Study(folder) as studying:
        studying.catch_up()
