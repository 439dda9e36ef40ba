"""
Everything that can be done, as one table: the palette, tooltips and the list of shortcuts
are generated from it.

    actions.add(Action("live.follow", "Follow new events", toggle, shortcuts=("F",)), page)
    button = actions.button("live.follow")

An action belongs to a widget; its shortcut works while that widget is visible. Single letters are
safe: a text field takes what is typed into it first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from ui.theme import tint


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can do."""

    id: str
    title: str
    run: Callable[[], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    words: str = ""
    """Further words under which the palette finds it."""
    short: str = ""
    """What a button with text says, when the title is too long for it."""
    enabled: Callable[[], bool] | None = None
    checked: Callable[[], bool] | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether it can be done now."""
        return self.enabled is None or self.enabled()

    @property
    def shortcut(self) -> str:
        """The first shortcut as a person reads it, or an empty text."""
        return shown(self.shortcuts[0]) if self.shortcuts else ""


def shown(shortcut: str) -> str:
    """A shortcut in the platform's own writing (⌘K, Ctrl+K)."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


class Actions(QObject):
    """The table of actions, in the order in which they were added."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, Action] = {}
        self._qactions: dict[str, QAction] = {}

    def add(self, action: Action, owner: QWidget) -> QAction:
        """Register an action; its shortcuts work while `owner` is visible."""
        if action.id in self._actions:
            raise ValueError(f"The action {action.id} exists already.")
        shown_title = action.title.replace("&", "&&")
        qaction = QAction(shown_title, owner)
        qaction.setIconText(action.short.replace("&", "&&") or shown_title)
        qaction.setShortcuts([QKeySequence(text) for text in action.shortcuts])
        qaction.setToolTip(tooltip(action))
        qaction.setCheckable(action.checked is not None)
        qaction.triggered.connect(lambda _checked=False: self.trigger(action.id))
        owner.addAction(qaction)
        self._actions[action.id] = action
        self._qactions[action.id] = qaction
        self._refresh(action)
        return qaction

    def __contains__(self, action_id: str) -> bool:
        return action_id in self._actions

    def get(self, action_id: str) -> Action:
        """The action of this id."""
        return self._actions[action_id]

    def qaction(self, action_id: str) -> QAction:
        """Its QAction, for menus and buttons."""
        found, icon = self._qactions[action_id], self._actions[action_id].icon
        # Drawn when it is needed: most icons are only ever seen in the palette.
        if icon and found.icon().isNull():
            tint(found, icon)
        return found

    def all(self) -> list[Action]:
        """Every action, in order."""
        return list(self._actions.values())

    def trigger(self, action_id: str) -> None:
        """Do it, if it can be done now. A shortcut that cannot does nothing."""
        action = self._actions[action_id]
        if action.is_enabled:
            action.run()
        self.refresh()

    def refresh(self) -> None:
        """Bring checkmarks up to date. Call after a state that an action shows has changed."""
        for action in self._actions.values():
            self._refresh(action)

    def button(self, action_id: str, *, text: bool = False, size: int = 16) -> QToolButton:
        """A button for an action, with its name and its shortcut for everyone who asks."""
        from PySide6.QtCore import Qt

        action = self._actions[action_id]
        button = QToolButton()
        button.setDefaultAction(self.qaction(action_id))
        button.setIconSize(QSize(size, size))
        button.setToolTip(tooltip(action))
        button.setAccessibleName(action.title)
        button.setAutoRaise(True)
        style = Qt.ToolButtonStyle
        with_text = style.ToolButtonTextBesideIcon if action.icon else style.ToolButtonTextOnly
        button.setToolButtonStyle(with_text if text else style.ToolButtonIconOnly)
        return button

    def _refresh(self, action: Action) -> None:
        if action.checked is not None:
            self._qactions[action.id].setChecked(action.checked())


def tooltip(action: Action) -> str:
    """Title and shortcuts."""
    keys = ", ".join(shown(text) for text in action.shortcuts)
    return f"{action.title}  ({keys})" if keys else action.title
