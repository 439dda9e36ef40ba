"""
The parts of a filter as chips, how many events it hides, and the way back.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.plain import one_line, tooltip
from ui.theme import label, tint

MOST = 6
LONGEST = 36


class FilterChips(QWidget):
    """One chip for each condition that must hold; pressing it takes the condition away.

    Signals:
        dropped: the place of a condition that a person does not want any more.
        cleared: everything is wanted again.
    """

    dropped = Signal(int)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Conditions of the filter")
        self.chips: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self.active = label("Filter active", "small")
        self.hidden = label("", "small")
        self.clear = QPushButton("Clear filter")
        self.clear.setProperty("kind", "chip")
        self.clear.setToolTip("Show everything again  (Esc in the filter)")
        self.clear.clicked.connect(self.cleared)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.active)
        row.addLayout(self._row)
        row.addStretch(1)
        row.addWidget(self.hidden)
        row.addWidget(self.clear)
        self.hide()

    def show_parts(self, parts: Sequence[str]) -> None:
        """Chips for these conditions."""
        for chip in self.chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for place, text in enumerate(parts[:MOST]):
            self._add(place, text)
        self.active.setText(
            f"Filter active, {len(parts) - MOST} more" if len(parts) > MOST else "Filter active"
        )
        self.setVisible(bool(parts))

    def show_hidden(self, text: str) -> None:
        """Say how many events are not shown."""
        self.hidden.setText(text)

    def _add(self, place: int, text: str) -> None:
        chip = QPushButton(one_line(text, LONGEST).replace("&", "&&"))
        chip.setProperty("kind", "chip")
        chip.setToolTip(tooltip(f"Take away: {text}"))
        chip.setAccessibleName(one_line(f"Take away the condition {text}"))
        tint(chip, "close")
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.clicked.connect(lambda: self.dropped.emit(place))
        self._row.addWidget(chip)
        self.chips.append(chip)
