"""
Making a cohort from a list of ids: a file that is chosen or dropped, or what was copied elsewhere
(semantics §19). It says at once how many of them are known here, and which are not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.query import Interrupted
from app.query.members import DEVICE, USER, Found, Listed, check_groups, check_users, read_list
from app.query.members import listed as listed_in
from ui.chartthread import ChartThread
from ui.pages.emptystate import EmptyState
from ui.pages.explore.asking import charts_of, clock_at
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.popup import button, line
from ui.plain import number, one_line, plural
from ui.theme import hairline, label, mono_font

if TYPE_CHECKING:
    from app.query import Warehouse

KINDS = {USER: "user ids", DEVICE: "device ids"}
GROUP = "group:"
MOST_SHOWN = 1000
MOST_GROUP_TYPES = 5


class Checked(NamedTuple):
    """A list, what its ids are, and which of them are known here."""

    listed: Listed
    kind: str
    found: Found


class CohortImport(QWidget):
    """Reads a list of ids, and says who they are.

    Signals:
        saving: a cohort is to be kept: its name, its ids, what they are (`user_id`, `device_id`,
            or `group:` with a type), and whether the chart is to be about it.
        closed: the list is not wanted any more.
    """

    saving = Signal(str, object, str, bool)
    closed = Signal()

    def __init__(self, asker: ChartThread, folder: Path, now_ms: Callable[[], int]) -> None:
        super().__init__()
        self._asker, self._folder, self._now_ms = asker, folder, now_ms
        self.checked: Checked | None = None
        self._source = ""
        self.setAccessibleName("Cohort from a list")
        self.name = line("Name of the cohort", "")
        self.name.setMinimumWidth(160)
        self.name.setMaximumWidth(360)
        self.close_button = button("Close", self.leave)
        self.close_button.setToolTip("Back to the chart  (Esc)")
        self.use = button("Save and use in chart", lambda: self.save(use=True))
        self.use.setToolTip("Keep the cohort, and make the chart about these people")
        self.keep = button("Save", self.save)
        self.keep.setProperty("kind", "primary")
        self.keep.setToolTip("Keep the cohort  (Ctrl+Enter)")
        self.nothing = EmptyState(
            "users",
            "Drop a list of ids here",
            "A CSV or text file with one id a line; only the first column counts. Or paste what you"
            " copied elsewhere.",
            [("Choose a file…", self.choose_file), ("Paste", self.paste)],
        )
        self.nothing.buttons[1].setToolTip("Take the ids from the clipboard  (Ctrl+V)")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.nothing)
        self.pages.addWidget(self._facts())
        self._lay_out()

    def _facts(self) -> QWidget:
        self.count = label("", "figure")
        self.count.setAccessibleName("How many they are")
        self.said = label("", "muted", wrap=True)
        self.kind = Chooser("list.kind", KINDS, USER, "What the ids are", self._choose)
        self.other = button("Another list…", self.choose_file)
        self.missing = label("", "strong", wrap=True)
        self.hint = label("They are kept in the cohort, and belong to it as soon as they come.",
                          "muted", wrap=True)  # fmt: skip
        self.unknown = QPlainTextEdit()
        self.unknown.setReadOnly(True)
        self.unknown.setAccessibleName("Ids that are not known here")
        self.unknown.setFont(mono_font())
        self.unknown.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        page = QWidget()
        page.setProperty("surface", True)
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(page)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("These are", "muted"))
        row.addWidget(self.kind)
        row.addWidget(self.other)
        row.addStretch(1)
        for part in (self.count, self.said):
            rows.addWidget(part)
        rows.addLayout(row)
        rows.addSpacing(8)
        for part in (self.missing, self.hint):
            rows.addWidget(part)
        rows.addWidget(self.unknown, 1)
        rows.addStretch(0)
        return page

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(label("Cohort from a list", "title"))
        head.addWidget(self.name, 1)
        head.addStretch(1)
        for part in (self.close_button, self.use, self.keep):
            head.addWidget(part)
        self.problem = label("", "bad", wrap=True)
        self.problem.setContentsMargins(16, 8, 16, 8)
        self.problem.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(hairline())
        rows.addWidget(self.problem)
        rows.addWidget(self.pages, 1)

    # Where lists come from

    def open(self) -> None:
        """Nothing is read yet."""
        self.checked, self._source = None, ""
        self.name.clear()
        self.name.setPlaceholderText("Name of the cohort")
        self.problem.hide()
        self.pages.setCurrentWidget(self.nothing)
        self._look()
        self.nothing.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_file(self) -> QFileDialog:
        """Ask for a file, beside everything else that goes on."""
        dialog = QFileDialog(self, "Read ids from", "", "Lists (*.csv *.txt);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.read_file(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.show()
        return dialog

    def read_file(self, path: Path) -> None:
        """Read the ids of a file."""
        if not self.name.text().strip():
            self.name.setText(one_line(path.stem, 100))
        self._ask(one_line(path.name, 60), lambda: read_list(path), "")

    def paste(self) -> None:
        """Read those that were copied elsewhere."""
        text = QGuiApplication.clipboard().text()
        self._ask("what you copied", lambda: listed_in(text), "")

    def _choose(self, kind: str) -> None:
        if self.checked is not None:
            known = self.checked.listed
            self._ask(self._source, lambda: known, kind)

    # What they are

    def _ask(self, source: str, read: Callable[[], Listed], kind: str) -> None:
        """Read a list and look its ids up; without a `kind`, as what most of them are."""
        folder, now_ms = self._folder, self._now_ms()

        def work(warehouse: Warehouse) -> tuple[Checked, list[str]]:
            found = read()
            charts = charts_of(warehouse, clock_at(now_ms), folder)
            if kind.startswith(GROUP):
                names = charts.all_groups(kind.removeprefix(GROUP))
                checked = Checked(found, kind, check_groups(found.ids, names))
            else:
                kinds = (kind,) if kind else (USER, DEVICE)
                ways = [Checked(found, one, check_users(found.ids, one, warehouse.rows))
                        for one in kinds]  # fmt: skip
                checked = max(ways, key=lambda one: one.found.known)
            return checked, charts.group_types()[:MOST_GROUP_TYPES]

        self._source = source
        self.count.setText("…")
        job = self._asker.ask(self, work, "list")
        job.then(lambda answer: self._show(*answer)).catch(self._fail)

    def _show(self, checked: Checked, group_types: list[str]) -> None:
        listed, kind, found = checked
        if not listed.ids:
            self._say(f"There is no id in {self._source}.")
            return
        self.checked = checked
        self.problem.hide()
        self._offer(kind, group_types)
        people = ("group", "groups") if kind.startswith(GROUP) else ("person", "people")
        self.count.setText(plural(found.count, *people))
        column = f", in its column “{one_line(listed.head, 40)}”" if listed.head else ""
        self.said.setText(
            f"{plural(len(listed.ids), 'id')} in {self._source}{column}:"
            f" {number(found.known)} known here, {number(len(found.unknown))} not."
        )
        self._show_unknown(found)
        self.pages.setCurrentIndex(1)
        self._look()

    def _show_unknown(self, found: Found) -> None:
        shown, count = found.unknown[:MOST_SHOWN], len(found.unknown)
        for part in (self.missing, self.hint, self.unknown):
            part.setVisible(bool(count))
        more = f", the first {number(MOST_SHOWN)} of them" if count > MOST_SHOWN else ""
        self.missing.setText(f"{plural(count, 'id')} that nobody has had so far{more}")
        self.unknown.setPlainText("\n".join(one_line(one, 300) for one in shown))

    def _offer(self, kind: str, group_types: list[str]) -> None:
        self.kind.clear()
        for key, title in KINDS.items():
            self.kind.addItem(title, key)
        for one in group_types:
            self.kind.addItem(f"groups: {one_line(one, 30)}", GROUP + one)
        self.kind.choose(kind)

    def _fail(self, error: AppError) -> None:
        if not isinstance(error, Interrupted):
            self._say(f"{error.sentence} {error.hint}".strip())

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
        if self.checked is None:
            self.pages.setCurrentWidget(self.nothing)
        self._look()

    def _look(self) -> None:
        for part in (self.use, self.keep, self.name):
            part.setEnabled(self.checked is not None)

    # Keeping

    def save(self, *, use: bool = False) -> None:
        """Keep it, if there is anything to keep."""
        if self.checked is not None:
            name = self.name.text().strip() or "Cohort from a list"
            self.saving.emit(name, self.checked.listed.ids, self.checked.kind, use)

    def leave(self) -> None:
        """Back to the chart."""
        self._asker.drop(self, "list")
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)
