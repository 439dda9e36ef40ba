"""
The navigation rail: one button a page, and the settings at its foot.
"""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ui.actions import Actions, tooltip
from ui.theme import RAIL, tint, vertical_hairline


class Rail(QWidget):
    """Buttons for actions that go to pages; the current page's is pressed."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        self.setFixedWidth(RAIL)
        self.setAccessibleName("Pages")
        self._column = QVBoxLayout()
        self._column.setContentsMargins(4, 8, 4, 8)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._column)
        row.addWidget(vertical_hairline())

    def add(self, page: str, title: str, action_id: str, *, at_foot: bool = False) -> None:
        """A button for a page, in order from the top, or below everything."""
        action = self._actions.get(action_id)
        button = QToolButton()
        button.setProperty("rail", True)
        button.setCheckable(True)
        button.setText(title)
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(RAIL - 9, 48)
        button.setToolTip(tooltip(action))
        button.setAccessibleName(title)
        tint(button, action.icon)
        button.clicked.connect(lambda: self._actions.trigger(action_id))
        self._group.addButton(button)
        self.buttons[page] = button
        if at_foot:
            self._column.addWidget(button)
        else:
            self._column.insertWidget(len(self.buttons) - 1, button)

    def show_page(self, page: str) -> None:
        """Press the button of the page that is shown; none for one without a button."""
        self._group.setExclusive(False)
        for name, button in self.buttons.items():
            button.setChecked(name == page)
        self._group.setExclusive(True)
