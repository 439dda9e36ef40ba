"""
Raw: the JSON behind an event, the request and the answer; coloured, searchable, copyable.
A capture without events shows the last two.
"""

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPlainTextEdit,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.filter import has
from app.model import Capture
from app.store.events import EventDetail
from ui.inspector.filtermenu import add_conditions, quoted
from ui.inspector.rawtext import Part, Shown, as_curl, shown, shown_of, whole, whole_of
from ui.inspector.searchline import SearchLine
from ui.jobs import Jobs
from ui.plain import clipboard
from ui.theme import label, mono_font, tint, tokens

MOST_HITS = 1000
COPIED_MS = 2000
LONGEST_WORD = 200
"""Of what is selected, that can be filtered by."""


class RawView(QWidget):
    """Text with a switch for what is looked at, a search line and copying.

    Signals:
        condition_asked: a person wants to filter by what is selected (a `Node` of a filter); only
            where there is something to filter (`has_filter`).
    """

    condition_asked = Signal(object)

    def __init__(
        self, jobs: Jobs, parent: QWidget | None = None, parts: Sequence[Part] = tuple(Part)
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._detail: EventDetail | None = None
        self._capture: Capture | None = None
        self._event = range(0)
        self.part = parts[0]
        self._hits: list[QTextCursor] = []
        self._hit = -1
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(mono_font())
        self.text.setAccessibleName("Raw text")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.document().setDocumentMargin(12)
        # A million undo steps of something that cannot be edited.
        self.text.setUndoRedoEnabled(False)
        flags = Qt.TextInteractionFlag
        self.text.setTextInteractionFlags(
            flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
        )
        self.has_filter = False
        self.text.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.text.customContextMenuRequested.connect(self._show_menu)
        self._colours = JsonHighlighter(self.text.document())
        self.note = label("", "small")
        self.note.hide()
        self.copied = label("", "small")
        self._copied_ends = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied_ends.timeout.connect(self.copied.clear)
        self._lay_out(parts)

    def _lay_out(self, parts: Sequence[Part]) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._part_row(parts))
        rows.addWidget(self._search_row())
        note = QHBoxLayout()
        note.setContentsMargins(12, 0, 12, 4)
        note.addWidget(self.note)
        rows.addLayout(note)
        rows.addWidget(self.text, 1)

    def _part_row(self, parts: Sequence[Part]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 8, 4)
        row.setSpacing(2)
        group = QButtonGroup(self)
        self.parts: dict[Part, QToolButton] = {}
        for part in parts:
            button = QToolButton()
            button.setText(part)
            button.setCheckable(True)
            button.setChecked(part is self.part)
            button.setAccessibleName(f"Show: {part}")
            button.setToolTip(_PART_HELP[part])
            button.clicked.connect(lambda _checked=False, part=part: self.show_part(part))
            group.addButton(button)
            row.addWidget(button)
            self.parts[part] = button
        row.addStretch(1)
        # Beside the button and not above the text, which must stay where it is.
        row.addWidget(self.copied)
        self.copy = _tool("copy", "Copy everything", self.copy_everything)
        self.curl = _tool("terminal", "Copy the request as a curl command", self.copy_curl)
        self.search = _tool("search", "Search in this text  (Ctrl+F)", self.open_search)
        for button in (self.search, self.curl, self.copy):
            row.addWidget(button)
        return row

    def _search_row(self) -> QWidget:
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(12, 0, 8, 6)
        row.setSpacing(4)
        self.needle = SearchLine()
        self.needle.setPlaceholderText("Search in this text")
        self.needle.setAccessibleName("Search in this text")
        self.needle.textChanged.connect(lambda _text: self._search())
        self.needle.stepped.connect(self.step)
        self.needle.escaped.connect(self.close_search)
        self.found = label("", "small")
        row.addWidget(self.needle, 1)
        row.addWidget(self.found)
        row.addWidget(_tool("up", "Previous  (Shift+Enter)", lambda: self.step(-1)))
        row.addWidget(_tool("down", "Next  (Enter)", lambda: self.step(1)))
        row.addWidget(_tool("close", "Close the search  (Esc)", self.close_search))
        self.bar.hide()
        return self.bar

    # What is shown

    def show_detail(self, detail: EventDetail | None) -> None:
        """Show another event."""
        self._detail = detail
        self._capture = detail.capture if detail else None
        self._load()

    def show_capture(self, capture: Capture | None) -> None:
        """Show an exchange that has no events."""
        self._detail = None
        self._capture = capture
        self._load()

    def show_part(self, part: Part) -> None:
        """Show the event, the upload it came in, or the answer."""
        self.part = part
        self.parts[part].setChecked(True)
        self._load()

    def _load(self) -> None:
        detail, capture, part = self._detail, self._capture, self.part
        if detail is not None:
            self._jobs.run(self, lambda: shown(detail, part), "text").then(self._show)
        elif capture is not None:
            self._jobs.run(self, lambda: shown_of(capture, part), "text").then(self._show)
        else:
            self._jobs.drop(self, "text")
            self._show(Shown(""))

    def _show(self, found: Shown) -> None:
        self._colours.head = found.head
        self.text.setPlainText(found.text)
        self.note.setText(found.note)
        self.note.setVisible(bool(found.note))
        self._hits = []
        self._event = found.event
        self._show_event()
        if not self.bar.isHidden():
            self._search(stay=True)

    def _show_event(self) -> None:
        """Scroll to the chosen event among its neighbours, and mark its lines."""
        self._mark()
        block = self.text.document().findBlockByNumber(self._event.start)
        if self._event and block.isValid():
            # Positions exist once it is laid out; the end first, so that the event is on top.
            self.text.moveCursor(QTextCursor.MoveOperation.End)
            self.text.setTextCursor(QTextCursor(block))

    def copy_everything(self) -> None:
        """All of it, also what is not shown, to the clipboard."""
        detail, capture, part = self._detail, self._capture, self.part
        if detail is not None:
            self._jobs.run(self, lambda: whole(detail, part), "copy").then(self._put)
        elif capture is not None:
            self._jobs.run(self, lambda: whole_of(capture, part), "copy").then(self._put)

    def copy_curl(self) -> None:
        """The request as a command, to the clipboard."""
        capture = self._capture
        if capture is not None:
            self._jobs.run(self, lambda: as_curl(capture), "copy").then(self._put)

    def _show_menu(self, at: QPoint) -> None:
        menu = self.text.createStandardContextMenu(at)
        menu.setParent(self.text, menu.windowFlags())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # What is between the quotes of JSON.
        chosen = self.text.textCursor().selectedText().strip().strip('"')
        if self.has_filter and 0 < len(chosen) <= LONGEST_WORD and chosen.isprintable():
            add_conditions(menu, has("", chosen), quoted(chosen), self.condition_asked.emit)
        menu.popup(self.text.viewport().mapToGlobal(at))

    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(clipboard(text))
        self.copied.setText("Copied.")
        self._copied_ends.start()

    # Search

    def open_search(self) -> None:
        """Open the search line and type there."""
        self.bar.show()
        chosen = self.text.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self.needle.setText(chosen)
        self.needle.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.needle.selectAll()
        self._search(stay=True)

    def close_search(self) -> None:
        """Put the search line away."""
        self.bar.hide()
        self._hits = []
        self._mark()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """Go to the next or the previous place."""
        if self._hits:
            self._go_to((self._hit + by) % len(self._hits))

    def _search(self, *, stay: bool = False) -> None:
        needle = self.needle.text()
        self._hits = list(_hits(self.text.document(), needle)) if needle else []
        if not self._hits:
            self._hit = -1
            self._mark()
            self.found.setText("Nothing found" if needle else "")
            return
        self._go_to(min(max(self._hit, 0), len(self._hits) - 1) if stay else 0)

    def _go_to(self, hit: int) -> None:
        self._hit = hit
        more = "+" if len(self._hits) >= MOST_HITS else ""
        self.found.setText(f"{hit + 1} of {len(self._hits)}{more}")
        cursor = QTextCursor(self._hits[hit])
        cursor.setPosition(cursor.selectionStart())
        self.text.setTextCursor(cursor)
        self.text.centerCursor()
        self._mark()

    def _mark(self) -> None:
        colours = tokens()
        marks = self._event_marks()
        for number, cursor in enumerate(self._hits):
            mark = QTextEdit.ExtraSelection()
            is_current = number == self._hit
            look = QTextCharFormat()
            look.setBackground(QColor(colours.accent if is_current else colours.selected))
            if is_current:
                look.setForeground(QColor(colours.on_accent))
            mark.cursor, mark.format = cursor, look
            marks.append(mark)
        self.text.setExtraSelections(marks)

    def _event_marks(self) -> list[QTextEdit.ExtraSelection]:
        """The lines of the chosen event, with a ground of their own."""
        document = self.text.document()
        first = document.findBlockByNumber(self._event.start)
        if not self._event or not first.isValid():
            return []
        last = document.findBlockByNumber(self._event.stop - 1)
        end = last if last.isValid() else document.lastBlock()
        mark = QTextEdit.ExtraSelection()
        look = QTextCharFormat()
        look.setBackground(QColor(tokens().hover))
        look.setProperty(QTextFormat.Property.FullWidthSelection, True)
        cursor = QTextCursor(first)
        # With its line feed, so that the last line is filled to the edge too.
        stop = min(end.position() + end.length(), document.characterCount() - 1)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        mark.cursor, mark.format = cursor, look
        return [mark]

    def changeEvent(self, event: QEvent) -> None:
        """Colour again when the colours change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colours.use_colours()
            self._mark()


class JsonHighlighter(QSyntaxHighlighter):
    """Colours for names, texts, numbers and words of JSON, line by line."""

    _PARTS = re.compile(
        r'(?P<name>"(?:[^"\\]|\\.)*")(?=\s*:)'
        r'|(?P<text>"(?:[^"\\]|\\.)*"?)'
        r"|(?P<number>-?\b\d[\d.eE+-]*)"
        r"|(?P<word>\b(?:true|false|null|NaN|Infinity)\b)"
    )

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.head = 0
        self._looks: dict[str, QTextCharFormat] = {}
        self.use_colours()

    def use_colours(self) -> None:
        """Take the colours in use now."""
        colours = tokens()
        pairs = {
            "name": colours.accent,
            "text": colours.text,
            "number": colours.note,
            "word": colours.warning,
            "head": colours.muted,
        }
        self._looks = {}
        for kind, colour in pairs.items():
            look = QTextCharFormat()
            look.setForeground(QColor(colour))
            self._looks[kind] = look
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if self.currentBlock().blockNumber() < self.head:
            self.setFormat(0, len(text.encode("utf-16-le")) // 2, self._looks["head"])
            return
        # Qt counts UTF-16 units; a text with others is left in one colour after the first of them.
        for found in self._PARTS.finditer(text):
            start, end = found.span()
            if not text.isascii():
                start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in (start, end))
            self.setFormat(start, end - start, self._looks[str(found.lastgroup)])


_PART_HELP = {
    Part.EVENT: "This event's own JSON",
    Part.UPLOAD: "The whole request that brought it",
    Part.RESPONSE: "What the server answered",
}


def _tool(name: str, title: str, run: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    tint(button, name)
    button.setToolTip(title)
    button.setAccessibleName(title.partition("  (")[0])
    # Without a slot of its own the button would pass "checked" on.
    button.clicked.connect(lambda _checked=False: run())
    return button


def _hits(document: QTextDocument, needle: str):  # type: ignore[no-untyped-def]
    """Cursors of each place, at most `MOST_HITS`."""
    cursor = document.find(needle, 0)
    count = 0
    while not cursor.isNull() and count < MOST_HITS:
        yield cursor
        count += 1
        cursor = document.find(needle, cursor)
