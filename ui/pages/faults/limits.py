"""
What local answers enforce: for all projects, or for one, its thresholds, silenced devices, and
whether its API key is known. Saved in the settings; it counts at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
)

from app import settings as keys
from app.errors import AppError
from app.ingest.rules import ANY_SOURCE, DEFAULT, rule_book
from ui.context import Context
from ui.pages.connect.parts import Card, beside
from ui.pages.faults.sourcebox import WIDTH, SourceBox
from ui.plain import one_line
from ui.theme import label, set_role

_NUMBERS = (
    ("eps", "Events a second, HTTP V2", "Of one user or device, averaged over the window"),
    ("batch_eps", "Events a second, Batch", "Of one user or device, averaged over the window"),
    ("window_seconds", "Window in seconds", "Over which the speed is averaged"),
    ("daily_quota", "Events a day", "Of one user or device"),
)


class LimitsCard(Card):
    """A form about the chosen project."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Limits of local answers",
            "Enforced while delivery is Keep local. The defaults are those that Amplitude"
            " documents.",
            "local",
        )
        self._context = context
        self.source = SourceBox(context, "All projects", ANY_SOURCE)
        self.source.setAccessibleName("Project that these limits are for")
        self.source.setToolTip("Limits of all projects, or of one")
        self.known = QCheckBox("Amplitude knows its API key")
        self.known.setToolTip("When it does not, uploads are answered 400, Invalid API key")
        self.numbers = {name: _spin(title, tip) for name, title, tip in _NUMBERS}
        self.silenced = QPlainTextEdit()
        self.silenced.setProperty("field", True)
        self.silenced.setAccessibleName("Silenced devices, one a line")
        self.silenced.setPlaceholderText("device ids, one a line")
        self.silenced.setToolTip("Uploads with their events are answered 400, as Amplitude does")
        self.silenced.setTabChangesFocus(True)
        self.silenced.setFixedSize(WIDTH, 72)
        self.save = QPushButton("Save")
        self.save.setToolTip("Local answers enforce it from now on")
        self.save.clicked.connect(self._save)
        self.back = QPushButton("Back to the defaults")
        self.back.setToolTip("Forget what was set for this project")
        self.back.clicked.connect(self._forget)
        self.note = label("", "muted")
        self._lay_out()
        self.source.currentIndexChanged.connect(self.refresh)
        self.refresh()

    def refresh(self, _index: int = 0) -> None:
        """Show the rules of the chosen project."""
        given = self._given()
        key = self.source.currentData()
        rules = rule_book(given).rules(key)
        for name, spin in self.numbers.items():
            spin.setValue(getattr(rules, name))
        self.silenced.setPlainText("\n".join(sorted(rules.silenced_devices)))
        self.known.setVisible(key != ANY_SOURCE)
        self.known.setChecked(rule_book(given).knows(key))
        is_own = key in given.get("sources", {}) or key in given.get("unknown_keys", [])
        self.back.setEnabled(is_own)
        set_role(self.note, "muted")
        self.note.setText("" if is_own or rules != DEFAULT else "These are the defaults.")

    def _given(self) -> dict[str, Any]:
        given = self._context.settings.get(keys.INGESTION)
        try:
            rule_book(given)
        except AppError:
            # Written by hand, and wrong: the defaults count, and saving replaces it.
            return {}
        return given

    def _save(self) -> None:
        key = self.source.currentData()
        rules: dict[str, Any] = {name: spin.value() for name, spin in self.numbers.items()}
        lines = (line.strip() for line in self.silenced.toPlainText().splitlines())
        rules["silenced_devices"] = sorted({line for line in lines if line})
        self._store(key, rules, is_known=self.known.isChecked() or key == ANY_SOURCE, says="Saved.")

    def _forget(self) -> None:
        key = self.source.currentData()
        self._store(key, None, is_known=True, says="The defaults count again.")

    def _store(
        self, key: str, rules: Mapping[str, Any] | None, *, is_known: bool, says: str
    ) -> None:
        given = dict(self._given())
        sources = {name: one for name, one in given.get("sources", {}).items() if name != key}
        if rules is not None:
            sources[key] = rules
        unknown = [name for name in given.get("unknown_keys", []) if name != key]
        given["sources"] = sources
        given["unknown_keys"] = unknown if is_known else [*unknown, key]
        try:
            self._context.capture.set_rules(given)
        except AppError as error:
            set_role(self.note, "bad")
            self.note.setText(one_line(error.sentence))
            return
        self.refresh()
        self.note.setText(says)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(label("For", "small"), 0, 0)
        grid.addLayout(beside(self.source, self.known, 1), 0, 1)
        for at, (name, title, _tip) in enumerate(_NUMBERS, 1):
            grid.addWidget(label(title, "small"), at, 0)
            grid.addLayout(beside(self.numbers[name], 1), at, 1)
        grid.addWidget(label("Silenced devices", "small"), len(_NUMBERS) + 1, 0)
        grid.addLayout(beside(self.silenced, 1), len(_NUMBERS) + 1, 1)
        grid.setColumnMinimumWidth(0, 110)
        grid.setColumnStretch(1, 1)
        self.rows.addLayout(grid)
        self.rows.addLayout(beside(self.save, self.back, self.note, 1))


def _spin(title: str, tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setAccessibleName(title)
    spin.setToolTip(tip)
    spin.setRange(1, 1_000_000_000)
    spin.setGroupSeparatorShown(True)
    spin.setFixedWidth(160)
    spin.setFixedHeight(28)
    # The style sheet's padding does not reach the line inside.
    spin.lineEdit().setTextMargins(7, 0, 7, 0)
    return spin
