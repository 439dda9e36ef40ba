"""
What could be typed next into a filter: keys, names of properties, and values that were captured.

Shown below the box without taking the keyboard from it: arrows choose, Enter and Tab take, Escape
puts away. Nothing is chosen at first, so that Enter means the filter as it was typed.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtWidgets import QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from app.errors import AppError
from app.filter.completing import Offer, Wanted, What, key_offers, wanted
from ui.jobs import Jobs
from ui.pages.filterbox import FilterBox, utf16
from ui.pages.offers import known_offers, offers
from ui.plain import one_line, tooltip
from ui.theme import ROW

SHOWN = 9
MOST = 40
WIDTH = 460
_OFFER = Qt.ItemDataRole.UserRole


class Completion(QObject):
    """Offers below a `FilterBox`."""

    def __init__(self, box: FilterBox, jobs: Jobs) -> None:
        super().__init__(box)
        self._box = box
        self._jobs = jobs
        self._wanted: Wanted | None = None
        self.frame: QFrame | None = None
        self.list: Any = None
        box.completion = self
        box.textEdited.connect(lambda _text: self.look())
        box.asked.connect(self.look)

    @property
    def is_open(self) -> bool:
        """Whether something is offered."""
        return self.frame is not None and not self.frame.isHidden()

    def look(self) -> None:
        """Offer what fits what is being typed."""
        before = self._wanted
        self._wanted = asked = wanted(self._box.text(), self._box.place)
        if before and asked and (before.what, before.start) != (asked.what, asked.start):
            self.close()
        if asked is None or (asked.what is What.KEY and not self._box.text().strip()):
            self.close()
            if asked and self._box.hasFocus() and not self._box.text():
                self._show(asked, key_offers(""))
            return
        known = known_offers(asked)
        if known is not None and asked.what is not What.KEY:
            self._show(asked, known)
            return
        if known:
            self._show(asked, known)
        self._jobs.read(self, lambda store: offers(store, asked), "offers").then(
            lambda found: self._show(asked, found)
        ).catch(self._give_up)

    def close(self) -> None:
        """Put it away; what is still being looked up is not wanted any more."""
        self._jobs.drop(self, "offers")
        if self.frame:
            self.frame.hide()

    def takes(self, key: int) -> bool:
        """Do what a key means here."""
        count = self.list.topLevelItemCount()
        at = self.list.indexOfTopLevelItem(self.list.currentItem())
        if key == Qt.Key.Key_Down:
            self._choose((at + 1) % count)
        elif key == Qt.Key.Key_Up:
            self._choose(at - 1 if at > 0 else count - 1)
        elif key == Qt.Key.Key_Escape:
            self.close()
        elif key == Qt.Key.Key_Tab:
            self._take(self.list.topLevelItem(max(at, 0)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if at < 0:
                self.close()
                return False
            self._take(self.list.topLevelItem(at))
        else:
            return False
        return True

    def _choose(self, at: int) -> None:
        self.list.setCurrentItem(self.list.topLevelItem(at))

    def _take(self, item: QTreeWidgetItem | None) -> None:
        asked = self._wanted
        if item is None or asked is None:
            return
        offer: Offer = item.data(0, _OFFER)
        text, cursor = self._box.text(), self._box.place
        end = max(asked.end, cursor)
        after = text[end:]
        if offer.text.endswith(" ") and after.startswith(" "):
            after = after[1:]
        self.close()
        self._box.setText(text[: asked.start] + offer.text + after)
        self._box.setCursorPosition(utf16(text[: asked.start] + offer.text))
        self._box.textEdited.emit(self._box.text())

    def _show(self, asked: Wanted, found: list[Offer]) -> None:
        if asked is not self._wanted or not self._box.hasFocus():
            return
        if not found or [one.text.strip() for one in found] == [asked.prefix]:
            self.close()
            return
        frame = self.frame or self._made()
        self.list.clear()
        for offer in found[:MOST]:
            item = QTreeWidgetItem([one_line(offer.title, 120), one_line(offer.remark, 80)])
            item.setData(0, _OFFER, offer)
            item.setToolTip(0, tooltip(offer.title))
            item.setForeground(1, self.list.palette().placeholderText())
            self.list.addTopLevelItem(item)
        self.list.setCurrentIndex(QModelIndex())
        self._place(frame, min(len(found), SHOWN))

    def _made(self) -> QFrame:
        window = self._box.window()
        frame = self.frame = QFrame(window)
        frame.setProperty("floating", True)
        frame.setAccessibleName("Completions")
        view = self.list = QTreeWidget()
        view.setAccessibleName("What could be typed here")
        view.setHeaderHidden(True)
        view.setColumnCount(2)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(WIDTH * 2 // 3)
        view.itemClicked.connect(lambda item, _column: self._take(item))
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(4, 4, 4, 4)
        rows.addWidget(view)
        window.installEventFilter(self)
        return frame

    def _place(self, frame: QFrame, rows: int) -> None:
        box, window = self._box, self._box.window()
        frame.setFixedSize(min(WIDTH, window.width() - 16), rows * ROW + 12)
        below = box.mapTo(window, QPoint(box.cursorRect().left(), box.height() + 2))
        frame.move(min(below.x(), window.width() - frame.width() - 8), below.y())
        frame.show()
        frame.raise_()

    def _give_up(self, _error: AppError) -> None:
        """Without a workspace there is nothing to offer; the filter itself says what is wrong."""
        self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It does not outlive the place it was shown in."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.WindowDeactivate):
            self.close()
        return super().eventFilter(watched, event)
