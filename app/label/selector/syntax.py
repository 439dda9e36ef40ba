"""
A selector as data, and the one spelling that equal selectors share.

`text` of a selector list sorts what has no order (classes of one element, branches) and drops
what changes nothing, so equal definitions are found by comparing texts (labeling §C5).
"""

import re
from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """The words of a text, for tables that are read more easily as one."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Tag:
    """`button`. `written` keeps the case, which counts for elements of drawings."""

    name: str
    written: str


@dataclass(frozen=True, slots=True)
class Id:
    """`#name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Class:
    """`.name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """`[name op "value" flag]`; `op` is empty for "is there", `flag` is "", "i" or "s"."""

    name: str
    op: str = ""
    value: str = ""
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Nth:
    """`:nth-child(an+b)` or `:nth-of-type(an+b)`."""

    a: int
    b: int
    of_type: bool = False

    def holds(self, position: int) -> bool:
        """Whether a position, counted from 1, is among an+b for n = 0, 1, 2…"""
        if self.a == 0:
            return position == self.b
        n, rest = divmod(position - self.b, self.a)
        return rest == 0 and n >= 0


@dataclass(frozen=True, slots=True)
class Root:
    """`:root`."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The element right before has this tag (`h1 + button`); `*` is any."""

    name: str


@dataclass(frozen=True, slots=True)
class Any:
    """`:is(…)`, `:where(…)` or, negated, `:not(…)`."""

    branches: "tuple[Complex, ...]"
    negated: bool = False


type Simple = Tag | Id | Class | Attribute | Nth | Root | Previous | Any


@dataclass(frozen=True, slots=True)
class Compound:
    """Conditions on one element."""

    parts: tuple[Simple, ...]


@dataclass(frozen=True, slots=True)
class Complex:
    """Compounds from the outermost to the subject, with what stands between them: `>` or a
    blank."""

    compounds: tuple[Compound, ...]
    combinators: tuple[str, ...] = ()


def text(branches: tuple[Complex, ...]) -> str:
    """The canonical spelling."""
    return ", ".join(sorted({complex_text(branch) for branch in branches}))


def complex_text(branch: Complex) -> str:
    """The canonical spelling of one branch."""
    said = _compound(branch.compounds[0])
    for combinator, compound in zip(branch.combinators, branch.compounds[1:], strict=True):
        said += " > " if combinator == ">" else " "
        said += _compound(compound)
    return said


def _compound(compound: Compound) -> str:
    before = "".join(f"{part.name} + " for part in compound.parts if isinstance(part, Previous))
    rest = {part for part in compound.parts if not isinstance(part, Previous)}
    said = "".join(spelled for _, spelled in sorted(_spelled(part) for part in rest))
    return before + (said or "*")


def _spelled(part: Simple) -> tuple[int, str]:
    match part:
        case Tag():
            return 0, escaped(part.written if part.written in CAMEL else part.name)
        case Id():
            return 1, f"#{escaped(part.name)}"
        case Class():
            return 2, f".{escaped(part.name)}"
        case Attribute(op=""):
            return 3, f"[{escaped(part.name)}]"
        case Attribute():
            flag = f" {part.flag}" if part.flag else ""
            return 3, f"[{escaped(part.name)}{part.op}{quoted(part.value)}{flag}]"
        case Nth():
            return 4, f":nth-{'of-type' if part.of_type else 'child'}({_formula(part)})"
        case Root():
            return 4, ":root"
        case Any():
            return 5, f":{'not' if part.negated else 'is'}({text(part.branches)})"
        case Previous():
            return -1, part.name


def _formula(nth: Nth) -> str:
    if nth.a == 0:
        return str(nth.b)
    return f"{nth.a}n{nth.b:+}" if nth.b else f"{nth.a}n"


def quoted(value: str) -> str:
    """A CSS string."""
    inside = re.sub(r'["\\]', r"\\\g<0>", value)
    return '"' + re.sub(r"[\x00-\x1f\x7f]", _coded, inside) + '"'


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def escaped(name: str) -> str:
    """A CSS identifier with this meaning, as `CSS.escape` spells it."""
    if _PLAIN.fullmatch(name):
        return name
    if name == "-":
        return "\\-"
    return "".join(_escaped(name, place) for place in range(len(name)))


def _escaped(name: str, place: int) -> str:
    character = name[place]
    leads = place == 0 or (place == 1 and name[0] == "-")
    if character < " " or character == "\x7f" or (leads and character in "0123456789"):
        return _code(character)
    if character >= "\x80" or character.isalnum() or character in "-_":
        return character
    return f"\\{character}"


def _coded(found: re.Match[str]) -> str:
    return _code(found[0])


def _code(character: str) -> str:
    return f"\\{ord(character):x} "


CAMEL = words(
    "altGlyph animateColor animateMotion animateTransform clipPath feBlend feColorMatrix"
    " feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap"
    " feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage"
    " feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile"
    " feTurbulence foreignObject glyphRef linearGradient radialGradient textPath"
)
"""Elements of drawings whose names have capitals; only in that spelling do browsers match them."""
