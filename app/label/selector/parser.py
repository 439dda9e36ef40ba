"""
CSS text to a selector, or a sentence that says what cannot be used and why (labeling §C2).

What a browser knows and a recorded hierarchy does not (siblings, children, states) is refused by
name: a selector that can never be answered must not look like one that matches nothing.
"""

import re

from app.errors import BadInput
from app.label.selector.syntax import (
    Any,
    Attribute,
    Class,
    Complex,
    Compound,
    Id,
    Nth,
    Previous,
    Root,
    Simple,
    Tag,
    words,
)

LONGEST = 10_000
MOST_PARTS = 500
DEEPEST = 8
_SPACE = " \t\n\r\f"
_ONE = r"\\[0-9A-Fa-f]{1,6}(?:\r\n|[ \t\n\r\f])?|\\[^\n\r\f0-9A-Fa-f]"
"""One escaped character."""
_NAME = re.compile(
    rf"(?:--|-?(?:[A-Za-z_\u0080-\U0010ffff]|{_ONE}))(?:[A-Za-z0-9_\-\u0080-\U0010ffff]|{_ONE})*"
)
_ESCAPE = re.compile(r"-?\\[0-9A-Fa-f]{1,6}[ \t\n\r\f]?")
_ESCAPE = re.compile(
    r"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|(.))", re.DOTALL
)
_FORMULA = re.compile(
    r"(?:(?P<word>odd|even)|(?P<a>[+-]?[0-9]*)n(?:\s*(?P<sign>[+-])\s*(?P<b>[0-9]+))?"
    r"|(?P<only>[+-]?[0-9]+))",
    re.IGNORECASE,
)
_STATES = words(
    "active any-link autofill blank checked current default defined disabled enabled focus"
    " focus-visible focus-within fullscreen future hover in-range indeterminate invalid link"
    " local-link modal muted open out-of-range past paused picture-in-picture placeholder-shown"
    " playing popover-open read-only read-write required optional seeking stalled target"
    " target-within user-invalid user-valid valid visited volume-locked"
)
_AFTER = words("last-child last-of-type only-child only-of-type nth-last-child nth-last-of-type")
_NO_DATA = {
    "has": "SDKs do not record what an element contains, so “:has” cannot be answered.",
    "empty": "SDKs do not record what an element contains, so “:empty” cannot be answered.",
    "lang": "SDKs do not record the language in force, so “:lang” cannot be answered.",
    "dir": "SDKs do not record the writing direction, so “:dir” cannot be answered.",
    "scope": "“:scope” has no meaning here; leave it out.",
    "host": "“:host” has no meaning outside a shadow tree's own style sheet.",
    "host-context": "“:host-context” has no meaning outside a shadow tree's own style sheet.",
    "contains": "“:contains” is not CSS; use the text condition instead.",
}


def parse(text: str) -> tuple[Complex, ...]:
    """The branches of a selector list. Raises BadInput with a sentence."""
    if len(text) > LONGEST:
        raise BadInput(f"The selector is longer than {LONGEST:,} characters.")
    if "\x00" in text:
        raise BadInput("The selector has a zero byte in it.")
    return _Parser(text).whole()


def converted(text: str) -> str:
    """A path of the SDK's own with its marks for shadow trees taken out: where SDKs look into
    shadow trees, they record one chain through them."""
    text = re.sub(r"\s*>>>\s*:scope\s*>\s*", " > ", text)
    return re.sub(r"\s*>>>\s*", " ", text).strip()


def unescaped(text: str) -> str:
    """What an identifier or the inside of a string means."""
    return _ESCAPE.sub(_meaning, text) if "\\" in text else text


def _meaning(found: re.Match[str]) -> str:
    code, line_end, character = found.groups()
    if line_end:
        return ""
    if not code:
        return str(character)
    number = int(code, 16)
    fits = 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return chr(number) if fits else "\ufffd"


class _Parser:
    """Reads from left to right; every method leaves `at` after what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.parts = 0

    def whole(self) -> tuple[Complex, ...]:
        self._blank()
        if not self._more():
            raise BadInput("The selector is empty.")
        branches = self._list()
        if self._more():
            raise self._unexpected()
        return branches

    def _list(self) -> tuple[Complex, ...]:
        found = [self._complex()]
        while self._take(","):
            found.append(self._complex())
        return tuple(found)

    def _complex(self) -> Complex:
        self._blank()
        compounds, combinators = [self._compound()], []
        while True:
            spaced = self._blank()
            sign = self._peek()
            if sign in {"", ",", ")"}:
                break
            if sign == ">":
                self._child()
            elif sign == "+":
                self.at += 1
                self._blank()
                compounds[-1] = self._after(compounds[-1])
                continue
            elif sign == "~":
                raise BadInput(
                    "SDKs record only the element right before, so “~” cannot be answered."
                )
            elif not spaced:
                raise self._unexpected()
            combinators.append(">" if sign == ">" else " ")
            compounds.append(self._compound())
        return Complex(tuple(compounds), tuple(combinators))

    def _child(self) -> None:
        if self.text.startswith(">>>", self.at):
            plain = converted(self.text)
            raise BadInput(
                f"“>>>” is the SDK's mark for a shadow tree, not CSS. Use “{plain[:200]}”."
            )
        self.at += 1
        self._blank()

    def _after(self, before: Compound) -> Compound:
        """`tag + x`: the tag of the element before is all that was recorded of it."""
        if any(isinstance(part, Previous) for part in before.parts):
            raise BadInput("SDKs record only the one element right before, so a second “+” fails.")
        if len(before.parts) > 1 or (before.parts and not isinstance(before.parts[0], Tag)):
            raise BadInput(
                "SDKs record only the tag of the element right before, so only a plain tag can"
                " stand before “+”."
            )
        first = before.parts[0] if before.parts else None
        name = first.name if isinstance(first, Tag) else "*"
        return Compound((Previous(name), *self._compound().parts))

    def _compound(self) -> Compound:
        parts: list[Simple] = []
        start = self.at
        if self._peek() == "*":
            self.at += 1
            self._no_namespace()
        elif name := self._name():
            self._no_namespace()
            parts.append(Tag(name.lower(), name))
        while (sign := self._peek()) in {"#", ".", "[", ":"}:
            parts.append(self._simple(sign))
            self.parts += 1
            if self.parts > MOST_PARTS:
                raise BadInput(f"The selector has more than {MOST_PARTS:,} parts.")
        if self.at == start:
            raise self._unexpected()
        return Compound(tuple(parts))

    def _simple(self, sign: str) -> Simple:
        self.at += 1
        if sign == "[":
            return self._attribute()
        if sign == ":":
            return self._pseudo()
        name = self._name()
        if not name:
            what = "an id" if sign == "#" else "a class"
            raise BadInput(
                f"“{sign}” needs {what} after it{self._place()}. A name that begins with a digit"
                " is written with a backslash, such as “\\31 23”."
            )
        return Id(name) if sign == "#" else Class(name)

    def _attribute(self) -> Attribute:
        self._blank()
        name = self._name()
        if not name:
            raise BadInput(f"“[” needs the name of an attribute after it{self._place()}.")
        self._blank()
        if self._take("]"):
            return Attribute(name)
        op = next((op for op in ("~=", "|=", "^=", "$=", "*=", "=") if self._take(op)), "")
        if not op:
            if self._peek() == "|":
                raise BadInput("Namespaces (“|”) are not recorded by SDKs.")
            raise self._unexpected()
        self._blank()
        value = self._value()
        self._blank()
        flag = self._name().lower() if not self._take("]") else "]"
        if flag != "]":
            self._blank()
            if not self._take("]"):
                raise BadInput(f"A “]” is missing{self._place()}.")
            if flag not in {"i", "s"}:
                raise BadInput(f"After a value only “i” or “s” may stand, not “{flag[:40]}”.")
        return Attribute(name, op, value, "" if flag == "]" else flag)

    def _value(self) -> str:
        quote = self._peek()
        if quote not in {'"', "'"}:
            name = self._name()
            if not name:
                raise BadInput(f"The value needs quotes around it{self._place()}.")
            return name
        end = self.at + 1
        while end < len(self.text) and self.text[end] != quote:
            if self.text[end] in "\n\r\f":
                raise BadInput("A quoted value cannot go over the end of a line.")
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise BadInput(
                f"The value that begins at character {self.at + 1} has no closing quote."
            )
        value = self.text[self.at + 1 : end]
        self.at = end + 1
        return unescaped(value)

    def _pseudo(self) -> Simple:
        if self._peek() == ":":
            raise BadInput("Pseudo-elements such as “::before” are never clicked.")
        name = self._name().lower()
        has_arguments = self._take("(")
        if has_arguments and name in {"not", "is", "where"}:
            return self._any(name)
        if has_arguments and name in {"nth-child", "nth-of-type"}:
            return self._nth(name)
        if not has_arguments and name in {"first-child", "first-of-type"}:
            return Nth(0, 1, name == "first-of-type")
        if not has_arguments and name == "root":
            return Root()
        raise BadInput(_refusal(name, self._place()))

    def _any(self, name: str) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadInput(f"“:{name}” is nested more than {DEEPEST} deep.")
        branches = self._list()
        self._close(name)
        self.depth -= 1
        return Any(branches, name == "not")

    def _nth(self, name: str) -> Nth:
        self._blank()
        found = _FORMULA.match(self.text, self.at)
        if not found:
            raise BadInput(
                f"“:{name}” needs a formula such as “2”, “odd” or “2n+1”{self._place()}."
            )
        self.at = found.end()
        self._blank()
        if re.compile(r"of\b", re.IGNORECASE).match(self.text, self.at):
            raise BadInput("SDKs do not record siblings, so “of …” cannot be answered.")
        self._close(name)
        return Nth(*_numbers(found), name == "nth-of-type")

    def _close(self, name: str) -> None:
        self._blank()
        if not self._take(")"):
            raise BadInput(f"“:{name}(” is not closed{self._place()}.")

    def _no_namespace(self) -> None:
        if self._peek() == "|" and self.text[self.at + 1 : self.at + 2] != "=":
            raise BadInput("Namespaces (“|”) are not recorded by SDKs.")

    def _name(self) -> str:
        """An identifier, unescaped, or nothing."""
        found = _NAME.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return unescaped(found[0])

    def _blank(self) -> bool | None:
        """Pass over blanks and comments; whether there was a blank, None when nothing at all."""
        start, spaced = self.at, False
        while True:
            if self._peek() and self._peek() in _SPACE:
                spaced = True
                self.at += 1
            elif self.text.startswith("/*", self.at):
                end = self.text.find("*/", self.at + 2)
                if end < 0:
                    raise BadInput("A comment is not closed.")
                self.at = end + 2
            else:
                return spaced if self.at > start else None

    def _take(self, what: str) -> bool:
        if not self.text.startswith(what, self.at):
            return False
        self.at += len(what)
        return True

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _more(self) -> bool:
        return self.at < len(self.text)

    def _place(self) -> str:
        return f" at character {self.at + 1}" if self._more() else " at the end"

    def _unexpected(self) -> BadInput:
        if not self._more():
            return BadInput("The selector ends too early.")
        return BadInput(f"“{self._peek()}” is not expected{self._place()} of the selector.")


def _numbers(found: re.Match[str]) -> tuple[int, int]:
    """a and b, held to what a position can be."""
    if word := found["word"]:
        return 2, 1 if word.lower() == "odd" else 0
    if only := found["only"]:
        return 0, _number(only)
    a = found["a"]
    step = 1 if a in {"", "+"} else -1 if a == "-" else _number(a)
    return step, _number((found["sign"] or "+") + (found["b"] or "0"))


def _number(text: str) -> int:
    # Python refuses to read thousands of digits, and no page has so many elements.
    return int(text) if len(text) < 11 else (-(2**31) if text.startswith("-") else 2**31)


def _refusal(name: str, place: str) -> str:
    if name in _NO_DATA:
        return _NO_DATA[name]
    if name in _AFTER:
        return f"SDKs do not record the elements that follow, so “:{name}” cannot be answered."
    if name in _STATES:
        return f"SDKs do not record the state of elements, so “:{name}” cannot be answered."
    if name in {"before", "after", "first-line", "first-letter"}:
        return "Pseudo-elements such as “::before” are never clicked."
    if name in {"not", "is", "where", "nth-child", "nth-of-type"}:
        return f"“:{name}” needs something in parentheses."
    if name in {"first-child", "first-of-type", "root"}:
        return f"“:{name}” takes nothing in parentheses."
    return f"“:{name[:40]}” is not known{place}."
