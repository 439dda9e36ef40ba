"""
How many a rule holds for: now, of how many, and on each of the last days; and who uses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import BadInput
from app.query import Charts, Clock, EventSpec, Performed, Segment, Warehouse
from app.query.calendar import Range, ceiling
from app.query.cohorts import KIND, POPULATION_DAYS, used_by
from app.query.names import LABEL
from app.query.node import Node
from app.query.readsegment import read_segment
from app.query.writing import segment_json
from app.store.definitions import Definition, Definitions
from ui.charts import Chart, ChartData, Series
from ui.pages.explore.saved import CHART
from ui.plain import one_line, plural
from ui.theme import label

ACTIVE = Segment(performed=(Performed(EventSpec("active"), during=Range(last=POPULATION_DAYS)),))
DAYS = "Day by day"
MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that is being made; `number` is the cohort that it will replace the rule of."""

    segment: Segment
    number: int | None = None


def counted(
    warehouse: Warehouse, draft: Draft, clock: Clock, folder: Path
) -> tuple[int, int, list[str]]:
    """How many a rule holds for, how many were active in the last thirty days, and the names of
    what uses the cohort. Raises BadDefinition at the place of a mistake, BadInput."""
    rule = _read(draft)
    charts, users = _charts(warehouse, draft, clock, folder)
    return charts.size(rule), charts.size(ACTIVE), users


def by_day(warehouse: Warehouse, draft: Draft, clock: Clock, folder: Path) -> tuple[ChartData, str]:
    """How many they were on each of the last days; or why only today can be asked about."""
    charts, _ = _charts(warehouse, draft, clock, folder)
    try:
        found = charts.population(_read(draft))
    except BadInput as error:
        return ChartData(), error.sentence
    starts = [start for start, _ in found]
    values = tuple(float(size) for _, size in found)
    series = Series("0", "People", values, whole=values[-1])
    end = ceiling(starts[-1], "day", clock)
    return ChartData((*starts, end), (series,), len(starts) - 1, ""), ""


def _read(draft: Draft) -> Segment:
    # Through the JSON form: it says where a mistake is.
    return read_segment(Node(segment_json(draft.segment)))


def _charts(
    warehouse: Warehouse, draft: Draft, clock: Clock, folder: Path
) -> tuple[Charts, list[str]]:
    """The engine as it would be if the rule was kept, so that a circle shows."""
    with Definitions(folder) as definitions:
        cohorts, kept = definitions.all(KIND), definitions.all(CHART)
        labels = definitions.all(LABEL)
    body = {"type": "dynamic", "segment": segment_json(draft.segment)}
    users: list[Definition] = []
    if draft.number is not None:
        users = used_by([*kept, *cohorts], draft.number)
        cohorts = [one._replace(body=body) if one.id == draft.number else one for one in cohorts]
    return Charts(warehouse, clock, cohorts=cohorts, labels=labels), [one.name for one in users]


class CohortFacts(QWidget):
    """Shows these numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.count = label("", "figure")
        self.count.setAccessibleName("How many they are")
        self.said = label("", "muted", wrap=True)
        self.users = label("", "muted", wrap=True)
        self.days = Chart(DAYS, "lines", nothing="Nobody in this time")
        self.undated = label("", "muted", wrap=True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(4)
        for part in (self.count, self.said, self.users):
            rows.addWidget(part)
        rows.addSpacing(8)
        rows.addWidget(self.days, 1)
        rows.addWidget(self.undated)
        rows.addStretch(0)
        self.show_nothing("")

    def show_nothing(self, said: str) -> None:
        """There are no numbers, and why."""
        self.count.setText("–")
        self.said.setText(said)
        self.users.setVisible(False)
        self.show_days(ChartData(), "")

    def show_counted(self, size: int, active: int, users: Sequence[str]) -> None:
        """Now, of all who were active, and for whom."""
        self.count.setText(plural(size, "person", "people"))
        self.said.setText(
            f"now: as many as {size / active * 100:.1f} % of the"
            f" {plural(active, 'person', 'people')} active in the last {POPULATION_DAYS} days"
            if active
            else f"now; nobody was active in the last {POPULATION_DAYS} days"
        )
        shown = ", ".join(f"“{one_line(name, 40)}”" for name in users[:MOST_NAMES])
        more = len(users) - MOST_NAMES
        self.users.setText(f"Used by {shown}{f' and {more} more' if more > 0 else ''}")
        self.users.setVisible(bool(users))

    def show_days(self, data: ChartData, problem: str) -> None:
        """How many they were; or why nobody can say."""
        self.days.setVisible(bool(data.count))
        if data.count:
            self.days.show_data(data)
        self.undated.setText(problem)
        self.undated.setVisible(bool(problem))
