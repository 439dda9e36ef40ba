"""
What the SDK's autocapture says of the elements of the demo shop (wire-format §5.2 to §5.4).

Mirrors `resources/shop`: a label made by clicking on the page matches generated history too. A test
compares both.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import orjson

from app.demo.catalog import Department, Product, catalog
from app.hosts import SHOP_HOST

HOST = SHOP_HOST
ORIGIN = f"https://{HOST}"

Node = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One address of the shop, and what page URL enrichment says of it. There is one of each, so
    it can be compared by identity."""

    kind: str
    title: str
    heading: str
    url: str
    location: str
    properties: dict[str, Any]


class Element(NamedTuple):
    """Something to click, as event properties in the SDK's order: those before the position,
    those after it, and those after the page's."""

    first: dict[str, Any]
    second: dict[str, Any]
    third: dict[str, Any]
    left: int
    top: int


def page(kind: str, path: str, title: str, heading: str = "") -> Page:
    """A page under the shop's title."""
    full_title = f"{title} · {catalog().brand}"
    bare = path.partition("?")[0]
    properties = {
        "[Amplitude] Page Domain": HOST,
        "[Amplitude] Page Location": f"{ORIGIN}{path}",
        "[Amplitude] Page Path": bare,
        "[Amplitude] Page Title": full_title,
        "[Amplitude] Page URL": f"{ORIGIN}{bare}",
    }
    url, location = f"{ORIGIN}{bare}", f"{ORIGIN}{path}"
    return Page(kind, full_title, heading or title, url, location, properties)


HOME = page("home", "/", "Made for weather", "Made for weather, kept for years")
CART = page("cart", "/cart", "Cart")
CHECKOUT = page("checkout", "/checkout", "Checkout")
THANKS = page("thanks", "/thanks", "Thank you")
ACCOUNT = page("account", "/account", "Sign in")
SIGNED_IN = page("account", "/account", "Account")


@cache
def product_page(product: Product) -> Page:
    """Where one product is shown."""
    return page("product", f"/p/{product.slug}", product.name)


@cache
def department_page(department: Department) -> Page:
    """Where a department's products are listed."""
    return page("category", f"/c/{department.slug}", department.name)


@cache
def search_page(query: str) -> Page:
    """Where the products found for a text are listed."""
    path = f"/search?q={query.replace(' ', '+')}"
    return page("search", path, "Search", f"Results for “{query}”")


@cache
def brand_link(on: Page) -> Element:
    """The shop's name, which leads home."""
    leaf = _node("a", 0, id="brand", classes=["brand"], attrs={"href": "/"})
    return _element(leaf, _top(on), text=catalog().brand, at=(40, 20), href="/", label=on.heading)


@cache
def department_link(on: Page, department: Department) -> Element:
    """A department's name in the page's head."""
    index = catalog().departments.index(department)
    leaf = _node("a", index, index, "a" if index else None, attrs={"href": f"/c/{department.slug}"})
    nav = _node("nav", 1, 0, "a", classes=["departments"], attrs={"aria-label": "Departments"})
    return _element(
        leaf,
        (nav, *_top(on)),
        text=department.name,
        path=f"header#top > nav > a:nth-child({index + 1})",
        at=(210 + 84 * index, 22),
        href=f"/c/{department.slug}",
        label=on.heading,
    )


@cache
def search_button(on: Page) -> Element:
    """The button of the search form."""
    leaf = _node("button", 1, 0, "input", classes=["search-go"], attrs={"type": "submit"})
    form = _node("form", 2, 0, "nav", id="search", classes=["search"], attrs={"role": "search"})
    return _element(
        leaf,
        (form, *_top(on)),
        "Search",
        path="form#search > button",
        at=(905, 18),
        label=on.heading,
    )


@cache
def sign_in_link(on: Page) -> Element:
    """The way to the account page, for who is not signed in."""
    leaf = _node("a", 3, 1, "form", id="account", classes=["account"], attrs={"href": "/account"})
    return _element(leaf, _top(on), "Sign in", at=(1010, 22), href="/account", label=on.heading)


@cache
def cart_link(on: Page, items: int) -> Element:
    """The cart in the page's head."""
    leaf = _node("a", 4, 2, "a", id="cart-link", classes=["cart-link"], attrs={"href": "/cart"})
    text = f"Cart {items}" if items else "Cart"
    return _element(leaf, _top(on), text, at=(1085, 22), href="/cart", label=on.heading)


@cache
def card(on: Page, shelf: str, position: int, count: int, product: Product) -> Element:
    """A product in a list of `count`."""
    leaf = _node("a", 0, classes=["card-link"], attrs={"href": f"/p/{product.slug}"})
    item = _node(
        "li",
        position,
        position,
        "li" if position else None,
        classes=["card"],
        attrs={"data-sku": product.sku},
    )
    grid = _node("ul", 1, 0, "div", classes=["grid"]) if shelf != "list" else _GRID
    section = _node(
        "section",
        *_SHELVES[shelf],
        id=shelf,
        classes=["shelf"],
        attrs={"aria-label": _LABELS[shelf]},
    )
    return _element(
        leaf,
        (item, grid, section, *_main(on)),
        text=f"{product.name} €{product.price}",
        path=f"section#{shelf} > ul > {_place(position, count)} > a",
        at=(40 + position % 4 * 290, (560 if shelf == "popular" else 230) + position // 4 * 320),
        href=f"/p/{product.slug}",
        label=product.name,
    )


_GRID: Node = {"tag": "ul", "index": 0, "indexOfType": 0, "classes": ["grid"]}
_SHELVES: dict[str, tuple[int, int, str]] = {
    "popular": (1, 1, "section"),
    "list": (1, 0, "div"),
    "also": (2, 0, "article"),
}
_LABELS = {"popular": "Popular this week", "list": "Products", "also": "Goes well with"}


@cache
def add_button(product: Product) -> Element:
    """The button on a product's page that puts it into the cart."""
    leaf = _node(
        "button",
        0,
        id="add-to-cart",
        classes=["button", "primary"],
        attrs={"type": "button", "data-amp-track-sku": product.sku},
    )
    actions = _node("div", 4, 0, "fieldset", classes=["actions"])
    buy = _node("div", 1, 1, "div", classes=["buy"])
    article = _node("article", 1, 0, "nav", classes=["product"], attrs={"data-sku": product.sku})
    found = _element(
        leaf,
        (actions, buy, article, *_main(product_page(product))),
        "Add to cart",
        at=(690, 470),
        label=product.name,
    )
    tracked = {"[Amplitude] Element Attributes": {"sku": product.sku}}
    return found._replace(second=tracked | found.second)


@cache
def remove_button(product: Product, position: int, count: int) -> Element:
    """The button beside a line of a cart of `count` lines."""
    leaf = _node("button", 2, 0, "div", classes=["remove"], attrs={"type": "button"})
    line = _node(
        "li",
        position,
        position,
        "li" if position else None,
        classes=["line"],
        attrs={"data-sku": product.sku},
    )
    lines = _node("ul", 0, classes=["lines"], id="lines")
    layout = _node("div", 1, 1, "div", classes=["cart-layout"])
    return _element(
        leaf,
        (line, lines, layout, *_main(CART)),
        "Remove",
        path=f"ul#lines > {_place(position, count)} > button",
        at=(700, 210 + 96 * position),
        label=product.name,
    )


@cache
def checkout_link() -> Element:
    """The link beside the cart that leads to the checkout."""
    leaf = _node(
        "a", 2, 0, "p", id="checkout", classes=["button", "primary"], attrs={"href": "/checkout"}
    )
    aside = _node("aside", 1, 0, "ul", classes=["summary"])
    layout = _node("div", 1, 1, "div", classes=["cart-layout"])
    return _element(
        leaf,
        (aside, layout, *_main(CART)),
        "Check out",
        at=(880, 360),
        href="/checkout",
        label="Summary",
    )


@cache
def order_button() -> Element:
    """The button under the checkout form."""
    leaf = _node(
        "button",
        5,
        0,
        "label",
        id="place-order",
        classes=["button", "primary"],
        attrs={"type": "submit"},
    )
    form = _node("form", 0, id="checkout-form", classes=["panel"], attrs={"name": "checkout"})
    layout = _node("div", 1, 1, "div", classes=["cart-layout"])
    return _element(
        leaf, (form, layout, *_main(CHECKOUT)), "Place order", at=(40, 610), label="Summary"
    )


@cache
def sign_in_button() -> Element:
    """The button under the form of the account page."""
    leaf = _node(
        "button",
        2,
        0,
        "label",
        id="sign-in-button",
        classes=["button", "primary"],
        attrs={"type": "submit"},
    )
    form = _node("form", 1, 0, "div", id="sign-in", classes=["panel"], attrs={"name": "sign-in"})
    return _element(leaf, (form, *_main(ACCOUNT)), "Sign in", at=(40, 400), label="Sign in")


@cache
def subscribe_button(on: Page) -> Element:
    """The button of the newsletter form."""
    leaf = _node(
        "button", 1, 0, "label", id="subscribe", classes=["button"], attrs={"type": "submit"}
    )
    form = _node("form", 1, 0, "div", id="newsletter-form", attrs={"name": "newsletter"})
    section = _node("section", 3, 0, "main", id="newsletter", classes=["newsletter"])
    return _element(
        leaf,
        (form, section, _body(on)),
        "Subscribe",
        at=(960, 540),
        label="Letters from the trail",
    )


def exposed(on: Page) -> list[str]:
    """Paths of what a person sees of a page."""
    return ["a#brand", "form#search > button", "a#cart-link", *_EXPOSED.get(on.kind, ())]


_EXPOSED = {
    "home": ("a#hero-cta", "section#popular > ul > li:nth-child(1) > a"),
    "category": ("section#list > ul > li:nth-child(1) > a",),
    "search": ("section#list > ul > li:nth-child(1) > a",),
    "product": ("button#add-to-cart", "section#also > ul > li:nth-child(1) > a"),
    "cart": ("a#checkout",),
    "checkout": ("button#place-order",),
    "account": ("button#sign-in-button",),
}


def _node(
    tag: str,
    index: int,
    of_type: int = 0,
    before: str | None = None,
    *,
    id: str | None = None,  # noqa: A002 - the attribute's name
    classes: list[str] | None = None,
    attrs: dict[str, str] | None = None,
) -> Node:
    """One entry of a hierarchy; keys without a value are left out."""
    found: Node = {"tag": tag, "index": index, "indexOfType": of_type}
    if before:
        found["prevSib"] = before
    if id:
        found["id"] = id
    if classes:
        found["classes"] = classes
    if attrs:
        found["attrs"] = attrs
    return found


def _place(position: int, count: int) -> str:
    """A list item's step of a path: its class tells nothing apart, so its position does."""
    return f"li:nth-child({position + 1})" if count > 1 else "li"


def _body(on: Page) -> Node:
    return _node("body", 1, 0, "head", classes=["shop"], attrs={"data-page": on.kind})


def _top(on: Page) -> tuple[Node, ...]:
    return (_node("header", 1, 0, "a", id="top", classes=["top"]), _body(on))


def _main(on: Page) -> tuple[Node, ...]:
    return (
        _node("main", 2, 0, "header", id="view", classes=["view"], attrs={"tabindex": "-1"}),
        _body(on),
    )


def _element(
    leaf: Node,
    above: tuple[Node, ...],
    text: str,
    *,
    at: tuple[int, int],
    label: str,
    path: str = "",
    href: str = "",
) -> Element:
    """The properties of one element. An id ends the path, so most paths are one step."""
    # Serialised once: a hierarchy is longer than the rest of its event.
    first = {
        "[Amplitude] Element Hierarchy": orjson.Fragment(orjson.dumps([leaf, *above])),
        "[Amplitude] Element Tag": leaf["tag"],
        "[Amplitude] Element Text": text,
    }
    second = {
        "[Amplitude] Element Path": path or f"{leaf['tag']}#{leaf['id']}",
        "[Amplitude] Element Parent Label": label,
    }
    third = {
        "[Amplitude] Element ID": leaf.get("id"),
        "[Amplitude] Element Class": " ".join(leaf.get("classes", ())),
        "[Amplitude] Element Href": f"{ORIGIN}{href}" if href else None,
    }
    return Element(first, second, {key: value for key, value in third.items() if value}, *at)
