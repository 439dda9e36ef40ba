"""
Patterns of conditions: globs, and regular expressions that cannot run away.

A person types an expression and traffic supplies the text, so neither may stall the capture. The
expression is read into an automaton whose work is at most its size times the text's length, and
which remembers where a character led to, so that most texts cost one look-up a character;
Python's own engine is used only where it cannot backtrack. What an automaton cannot
do (references back, looking around) is refused in words. Text is searched, not matched whole.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from app.errors import BadInput

LONGEST = 512
MOST_STATES = 600
MOST_HELD = 100_000
"""Numbers of states that an expression remembers between characters and texts."""
LONGEST_TEXT = 4_096
"""Characters of a value that are looked at; no more are kept of one."""

type Found = Callable[[str], bool]


@lru_cache(maxsize=512)
def regex(source: str, ignore_case: bool = False) -> Found:
    """Whether an expression is found in a text. Raises BadInput with a sentence."""
    if len(source) > LONGEST:
        raise BadInput(f"The regular expression is longer than {LONGEST} characters.")
    tree = _Reader(source).whole()
    program = _Program(re.IGNORECASE if ignore_case else 0)
    program.start = program.emit(tree, program.add("end"))
    program.ready()
    if _is_simple(tree):
        quick = re.compile(source, program.flags)
        return lambda text: quick.search(text[:LONGEST_TEXT]) is not None
    return lambda text: program.found(text[:LONGEST_TEXT])


@lru_cache(maxsize=512)
def glob(source: str, ignore_case: bool = False) -> Found:
    """Whether a whole text is like this, where `*` is any text and `?` any character."""
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    parts = [
        re.compile("".join("." if one == "?" else re.escape(one) for one in part), flags)
        for part in source.split("*")
    ]

    def found(text: str) -> bool:
        first = parts[0].match(text)
        if len(parts) == 1:
            return first is not None and first.end() == len(text)
        if not first:
            return False
        at = first.end()
        for part in parts[1:-1]:
            # The earliest place leaves the most for what follows.
            place = part.search(text, at)
            if not place:
                return False
            at = place.end()
        length = len(source) - source.rfind("*") - 1
        start = len(text) - length
        return start >= at and parts[-1].fullmatch(text, start) is not None

    return found


@dataclass(frozen=True, slots=True)
class _Atom:
    source: str


@dataclass(frozen=True, slots=True)
class _Edge:
    kind: str


@dataclass(frozen=True, slots=True)
class _Row:
    parts: tuple["_Tree", ...]


@dataclass(frozen=True, slots=True)
class _Either:
    branches: tuple["_Tree", ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    inner: "_Tree"
    least: int
    most: int | None


type _Tree = _Atom | _Edge | _Row | _Either | _Repeat

_COUNT = re.compile(r"\{([0-9]{1,4})?(,)?([0-9]{1,4})?\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_EDGES = {"^": "start", "$": "end", "\\b": "word", "\\B": "inside", "\\A": "start", "\\Z": "last"}


class _Reader:
    """Reads an expression; every method leaves `at` after what it read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.depth = 0

    def whole(self) -> _Tree:
        tree = self._either()
        if self.at < len(self.source):
            raise BadInput("The regular expression closes a group that it did not open.")
        try:
            re.compile(self.source)
        except (re.error, OverflowError, RecursionError) as error:
            raise BadInput(f"The regular expression cannot be read: {error}.") from error
        return tree

    def _either(self) -> _Tree:
        branches = [self._row()]
        while self._peek() == "|":
            self.at += 1
            branches.append(self._row())
        return branches[0] if len(branches) == 1 else _Either(tuple(branches))

    def _row(self) -> _Tree:
        parts: list[_Tree] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else _Row(tuple(parts))

    def _repeated(self, inner: _Tree) -> _Tree:
        while True:
            sign = self._peek()
            counted = _COUNT.match(self.source, self.at) if sign == "{" else None
            if sign in {"*", "+", "?"}:
                self.at += 1
                least, most = (1 if sign == "+" else 0), (1 if sign == "?" else None)
            elif counted and (counted[1] or counted[2]):
                self.at = counted.end()
                least = int(counted[1] or 0)
                most = (int(counted[3]) if counted[3] else None) if counted[2] else least
            else:
                return inner
            # Taking as little as possible finds the same texts; possessive ones do not.
            if self._peek() == "+":
                raise BadInput("Possessive repeats (such as “a++”) cannot be used here.")
            if self._peek() == "?":
                self.at += 1
            inner = _Repeat(inner, least, most)

    def _atom(self) -> _Tree:
        sign = self._peek()
        if sign == "(":
            return self._group()
        if sign == "[":
            found = _CLASS.match(self.source, self.at)
            if not found:
                raise BadInput("The regular expression has a “[” that is not closed.")
            self.at = found.end()
            return _Atom(found[0])
        if sign == "\\":
            return self._escape()
        self.at += 1
        if sign in _EDGES:
            return _Edge(_EDGES[sign])
        return _Atom("." if sign == "." else re.escape(sign))

    def _escape(self) -> _Tree:
        text = self.source[self.at : self.at + 2]
        if text in _EDGES:
            self.at += 2
            return _Edge(_EDGES[text])
        if text[1:].isdigit() and text != "\\0":
            raise BadInput("A regular expression here cannot refer back to a group (“\\1”).")
        found = re.compile(r"\\(?:x..|u....|U.{8}|0[0-7]{0,2}|.)", re.DOTALL).match(
            self.source, self.at
        )
        if not found:
            raise BadInput("The regular expression ends with a backslash.")
        self.at = found.end()
        return _Atom(found[0])

    def _group(self) -> _Tree:
        self.at += 1
        if self.source.startswith("?", self.at):
            if not self.source.startswith("?:", self.at):
                raise BadInput("Of special groups only “(?:…)” can be used here.")
            self.at += 2
        self.depth += 1
        if self.depth > 50:
            raise BadInput("The regular expression is nested too deeply.")
        tree = self._either()
        self.depth -= 1
        if self._peek() != ")":
            raise BadInput("The regular expression has a “(” that is not closed.")
        self.at += 1
        return tree

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]


def _is_simple(tree: _Tree) -> bool:
    """Whether Python's engine cannot do more than length times length steps."""
    return _repeats(tree) <= 1


def _repeats(tree: _Tree) -> int:
    """How many repeats can be split among them; a repeat inside one counts as many."""
    match tree:
        case _Row():
            return sum(_repeats(part) for part in tree.parts)
        case _Either():
            return 2 * sum(_repeats(part) for part in tree.branches) + 1
        case _Repeat():
            inner = 0 if isinstance(tree.inner, _Atom) else 2
            return inner + (1 if tree.most is None or tree.most > 1 else 0)
    return 0


@dataclass(slots=True)
class _State:
    kind: str
    """`atom`, `split`, `edge` or `end`."""
    test: Callable[[str], object] | None = None
    edge: str = ""
    following: tuple[int, ...] = ()
    seen: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class _Moves:
    """What is possible next, and where characters that were seen lead to."""

    is_end: bool
    atoms: list[_State] = field(default_factory=list)
    to: dict[str, frozenset[int]] = field(default_factory=dict)


class _Program:
    """An automaton that is in many states at once, so it never goes back."""

    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.start = 0
        self._states: list[_State] = []
        self._known: dict[tuple[frozenset[int], str], _Moves] = {}
        self._held = 0
        self._begin: frozenset[int] = frozenset()
        self._edges: tuple[str, ...] = ()

    def add(self, kind: str, following: tuple[int, ...] = ()) -> int:
        if len(self._states) >= MOST_STATES:
            raise BadInput("The regular expression repeats too much.")
        self._states.append(_State(kind, following=following))
        return len(self._states) - 1

    def emit(self, tree: _Tree, following: int) -> int:
        """States for a tree, after which `following` comes; the number of the first."""
        match tree:
            case _Atom():
                number = self.add("atom", (following,))
                self._states[number].test = re.compile(tree.source, self.flags).match
                return number
            case _Edge():
                number = self.add("edge", (following,))
                self._states[number].edge = tree.kind
                return number
            case _Row():
                for part in reversed(tree.parts):
                    following = self.emit(part, following)
                return following
            case _Either():
                return self.add("split", tuple(self.emit(one, following) for one in tree.branches))
            case _Repeat():
                return self._repeat(tree, following)

    def _repeat(self, tree: _Repeat, following: int) -> int:
        if tree.most is None:
            loop = self.add("split")
            self._states[loop].following = (self.emit(tree.inner, loop), following)
            first = loop
        else:
            first = following
            for _ in range(tree.most - tree.least):
                first = self.add("split", (self.emit(tree.inner, first), following))
        for _ in range(tree.least):
            first = self.emit(tree.inner, first)
        return first

    def found(self, text: str) -> bool:
        """Whether the expression is found anywhere in the text."""
        current = self._begin
        for at in range(len(text) + 1):
            moves = self._moves(current, self._around(text, at))
            if moves.is_end:
                return True
            if at < len(text):
                current = moves.to.get(text[at]) or self._step(moves, text[at])
        return False

    def ready(self) -> None:
        """To be called when all states are there."""
        self._begin = frozenset({self.start})
        self._edges = tuple({state.edge for state in self._states if state.kind == "edge"})

    def _around(self, text: str, at: int) -> str:
        """Those edges of which one is at this place."""
        return " ".join(kind for kind in self._edges if _holds(kind, text, at))

    def _moves(self, current: frozenset[int], edges: str) -> "_Moves":
        """What is possible in these states at such a place; remembered, because it comes again
        and again, in this text and the next."""
        found = self._known.get((current, edges))
        if found is None:
            found = self._reached(current, edges)
            self._remember(len(current) + len(found.atoms))
            self._known[current, edges] = found
        return found

    def _reached(self, current: frozenset[int], edges: str) -> "_Moves":
        """Atoms to try next, or that the end was reached."""
        atoms, waiting, seen = [], list(current), set(current)
        while waiting:
            state = self._states[waiting.pop()]
            if state.kind == "end":
                return _Moves(True)
            if state.kind == "atom":
                atoms.append(state)
            elif state.kind == "split" or state.edge in edges.split():
                for number in state.following:
                    if number not in seen:
                        seen.add(number)
                        waiting.append(number)
        return _Moves(False, atoms)

    def _step(self, moves: "_Moves", character: str) -> frozenset[int]:
        # A new attempt begins at every place, beside those that are under way.
        found = {self.start}
        for state in moves.atoms:
            fits = state.seen.get(character)
            if fits is None:
                fits = state.test is not None and state.test(character) is not None
                state.seen[character] = fits
            if fits:
                found.add(state.following[0])
        self._remember(1 + len(found))
        moves.to[character] = frozenset(found)
        return moves.to[character]

    def _remember(self, more: int) -> None:
        self._held += more
        if self._held > MOST_HELD:
            self._held = more
            self._known.clear()


def _holds(edge: str, text: str, at: int) -> bool:
    if edge == "start":
        return at == 0
    if edge == "last":
        return at == len(text)
    if edge == "end":
        return at == len(text) or (at == len(text) - 1 and text[at] == "\n")
    before = at > 0 and _is_word(text[at - 1])
    after = at < len(text) and _is_word(text[at])
    return (before != after) == (edge == "word")


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
