"""
Search in a tree of facts: names and values, also in what was not opened yet. The way to what is
found is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ui.inspector.facts import Section
from ui.inspector.info import InfoView
from ui.inspector.meaning import address_parts
from ui.inspector.searchline import SearchLine
from ui.theme import label, tint

MOST_LOOKED = 50_000
MOST_HITS = 500
LONGEST = 200_000
"""Letters of a value that are looked through."""

type Trail = tuple[int, ...]
"""The rows from a section down to a line."""


def trails(sections: Sequence[Section], needle: str) -> list[Trail]:
    """Where names or values hold a text, ignoring case, from the top."""
    wanted = needle.casefold()
    found: list[Trail] = []
    for number, (trail, name, value) in enumerate(_lines(sections)):
        if number >= MOST_LOOKED or len(found) >= MOST_HITS:
            break
        if wanted in name.casefold() or wanted in _text(value).casefold():
            found.append(trail)
    return found


def _lines(sections: Sequence[Section]) -> Iterator[tuple[Trail, str, object]]:
    """All lines in the order of the tree. A stack, because JSON may be nested deeper than calls."""
    stack = [_facts(at, section) for at, section in enumerate(sections)][::-1]
    while stack:
        line = next(stack[-1], None)
        if line is None:
            stack.pop()
            continue
        yield line
        stack.append(_below(line[0], line[2]))


def _facts(at: int, section: Section) -> Iterator[tuple[Trail, str, object]]:
    return (((at, row), fact.name, fact.value) for row, fact in enumerate(section.facts))


def _below(trail: Trail, value: object) -> Iterator[tuple[Trail, str, object]]:
    """As `Node` makes its children."""
    if isinstance(value, dict):
        return (((*trail, row), str(name), value[name]) for row, name in enumerate(value))
    if isinstance(value, list):
        return (((*trail, row), f"[{row}]", item) for row, item in enumerate(value))
    if isinstance(value, str):
        parts = enumerate(address_parts(value))
        return (((*trail, row), name, part) for row, (name, part) in parts)
    return iter(())


def _text(value: object) -> str:
    if isinstance(value, str):
        return value[:LONGEST]
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int | float) else ""


class TreeSearch(QWidget):
    """The search line for the tree that is shown. Enter goes on, Shift+Enter back, Escape ends."""

    def __init__(self) -> None:
        super().__init__()
        self._view: InfoView | None = None
        self._hits: list[Trail] = []
        self._hit = -1
        self.needle = SearchLine()
        self.needle.setPlaceholderText("Search in names and values")
        self.needle.setAccessibleName("Search in names and values")
        self.needle.textChanged.connect(lambda _text: self.search())
        self.needle.stepped.connect(self.step)
        self.needle.escaped.connect(self.close_search)
        self.found = label("", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(4)
        row.addWidget(self.needle, 1)
        row.addWidget(self.found)
        for icon, title, by in (
            ("up", "Previous  (Shift+Enter)", -1),
            ("down", "Next  (Enter)", 1),
        ):
            button = _tool(icon, title)
            button.clicked.connect(lambda _checked=False, by=by: self.step(by))
            row.addWidget(button)
        shut = _tool("close", "Close the search  (Esc)")
        shut.clicked.connect(self.close_search)
        row.addWidget(shut)
        self.hide()

    def open_on(self, view: InfoView) -> None:
        """Search in this tree."""
        self._view = view
        self.show()
        self.needle.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.needle.selectAll()
        self.search()

    def close_search(self) -> None:
        """Put the line away."""
        self.hide()
        if self._view:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Look again, and go to the first place."""
        if self._view is None:
            return
        needle = self.needle.text()
        sections = [node.value for node in self._view.facts.sections]
        self._hits = trails(sections, needle) if needle else []
        self._hit = -1
        self.found.setText("Nothing found" if needle and not self._hits else "")
        self.step(1)

    def step(self, by: int) -> None:
        """Go to the next or the previous place."""
        if not self._hits or self._view is None:
            return
        self._hit = (self._hit + by) % len(self._hits)
        more = "+" if len(self._hits) >= MOST_HITS else ""
        self.found.setText(f"{self._hit + 1} of {len(self._hits)}{more}")
        self._view.reveal(self._hits[self._hit])


def _tool(icon: str, title: str) -> QToolButton:
    button = QToolButton()
    tint(button, icon)
    button.setToolTip(title)
    button.setAccessibleName(title.partition("  (")[0])
    return button
