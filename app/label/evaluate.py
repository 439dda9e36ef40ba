"""
One evaluator for preview, counting, live arrival and everything stored.

    judge = Judge(label)
    judge(element, page)          # True, False or a Reason (labeling §C3)

A definition is judged in two halves, its element and its page, because the same few elements and
pages come again and again, and whoever has many clicks judges each of them once.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.label.element import Element, Page
from app.label.events import PAGE_FIELDS, Condition, Definition, LabeledEvent, Op
from app.label.pattern import glob, regex
from app.label.selector import parse
from app.label.verdict import Verdict, all_of, any_of

type _Test = Callable[[str | None], bool]

_ORDER = ("tag", "element_id", "element_class", "text", "href", "aria_label", "selector")
"""What rules out most for the least work comes first (labeling §C3)."""


class DefinitionJudge:
    """A definition made ready. Raises BadInput when a condition cannot be used."""

    def __init__(self, definition: Definition) -> None:
        self.action = definition.action
        conditions = [one for one in definition.conditions if not one.is_blank]
        self._page = [
            (one.field, _test(one), one.ignore_fragment)
            for one in conditions
            if one.field in PAGE_FIELDS
        ]
        mine = sorted((c for c in conditions if c.field not in PAGE_FIELDS), key=_place)
        self._fields = [(one.field, _test(one)) for one in mine if one.field != "selector"]
        self._selectors = [
            ([parse(value) for value in one.values], one.subject_only)
            for one in mine
            if one.field == "selector"
        ]

    def of_element(self, element: Element) -> Verdict:
        """Whether the element is one of those that are meant, on whatever page."""
        if element.action is not self.action:
            return False
        for name, test in self._fields:
            if not test(element.tag if name == "tag" else element.field(name)):
                return False
        if not self._selectors:
            return True
        of = element.hierarchy
        return all_of(
            any_of(one.matches(of) if alone else one.closest(of) for one in selectors)
            for selectors, alone in self._selectors
        )

    def of_page(self, page: Page) -> bool:
        """Whether the page is one of those that are meant."""
        for name, test, cut in self._page:
            value = page.field(name)
            if not test(value.partition("#")[0] if cut and value is not None else value):
                return False
        return True

    def __call__(self, element: Element, page: Page) -> Verdict:
        return self.of_page(page) and self.of_element(element)


class Judge:
    """A labeled event made ready: the OR of its definitions that count."""

    def __init__(self, label: LabeledEvent) -> None:
        self.definitions = tuple(DefinitionJudge(one) for one in label.live)

    def __call__(self, element: Element, page: Page) -> Verdict:
        return any_of(judge(element, page) for judge in self.definitions)


class Count(NamedTuple):
    """How many are matched, and of how many it cannot be known."""

    matched: int
    unknown: int


def count(judge: Judge | DefinitionJudge, clicks: Iterable[tuple[Element, Page]]) -> Count:
    """Judge these one by one."""
    matched = unknown = 0
    for element, page in clicks:
        verdict = judge(element, page)
        matched += verdict is True
        unknown += verdict is not True and verdict is not False
    return Count(matched, unknown)


def _place(one: Condition) -> int:
    return _ORDER.index(one.field) if one.field in _ORDER else len(_ORDER) - 2


def _test(one: Condition) -> _Test:
    if one.op is Op.IS_SET:
        return lambda value: value is not None
    if one.op is Op.IS_NOT_SET:
        return lambda value: value is None
    values = tuple(_wanted(one, value) for value in one.values)
    if one.op in {Op.IS, Op.IS_NOT}:
        listed = frozenset(values)
        found: Callable[[str], bool] = listed.__contains__
    elif one.op in {Op.GLOB, Op.REGEX}:
        compiled = [(glob if one.op is Op.GLOB else regex)(v, one.ignore_case) for v in one.values]
        found = lambda text: any(test(text) for test in compiled)  # noqa: E731
    else:
        found = _parts(one.op, values)
    folds = one.ignore_case and one.op not in {Op.GLOB, Op.REGEX}
    negative = one.op in {Op.IS_NOT, Op.NOT_CONTAINS}

    def test(value: str | None) -> bool:
        if value is None:
            return negative
        return found(value.casefold() if folds else value) is not negative

    return test


def _parts(op: Op, values: tuple[str, ...]) -> Callable[[str], bool]:
    if op is Op.STARTS_WITH:
        return lambda text: text.startswith(values)
    if op is Op.ENDS_WITH:
        return lambda text: text.endswith(values)
    return lambda text: any(value in text for value in values)


def _wanted(one: Condition, value: str) -> str:
    if one.ignore_fragment and one.op is Op.IS:
        value = value.partition("#")[0]
    return value.casefold() if one.ignore_case else value
