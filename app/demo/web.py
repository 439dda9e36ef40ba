"""
The shop in a browser: what its page sends for each step of a journey.

Between two steps lies more than the SDK's flush interval, so each step is an upload of its own.
"""

import random
from collections.abc import Iterator
from typing import Any

from app.demo import markup
from app.demo.catalog import Catalog, Product, facts, revenue, total
from app.demo.chance import between, pick
from app.demo.journey import Step
from app.demo.outgoing import Outgoing
from app.demo.people import Device, Person
from app.demo.senders import iso
from app.demo.visit import Visit
from app.demo.web_sdk import BrowserSdk


class WebVisit(Visit[BrowserSdk]):
    """One session on the shop's page."""

    def __init__(
        self, rng: random.Random, catalog: Catalog, person: Person, device: Device, start_ms: int
    ) -> None:
        super().__init__(rng, catalog, person, device, BrowserSdk(rng, person, device, start_ms))

    def uploads(self) -> Iterator[Outgoing]:
        sdk = self._sdk
        steps = self._steps()
        yield sdk.start()
        sdk.begin()
        for step in steps:
            sdk.now += step.wait_ms
            self._do(step)
            if sdk.waiting:
                yield sdk.flush()
        if self._rng.random() < 0.3:
            sdk.now += between(self._rng, 2000, 40_000)
            sdk.leave()
            yield sdk.flush(beacon=True)
        sdk.end()

    def _open(self, step: Step) -> None:
        self._sdk.show(markup.product_page(step.product) if step.product else markup.HOME)
        if step.product:
            self._product_viewed(step.product, "campaign", 0)

    def _home(self, _step: Step) -> None:
        self._sdk.click(markup.brand_link(self._sdk.page))
        self._sdk.show(markup.HOME)

    def _category(self, step: Step) -> None:
        department = step.of_department
        self._sdk.click(markup.department_link(self._sdk.page, department))
        self._sdk.show(markup.department_page(department))

    def _search(self, step: Step) -> None:
        self._sdk.click(markup.search_button(self._sdk.page))
        self._sdk.form_submitted("search")
        self._sdk.show(markup.search_page(step.text))
        self._sdk.track("Products Searched", {"query": step.text, "results": step.position})
        self.ledger.searched(self._sdk.now, step.text, step.position)

    def _product(self, step: Step) -> None:
        product = step.of_product
        self._sdk.click(markup.card(self._sdk.page, step.shelf, step.position, step.among, product))
        self._sdk.show(markup.product_page(product))
        self._product_viewed(product, step.shelf, step.position + 1)

    def _product_viewed(self, product: Product, shelf: str, position: int) -> None:
        properties = {**facts(product), "list": shelf, "position": position}
        self._sdk.track("Product Viewed", properties)
        self.ledger.recommended(self._sdk.now, product)

    def _colour(self, step: Step) -> None:
        properties = {"product_id": step.of_product.sku, "colour": step.text}
        self._sdk.track("Colour Chosen", properties)

    def _add_to_cart(self, step: Step) -> None:
        product = step.of_product
        self._sdk.click(markup.add_button(product))
        properties = {**facts(product), "quantity": 1, "cart_total": total(step.basket)}
        self._sdk.track("Add to Cart", properties)

    def _remove(self, step: Step) -> None:
        # The last line of the cart goes.
        left = len(step.basket)
        self._sdk.click(markup.remove_button(step.of_product, left, left + 1))
        self._sdk.track("Remove from Cart", facts(step.of_product))

    def _newsletter(self, _step: Step) -> None:
        sdk = self._sdk
        sdk.form_started("newsletter-form", "newsletter")
        sdk.now += 640
        sdk.click(markup.subscribe_button(sdk.page))
        sdk.form_submitted("newsletter-form", "newsletter")
        sdk.track("Newsletter Signed Up", {"placement": "footer"})
        sdk.identify({"$set": {"newsletter": True}})

    def _cart(self, step: Step) -> None:
        self._sdk.click(markup.cart_link(self._sdk.page, len(step.basket)))
        self._sdk.show(markup.CART)
        self._sdk.track("Cart Viewed", _sums(step.basket))

    def _checkout(self, step: Step) -> None:
        self._sdk.click(markup.checkout_link())
        self._sdk.show(markup.CHECKOUT)
        self._sdk.track("Checkout Started", _sums(step.basket))

    def _sign_in(self, step: Step) -> None:
        sdk, person = self._sdk, self._person
        sdk.click(markup.sign_in_link(sdk.page))
        sdk.show(markup.ACCOUNT)
        sdk.form_started("sign-in", "sign-in")
        sdk.now += 900
        sdk.click(markup.sign_in_button())
        sdk.form_submitted("sign-in", "sign-in")
        self._device.signed_in = True
        first = {"first_sign_in": iso(sdk.now)[:10]}
        sdk.identify({"$set": {"plan": person.plan, "country": person.country}, "$setOnce": first})
        sdk.track("Signed In", {"method": "email"})
        if person.club:
            sdk.identify({"$set": {"club": person.club}}, {"club": person.club})
            sdk.group_identify("club", person.club, {"$set": {"discount": 10}})
        sdk.show(markup.CHECKOUT if step.basket else markup.SIGNED_IN)

    def _order(self, step: Step) -> None:
        sdk = self._sdk
        number = f"BF{between(self._rng, 1_000_000, 9_999_999)}"
        amount = total(step.basket)
        sdk.form_started("checkout-form", "checkout")
        sdk.now += 950
        sdk.click(markup.order_button())
        sdk.form_submitted("checkout-form", "checkout")
        items = [{"product_id": item.sku, "price": item.price} for item in step.basket]
        properties = {
            "order_id": number,
            "total": amount,
            "currency": self._catalog.currency,
            "items": items,
            "payment": pick(self._rng, ("card", "invoice", "wallet")),
        }
        sdk.track("Order Completed", properties)
        for item in step.basket:
            sdk.revenue(revenue(item))
        added = {"orders": 1, "lifetime_value": amount}
        sdk.identify({"$set": {"last_order": number}, "$add": added})
        sdk.show(markup.THANKS)
        self.ledger.ordered(sdk.now, number, step.basket)


def _sums(basket: tuple[Product, ...]) -> dict[str, Any]:
    return {"items": len(basket), "total": total(basket)}
