"""
The table: fixed rows, whole-row selection by ranges, copying, and the keys of the product.

j and k, Home and End move; Enter opens; Escape leaves; Ctrl+A selects by one range, because
asking for a million rows one by one takes seconds.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.table.cells import Column
from ui.table.delegate import CellDelegate
from ui.table.rows import RowModel
from ui.theme import ROW

Key = Qt.Key
NARROWEST = 96
"""Of the widest column, when even that has no room."""


class EventTableView(QTableView):
    """Shows a `RowModel`.

    Signals:
        moved: the current row has this id now (None: there is none).
        opened: a person wants to see more of this id.
        left: Escape.
        copying: Ctrl+C.
        peeking: Space. No shortcut of the window, which would take it from buttons.
    """

    moved = Signal(object)
    opened = Signal(object)
    left = Signal()
    copying = Signal()
    peeking = Signal()

    def __init__(self, model: RowModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_fitting = False
        self._wished: dict[str, int] = {}
        self._take_wishes()
        self.setModel(model)
        self.setItemDelegate(self._delegate(model))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        self._set_up_header()
        self._set_up_columns()
        # A header asks its selection model whether whole columns are selected, which with a
        # million rows selected takes seconds for each paint. Nobody selects columns here.
        self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self))
        self.selectionModel().currentRowChanged.connect(self._tell_current)

    def _delegate(self, model: RowModel) -> CellDelegate:
        """What paints the cells."""
        return CellDelegate(self, model)

    def _take_wishes(self) -> None:
        """How wide a person wants each column."""
        self._widths = {
            at: self._wished.get(column.key, column.width)
            for at, column in enumerate(self._model.columns)
        }

    def use_columns(self, columns: Sequence[Column], *, tells_before: bool = False) -> None:
        """Show other columns; the current row, the place and the widths stay."""
        current, place = self.current_id(), self.verticalScrollBar().value()
        # A model that begins anew may resize the view before its columns have widths.
        self._is_fitting = True
        self._model.use_columns(columns, tells_before=tells_before)
        self._take_wishes()
        self._set_up_columns()
        self.fit_columns()
        if current is not None and (row := self._model.row_of(current)) >= 0:
            self.selectRow(row)
        self.verticalScrollBar().setValue(place)

    @property
    def columns(self) -> Sequence[Column]:
        """The columns in the order of the model."""
        return self._model.columns

    def column_keys(self) -> tuple[str, ...]:
        """The columns from left to right, as a person moved them."""
        header, columns = self.horizontalHeader(), self._model.columns
        return tuple(columns[header.logicalIndex(at)].key for at in range(len(columns)))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(48)
        header.setFixedHeight(28)
        header.sectionResized.connect(self._fit_later)

    def _set_up_columns(self) -> None:
        header = self.horizontalHeader()
        modes = QHeaderView.ResizeMode
        self._is_fitting = True
        for at, column in enumerate(self._model.columns):
            # A column that was moved is where it was moved to; now it is there by its number.
            header.moveSection(header.visualIndex(at), at)
            # Not Stretch: that never shrinks a column again below what it once had.
            header.setSectionResizeMode(at, modes.Fixed if column.is_wide else modes.Interactive)
            self.setColumnWidth(at, self._widths[at])
        self._is_fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def _fit_later(self, section: int, _before: int, now: int) -> None:
        if not self._model.columns[section].is_wide and not self._is_fitting:
            self._widths[section] = now
            self._wished[self._model.columns[section].key] = now
            self.fit_columns()

    def fit_columns(self) -> None:
        """Share the room. With little of it columns become narrow, then those that say least go;
        with more they come back, become as wide as wished, and then some wider."""
        if self._is_fitting:
            return
        self._is_fitting = True
        widths = self._shared(self.viewport().width())
        for at in range(len(self._model.columns)):
            self.setColumnHidden(at, at not in widths)
            if at in widths:
                self.setColumnWidth(at, widths[at])
        self._is_fitting = False

    def _shared(self, room: int) -> dict[int, int]:
        """The widths of the columns that are shown."""
        columns = self._model.columns
        widths = {at: self._least(at) for at in range(len(columns))}
        for at in sorted(widths, key=lambda at: columns[at].yields):
            if sum(widths.values()) > room and columns[at].yields:
                del widths[at]
        self._widen(widths, room, {at: self._widths[at] for at in widths})
        self._widen(widths, room, {at: self._most(at) for at in widths})
        wide = next(at for at, column in enumerate(columns) if column.is_wide)
        widths[wide] = max(NARROWEST, widths[wide] + room - sum(widths.values()))
        return widths

    def _widen(self, widths: dict[int, int], room: int, goals: dict[int, int]) -> None:
        """Bring widths nearer to their goals, each by the same part of the way."""
        spare = max(0, room - sum(widths.values()))
        wanted = sum(max(0, goals[at] - widths[at]) for at in widths)
        for at, width in widths.items():
            missing = max(0, goals[at] - width)
            widths[at] += missing if spare >= wanted else missing * spare // wanted

    def _least(self, at: int) -> int:
        """A width that a person chose stays as it is: neither narrower nor wider."""
        column, wished = self._model.columns[at], self._widths[at]
        return column.least or wished if wished == column.width else wished

    def _most(self, at: int) -> int:
        column, wished = self._model.columns[at], self._widths[at]
        if column.is_wide:
            return 2 * wished
        return max(wished, column.most) if wished == column.width else wished

    def widths(self) -> dict[str, int]:
        """The width of each column by its key."""
        return self._wished | {
            column.key: self._widths[at] for at, column in enumerate(self._model.columns)
        }

    def set_widths(self, widths: Mapping[str, object]) -> None:
        """Widths as they were; what makes no sense is left out."""
        wide = {column.key for column in self._model.columns if column.is_wide}
        for key, width in widths.items():
            if isinstance(width, int) and 40 <= width <= 2000 and key not in wide:
                self._wished[key] = width
        self._take_wishes()
        self.fit_columns()

    def current_id(self) -> int | None:
        """The id of the current row."""
        index = self.currentIndex()
        return self._model.id_at(index.row()) if index.isValid() else None

    def id_at(self, row: int) -> int:
        """The id in a row."""
        return self._model.id_at(row)

    def go_to_id(self, event_id: int) -> None:
        """Make the row of an id current, when there is one."""
        if (row := self._model.row_of(event_id)) >= 0:
            self.go_to(row)

    def selected_count(self) -> int:
        """How many rows are selected. Ranges are free; asking for rows is not."""
        return sum(part.height() for part in self._ranges())

    def selected_ids(self, most: int) -> list[int]:
        """The selected ids from the top, at most `most`."""
        found: list[int] = []
        for part in sorted(self._ranges(), key=lambda part: part.top()):
            found += self._model.ids(part.top(), min(part.height(), most - len(found)))
        return found

    def _ranges(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(number) for number in range(selection.count())]

    def selectAll(self) -> None:
        """One range instead of a question for each cell."""
        rows, columns = len(self._model), self._model.columnCount()
        if rows:
            whole = QItemSelection(
                self._model.index(0, 0), self._model.index(rows - 1, columns - 1)
            )
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().select(whole, flag)

    def go_to(self, row: int) -> None:
        """Make a row current and selected, and show it."""
        if len(self._model):
            row = max(0, min(row, len(self._model) - 1))
            self.selectRow(row)
            self.scrollTo(self._model.index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copying.emit()
            return
        if event.modifiers() == Qt.KeyboardModifier.NoModifier and self._do(event.key()):
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Not here: it would read every row until one matches."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._open(self.indexAt(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.button() == Qt.MouseButton.LeftButton and plain:
            self._open(self.indexAt(event.position().toPoint()))

    def _do(self, key: int) -> bool:
        row = self.currentIndex().row()
        steps = {Key.Key_J: row + 1, Key.Key_K: row - 1, Key.Key_Home: 0, Key.Key_End: 1 << 31}
        if key in steps:
            self.go_to(steps[Key(key)])
        elif key in (Key.Key_Return, Key.Key_Enter):
            self._open(self.currentIndex())
        elif key == Key.Key_Escape:
            self.left.emit()
        elif key == Key.Key_Space:
            self.peeking.emit()
        else:
            return False
        return True

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._model.id_at(index.row()))

    def _tell_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.moved.emit(self._model.id_at(current.row()) if current.isValid() else None)
