"""
The table of options: of one instance, or of two side by side. Each row opens to the sentences that
say how its value is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from app.sdk.evidence import Evidence
from app.sdk.report import InstanceReport
from app.sdk.resolve import Resolved
from ui.pages.sdks import words
from ui.pages.sdks.items import children, grandchildren
from ui.plain import lines, one_line, tooltip
from ui.theme import ROW, base_font, mono_font, pixmap, small_font, tokens

Index = QModelIndex | QPersistentModelIndex
DIFFERING = "Not at the default"
BETWEEN = "Differs between the two"
PAD = 8
DOT = 7
INDENT = 18
_KIND = Qt.ItemDataRole.UserRole
_TONE = Qt.ItemDataRole.UserRole + 1
_COPY = Qt.ItemDataRole.UserRole + 2
_NAME = Qt.ItemDataRole.UserRole + 3
_CAPTURES = Qt.ItemDataRole.UserRole + 4
_HEAD, _ROW, _TEXT = "head", "row", "text"
_LEFT = int(
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
)


class Row(NamedTuple):
    """An option in the one instance, and in the other where there is one."""

    one: Resolved | None
    other: Resolved | None

    @property
    def option_name(self) -> str:
        """What the option is called."""
        found = self.one or self.other
        assert found is not None  # noqa: S101 - a row has one of them
        return found.option.name

    @property
    def is_between(self) -> bool:
        """Whether the two are known to be different."""
        if self.one is None or self.other is None:
            return False
        known = Evidence.UNKNOWN not in (self.one.evidence, self.other.evidence)
        return known and self.one.value != self.other.value


class OptionTable(QTreeWidget):
    """Sections with rows of options. Search and "only differences" hide rows."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Options of the SDK")
        self.setIndentation(0)
        self.setExpandsOnDoubleClick(False)
        self.clicked.connect(self._open_or_close)
        self.setMouseTracking(True)
        self.setAllColumnsShowFocus(True)
        self.setRootIsDecorated(False)
        self.setItemDelegate(_Cells(self))
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setStretchLastSection(False)
        header.setFixedHeight(28)
        header.sectionResized.connect(self._fit)
        self._rows: list[Row] = []
        self._needle = ""
        self._only_differing = False
        self._compares = False

    # What is shown

    def show_instance(self, report: InstanceReport, other: InstanceReport | None = None) -> None:
        """Show one instance, or compare it with another. What was open stays open."""
        if self._compares != (other is not None) or not self.columnCount() > 1:
            self._set_columns(other is not None)
        self._rows = rows_of(report, other)
        self._fill()

    def narrow(self, needle: str, only_differing: bool) -> None:
        """Show only options that hold this text, or only those that differ."""
        self._needle, self._only_differing = needle.strip().lower(), only_differing
        self._fill()

    @property
    def shown(self) -> list[str]:
        """The options in view, in order, each once."""
        return list(dict.fromkeys(item.data(0, _NAME) for item in grandchildren(self)))

    def item_of(self, name: str) -> QTreeWidgetItem | None:
        """The row of an option."""
        return next((one for one in grandchildren(self) if one.data(0, _NAME) == name), None)

    def copied(self) -> str:
        """What the chosen row is copied as: a value, or a sentence."""
        item = self.currentItem()
        return str(item.data(0, _COPY) or "") if item else ""

    def captures(self) -> list[int]:
        """The captures that show what the chosen row or sentence says."""
        item = self.currentItem()
        if item is None:
            return []
        texts = [item] if item.data(0, _KIND) == _TEXT else children(item)
        return list(dict.fromkeys(at for text in texts for at in text.data(0, _CAPTURES) or ()))

    def _set_columns(self, compares: bool) -> None:
        self._compares = compares
        titles = ["Option", "Value", "How we know", "Default"]
        if compares:
            titles = ["Option", "This one", "How we know", "The other", "How we know"]
        self.clear()
        self.setColumnCount(len(titles))
        self.setHeaderLabels(titles)
        header = self.header()
        header.setMinimumSectionSize(60)
        widths = (250, 0, 165, 0, 165) if compares else (290, 0, 170, 130)
        for at, width in enumerate(widths):
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(at, mode.Interactive if width else mode.Stretch)
            if width:
                header.resizeSection(at, width)

    def _fill(self) -> None:
        opened = {one.data(0, _NAME) for one in grandchildren(self) if one.isExpanded()}
        current, at = self._current_name(), self.verticalScrollBar().value()
        self.clear()
        for title, rows in self._grouped():
            head = QTreeWidgetItem([f"{title}  ({len(rows)})"])
            head.setData(0, _KIND, _HEAD)
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
            for row in rows:
                item = self._item(row)
                head.addChild(item)
                for text, captures in _sentences(row):
                    child = _sentence(text, captures)
                    item.addChild(child)
                    child.setFirstColumnSpanned(True)
                item.setExpanded(row.option_name in opened)
            head.setExpanded(True)
        found = self.item_of(current) if current else None
        if found:
            self.setCurrentItem(found)
        self.verticalScrollBar().setValue(at)

    def _current_name(self) -> str:
        item = self.currentItem()
        if item is not None and item.data(0, _KIND) == _TEXT:
            item = item.parent()
        return str(item.data(0, _NAME) or "") if item else ""

    def _grouped(self) -> list[tuple[str, list[Row]]]:
        """What differs first, then the others by what they are about."""
        wanted = [row for row in self._rows if self._is_wanted(row)]
        first = [row for row in wanted if self._differs(row)]
        groups: dict[str, list[Row]] = {}
        for row in wanted:
            if not self._differs(row):
                found = row.one or row.other
                assert found is not None  # noqa: S101 - a row has one of them
                groups.setdefault(str(found.option.group), []).append(row)
        title = BETWEEN if self._compares else DIFFERING
        return [(title, first)] * bool(first) + list(groups.items())

    def _differs(self, row: Row) -> bool:
        if self._compares:
            return row.is_between
        return row.one is not None and row.one.differs is True

    def _is_wanted(self, row: Row) -> bool:
        if self._only_differing and not self._differs(row):
            return False
        if not self._needle:
            return True
        texts = [row.option_name]
        for one in (row.one, row.other):
            if one is not None:
                texts += [one.option.about, words.value(one), words.badge(one)[0]]
        return any(self._needle in text.lower() for text in texts)

    def _item(self, row: Row) -> QTreeWidgetItem:
        cells = [row.option_name]
        tones = ["text"]
        for one in (row.one, row.other) if self._compares else (row.one,):
            if one is None:
                cells += ["no such option", ""]
                tones += ["faint", ""]
                continue
            text, tone = words.badge(one)
            cells += [words.value(one), text]
            tones += ["muted" if one.evidence is Evidence.DEFAULT else "text", tone]
        if not self._compares and row.one is not None:
            cells.append(words.default(row.one))
            tones.append("muted")
        item = QTreeWidgetItem(cells)
        item.setData(0, _KIND, _ROW)
        item.setData(0, _NAME, row.option_name)
        for column, tone in enumerate(tones):
            item.setData(column, _TONE, tone)
        found = row.one or row.other
        if found is not None:
            item.setToolTip(0, tooltip(f"{found.option.name}\n{found.option.about}"))
            item.setToolTip(1, tooltip(words.full(found.value)))
            item.setData(0, _COPY, words.full(found.value))
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, ", ".join(cells))
        return item

    # What it does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens and closes a row; copying is the page's."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and item:
            item.setExpanded(not item.isExpanded())
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _open_or_close(self, index: QModelIndex) -> None:
        """A click on the name shows or hides the sentences; the rest of the row is for choosing."""
        item = self.itemFromIndex(index)
        if item is not None and index.column() == 0 and item.data(0, _KIND) == _ROW:
            item.setExpanded(not item.isExpanded())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._rows and not self.topLevelItemCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(tokens().muted))
            where = self.viewport().rect().adjusted(0, 40, 0, 0)
            middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(where, int(middle), self._nothing())
            painter.end()

    def _nothing(self) -> str:
        if self._needle:
            return "No option matches."
        if self._compares:
            return "The two do not differ, as far as is known."
        return "Everything that is known is at its default."

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Sentences need other heights in another width."""
        self.scheduleDelayedItemsLayout()


def rows_of(report: InstanceReport, other: InstanceReport | None) -> list[Row]:
    """Options of the one and, by name, of the other."""
    theirs = {one.option.name: one for one in other.options} if other else {}
    found = [Row(one, theirs.pop(one.option.name, None)) for one in report.options]
    return found + [Row(None, one) for one in theirs.values()]


def _sentences(row: Row) -> Iterable[tuple[str, tuple[int, ...]]]:
    """What is behind a row, each with the captures that show it."""
    both = row.other is not None and row.one is not None
    found = row.one or row.other
    if found is not None:
        yield found.option.about, ()
    for title, one in (("This one", row.one), ("The other", row.other)):
        if one is None:
            continue
        for text in one.because:
            where = _captures(text.captures)
            said = f"{title}: {text.text}{where}" if both else f"{text.text}{where}"
            yield said, text.captures
        for withdrawn in one.withdrawn:
            yield f"Withdrawn: {withdrawn}", ()


def _captures(captures: Sequence[int]) -> str:
    if not captures:
        return ""
    numbers = ", ".join(f"{number:,}" for number in captures)
    return f"  (capture {numbers})" if len(captures) == 1 else f"  (captures {numbers})"


def _sentence(text: str, captures: tuple[int, ...]) -> QTreeWidgetItem:
    shown = one_line(text, 2000)
    item = QTreeWidgetItem([shown])
    item.setData(0, _KIND, _TEXT)
    item.setData(0, _COPY, lines(text))
    item.setData(0, _CAPTURES, list(captures))
    return item


class _Cells(QStyledItemDelegate):
    """Paints sections, rows with a dot before how they are known, and sentences in full."""

    def __init__(self, view: OptionTable) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        kind = index.sibling(index.row(), 0).data(_KIND)
        if kind == _HEAD:
            return QSize(0, 32)
        if kind != _TEXT:
            return QSize(0, ROW + 2)
        width = self._view.viewport().width() - INDENT - PAD - 2 * PAD
        metrics = _metrics(self._view)
        box = metrics.boundingRect(
            QRect(0, 0, max(80, width), 10_000), int(Qt.TextFlag.TextWordWrap), index.data()
        )
        return QSize(0, box.height() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        kind = index.sibling(index.row(), 0).data(_KIND)
        rect, colours = QRect(option.rect), tokens()
        painter.save()
        if kind == _HEAD:
            font = small_font()
            font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(QColor(colours.muted))
            painter.drawText(rect.adjusted(PAD, 6, -PAD, 0), _LEFT, index.data())
            painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        else:
            is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
            if is_selected:
                painter.fillRect(rect, QColor(colours.selected))
            elif option.state & QStyle.StateFlag.State_MouseOver:
                painter.fillRect(rect, QColor(colours.hover))
            if kind == _TEXT:
                painter.setFont(base_font())
                painter.setPen(QColor(colours.text if is_selected else colours.muted))
                inner = rect.adjusted(PAD + INDENT + PAD, 2, -PAD, 0)
                painter.drawText(inner, int(Qt.TextFlag.TextWordWrap), index.data())
            else:
                self._cell(painter, rect, index, is_selected)
        painter.restore()

    def _cell(self, painter: QPainter, rect: QRect, index: Index, is_selected: bool) -> None:
        colours, column = tokens(), index.column()
        tone = index.data(_TONE) or "text"
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        colour = getattr(colours, tone)
        if column == 0:
            self._chevron(painter, inner, index)
            inner.adjust(INDENT, 0, 0, 0)
        is_badge = column in (2, 4)
        if is_badge and index.data():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QRect(inner.x(), inner.center().y() - DOT // 2 + 1, DOT, DOT))
            inner.adjust(DOT + 6, 0, 0, 0)
            colour = colours.muted if tone in ("muted", "faint") else colours.text
        if is_selected or (tone == "faint" and not is_badge):
            colour = colours.text if is_selected else colours.muted
        font = base_font() if is_badge else mono_font()
        painter.setFont(font)
        painter.setPen(QColor(colour))
        middle = Qt.TextElideMode.ElideMiddle if column == 0 else Qt.TextElideMode.ElideRight
        cut = painter.fontMetrics().elidedText(index.data() or "", middle, inner.width())
        painter.drawText(inner, _LEFT | int(Qt.TextFlag.TextSingleLine), cut)

    def _chevron(self, painter: QPainter, inner: QRect, index: Index) -> None:
        is_open = self._view.isExpanded(index)
        name = "down" if is_open else "right"
        ratio = max(1, round(self._view.devicePixelRatioF()))
        picture = pixmap(name, tokens().muted, 14, ratio)
        painter.drawPixmap(inner.x() - 2, inner.center().y() - 6, picture)


def _metrics(view: OptionTable) -> QFontMetrics:
    return QFontMetrics(base_font(), view)
