"""
Selectors over recorded hierarchies: `parse` once, ask often.

    chosen = parse("section.cards > .add")     # BadInput with a sentence when it cannot be used
    chosen.closest(hierarchy)                  # True, False or a Reason
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.label.hierarchy import Hierarchy
from app.label.selector import syntax
from app.label.selector.attributes import DROPPED
from app.label.selector.matcher import Matcher
from app.label.selector.parser import converted
from app.label.selector.parser import parse as branches_of
from app.label.selector.syntax import Any, Attribute, Complex, Root, Tag, escaped, quoted
from app.label.verdict import Verdict

__all__ = ["Selector", "converted", "escaped", "parse", "quoted"]


@dataclass(frozen=True)
class Selector:
    """A selector list that can be answered from hierarchies."""

    text: str
    branches: tuple[Complex, ...]

    @cached_property
    def canonical(self) -> str:
        """The spelling that all selectors with the same parts share."""
        return syntax.text(self.branches)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before relying on it, in sentences."""
        return tuple(dict.fromkeys(_warnings(self.branches)))

    def closest(self, hierarchy: Hierarchy) -> Verdict:
        """Whether the subject or an element around it matches."""
        return self._matcher.closest(hierarchy)

    def matches(self, hierarchy: Hierarchy) -> Verdict:
        """Whether the subject itself matches."""
        return self._matcher.matches(hierarchy)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.branches)


@lru_cache(maxsize=4096)
def parse(text: str) -> Selector:
    """A selector ready to be asked. Raises BadInput with a sentence."""
    return Selector(text, branches_of(text))


def _warnings(branches: tuple[Complex, ...]) -> list[str]:
    found = []
    for part in (p for branch in branches for compound in branch.compounds for p in compound.parts):
        if isinstance(part, Root) or (isinstance(part, Tag) and part.name == "html"):
            found.append(
                "Every element lies in <html>, and nothing but its name is known of it:"
                " its classes and attributes never match."
            )
        elif isinstance(part, Attribute) and part.name.lower() in DROPPED:
            found.append(f"SDKs never record the attribute “{part.name}”: this stays undecided.")
        elif isinstance(part, Any):
            found.extend(_warnings(part.branches))
    return found
