"""
A selector made ready to be asked: does the element, or one around it, match (labeling §C3)?

Answers are those of the browser's `matches` and `closest` wherever the recorded hierarchy decides
them, and a `Reason` where it does not. Work grows with nodes times parts, whatever the selector.
Of `<html>` only the tag is known, and it counts as having no id, class or attribute (labeling §C2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.label.hierarchy import Hierarchy, Node
from app.label.selector.attributes import HTML, Test, attribute_test, no_class
from app.label.selector.syntax import (
    CAMEL,
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
)
from app.label.verdict import Reason, Verdict, any_of, negated

_CAMEL = {name.lower(): name for name in CAMEL}


class Matcher:
    """A compiled selector list."""

    def __init__(self, branches: Sequence[Complex]) -> None:
        self._branches = [_Branch(branch) for branch in branches]

    def closest(self, hierarchy: Hierarchy) -> Verdict:
        """Whether the subject or an element around it matches, as Amplitude counts."""
        nodes = hierarchy.nodes
        if not nodes:
            return Reason.NO_HIERARCHY
        unknown: Verdict = False
        chain = None
        for branch in self._branches:
            if branch.rules_out(hierarchy):
                continue
            chain = chain or _chain(hierarchy)
            verdict = any_of(branch.verdicts(chain, hierarchy))
            if verdict is True:
                return True
            if unknown is False:
                unknown = verdict
        return unknown if unknown is not False or hierarchy.complete else Reason.TRUNCATED

    def matches(self, hierarchy: Hierarchy) -> Verdict:
        """Whether the subject itself matches."""
        if not hierarchy.nodes:
            return Reason.NO_HIERARCHY
        chain = _chain(hierarchy)
        return any_of(branch.verdicts(chain, hierarchy)[0] for branch in self._branches)

    def verdicts(self, hierarchy: Hierarchy) -> list[Verdict]:
        """The verdict for each element of the chain, `<html>` at its end when it is known."""
        chain = _chain(hierarchy)
        columns = [branch.verdicts(chain, hierarchy) for branch in self._branches]
        return [any_of(row) for row in zip(*columns, strict=True)]


def _chain(hierarchy: Hierarchy) -> tuple[Node, ...]:
    return (*hierarchy.nodes, HTML) if hierarchy.complete else hierarchy.nodes


@dataclass(frozen=True, slots=True)
class _Tests:
    """One compound: tests of a node by itself, and nested selectors."""

    own: tuple[Test, ...]
    nested: tuple[tuple[Matcher, bool], ...]

    def column(
        self, chain: tuple[Node, ...], hierarchy: Hierarchy, around: list[Verdict]
    ) -> list[Verdict]:
        """The verdicts of all elements; not asked where what is around them says no already."""
        known = hierarchy.classes_known
        found: list[Verdict] = []
        # Most of the time of counting is spent here, hence no calls that can be avoided.
        for place, outer in enumerate(around):
            verdict = outer
            if outer is not False:
                node = chain[place]
                for test in self.own:
                    own = test(node, place, known)
                    if own is False:
                        verdict = False
                        break
                    if verdict is True:
                        verdict = own
            found.append(verdict)
        for matcher, turned in self.nested:
            if all(verdict is False for verdict in found):
                break
            inner = matcher.verdicts(hierarchy)
            for place, verdict in enumerate(inner):
                found[place] = _both(found[place], negated(verdict) if turned else verdict)
        return found


class _Branch:
    """One complex selector, evaluated from the outermost compound to the subject."""

    def __init__(self, branch: Complex) -> None:
        self._compounds = [_tests(compound) for compound in branch.compounds]
        self._combinators = branch.combinators
        self._needs = frozenset(_needs(branch))
        self._needs_classes = any(need[0] == "." for need in self._needs)

    def rules_out(self, hierarchy: Hierarchy) -> bool:
        """Whether a tag, class or id that must be somewhere is nowhere. Most are, and then the
        chain need not be looked at."""
        return (
            hierarchy.complete
            and (hierarchy.classes_known or not self._needs_classes)
            and not self._needs <= hierarchy.tokens
        )

    def verdicts(self, chain: tuple[Node, ...], hierarchy: Hierarchy) -> list[Verdict]:
        beyond: Verdict = False if hierarchy.complete else Reason.TRUNCATED
        found = self._compounds[0].column(chain, hierarchy, [True] * len(chain))
        for combinator, tests in zip(self._combinators, self._compounds[1:], strict=True):
            if beyond is False and not any(found):
                return found  # A reason is as true as a yes here.
            around = _parents(found, beyond) if combinator == ">" else _ancestors(found, beyond)
            found = tests.column(chain, hierarchy, around)
        return found


def _parents(found: list[Verdict], beyond: Verdict) -> list[Verdict]:
    return [*found[1:], beyond]


def _ancestors(found: list[Verdict], beyond: Verdict) -> list[Verdict]:
    """For each element whether one around it matched."""
    result: list[Verdict] = [beyond] * len(found)
    seen = beyond
    for place in range(len(found) - 1, 0, -1):
        if found[place] is True or (seen is False and found[place] is not False):
            seen = found[place] if seen is not True else True
        result[place - 1] = seen
    return result


def _both(one: Verdict, other: Verdict) -> Verdict:
    if one is False or other is False:
        return False
    return other if one is True else one


def _needs(branch: Complex) -> list[str]:
    found = []
    for part in (part for compound in branch.compounds for part in compound.parts):
        if isinstance(part, Tag) and part.name != "html":
            found.append(part.name)
        elif isinstance(part, Class):
            found.append(f".{part.name}")
        elif isinstance(part, Id):
            found.append(f"#{part.name}")
    return found


def _tests(compound: Compound) -> _Tests:
    own = [_test(part) for part in compound.parts if not isinstance(part, Any)]
    nested = [
        (Matcher(part.branches), part.negated) for part in compound.parts if isinstance(part, Any)
    ]
    return _Tests(tuple(own), tuple(nested))


def _test(part: Simple) -> Test:
    match part:
        case Tag():
            return _tag(part)
        case Id():
            return lambda node, *_: node.id == part.name
        case Class():
            return lambda node, _, known: part.name in node.classes if known else no_class(node)
        case Nth(of_type=True):
            return lambda node, *_: _nth(part, node.index_of_type)
        case Nth():
            return lambda node, *_: _nth(part, node.index)
        case Previous():
            return lambda node, *_: _previous(part.name, node)
        case Root():
            return lambda node, *_: node is HTML
        case Attribute():
            return attribute_test(part)
    raise TypeError(part)


def _tag(part: Tag) -> Test:
    camel = _CAMEL.get(part.name)
    if camel and part.written != camel:
        return lambda *_: False
    return lambda node, *_: node.tag == part.name


def _nth(part: Nth, index: int | None) -> Verdict:
    return Reason.NO_POSITION if index is None else part.holds(index + 1)


def _previous(name: str, node: Node) -> Verdict:
    if node.prev_sib is None:
        return False if node.index == 0 else Reason.NO_POSITION
    return name in {"*", node.prev_sib}
