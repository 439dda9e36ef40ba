"""
The panel where a labeled event gets its name and its conditions, with live counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.label.element import Action
from app.label.events import FIELDS, Condition, Definition, LabeledEvent, Op
from ui.elided import ElidedLabel
from ui.pages.label.actionbox import ActionBox
from ui.pages.label.choices import Choice, Choices
from ui.pages.label.condition import ConditionRow, title_of
from ui.pages.label.counting import Counted
from ui.pages.label.spark import Spark
from ui.plain import number, one_line, plural
from ui.theme import hairline, label, set_role

SHOWN = ("tag", "text", "selector", "page_url")
"""The conditions that are always there to be filled, in the order of Amplitude's panel."""
NEW = LabeledEvent("", (Definition(Action.CLICKED),))


class Editor(QWidget):
    """Edits one labeled event at a time.

    Signals:
        changed: the draft is another one now.
        save_asked: a person wants to keep it.
        cancelled: a person does not.
        group_asked: a person wants all that are like the picked one, or just this one again.
        repair_asked: a person wants to find again what stopped matching.
    """

    changed = Signal()
    save_asked = Signal()
    cancelled = Signal()
    group_asked = Signal(bool)
    repair_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = NEW
        self._at = 0
        self._chosen_at, self._suggested = 0, 1
        self._past: Sequence[tuple[Sequence[int], str]] = ()
        self._is_lost = False
        self._is_gone = False
        """Nothing on the page that is open is what is edited, though it is kept."""
        self._offered: Mapping[str, Condition] = {}
        self.rows: list[ConditionRow] = []
        self.title = label("New labeled event", "title")
        self.trail = ElidedLabel("muted")
        self.hint = label("", "muted", wrap=True)
        self.choices = Choices()
        self.choices.chosen.connect(self._choose)
        self.group = QPushButton("All like this")
        self.group.setCheckable(True)
        self.group.setProperty("kind", "chip")
        self.group.setToolTip("Label every element of this list, not just this one")
        self.group.clicked.connect(self.group_asked)
        self.group.hide()
        self.name = _field("Name", "What people will call it")
        self.description = _field("Description", "What it means, if the name does not say it")
        self.category = _field("Category", "Such as Checkout")
        self.action = ActionBox()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Definitions, of which one has to match")
        self.tabs.setExpanding(False)
        self.counts = QCheckBox("This definition counts")
        self.counts.setToolTip("Switched off, it is kept and matches nothing")
        self.spark = Spark()
        self.health = label("", "muted", wrap=True)
        self.past = label("Events a day, last 30 days", "small")
        self.repair = QPushButton("Find it again")
        self.repair.setToolTip("Offer what it may be now; what matched before is kept")
        self.more = QPushButton("Add a condition")
        self.more.setProperty("kind", "quiet")
        self.count = label("", "strong", wrap=True)
        self.notes = label("", "muted", wrap=True)
        self.problem = label("", "bad", wrap=True)
        self.save = QPushButton("Save")
        self.save.setProperty("kind", "primary")
        self.cancel = QPushButton("Cancel")
        self._lay_out()
        self._connect()
        self.edit(NEW)

    # What is edited

    @property
    def draft(self) -> LabeledEvent:
        """The labeled event as it stands in the panel."""
        definitions = list(self._label.definitions)
        definitions[self._at] = self._definition()
        return replace(
            self._label,
            name=self.name.text().strip(),
            description=self.description.text().strip(),
            category=self.category.text().strip(),
            definitions=tuple(definitions),
        )

    def edit(
        self,
        event: LabeledEvent,
        choices: Sequence[Choice] = (),
        offered: Mapping[str, Condition] | None = None,
        at: int = 0,
    ) -> None:
        """Show a labeled event and one of its definitions, and by what else that could be replaced;
        `offered` are conditions, by field, that only need to be switched on."""
        self._offered = offered or {}
        self._label = event if event.definitions else replace(event, definitions=NEW.definitions)
        self._at = at
        self._chosen_at, self._suggested = at, 1
        self._past, self._is_lost, self._is_gone = (), False, False
        self.title.setText("New labeled event" if event.id is None else "Labeled event")
        for line, text in (
            (self.name, event.name),
            (self.description, event.description),
            (self.category, event.category),
        ):
            line.setText(one_line(text, 10_000))
            line.setCursorPosition(0)
        self.choices.offer(choices)
        self._show_tabs()
        self._show_definition()
        self.show_problem("")
        self.show_hint("")

    def show_counts(
        self,
        on_page: int | None,
        counted: Counted | None,
        alike: Sequence[str],
        limit: bool,
    ) -> None:
        """How much the draft matches: on the page that is open, and of what was captured; and what
        is much the same. `limit`: it would match everything."""
        if limit:
            self.count.setText("Every click would match: switch on a condition.")
            set_role(self.count, "warning")
            self.notes.setText("")
            return
        parts = [] if on_page is None else [f"{number(on_page)} on this page"]
        if counted is not None:
            parts.append(f"{plural(counted.events, 'event')} captured so far")
        is_gone = on_page == 0 and self._label.id is not None
        if is_gone != self._is_gone:
            self._is_gone = is_gone
            self._show_past()
        self.count.setText("\n".join(parts))
        set_role(self.count, "strong")
        notes = [*(counted.undecided if counted else ()), *alike]
        self.notes.setText("\n".join(one_line(one, 300) for one in notes[:4]))
        self.notes.setVisible(bool(notes))

    def show_past(self, past: Sequence[tuple[Sequence[int], str]], is_lost: bool = False) -> None:
        """Events a day and health, in the order of the definitions that are kept; `is_lost`: it
        needs repair."""
        self._past, self._is_lost = past, is_lost
        self._show_past()

    def show_hint(self, sentence: str) -> None:
        """What to do now, or nothing."""
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))

    def show_problem(self, sentence: str) -> None:
        """Why it cannot be saved, or nothing."""
        self.problem.setText(one_line(sentence, 400))
        self.problem.setVisible(bool(sentence))

    def show_trail(self, trail: Sequence[str]) -> None:
        """What was picked, and what is around it."""
        self.trail.show_text(" ‹ ".join(trail[:6]))
        self.trail.setVisible(bool(trail))
        self.trail.setToolTip("Arrow up and down on the page: what is around it, and back")

    # Parts of it

    def _definition(self) -> Definition:
        old = self._label.definitions[self._at]
        conditions = tuple(one for row in self.rows if not (one := row.condition).is_blank)
        return replace(
            old,
            action=Action(self.action.key or old.action),
            conditions=conditions,
            enabled=self.counts.isChecked(),
        )

    @property
    def _is_on(self) -> bool:
        return self._label.definitions[self._at].enabled

    def _switch(self, is_on: bool) -> None:
        title = f"Definition {self._at + 1}" if is_on else f"{self._at + 1} (off)"
        self.tabs.setTabText(self._at, title)
        self.changed.emit()

    def _choose(self, choice: Choice) -> None:
        """Another way to define the same element: what a person wrote stays."""
        draft = self.draft
        definitions = list(draft.definitions)
        # A choice may be two definitions, which go together.
        first = self._chosen_at
        definitions[first : first + self._suggested] = choice.definitions
        self._at, self._suggested = first, len(choice.definitions)
        self._label = replace(draft, definitions=tuple(definitions))
        self._show_tabs()
        self._show_definition()
        self.changed.emit()

    def _show_definition(self) -> None:
        definition = self._label.definitions[self._at]
        self.action.choose(str(definition.action))
        self.counts.blockSignals(True)
        self.counts.setChecked(definition.enabled)
        self.counts.blockSignals(False)
        while self.rows:
            self._forget(self.rows.pop())
        held = {one.field: one for one in definition.conditions}
        shown = {*SHOWN, *held, *self._offered}
        wanted = [name for name in FIELDS if name in shown]
        wanted += [name for name in held if name not in FIELDS]
        for name in wanted:
            self._add_row(held.get(name) or _blank(name))
        self._show_past()

    def _show_past(self) -> None:
        has_past = self._at < len(self._past)
        days, said = self._past[self._at] if has_past else ((), "")
        self.spark.show_days(days)
        self.spark.setVisible(has_past)
        self.past.setVisible(has_past)
        if self._is_gone:
            said = "Nothing on the page that is open matches."
        is_wrong = self._is_gone or (self._is_lost and has_past)
        self.repair.setVisible(is_wrong)
        set_role(self.health, "warning" if is_wrong else "muted")
        self.health.setText(one_line(said, 200))
        self.health.setVisible(has_past or self._is_gone)

    def _add_row(self, condition: Condition) -> ConditionRow:
        row = ConditionRow(condition, self._offered.get(condition.field))
        row.changed.connect(self.changed)
        self.rows.append(row)
        self._conditions.addWidget(row)
        return row

    def _forget(self, row: ConditionRow) -> None:
        self._conditions.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _show_tabs(self) -> None:
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for at, one in enumerate(self._label.definitions):
            self.tabs.addTab(f"Definition {at + 1}" if one.enabled else f"{at + 1} (off)")
        self.counts.setVisible(len(self._label.definitions) > 1 or not self._is_on)
        self.tabs.setCurrentIndex(self._at)
        self.tabs.blockSignals(False)
        self.tabs.setVisible(len(self._label.definitions) > 1)

    def _go_to(self, at: int) -> None:
        if 0 <= at < len(self._label.definitions) and at != self._at:
            self._label = self.draft
            self._at = at
            self._show_definition()

    def _offer(self) -> None:
        shown = {row.field for row in self.rows}
        menu = QMenu(self)
        for name in FIELDS:
            if name not in shown:
                run = menu.addAction(title_of(name)).triggered
                run.connect(lambda _=False, name=name: self._add_row(_blank(name)))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    # Making it

    def _connect(self) -> None:
        for line in (self.name, self.description, self.category):
            line.textEdited.connect(self.changed)
        self.action.chosen.connect(self.changed)
        self.tabs.currentChanged.connect(self._go_to)
        self.counts.toggled.connect(self._switch)
        self.more.clicked.connect(self._offer)
        self.save.clicked.connect(self.save_asked)
        self.repair.clicked.connect(self.repair_asked)
        self.cancel.clicked.connect(self.cancelled)
        for keys, run in (("Ctrl+S", self.save_asked), ("Ctrl+Return", self.save_asked)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.save.setToolTip("Save  (Ctrl+S)")

    def _lay_out(self) -> None:
        body = QWidget()
        body.setProperty("surface", True)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(8)
        rows.addWidget(self.title)
        rows.addWidget(self.trail)
        rows.addWidget(self.hint)
        rows.addWidget(self.choices)
        row = QHBoxLayout()
        row.addWidget(self.group)
        row.addStretch(1)
        rows.addLayout(row)
        for title, field in (
            ("Name", self.name),
            ("Description", self.description),
            ("Category", self.category),
        ):
            rows.addWidget(label(title, "section"))
            rows.addWidget(field)
        rows.addSpacing(4)
        rows.addWidget(label("Counts when it is", "section"))
        row = QHBoxLayout()
        row.addWidget(self.action)
        row.addStretch(1)
        rows.addLayout(row)
        rows.addWidget(self.tabs)
        rows.addWidget(self.counts)
        rows.addWidget(self.past)
        rows.addWidget(self.spark)
        rows.addWidget(self.health)
        rows.addWidget(self.repair, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addSpacing(4)
        rows.addWidget(label("And all of these hold", "section"))
        self._conditions = QVBoxLayout()
        self._conditions.setSpacing(10)
        rows.addLayout(self._conditions)
        rows.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(1)
        area = self.area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addWidget(hairline())
        whole.addLayout(self._foot())

    def _foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.setSpacing(6)
        for part in (self.count, self.notes, self.problem):
            foot.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        foot.addLayout(buttons)
        return foot


def _field(title: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(title)
    field.setPlaceholderText(hint)
    return field


def _blank(name: str) -> Condition:
    return Condition(name, Op.CSS_MATCH if name == "selector" else Op.IS)
