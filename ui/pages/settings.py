"""
Settings, generated from the table in `app.settings`. A change counts at once; nothing is modal.
"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app import settings as keys
from app.errors import AppError, BadInput
from app.hosts import parse_host, parse_upstream
from app.settings import Setting, Settings
from ui.context import Context
from ui.pages.linksetting import LinkSetting
from ui.pages.projectnames import ProjectNames
from ui.theme import hairline, label, set_role

GROUPS = (
    ("window", "Window"),
    ("live", "Live"),
    ("capture", "Capture"),
    ("workspace", "Workspace"),
    ("browser", "Built-in browser"),
)
_CHOICES = {
    "system": "As the system",
    "light": "Light",
    "dark": "Dark",
    "forward": "Forward",
    "local": "Keep local",
    "block": "Block",
}
EDITOR_WIDTH = 280
EDITOR_HEIGHT = 28


class SettingsPage(QWidget):
    """One row for each setting that a person may choose.

    Signals:
        changed: this Setting has another value now.
    """

    changed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        settings = context.settings
        self._settings = settings
        self.editors: dict[Setting[Any], Editor] = {}
        self._body = body = QWidget()
        body.setMaximumWidth(760)
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(24, 16, 24, 24)
        self._rows.setSpacing(12)
        self._rows.addWidget(label("Settings", "title"))
        self._rows.addWidget(label(f"Kept in {settings.path}", "small", wrap=True))
        for prefix, title in GROUPS:
            self._add_group(prefix, title)
        self.projects = ProjectNames(context, EDITOR_WIDTH)
        self.links = LinkSetting(context.jobs, EDITOR_WIDTH)
        for title, part in (("Names of projects", self.projects), ("Links", self.links)):
            self._rows.addSpacing(8)
            self._rows.addWidget(label(title, "section"))
            self._rows.addWidget(hairline())
            self._rows.addWidget(part)
        self._rows.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.area.setWidget(body)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.area)

    def show_projects(self) -> None:
        """Go to the names of projects, and into the first."""
        self.projects.look()
        for widget in (self.projects, self._body):
            if layout := widget.layout():
                layout.activate()
        # Rows that have just been made have no place before the area was told of them.
        QTimer.singleShot(0, self.projects, self._go_to_projects)

    def _go_to_projects(self) -> None:
        self.area.ensureWidgetVisible(self.projects, 0, 0)
        if self.projects.lines:
            first = next(iter(self.projects.lines.values()))
            first.setFocus()
            self.area.ensureWidgetVisible(first)

    def _add_group(self, prefix: str, title: str) -> None:
        chosen = [one for one in keys.ALL if one.key.split(".")[0] == prefix and not one.hidden]
        if not chosen:
            return
        self._rows.addSpacing(8)
        self._rows.addWidget(label(title, "section"))
        for setting in chosen:
            self._rows.addWidget(hairline())
            self._rows.addLayout(self._row(setting))

    def _row(self, setting: Setting[Any]) -> QGridLayout:
        editor = make_editor(setting, self._store)
        editor.show_value(self._settings.get(setting))
        editor.widget.setAccessibleName(setting.label)
        editor.widget.setAccessibleDescription(setting.help)
        editor.widget.setToolTip(setting.help)
        self.editors[setting] = editor
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        help_text = setting.help + (
            "\nCounts when capture starts again." if setting.restart else ""
        )
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(label(setting.label), 0, 0)
        grid.addWidget(label(help_text, "small", wrap=True), 1, 0, top)
        held = QHBoxLayout()
        held.addWidget(editor.widget)
        grid.addLayout(held, 0, 1, 2, 1, top)
        grid.addWidget(editor.problem, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)
        editor.widget.setFixedWidth(EDITOR_WIDTH)
        return grid

    def showEvent(self, event: QShowEvent) -> None:
        """Other pages change settings too."""
        super().showEvent(event)
        for setting, editor in self.editors.items():
            editor.show_value(self._settings.get(setting))

    def _store(self, setting: Setting[Any], value: Any) -> None:
        editor = self.editors[setting]
        if value == self._settings.get(setting):
            editor.say("")
            return
        try:
            _check(setting, value, self._settings)
            self._settings.set(setting, value)
        except AppError as error:
            editor.say(str(error))
            return
        editor.say("")
        self.changed.emit(setting)


def _check(setting: Setting[Any], value: Any, settings: Settings) -> None:
    """What a value must be beyond its type, so that capture can start with it. Raises BadInput."""
    ports = {keys.PROXY_PORT: keys.ENDPOINT_PORT, keys.ENDPOINT_PORT: keys.PROXY_PORT}
    if setting is keys.UPSTREAM:
        parse_upstream(value)
    elif setting in ports and value == settings.get(ports[setting]):
        other = ports[setting].label
        raise BadInput(f"“{other}” is {value} already. Proxy and endpoint need a port each.")


class Editor(QObject):
    """A widget for one setting: shows a value, tells of another one."""

    def __init__(self, widget: QWidget, show_value: Callable[[Any], None]) -> None:
        super().__init__(widget)
        self.widget = widget
        self.problem = label("", "small", wrap=True)
        set_role(self.problem, "bad")
        self.problem.hide()
        self._show = show_value
        # A wheel that scrolls the page must not change what it passes over.
        widget.installEventFilter(self)

    def show_value(self, value: Any) -> None:
        """Show it, without telling."""
        self.widget.blockSignals(True)
        self._show(value)
        self.widget.blockSignals(False)
        self.say("")

    def say(self, problem: str) -> None:
        """Why the value cannot be used, or nothing."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and not isinstance(watched, QPlainTextEdit):
            event.ignore()
            return True
        return False


Tell = Callable[[Setting[Any], Any], None]


def make_editor(setting: Setting[Any], tell: Tell) -> Editor:
    """The editor that suits a setting's kind of value."""
    if setting.choices:
        return _choice_editor(setting, tell)
    if isinstance(setting.default, bool):
        return _switch_editor(setting, tell)
    if isinstance(setting.default, int):
        return _number_editor(setting, tell)
    if isinstance(setting.default, list):
        return _list_editor(setting, tell)
    return _text_editor(setting, tell)


def _choice_editor(setting: Setting[Any], tell: Tell) -> Editor:
    box = QComboBox()
    for choice in setting.choices:
        box.addItem(_CHOICES.get(choice, str(choice)), choice)
    box.currentIndexChanged.connect(lambda at: tell(setting, box.itemData(at)))
    return Editor(box, lambda value: box.setCurrentIndex(box.findData(value)))


def _switch_editor(setting: Setting[Any], tell: Tell) -> Editor:
    box = QCheckBox("On")
    box.toggled.connect(lambda is_on: tell(setting, is_on))
    return Editor(box, box.setChecked)


def _number_editor(setting: Setting[Any], tell: Tell) -> Editor:
    box = QSpinBox()
    box.setRange(setting.minimum, setting.maximum or 2**31 - 1)
    box.setKeyboardTracking(False)
    box.setFixedHeight(EDITOR_HEIGHT)
    # The style sheet's padding does not reach the line inside.
    box.lineEdit().setTextMargins(7, 0, 7, 0)
    box.valueChanged.connect(lambda value: tell(setting, value))
    return Editor(box, box.setValue)


def _text_editor(setting: Setting[Any], tell: Tell) -> Editor:
    line = QLineEdit()
    line.editingFinished.connect(lambda: tell(setting, line.text().strip()))
    return Editor(line, line.setText)


def _list_editor(setting: Setting[Any], tell: Tell) -> Editor:
    area = _LinesEdit()
    area.setProperty("field", True)
    area.setTabChangesFocus(True)
    area.setFixedHeight(76)
    editor = Editor(area, lambda values: area.setPlainText("\n".join(values)))

    def read() -> None:
        try:
            tell(setting, checked_hosts(area.toPlainText().splitlines()))
        except BadInput as error:
            editor.say(error.sentence)

    area.left.connect(read)
    return editor


def checked_hosts(lines: Sequence[str]) -> list[str]:
    """Hosts as they are kept. Raises BadInput for what is none."""
    found = []
    for line in filter(None, (one.strip() for one in lines)):
        host = parse_host(line)
        if host is None:
            raise BadInput(f"{line[:80]!r} is not a host name.")
        found.append(host)
    return list(dict.fromkeys(found))


class _LinesEdit(QPlainTextEdit):
    """Tells when a person has finished."""

    left = Signal()

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.left.emit()
