"""
Info: one event in words, to read and to copy from.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from app.naming import PREFIX
from ui.inspector.conditions import column_at, condition_at
from ui.inspector.facts import Section
from ui.inspector.filtermenu import add_conditions
from ui.inspector.tree import FactsModel, Index, Node
from ui.plain import clipboard, one_line, tooltip
from ui.table.delegate import elided
from ui.theme import ROW, mono_font, pixmap, small_font, tokens

NAME_WIDTH = 124
NAME_MARGIN = 40
MOST_NAMES = 100
MOST_LETTERS = 80
HEADING = 32
MOST_OPEN = 50
LEFT, RIGHT = 8, 12
"""Of a value."""


def fitting_name(text: str, font_key: str, width: int, mode: Qt.TextElideMode) -> str:
    """A name cut to `width`. What begins as all of Amplitude's own names do loses that first, as
    the rest tells them apart."""
    shown = elided(text, font_key, width, mode)
    if shown == text or PREFIX not in text:
        return shown
    return elided(text.replace(PREFIX, "…", 1), font_key, width, mode)


class InfoView(QTreeView):
    """The facts of an event. What a person opened or closed stays so for the next event.

    Signals:
        condition_asked: a person wants to filter by a value (a `Node` of a filter); only where
            `filters` says what it is that is filtered.
        column_asked: a person wants a property as a column of the table (its key); only where
            `offers_columns`.
    """

    condition_asked = Signal(object)
    column_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = ""
        self.offers_columns = False
        self.facts = FactsModel(self)
        self._opened: set[str] = set()
        self._closed: set[str] = set()
        self._is_restoring = False
        self.setModel(self.facts)
        self.setItemDelegate(FactDelegate(self))
        self.setAccessibleName("Facts of the selected event")
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.expanded.connect(self._remember_open)
        self.collapsed.connect(self._remember_closed)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, NAME_WIDTH)

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Show another event's facts."""
        place = self.verticalScrollBar().value()
        self._is_restoring = True
        self.facts.show_sections(sections)
        for node in self.facts.sections:
            index = self.facts.index_of(node)
            self.setFirstColumnSpanned(node.row, index.parent(), True)
            self.setExpanded(index, self._is_open(node))
        self._open_again()
        self._fit_names()
        self._is_restoring = False
        self.doItemsLayout()
        self.verticalScrollBar().setValue(place)

    def _fit_names(self) -> None:
        """Room for the names of properties, which say nothing when only their prefix is seen; but
        no more than two fifths, because values matter more."""
        names = [
            child.name for section in self.facts.sections for child in section.children[:MOST_NAMES]
        ]
        measure = self.fontMetrics().horizontalAdvance
        widest = max((measure(name[:MOST_LETTERS]) for name in names), default=0) + NAME_MARGIN
        most = self.viewport().width() * 2 // 5
        self.header().resizeSection(0, max(NAME_WIDTH, min(widest, most)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_names()
        # Sentences have as many lines as they need.
        self.scheduleDelayedItemsLayout()

    def _is_open(self, node: Node) -> bool:
        if isinstance(node.value, Section) and node.value.is_open:
            return node.name not in self._closed
        return node.name in self._opened

    def _open_again(self) -> None:
        todo = [child for section in self.facts.sections for child in section.children]
        while todo:
            node = todo.pop()
            if node.path in self._opened and node.size:
                index = self.facts.index_of(node)
                if self.facts.canFetchMore(index) and not node.children:
                    self.facts.fetchMore(index)
                self.expand(index)
                todo += node.children

    def _remember_open(self, index: Index) -> None:
        if not self._is_restoring and (node := self.facts.node(index)):
            if len(self._opened) >= MOST_OPEN:
                self._opened.clear()
            self._opened.add(node.path or node.name)
            self._closed.discard(node.path or node.name)

    def _remember_closed(self, index: Index) -> None:
        if not self._is_restoring and (node := self.facts.node(index)):
            self._closed.add(node.path or node.name)
            self._opened.discard(node.path or node.name)

    def reveal(self, trail: Sequence[int]) -> None:
        """Open the way to a line, given by its rows from a section down, and go there."""
        index = QModelIndex()
        for row in trail:
            while row >= self.facts.rowCount(index) and self.facts.canFetchMore(index):
                self.facts.fetchMore(index)
            if index.isValid():
                self.expand(index)
            index = self.facts.index(row, 0, index)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def current_node(self) -> Node | None:
        """The line a person is on."""
        return self.facts.node(self.currentIndex())

    def copy_value(self) -> None:
        """The value of the current line to the clipboard."""
        if node := self.current_node():
            QGuiApplication.clipboard().setText(clipboard(node.copied()))

    def copy_path(self) -> None:
        """Where the current value lies in the event."""
        if node := self.current_node():
            QGuiApplication.clipboard().setText(clipboard(node.path or node.name))

    def copy_pair(self) -> None:
        """Name and value of the current line."""
        if node := self.current_node():
            QGuiApplication.clipboard().setText(clipboard(f"{node.name}: {node.copied()}"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Headings open and close wherever they are pressed."""
        index = self.indexAt(event.position().toPoint())
        node = self.facts.node(index)
        if node and node.is_section and event.button() == Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_value()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts here."""

    def _show_menu(self, at: QPoint) -> None:
        node = self.facts.node(self.indexAt(at))
        if node is None or node.is_section:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy value", self.copy_value)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        menu.addAction("Copy name and value", self.copy_pair)
        if node.path:
            menu.addAction(f"Copy path  {one_line(node.path, 60)}".replace("&", "&&"),
                           self.copy_path)  # fmt: skip
        # Text of ours about a value is not that value.
        at_path = None if node.is_ours else condition_at(node.path, node.value)
        one = node.condition or at_path
        if one is not None and self.filters:
            add_conditions(menu, one, f"this {node.name}", self.condition_asked.emit, self.filters)
        if self.offers_columns and (key := column_at(node.path)):
            menu.addAction("Show as a column", lambda: self.column_asked.emit(key))
        if node.size:
            menu.addSeparator()
            menu.addAction("Open everything below", lambda: self._open_below(node))
        menu.popup(self.viewport().mapToGlobal(at))

    def _open_below(self, node: Node) -> None:
        """Open a few levels; never all of a hostile thousand."""
        self.expandRecursively(self.facts.index_of(node), 6)


class FactDelegate(QStyledItemDelegate):
    """Paints headings, names, values in the fixed-width face, and kinds."""

    def __init__(self, view: InfoView) -> None:
        super().__init__(view)
        self._view = view
        self._mono = mono_font()
        self._small = small_font()
        self._heading = small_font()
        self._heading.setBold(True)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        node = self._view.facts.node(index)
        if node is not None and index.column() == 1 and is_sentence(node):
            room = self._view.header().sectionSize(1) - LEFT - RIGHT
            flags = int(Qt.TextFlag.TextWordWrap)
            box = QRect(0, 0, max(40, room), 1000)
            high = QFontMetrics(self._view.font()).boundingRect(box, flags, node.shown()).height()
            return QSize(10, max(ROW, high + 8))
        return QSize(10, HEADING if node and node.is_section else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node = self._view.facts.node(index)
        if node is None:
            return
        rect: QRect = option.rect
        painter.save()
        # Marks that are piled up on letters would reach into other rows.
        painter.setClipRect(rect)
        if node.is_section:
            self._paint_heading(painter, rect, node, self._view.isExpanded(index))
        else:
            is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
            if is_selected:
                painter.fillRect(rect, QColor(tokens().selected))
            self._paint_part(painter, rect, node, index.column(), is_selected)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, node: Node, is_open: bool) -> None:
        colours = tokens()
        painter.fillRect(rect, QColor(colours.surface))
        if node.row:
            painter.fillRect(rect.x(), rect.y(), rect.width(), 1, QColor(colours.line))
        arrow = pixmap("down" if is_open else "right", colours.muted, 16, 2)
        painter.drawPixmap(rect.x() + 8, rect.center().y() - 6, arrow)
        painter.setPen(QColor(colours.muted))
        painter.setFont(self._heading)
        painter.drawText(rect.adjusted(28, 2, -8, 0), _flags(), node.name)
        painter.setFont(self._small)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        count = "" if is_open else str(node.size)
        painter.drawText(rect.adjusted(16, 2, -16, 0), int(flags), count)

    def _paint_part(
        self, painter: QPainter, rect: QRect, node: Node, column: int, is_selected: bool
    ) -> None:
        colours = tokens()
        if column == 0:
            font, tone, text = self._view.font(), "muted", one_line(node.name)
            room = rect.adjusted(2, 0, -4, 0)
        else:
            font, tone, text = self._mono, node.value_tone(), node.shown()
            room = rect.adjusted(LEFT, 0, -RIGHT, 0)
        if column == 1 and is_sentence(node):
            self._paint_sentence(painter, room, text)
            return
        if column == 0 and rect.height() > ROW:
            # Beside the first line of a sentence.
            room.setHeight(ROW)
        painter.setFont(font)
        # Grey on the colour of selection is too faint to read.
        is_faint = is_selected and tone == "muted"
        painter.setPen(QColor(colours.text if is_faint else getattr(colours, tone)))
        # In the middle: the ends of names, ids and addresses are what tells them apart.
        fit = fitting_name if column == 0 else elided
        shown = fit(text, font.key(), room.width(), Qt.TextElideMode.ElideMiddle)
        painter.drawText(room, _flags(), shown)
        if column == 1:
            painter.setPen(QColor(colours.text if is_selected else colours.muted))
            self._paint_kind(painter, room, node.type_word(), text)

    def _paint_sentence(self, painter: QPainter, room: QRect, text: str) -> None:
        painter.setFont(self._view.font())
        painter.setPen(QColor(tokens().text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.drawText(
            room.adjusted(0, 4, 0, 0), int(flags) | int(Qt.TextFlag.TextWordWrap), text
        )

    def _paint_kind(self, painter: QPainter, room: QRect, kind: str, value: str) -> None:
        """At the right, where the value leaves room for it."""
        width = QFontMetrics(self._small).horizontalAdvance(kind)
        if kind and QFontMetrics(self._mono).horizontalAdvance(value) + width + 12 <= room.width():
            painter.setFont(self._small)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(room, int(flags), kind)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """The whole of a name or a value."""
        node = self._view.facts.node(index)
        if node is None or node.is_section or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        is_text = index.column() == 1 and isinstance(node.value, str)
        text = node.value if is_text else (node.name, node.shown())[index.column()]
        if index.column() == 1 and (moment := node.moment()):
            text = f"{text}\n{moment} in local time"
        QToolTip.showText(event.globalPos(), tooltip(text) if text else "", view)
        return True


def is_sentence(node: Node) -> bool:
    """Whether a value is words of ours, which are read in full and not told apart by their ends."""
    value = node.value
    return node.is_ours and isinstance(value, str) and value.endswith(".") and " " in value


def _flags() -> int:
    return int(
        Qt.AlignmentFlag.AlignVCenter
        | Qt.AlignmentFlag.AlignLeft
        | Qt.AlignmentFlag.AlignAbsolute
        | Qt.TextFlag.TextSingleLine
    )
