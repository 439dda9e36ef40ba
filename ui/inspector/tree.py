"""
Facts as a tree that opens lazily: a list of a hundred thousand entries costs what is looked at.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.filter import Condition
from ui.inspector.facts import Section, step
from ui.inspector.meaning import address_parts, time_of
from ui.inspector.pretty import pretty, scalar_text
from ui.plain import one_line, plural

Index = QModelIndex | QPersistentModelIndex

CHUNK = 200
LONGEST = 400
NO_PARENT = QModelIndex()


class Node:
    """One line of the tree; a section when `value` is a Section."""

    __slots__ = (
        "_rest",
        "children",
        "condition",
        "hint",
        "is_ours",
        "is_part",
        "name",
        "number",
        "parent",
        "path",
        "row",
        "tone",
        "value",
    )

    def __init__(
        self, parent: "Node | None", row: int, name: str, value: Any, path: str = ""
    ) -> None:
        self.parent = parent
        self.row = row
        self.name = name
        self.value = value
        self.path = path
        self.condition: Condition | None = None
        self.is_ours = False
        self.is_part = False
        self.tone = "text"
        self.hint = ""
        self.number = 0
        self.children: list[Node] = []
        self._rest: Iterator[Node] | None = None

    @property
    def is_section(self) -> bool:
        """Whether this is a heading."""
        return isinstance(self.value, Section)

    @property
    def size(self) -> int:
        """How many entries it holds, loaded or not."""
        if isinstance(self.value, Section):
            return len(self.value.facts)
        if isinstance(self.value, str) and not self.is_part:
            return len(address_parts(self.value))
        return len(self.value) if isinstance(self.value, dict | list) else 0

    @property
    def has_more(self) -> bool:
        """Whether entries are not loaded yet."""
        return len(self.children) < self.size

    def next_children(self) -> "list[Node]":
        """The next entries, at most a chunk; not yet in `children`."""
        if self._rest is None:
            self._rest = self._entries()
        return list(itertools.islice(self._rest, CHUNK))

    def _entries(self) -> "Iterator[Node]":
        if isinstance(self.value, Section):
            for row, fact in enumerate(self.value.facts):
                node = Node(self, row, fact.name, fact.value, fact.path)
                node.is_ours, node.tone, node.hint = fact.is_ours, fact.tone, fact.hint
                node.condition = fact.condition
                yield node
            return
        if isinstance(self.value, str):
            for row, (name, part) in enumerate(address_parts(self.value)):
                node = Node(self, row, name, part)
                node.is_ours = node.is_part = True
                yield node
            return
        pairs = self.value.items() if isinstance(self.value, dict) else enumerate(self.value)
        for row, (name, item) in enumerate(pairs):
            label = f"[{name}]" if isinstance(name, int) else str(name)
            yield Node(self, row, label, item, f"{self.path}{step(name)}")

    def copied(self) -> str:
        """The value as it is copied: text as it is, everything else as JSON."""
        if isinstance(self.value, Section):
            return self.name
        return self.value if isinstance(self.value, str) else pretty(self.value).text

    def shown(self) -> str:
        """The value in one line."""
        value = self.value
        if isinstance(value, Section):
            return ""
        if isinstance(value, dict):
            return plural(len(value), "entry", "entries") if value else "empty"
        if isinstance(value, list):
            return plural(len(value), "item") if value else "empty"
        if isinstance(value, str):
            return one_line(value, LONGEST) if value else '""'
        return one_line(scalar_text(value), LONGEST)

    def type_word(self) -> str:
        """What kind of JSON it is, for values from traffic; a remark of ours otherwise."""
        if self.is_ours or self.is_section:
            return self.hint
        return self.moment() or type_word(self.value)

    def moment(self) -> str:
        """The local time that a value from traffic stands for, or an empty text."""
        return "" if self.is_ours or self.is_section else time_of(self.name, self.value)

    def value_tone(self) -> str:
        """The colour that goes with the kind."""
        if self.is_ours:
            return self.tone
        return VALUE_TONE.get(type_word(self.value), "muted")


VALUE_TONE = {"text": "text", "number": "note", "boolean": "accent"}


def type_word(value: Any) -> str:
    """The kind of a JSON value in a word."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


class FactsModel(QAbstractItemModel):
    """Sections, their facts, and what the facts hold. Columns: name, value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sections: list[Node] = []
        self._nodes: dict[int, Node] = {}

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Begin anew."""
        self.beginResetModel()
        self._nodes = {}
        self.sections = []
        for row, section in enumerate(sections):
            node = Node(None, row, section.title, section)
            self.sections.append(node)
            self._number(node)
            self._load(node)
        self.endResetModel()

    def node(self, index: Index) -> Node | None:
        """The node of an index."""
        return self._nodes.get(index.internalId()) if index.isValid() else None

    def index_of(self, node: Node, column: int = 0) -> QModelIndex:
        """The index of a node."""
        return self.createIndex(node.row, column, node.number)

    def _number(self, node: Node) -> None:
        # Qt keeps the number and not the node, so nothing can be collected under its feet.
        node.number = len(self._nodes) + 1
        self._nodes[node.number] = node

    def _load(self, node: Node) -> None:
        for child in node.next_children():
            node.children.append(child)
            self._number(child)

    # Qt's questions

    def index(self, row: int, column: int, parent: Index = NO_PARENT) -> QModelIndex:
        above = self.node(parent)
        siblings = above.children if above else self.sections
        if 0 <= row < len(siblings) and 0 <= column < 2:
            return self.createIndex(row, column, siblings[row].number)
        return QModelIndex()

    def parent(self, index: Index = NO_PARENT) -> QModelIndex:  # type: ignore[override]
        node = self.node(index)
        if node is None or node.parent is None:
            return QModelIndex()
        return self.index_of(node.parent)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        if parent.column() > 0:
            return 0
        node = self.node(parent)
        return len(node.children) if node else len(self.sections)

    def columnCount(self, _parent: Index = NO_PARENT) -> int:
        return 2

    def hasChildren(self, parent: Index = NO_PARENT) -> bool:
        node = self.node(parent)
        if node is None:
            return bool(self.sections)
        return parent.column() == 0 and node.size > 0

    def canFetchMore(self, parent: Index) -> bool:
        node = self.node(parent)
        return node is not None and parent.column() == 0 and node.has_more

    def fetchMore(self, parent: Index) -> None:
        node = self.node(parent)
        if node is None:
            return
        loaded = node.next_children()
        if not loaded:
            return
        start = len(node.children)
        self.beginInsertRows(self.index_of(node), start, start + len(loaded) - 1)
        for child in loaded:
            node.children.append(child)
            self._number(child)
        self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node(index)
        if node is None or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        return (one_line(node.name), node.shown())[index.column()]

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return ("Name", "Value")[section]
        return None
