"""
One condition of a definition as a row: whether it counts, how it is compared, with what.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import BadInput
from app.label.events import WITHOUT_VALUES, Condition, Op
from app.label.selector import parse
from ui.plain import one_line, tooltip
from ui.theme import label, mono_font, set_role, tint

TITLES = {
    "tag": "Tag",
    "text": "Text",
    "selector": "Selector",
    "page_url": "Page URL",
    "href": "Link",
    "page_title": "Page title",
    "element_id": "Id",
    "element_class": "Class",
    "aria_label": "Aria label",
}
HELP = {
    "tag": "What kind of element it is: a button, a link, an input.",
    "text": "What is written on it, as a person reads it.",
    "selector": "How to find it on the page, as web developers write it (a CSS selector). Filled in"
    " for you when you click an element; it, or something around it, has to match.",
    "page_url": "The page that it is on, without what follows a question mark.",
    "href": "Where a link leads, in full.",
    "page_title": "The title of the page.",
    "element_id": "The id attribute.",
    "element_class": "The class attribute, as it is written.",
    "aria_label": "The label for screen readers.",
}
WORDS = {
    Op.IS: "is",
    Op.IS_NOT: "is not",
    Op.CONTAINS: "contains",
    Op.NOT_CONTAINS: "does not contain",
    Op.STARTS_WITH: "starts with",
    Op.ENDS_WITH: "ends with",
    Op.GLOB: "is like",
    Op.REGEX: "matches",
    Op.IS_SET: "is there",
    Op.IS_NOT_SET: "is not there",
    Op.CSS_MATCH: "matches",
}
MONOSPACED = frozenset({"tag", "selector", "page_url", "href", "element_id", "element_class"})


def title_of(field: str) -> str:
    """The name of a field for a person."""
    return TITLES.get(field) or f"Attribute {field.removeprefix('attr.')}"


class ConditionRow(QWidget):
    """Signals: `changed` when a person changed something."""

    changed = Signal()

    def __init__(self, condition: Condition, offered: Condition | None = None) -> None:
        """`offered` is there to be switched on while the condition is blank."""
        super().__init__()
        shown = offered if offered and condition.is_blank else condition
        self._condition = shown
        self.field = condition.field
        title = title_of(condition.field)
        self.on = QCheckBox(title)
        self.on.setChecked(not condition.is_blank)
        self.on.setToolTip(HELP.get(condition.field, "An attribute that the site sends along."))
        self.on.setAccessibleName(f"{title} counts")
        self.op = QComboBox()
        self.op.setAccessibleName(f"How {title.lower()} is compared")
        for op in (Op.CSS_MATCH,) if condition.field == "selector" else WORDS:
            if op is not Op.CSS_MATCH or condition.field == "selector":
                self.op.addItem(WORDS[op], op)
        self.op.setCurrentIndex(max(0, self.op.findData(shown.op)))
        if self.op.count() == 1:
            self.op.hide()
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self._more = QToolButton()
        tint(self._more, "plus")
        # Hidden, it keeps its room: the rows stand below each other.
        policy = self._more.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._more.setSizePolicy(policy)
        self._more.setToolTip("Another value: either will do")
        self._more.setAccessibleName(f"Another value for {title.lower()}")
        self._more.clicked.connect(self._add_value)
        self.values: list[QLineEdit] = []
        self._lay_out()
        for value in shown.values or ("",):
            self._add_line(value)
        self._refresh()
        self.on.toggled.connect(self._edited)
        self.op.currentIndexChanged.connect(self._edited)

    @property
    def condition(self) -> Condition:
        """What is set, blank when it does not count."""
        op = self._op
        texts = [one.text() for one in self.values]
        values = tuple(text for text in texts if text) if self.on.isChecked() else ()
        if op in WITHOUT_VALUES:
            op, values = (op, ()) if self.on.isChecked() else (Op.IS, ())
        old = self._condition
        return Condition(
            self.field, op, values, old.ignore_case, old.ignore_fragment, old.subject_only
        )

    @property
    def _op(self) -> Op:
        # Qt gives a plain text back.
        return Op(self.op.currentData())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.on)
        head.addStretch(1)
        head.addWidget(self.op)
        head.addWidget(self._more)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addLayout(self._lines)
        rows.addWidget(self.problem)

    def _add_value(self) -> None:
        self._add_line("").setFocus()
        self._refresh()

    def _add_line(self, value: str) -> QLineEdit:
        line = QLineEdit(value)
        line.setPlaceholderText("any value" if not self.values else "or")
        line.setAccessibleName(f"{title_of(self.field)} {len(self.values) + 1}")
        line.setCursorPosition(0)
        if self.field in MONOSPACED:
            line.setFont(mono_font())
        line.textEdited.connect(self._typed)
        self.values.append(line)
        self._lines.addWidget(line)
        return line

    def _typed(self, text: str) -> None:
        # Whoever writes something means it.
        if text and not self.on.isChecked():
            self.on.setChecked(True)
            return
        self._edited()

    def _edited(self, _what: object = None) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        takes_values = self._op not in WITHOUT_VALUES
        for line in self.values:
            line.setVisible(takes_values)
            line.setEnabled(self.on.isChecked() or not line.text())
            line.setToolTip(tooltip(line.text()))
        self._more.setVisible(takes_values and self.on.isChecked())
        self._show_problem()

    def _show_problem(self) -> None:
        """A selector that can never be answered is said so at once."""
        sentence = ""
        if self.field == "selector" and self.on.isChecked():
            for line in self.values:
                try:
                    if line.text():
                        parse(line.text())
                except BadInput as error:
                    sentence = error.sentence
        self.problem.setText(one_line(sentence, 300))
        self.problem.setVisible(bool(sentence))
        set_role(self.problem, "bad")
