"""Names that a person would give, from what was clicked."""

import pytest

from app.label.element import Action, Element, Page
from app.label.hierarchy import Node
from app.label.naming import description, group_name, kind, name
from tests.app.labeling import chain
from tests.app.test_label_suggest import real

PAGE = Page("https://shop.example.test/products?x=1#y", "All products")


def element(
    tag: str, *around: Node, text: str = "", action: Action = Action.CLICKED, **attrs: str
) -> Element:
    """An element with these attributes (`class_`, `aria_label` and so on)."""
    own = {name.strip("_").replace("_", "-"): value for name, value in attrs.items()}
    named, classes = own.pop("id", ""), own.pop("class", "")
    node = Node(tag, 0, 0, None, named, tuple(classes.split()), own)
    return Element(
        action,
        chain(node, *around),
        tag=tag,
        text=text or None,
        element_id=named or None,
        element_class=classes or None,
        aria_label=own.get("aria-label"),
    )


def test_names_of_recorded_clicks() -> None:
    target = real("click-list-item-1")
    assert name(target) == "Add to cart clicked"
    assert description(target, PAGE) == (
        "Clicks on the button “Add to cart”, first seen on “All products”"
        " (shop.example.test/products)."
    )
    assert group_name(target, 24) == "Any of 24 add buttons clicked"
    assert group_name(target, 1) == "Any add button clicked"
    assert name(real("click-masked-text")) == "Masked text clicked"
    assert name(real("click-icon-button-svg-path")) == "Open menu clicked"


@pytest.mark.parametrize(
    ("clicked", "said"),
    [
        (element("button", text="+", title="Add one more"), "Add one more clicked"),
        (element("button", text="+"), "+ clicked"),
        (element("button", data_testid="heroCta-2"), "Hero cta 2 clicked"),
        (element("button", data_testid="8f14e45f-ceea-1"), "Button clicked"),
        (element("input", name="firstName", type="text"), "First name clicked"),
        (element("input", type="email"), "E-mail field clicked"),
        (element("select", text="Red Green Blue", id="colour"), "Colour clicked"),
        (element("a", href="https://www.social.test/acme?x"), "Link to social.test clicked"),
        (element("a", href="/help/returns-policy.html"), "Link to returns policy clicked"),
        (element("a", href="javascript:void(0)"), "Link clicked"),
        (element("button", class_="btn btn-primary mt-4 is-open"), "Button clicked"),
        (element("button", class_="btn add-to-cart is-open"), "Add to cart clicked"),
        (element("button", Node("nav", 0, 0)), "Button in the navigation clicked"),
        (
            element("button", Node("div", 0, 0), Node("div", 0, 0, None, "side-cart")),
            "Button in “side cart” clicked",
        ),
        (
            element("button", Node("nav", 0, 0, attrs={"aria-label": "Main menu"})),
            "Button in “Main menu” clicked",
        ),
        (element("button", id="radix-:r5:"), "Button clicked"),
        (element("button", text="\u202eevil\x1b[0m\n name\u200b"), "Evil[0m name clicked"),
        (element("button", text="pay *****", title="Pay"), "Pay clicked"),
        (element("button", text="Buy", action=Action.RAGE_CLICKED), "Buy clicked in rage"),
        (element("button", text="Buy", action=Action.DEAD_CLICKED), "Buy clicked in vain"),
        (Element(Action.CHANGED, tag="select"), "List changed"),
        (Element(Action.CLICKED), "Element clicked"),
    ],
)
def test_what_an_element_is_called(clicked: Element, said: str) -> None:
    assert name(clicked) == said


@pytest.mark.parametrize(
    ("clicked", "said"),
    [
        (element("input", type="checkbox"), "Any of 1,200 checkboxes clicked"),
        (element("a", class_="skip-link"), "Any of 1,200 skip links clicked"),
        (element("a", Node("footer", 0, 0)), "Any of 1,200 links in the footer clicked"),
        (element("div", role="menuitem"), "Any of 1,200 menu entries clicked"),
        (element("button", class_="btn btn-lg"), "Any of 1,200 buttons clicked"),
    ],
)
def test_what_many_are_called(clicked: Element, said: str) -> None:
    assert group_name(clicked, 1200) == said


def test_descriptions_say_where() -> None:
    button = element("button", Node("header", 0, 0), action=Action.ERROR_CLICKED)
    assert description(button, Page()) == "Clicks with an error on the button in the header."
    masked = Page("https://a.test/x/", "Hello *****")
    assert description(button, masked).endswith("header, first seen on a.test/x.")
    assert len(description(element("a", text="x" * 4000), Page("https://" + "y" * 4000))) < 400


def test_kinds_are_words_that_people_use() -> None:
    assert kind(element("div", role="switch")) == "switch"
    assert kind(element("input", type="submit")) == "button"
    assert kind(element("textarea")) == "text field"
    assert kind(element("custom-thing")) == "element"
