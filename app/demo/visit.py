"""
One session in the shop, whatever it is held with: who, with which SDK, and a method for each act.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

from app.demo.backend import Ledger
from app.demo.catalog import Catalog
from app.demo.journey import Act, Shopper, Step
from app.demo.outgoing import Outgoing
from app.demo.people import Device, Person


class Visit[Sdk](ABC):
    """
    A session of `person` on `device`, told by `sdk`.

    `ledger` is what the back end hears of it; it is complete when all uploads were taken.
    """

    def __init__(
        self, rng: random.Random, catalog: Catalog, person: Person, device: Device, sdk: Sdk
    ) -> None:
        self._rng = rng
        self._catalog = catalog
        self._person = person
        self._device = device
        self._sdk = sdk
        self.ledger = Ledger(rng, person, device)
        self._acts: dict[Act, Callable[[Step], None]] = {
            Act.OPEN: self._open,
            Act.HOME: self._home,
            Act.CATEGORY: self._category,
            Act.SEARCH: self._search,
            Act.PRODUCT: self._product,
            Act.COLOUR: self._colour,
            Act.ADD: self._add_to_cart,
            Act.REMOVE: self._remove,
            Act.NEWSLETTER: self._newsletter,
            Act.CART: self._cart,
            Act.CHECKOUT: self._checkout,
            Act.SIGN_IN: self._sign_in,
            Act.ORDER: self._order,
        }

    def _steps(self) -> Iterator[Step]:
        can_sign_in = self._person.user_id is not None and not self._device.signed_in
        return Shopper(self._rng, self._catalog, can_sign_in=can_sign_in).steps()

    def _do(self, step: Step) -> None:
        self._acts[step.act](step)

    @abstractmethod
    def uploads(self) -> Iterator[Outgoing]:
        """Everything that this session sends, in order."""

    @abstractmethod
    def _open(self, step: Step) -> None: ...

    @abstractmethod
    def _home(self, step: Step) -> None: ...

    @abstractmethod
    def _category(self, step: Step) -> None: ...

    @abstractmethod
    def _search(self, step: Step) -> None: ...

    @abstractmethod
    def _product(self, step: Step) -> None: ...

    @abstractmethod
    def _colour(self, step: Step) -> None: ...

    @abstractmethod
    def _add_to_cart(self, step: Step) -> None: ...

    @abstractmethod
    def _remove(self, step: Step) -> None: ...

    @abstractmethod
    def _newsletter(self, step: Step) -> None: ...

    @abstractmethod
    def _cart(self, step: Step) -> None: ...

    @abstractmethod
    def _checkout(self, step: Step) -> None: ...

    @abstractmethod
    def _sign_in(self, step: Step) -> None: ...

    @abstractmethod
    def _order(self, step: Step) -> None: ...
