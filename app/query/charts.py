"""
Answers charts: hands a definition to the code of its kind, with all it is read against.
"""

from collections.abc import Iterable
from typing import Any

import sqlglot

from app.errors import BadInput
from app.query.calendar import Clock
from app.query.conditions import Context
from app.query.definition import AnyChart, Funnel, Segmentation
from app.query.figure import Figure, as_json
from app.query.funnel import FunnelFigure, funnel, funnel_json
from app.query.segmentation import segmentation
from app.query.sql import DIALECTS
from app.query.warehouse import Warehouse


class Charts:
    """Answers over one warehouse. `inactive` are event types that do not make users active."""

    def __init__(self, warehouse: Warehouse, clock: Clock, inactive: Iterable[str] = ()) -> None:
        self._warehouse = warehouse
        self._clock = clock
        self._inactive = frozenset(inactive)

    def context(self) -> Context:
        """What definitions are read against, as of now."""
        sources = self._warehouse.rows("SELECT api_key, id FROM sources")
        return Context(
            self._clock,
            self._warehouse.properties(),
            {str(key): int(number) for key, number in sources},
            self._inactive,
        )

    def answer(self, chart: Segmentation) -> Figure:
        """The numbers of a segmentation. Raises BadInput, Interrupted."""
        return segmentation(chart, self._warehouse.rows, self.context())

    def funnel(self, chart: Funnel) -> FunnelFigure:
        """The numbers of a funnel. Raises BadInput, Interrupted."""
        return funnel(chart, self._warehouse.arrays, self.context())

    def as_json(self, chart: AnyChart) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The answer to a chart of any kind in its documented JSON form, and its SQL."""
        if isinstance(chart, Segmentation):
            figure = self.answer(chart)
            return as_json(figure, self._clock), figure.sql
        if isinstance(chart, Funnel):
            found = self.funnel(chart)
            return funnel_json(found), found.sql
        raise BadInput("Journeys cannot be answered.")


def translated(statements: Iterable[str], dialect: str) -> str:
    """Statements of a figure as text for another engine, to be copied. Raises BadInput."""
    if dialect not in DIALECTS:
        raise BadInput(f"{dialect!r} is not one of {', '.join(DIALECTS)}.")
    return ";\n\n".join(
        sqlglot.transpile(one, read="duckdb", write=dialect, pretty=True)[0] for one in statements
    )
