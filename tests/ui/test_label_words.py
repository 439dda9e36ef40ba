"""Definitions in words for somebody who has never seen a selector."""

import pytest

from app.label.element import Action
from app.label.events import Condition, Definition, Op
from ui.pages.label.words import in_words


@pytest.mark.parametrize(
    ("tag", "text", "selector", "said"),
    [
        ("button", "", "#add-to-cart", "By its id “add-to-cart”"),
        ("button", "Buy", "", "By its text “Buy”"),
        ("button", "Buy", ".card button", "By its text “Buy” inside style “card”"),
        ("a", "", "#popular a", "Any link inside id “popular”"),
        ("a", "", '[aria-label="Popular this week"] a',
         "Any link inside spoken name “Popular this week”"),
        ("a", "", 'a[href="/cart"]', "By its link to “/cart”"),
        ("a", "", '[data-testid="hero cta"]', "By its test name “hero cta”"),
        ("a", "", ".md\\:w-4 > .link", "By its style “link” inside style “md:w-4”"),
        ("a", "", "nav > a", "Any link inside the navigation"),
        ("a", "", "section > div:nth-of-type(2) > a:nth-of-type(1)", "By its place on the page"),
        ("button", "", "", "Any button"),
        ("x-y", "", "", "Any x-y"),
        ("a", "x" * 99, "", f"By its text “{'x' * 29}…”"),
        ("a", "", '[title="a > b ] c"]', "By its hint “a > b ] c”"),
    ],
)  # fmt: skip
def test_words(tag: str, text: str, selector: str, said: str) -> None:
    conditions = (
        Condition("tag", Op.IS, (tag,)),
        *([Condition("text", Op.IS, (text,))] if text else []),
        *([Condition("selector", Op.CSS_MATCH, (selector,))] if selector else []),
    )
    assert in_words(Definition(Action.CLICKED, conditions)) == said
