"""
Money: price, quantity and revenue, on the event itself or in its properties (LNT-39, WIRE-06, 07).

    price, quantity, revenue, productId, revenueType          as fields
    $price, $quantity, $revenue, $productId, $revenueType     in event_properties

Stands on semantics §1: revenue is price times quantity when all three are there. Remembers nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import Family, Look, properties
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

DOES_NOT_ADD_UP = warning(
    "LNT-39",
    "Revenue that does not add up, or without a price",
    "Send price and quantity, and revenue only without them: Amplitude counts price times quantity"
    " when it has all three, and nothing without a price.",
)
OTHER_SPELLING = warning(
    "WIRE-06",
    "Revenue field in another spelling",
    "The names are productId and revenueType, in properties $productId and $revenueType.",
)
NOT_A_NUMBER = warning(
    "WIRE-07",
    "Price, quantity or revenue as text",
    "Send numbers, without quotes and currency signs.",
)

CENT = 0.01
"""A difference up to this may come from rounding; and so may one in a thousand."""
SHARE = 0.001
_NAMES = ("price", "quantity", "revenue", "productId", "revenueType")
_FIELDS = frozenset({*_NAMES, "product_id", "revenue_type"})
_PROPERTIES = frozenset(f"${name}" for name in _FIELDS)
_SPELLINGS = {"product_id": "productId", "revenue_type": "revenueType"}


class Revenue(Family):
    """Looks at events that have something to do with money."""

    rules: ClassVar[tuple[Rule, ...]] = (DOES_NOT_ADD_UP, OTHER_SPELLING, NOT_A_NUMBER)

    def take(self, look: Look, report: Report) -> None:
        # The Swift SDK itself sends the fields in the other spelling.
        is_swift = "swift" in look.library
        for one in look.fresh:
            fields = one[2][7]
            if not _FIELDS.isdisjoint(fields):
                given = {name: fields[name] for name in _FIELDS if fields.get(name) is not None}
                _check(given, "", is_swift, one, report)
            inside = fields.get("event_properties")
            if inside and type(inside) is dict and not _PROPERTIES.isdisjoint(inside):
                found = properties(fields, "event_properties")
                given = {
                    name: found[f"${name}"] for name in _FIELDS if found.get(f"${name}") is not None
                }
                _check(given, "$", False, one, report)


def _check(given: dict[str, Any], mark: str, is_swift: bool, one: Arrived, report: Report) -> None:
    kind = one.event.type
    for name, right in _SPELLINGS.items():
        if name in given:
            if not is_swift:
                sentence = f"{shown(kind)} has {mark}{name}; the name is {mark}{right}."
                report.add(OTHER_SPELLING, f"{mark}{name}", sentence, [one])
            given.setdefault(right, given.pop(name))
    for name in ("price", "quantity", "revenue"):
        if isinstance(given.get(name), str):
            sentence = f"The {mark}{name} of {shown(kind)} is the text {shown(given[name])}."
            report.add(NOT_A_NUMBER, f"{mark}{name}", sentence, [one])
    price, revenue = _number(given.get("price")), _number(given.get("revenue"))
    quantity = _number(given.get("quantity", 1))
    if price is None:
        _no_price(given, mark, revenue is not None, one, report)
    elif revenue is not None and quantity is not None:
        meant = price * quantity
        if abs(meant - revenue) > max(CENT, abs(meant) * SHARE):
            sentence = (
                f"{shown(kind)} has {mark}revenue {revenue:g}, but {mark}price {price:g} times"
                f" {mark}quantity {quantity:g} is {meant:g}, which is what counts."
            )
            report.add(DOES_NOT_ADD_UP, kind, sentence, [one])


def _no_price(
    given: dict[str, Any], mark: str, has_revenue: bool, one: Arrived, report: Report
) -> None:
    said = [name for name in ("productId", "revenueType") if name in given]
    if said and "price" not in given and not has_revenue:
        sentence = f"{shown(one.event.type)} has {mark}{said[0]} and no {mark}price."
        report.add(DOES_NOT_ADD_UP, one.event.type, sentence, [one])


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e300 else None
    try:
        return float(value) if isinstance(value, str) and len(value) < 50 else None
    except ValueError:
        return None
