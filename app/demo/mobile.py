"""
The shop's app: what it sends for each step of a journey.
"""

import random
from collections.abc import Iterator

from app.demo.catalog import Catalog, facts, revenue, total
from app.demo.chance import between, pick
from app.demo.journey import Step
from app.demo.mobile_sdk import MobileSdk
from app.demo.outgoing import Outgoing
from app.demo.people import Device, Person
from app.demo.senders import iso
from app.demo.visit import Visit


class MobileVisit(Visit[MobileSdk]):
    """One session in the app."""

    def __init__(
        self, rng: random.Random, catalog: Catalog, person: Person, device: Device, start_ms: int
    ) -> None:
        super().__init__(rng, catalog, person, device, MobileSdk(rng, person, device, start_ms))

    def uploads(self) -> Iterator[Outgoing]:
        sdk = self._sdk
        sdk.begin()
        for step in self._steps():
            before = sdk.due()
            if before:
                yield before
            sdk.now += step.wait_ms
            self._do(step)
        sdk.end()
        last = sdk.flush()
        if last:
            yield last

    def _open(self, step: Step) -> None:
        self._sdk.show("Home")
        if step.product:
            self._sdk.show("Product")
            self._sdk.track("Product Viewed", {**facts(step.product), "list": "push"})

    def _home(self, _step: Step) -> None:
        self._sdk.touch("tab_home", "Home")
        self._sdk.show("Home")

    def _category(self, step: Step) -> None:
        department = step.of_department
        self._sdk.touch(f"department_{department.slug}", department.name)
        self._sdk.show("Department")

    def _search(self, step: Step) -> None:
        self._sdk.touch("search_go", "Search")
        self._sdk.show("Search")
        self._sdk.track("Products Searched", {"query": step.text, "results": step.position})
        self.ledger.searched(self._sdk.now, step.text, step.position)

    def _product(self, step: Step) -> None:
        product = step.of_product
        self._sdk.touch("product_card", product.name)
        self._sdk.show("Product")
        properties = {**facts(product), "list": step.shelf, "position": step.position + 1}
        self._sdk.track("Product Viewed", properties)
        self.ledger.recommended(self._sdk.now, product)

    def _colour(self, step: Step) -> None:
        properties = {"product_id": step.of_product.sku, "colour": step.text}
        self._sdk.track("Colour Chosen", properties)

    def _add_to_cart(self, step: Step) -> None:
        product = step.of_product
        self._sdk.touch("add_to_cart", "Add to cart")
        properties = {**facts(product), "quantity": 1, "cart_total": total(step.basket)}
        self._sdk.track("Add to Cart", properties)

    def _remove(self, step: Step) -> None:
        self._sdk.touch("line_remove", "Remove")
        self._sdk.track("Remove from Cart", facts(step.of_product))

    def _newsletter(self, _step: Step) -> None:
        self._sdk.touch("newsletter_switch", "Letters from the trail")
        self._sdk.track("Newsletter Signed Up", {"placement": "settings"})
        self._sdk.identify({"$set": {"newsletter": True}})

    def _cart(self, step: Step) -> None:
        self._sdk.touch("tab_cart", "Cart")
        self._sdk.show("Cart")
        properties = {"items": len(step.basket), "total": total(step.basket)}
        self._sdk.track("Cart Viewed", properties)

    def _checkout(self, step: Step) -> None:
        self._sdk.touch("check_out", "Check out")
        self._sdk.show("Checkout")
        properties = {"items": len(step.basket), "total": total(step.basket)}
        self._sdk.track("Checkout Started", properties)

    def _sign_in(self, _step: Step) -> None:
        sdk, person = self._sdk, self._person
        sdk.touch("sign_in", "Sign in")
        self._device.signed_in = True
        first = {"first_sign_in": iso(sdk.now)[:10]}
        sdk.identify({"$set": {"plan": person.plan, "country": person.country}, "$setOnce": first})
        sdk.track("Signed In", {"method": pick(self._rng, ("email", "passkey"))})
        if person.club:
            sdk.identify({"$set": {"club": person.club}}, {"club": person.club})

    def _order(self, step: Step) -> None:
        sdk = self._sdk
        number = f"BF{between(self._rng, 1_000_000, 9_999_999)}"
        amount = total(step.basket)
        sdk.touch("place_order", "Place order")
        items = [{"product_id": item.sku, "price": item.price} for item in step.basket]
        properties = {
            "order_id": number,
            "total": amount,
            "currency": self._catalog.currency,
            "items": items,
            "payment": pick(self._rng, ("card", "wallet")),
        }
        sdk.track("Order Completed", properties)
        for item in step.basket:
            sdk.track("revenue_amount", revenue(item))
        added = {"orders": 1, "lifetime_value": amount}
        sdk.identify({"$set": {"last_order": number}, "$add": added})
        sdk.show("Thanks")
        self.ledger.ordered(sdk.now, number, step.basket)
