"""
The filter of a page: text in, a tree of conditions out.

What cannot be understood is underlined and said below the box, and what is shown stays as it is. A
word that only looks like a key is looked for as text, and that is said as well. Below the box each
condition is a chip, so that nobody wonders why so little is shown.
"""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.filter import (
    EVERYTHING,
    Condition,
    FilterProblem,
    Node,
    Not,
    parse,
    parts_of,
    to_text,
    unknown_keys,
)
from app.model import Outcome, Via
from ui.context import Context
from ui.pages.completion import Completion
from ui.pages.filterbox import FilterBox
from ui.pages.filterchips import FilterChips
from ui.pages.savedfilters import NameRow, SavedFilters
from ui.plain import one_line
from ui.theme import label

WAIT_MS = 150
PLACEHOLDER = 'Filter: any text, or type:"Button Clicked"  user:ada  prop.price > 10  -type:…'
HELP = (
    "Words are looked for in event types, ids and properties; all of them must match.\n"
    "type:  user:  person:  device:  session:  project:  sdk:  page:  look in one place only;\n"
    "platform:  os:  version:  model:  country:  language:  what it was sent with;\n"
    "user = ada  is exactly that.\n"
    'Properties:  prop.price > 10   user.plan = pro   prop."Item name" contains sale\n'
    f"outcome:  is one of {', '.join(Outcome)};\n"
    f"via:  one of {', '.join(Via)}. The beginning is enough.\n"
    "time:5m   is:repeat   has:revenue   a or b   not (a b)   lan*tern\n"
    'A minus excludes: -type:$identify. Quotes keep spaces: type:"Button Clicked".\n'
    "Tab completes, Up brings earlier filters back, Escape clears."
)


class FilterBar(QWidget):
    """The box, what is wrong with it, and its chips.

    Signals:
        chosen: the conditions that are wanted now (a `Node`).
        left: a person is done here and wants to go to the events.
    """

    chosen = Signal(object)
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query: Node = EVERYTHING
        self.box = FilterBox()
        self.box.setPlaceholderText(PLACEHOLDER)
        self.box.setToolTip(HELP)
        self.box.setAccessibleName("Filter events")
        self.completion = Completion(self.box, context.jobs)
        self.saved = SavedFilters(context)
        self.naming = NameRow()
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.hint = label("", "muted", wrap=True)
        self.hint.hide()
        self.chips = FilterChips()
        self._lay_out()
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self.apply)
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.box, 1)
        top.addWidget(self.saved, 0, Qt.AlignmentFlag.AlignVCenter)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(top)
        for widget in (self.naming, self.problem, self.hint, self.chips):
            rows.addWidget(widget)

    def _connect(self) -> None:
        self.box.textChanged.connect(lambda _text: self._later.start())
        self.box.returnPressed.connect(self._accept)
        self.box.escaped.connect(self._escape)
        self.box.went_down.connect(self.left)
        self.box.went_up.connect(self._show_earlier)
        self.chips.dropped.connect(self.drop)
        self.saved.chosen.connect(self.set_text)
        self.saved.naming.connect(self.naming.ask)
        self.naming.named.connect(lambda name: self.saved.save(name, self.box.text().strip()))
        self.naming.left.connect(self.take_focus)

    @property
    def is_active(self) -> bool:
        """Whether it leaves anything out."""
        return self.query != EVERYTHING

    def set_text(self, text: str) -> None:
        """Put a filter into the box and use it at once."""
        self.box.setText(text)
        self.apply()
        self.saved.remember(text)

    def add(self, one: Node) -> None:
        """One more condition, unless it is there already. What contradicts it goes."""
        opposite = one.of if isinstance(one, Not) else Not(one)
        present = [part for part in self._shown_parts() if part != opposite]
        if one not in present:
            present.append(one)
        self.set_text(" ".join(self._text_of(part) for part in present))

    def drop(self, place: int) -> None:
        """One condition less."""
        left = [part for at, part in enumerate(self._shown_parts()) if at != place]
        self.set_text(" ".join(self._text_of(part) for part in left))

    def clear(self) -> None:
        """Want everything."""
        self.set_text("")

    def take_focus(self) -> None:
        """Type here next."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def apply(self) -> None:
        """Read the box. Says what is wrong with it, or what is wanted now."""
        self._later.stop()
        text = self.box.text()
        self.saved.current = text
        try:
            query = parse(text)
        except FilterProblem as problem:
            self._say(problem.sentence, problem.start, problem.end)
            self._hint(())
            return
        self._say("")
        self._hint(tuple(one.word for one in unknown_keys(text)))
        if query != self.query:
            self.query = query
            self.chips.show_parts([self._text_of(part) for part in parts_of(query)])
            self.chosen.emit(query)

    def _shown_parts(self) -> tuple[Node, ...]:
        """The conditions in the box, or those in use while it cannot be read."""
        try:
            return parts_of(parse(self.box.text()))
        except FilterProblem:
            return parts_of(self.query)

    def _text_of(self, part: Node) -> str:
        """A condition as it was typed, if it was."""
        text = self.box.text()
        if isinstance(part, Condition) and part.end:
            typed = text[part.start : part.end]
            try:
                if parts_of(parse(typed)) == (part,):
                    return typed
            except FilterProblem:
                pass
        written = to_text(part)
        return written if isinstance(part, Condition | Not) else f"({written})"

    def _say(self, problem: str, start: int = 0, end: int = 0) -> None:
        self.box.mark(start, end)
        self.problem.setText(one_line(problem))
        self.problem.setVisible(bool(problem))
        if self.box.property("problem") != bool(problem):
            self.box.setProperty("problem", bool(problem))
            self.box.style().unpolish(self.box)
            self.box.style().polish(self.box)

    def _hint(self, words: tuple[str, ...]) -> None:
        shown = ", ".join(f"“{word}”" for word in words[:3])
        self.hint.setText(one_line(f"No key {shown}; looked for as text." if words else ""))
        self.hint.setVisible(bool(words))

    def _show_earlier(self) -> None:
        text = self.saved.earlier()
        if text is not None:
            self.box.setText(text)

    def _accept(self) -> None:
        self.apply()
        if self.problem.isHidden():
            self.saved.remember(self.box.text())
            self.left.emit()

    def _escape(self) -> None:
        if self.box.text():
            self.clear()
        else:
            self.left.emit()
