"""
What the demo shop sells. Read from the file that the shop's own page reads, so that generated
events and clicks on the real page speak of the same products.
"""

from functools import cache
from typing import Any, NamedTuple

import orjson

import resources


class Department(NamedTuple):
    """A shelf of the shop."""

    slug: str
    name: str


class Product(NamedTuple):
    """Something to buy."""

    sku: str
    slug: str
    name: str
    department: Department
    price: int
    colours: tuple[str, ...]


class Catalog(NamedTuple):
    """Everything on sale, and how it is laid out."""

    brand: str
    currency: str
    departments: tuple[Department, ...]
    products: tuple[Product, ...]
    popular: tuple[Product, ...]

    def shelf(self, department: Department) -> tuple[Product, ...]:
        """The products of one department, in the order in which the page lists them."""
        return tuple(item for item in self.products if item.department == department)

    def beside(self, product: Product) -> tuple[Product, ...]:
        """What the page suggests under a product: the next three of the popular ones."""
        return tuple(item for item in self.popular if item != product)[:3]

    def found(self, query: str) -> tuple[Product, ...]:
        """What the search page lists."""
        wanted = query.strip().lower()
        return tuple(
            item
            for item in self.products
            if wanted in f"{item.name} {item.department.name}".lower()
        )


@cache
def catalog() -> Catalog:
    """The shop's catalog."""
    data = orjson.loads(resources.path("shop/products.json").read_bytes())
    departments = {
        entry["slug"]: Department(entry["slug"], entry["name"]) for entry in data["departments"]
    }
    products = {
        entry["slug"]: Product(
            entry["sku"],
            entry["slug"],
            entry["name"],
            departments[entry["department"]],
            entry["price"],
            tuple(entry["colours"]),
        )
        for entry in data["products"]
    }
    return Catalog(
        data["brand"],
        data["currency"],
        tuple(departments.values()),
        tuple(products.values()),
        tuple(products[slug] for slug in data["popular"]),
    )


def facts(product: Product, currency: str = "EUR") -> dict[str, Any]:
    """What the shop's own events say of a product."""
    return {
        "product_id": product.sku,
        "product_name": product.name,
        "department": product.department.name,
        "price": product.price,
        "currency": currency,
    }


def total(products: tuple[Product, ...]) -> int:
    """What they cost together."""
    return sum(item.price for item in products)


def revenue(product: Product, currency: str = "EUR") -> dict[str, Any]:
    """The properties of `revenue_amount` for one sold product."""
    return {
        "$productId": product.sku,
        "$quantity": 1,
        "$price": product.price,
        "$revenueType": "purchase",
        "$currency": currency,
    }
