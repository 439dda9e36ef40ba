"""
A table of a few hundred lines that are all there, with the looks and keys of every other table.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtGui import QGuiApplication

from app.exchange.csvtext import cell as safe
from app.model import Outcome
from ui.plain import cell as flat
from ui.plain import clipboard
from ui.table.cells import Cell, Column
from ui.table.model import PagedTableModel
from ui.table.view import EventTableView


def csv_of(columns: Sequence[Column], rows: Iterable[Any]) -> str:
    """Rows as CSV with a line of titles; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([one.title for one in columns])
    writer.writerows([safe(one.value(row)) for one in columns] for row in rows)
    return out.getvalue()


class Line(NamedTuple):
    """A line with its number; numbers fall from the top, as ids do."""

    id: int
    row: Any
    outcome: Outcome = Outcome.ACCEPTED
    failure: str = ""


def column(
    key: str,
    title: str,
    width: int,
    text: Callable[[Any], str | Cell],
    tip: str,
    value: Callable[[Any], str] | None = None,
    **looks: Any,
) -> Column:
    """A column of a `ListTable`. `text` gives what is painted, `value` what is copied, if that is
    not the same."""

    def painted(line: Any) -> Cell:
        found = text(line.row)
        return found if isinstance(found, Cell) else Cell(found)

    def copied(line: Any) -> str:
        return value(line.row) if value else painted(line).text

    return Column(key, title, width, painted, copied, tip, **looks)


class ListTable(EventTableView):
    """Shows rows in their order. `opened` tells the number of a line: see `row`."""

    def __init__(self, name: str, columns: Sequence[Column]) -> None:
        self.rows: tuple[Any, ...] = ()
        self._shown = PagedTableModel(columns, self._read)
        super().__init__(self._shown)
        self._shown.setParent(self)
        self.setAccessibleName(name)
        self.copying.connect(self.copy_selected)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these; the line that was chosen stays so by its place."""
        if tuple(rows) == self.rows:
            return
        at, place = self.currentIndex().row(), self.verticalScrollBar().value()
        self.rows = tuple(rows)
        self._shown.show_ids(range(len(self.rows), 0, -1))
        if 0 <= at < len(self.rows):
            self.selectRow(at)
        self.verticalScrollBar().setValue(place)

    def row(self, number: int) -> Any:
        """The row of a line."""
        return self.rows[len(self.rows) - number]

    def forget_cells(self) -> None:
        """Make every cell again when it is painted."""
        self._shown.forget_cells()

    def csv(self) -> str:
        """Everything, with the titles."""
        return csv_of(self._shown.columns, self._read(range(len(self.rows), 0, -1)))

    def copy_selected(self) -> None:
        """The selected lines to the clipboard."""
        text = self._text(self.selected_ids(len(self.rows)))
        QGuiApplication.clipboard().setText(clipboard(text))

    def _text(self, numbers: Sequence[int]) -> str:
        columns = self._shown.columns
        lines = ["\t".join(one.title for one in columns)]
        lines += [
            "\t".join(flat(one.value(line)) for one in columns) for line in self._read(numbers)
        ]
        return "\n".join(lines)

    def _read(self, numbers: Sequence[int]) -> list[Line]:
        return [Line(number, self.row(number)) for number in numbers]
