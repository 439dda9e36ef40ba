"""Element events that say anything: every part of labeling reads them and goes on."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.label import naming
from app.label.element import ACTIONS, PREFIX, Element, Page, clicked, element_body, element_of
from app.label.evaluate import DefinitionJudge
from app.label.events import Condition, Definition, Op
from app.label.repair import candidates
from app.label.suggest import evidence, page_condition, suggest, suggest_group
from app.label.verdict import Reason
from tests.app.test_label_hierarchy import JSON, NODES

SAID = st.fixed_dictionaries(
    {},
    optional={
        f"{PREFIX}Element Hierarchy": st.one_of(NODES, JSON, NODES.map(str)),
        f"{PREFIX}Element Attributes": st.dictionaries(st.text(), st.text()) | JSON,
        **{
            f"{PREFIX}{name}": st.text() | JSON
            for name in (
                *("Element Tag", "Element Text", "Element Href", "Element ID", "Element Class"),
                *("Element Aria Label", "Page URL", "Page Title"),
            )
        },
    },
)
CLICKS = st.tuples(st.sampled_from([*ACTIONS]), SAID)
ASKED = (
    Condition("selector", Op.CSS_MATCH, ("a > .b:not([c]), :nth-child(2n)",)),
    Condition("text", Op.REGEX, ("(a*)*b",)),
    Condition("text", Op.IS_NOT, ("a",)),
    Condition("attr.x", Op.CONTAINS, ("y",), ignore_case=True),
    Condition("page_url", Op.GLOB, ("*a?",), ignore_fragment=True),
)


@settings(max_examples=25)
@given(st.lists(CLICKS, min_size=1, max_size=5))
def test_anything_can_be_labeled_or_not(clicks: list[tuple[str, dict[str, Any]]]) -> None:
    found = [one for kind, said in clicks if (one := clicked(kind, said))]
    elements = [element for element, _ in found]
    for element, page in found:
        assert element_of(element_body(element)) == element
        _named(element, page)
        _suggested(element, elements)
        for condition in ASKED:
            judge = DefinitionJudge(Definition(element.action, (condition,)))
            assert judge(element, page) in {True, False, *Reason}


def _named(element: Element, page: Page) -> None:
    for said in (
        naming.name(element),
        naming.group_name(element, 3),
        naming.description(element, page),
    ):
        assert said.strip()
        assert len(said) < 400
        assert said.replace("\u200c", "").replace("\u200d", "").isprintable()
    page_condition(page)


def _suggested(element: Element, others: list[Element]) -> None:
    for one in (*suggest(element, others), *suggest_group(element, others)):
        for definition in one.definitions:
            assert DefinitionJudge(definition).of_element(element) is True
    lost = Definition(element.action, ASKED[:1], evidence=evidence(element))
    assert len(candidates(lost, [(other, 1) for other in others])) <= 3


def test_a_hierarchy_that_says_nothing_is_told_from_one_that_is_not_there() -> None:
    kind = next(iter(ACTIONS))
    judge = DefinitionJudge(
        Definition(ACTIONS[kind], (Condition("selector", Op.CSS_MATCH, ("a.b",)),))
    )
    for said, verdict in (
        (None, Reason.NO_HIERARCHY),
        ([], Reason.NO_HIERARCHY),
        ([{"tag": "x"}], Reason.TRUNCATED),
        ([{"tag": "x"}, {"tag": "body"}], False),
    ):
        found = clicked(kind, {f"{PREFIX}Element Hierarchy": said})
        assert found
        assert judge(*found) is verdict, said
