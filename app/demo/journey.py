"""
What a person does in the shop in one session, whatever they hold in their hands.

A journey is a list of steps; `web` and `mobile` say what each SDK would send for a step.
"""

import random
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from app.demo.catalog import Catalog, Department, Product
from app.demo.chance import between, pick


class Act(Enum):
    """What happens in a step."""

    OPEN = auto()
    HOME = auto()
    CATEGORY = auto()
    SEARCH = auto()
    PRODUCT = auto()
    COLOUR = auto()
    ADD = auto()
    REMOVE = auto()
    NEWSLETTER = auto()
    CART = auto()
    CHECKOUT = auto()
    SIGN_IN = auto()
    ORDER = auto()


class Step(NamedTuple):
    """One thing a person does, `wait_ms` after the one before."""

    act: Act
    wait_ms: int
    product: Product | None = None
    department: Department | None = None
    text: str = ""
    position: int = 0
    shelf: str = ""
    among: int = 0
    basket: tuple[Product, ...] = ()

    @property
    def of_product(self) -> Product:
        """The product, for steps that have one."""
        if self.product is None:
            raise ValueError(f"{self.act} has no product.")
        return self.product

    @property
    def of_department(self) -> Department:
        """The department, for steps that have one."""
        if self.department is None:
            raise ValueError(f"{self.act} has no department.")
        return self.department


SEARCHES = (
    "tent", "boots", "stove", "lamp", "down jacket", "ridge", "sleeping bag", "fleece", "socks",
    "titanium mug", "lantern", "mat", "rain", "pack", "coffee", "sleep", "gaiters",
)  # fmt: skip


class Shopper:
    """Walks through the shop, deciding by chance."""

    def __init__(self, rng: random.Random, catalog: Catalog, *, can_sign_in: bool) -> None:
        self._rng = rng
        self._catalog = catalog
        self._can_sign_in = can_sign_in
        self._basket: tuple[Product, ...] = ()
        self._seen: tuple[Product, ...] = catalog.popular
        self._shelf = "popular"
        self._page = Act.OPEN
        self._product: Product | None = None
        self._subscribed = False

    def steps(self) -> Iterator[Step]:
        """The whole session."""
        rng = self._rng
        yield self._landing()
        if self._can_sign_in and rng.random() < 0.3:
            self._can_sign_in = False
            yield self._step(Act.SIGN_IN)
            yield self._go_home()
        for _ in range(min(2 + int(rng.expovariate(0.16)), 24)):
            product = self._product if self._page is Act.PRODUCT else None
            yield self._on_product(product) if product else self._on_list()
        if self._basket and rng.random() < 0.7:
            yield from self._buying()

    def _landing(self) -> Step:
        # Some come from an advertisement straight to a product.
        if self._rng.random() < 0.3:
            self._product = pick(self._rng, self._catalog.popular)
            self._page = Act.PRODUCT
            return Step(Act.OPEN, 0, product=self._product)
        return Step(Act.OPEN, 0)

    def _on_list(self) -> Step:
        chance = self._rng.random()
        if chance < 0.64 and self._seen:
            return self._open(self._seen, self._shelf)
        if chance < 0.84:
            return self._category()
        if chance < 0.96 or self._subscribed:
            return self._search()
        self._subscribed = True
        return self._step(Act.NEWSLETTER)

    def _on_product(self, product: Product) -> Step:
        chance = self._rng.random()
        if chance < 0.30 and len(self._basket) < 5:
            self._basket += (product,)
            return self._step(Act.ADD, product)
        if chance < 0.48:
            colour = pick(self._rng, product.colours)
            return Step(Act.COLOUR, self._wait(), product, text=colour)
        if chance < 0.64:
            return self._open(self._catalog.beside(product), "also")
        if chance < 0.84:
            return self._category()
        if chance < 0.93:
            return self._search()
        return self._go_home()

    def _go_home(self) -> Step:
        self._page, self._seen, self._shelf = Act.HOME, self._catalog.popular, "popular"
        return self._step(Act.HOME)

    def _buying(self) -> Iterator[Step]:
        rng = self._rng
        yield self._step(Act.CART)
        if len(self._basket) > 1 and rng.random() < 0.2:
            gone = self._basket[-1]
            self._basket = self._basket[:-1]
            yield self._step(Act.REMOVE, gone)
        if rng.random() < 0.2:
            return
        yield self._step(Act.CHECKOUT)
        if self._can_sign_in and rng.random() < 0.8:
            yield self._step(Act.SIGN_IN)
        if rng.random() < 0.72:
            yield self._step(Act.ORDER)

    def _open(self, shelf: tuple[Product, ...], name: str) -> Step:
        # What stands first is clicked most.
        position = int(len(shelf) * self._rng.random() ** 1.7)
        self._product = shelf[position]
        self._page = Act.PRODUCT
        return Step(Act.PRODUCT, self._wait(), self._product, None, "", position, name, len(shelf))

    def _category(self) -> Step:
        department = pick(self._rng, self._catalog.departments)
        self._seen, self._shelf = self._catalog.shelf(department), "list"
        self._page = Act.CATEGORY
        return Step(Act.CATEGORY, self._wait(), department=department)

    def _search(self) -> Step:
        text = pick(self._rng, SEARCHES)
        self._seen, self._shelf = self._catalog.found(text), "list"
        self._page = Act.SEARCH
        return Step(Act.SEARCH, self._wait(), text=text, position=len(self._seen))

    def _step(self, act: Act, product: Product | None = None) -> Step:
        return Step(act, self._wait(), product, basket=self._basket)

    def _wait(self) -> int:
        return min(1800 + int(self._rng.expovariate(1 / 14_000)), 60_000) + between(
            self._rng, 0, 500
        )
