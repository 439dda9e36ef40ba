"""
The shop's two back ends: a Node service behind the web shop and a Python one behind the app.

They hear of what people ask for and buy, and send it 20 to 30 events at a time (wire-format §1.2,
§3.2).
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from app.demo.catalog import Product, total
from app.demo.chance import between, pick, uuid4
from app.demo.outgoing import Outgoing
from app.demo.people import Device, Person
from app.demo.senders import Sender, node, python

NODE = "amplitude-node-ts/1.5.73"
PYTHON = "amplitude-python/1.3.0"


class Entry(NamedTuple):
    """Something that a back end did. A guest is only known by the device."""

    at_ms: int
    kind: str
    who: dict[str, str]
    properties: dict[str, Any]


class Ledger:
    """What one session asks of the back end."""

    def __init__(self, rng: random.Random, person: Person, device: Device) -> None:
        self._rng = rng
        self._person = person
        self._device = device
        self.entries: list[Entry] = []

    def recommended(self, at_ms: int, product: Product) -> None:
        """A product's page asked what goes well with it."""
        strategy = pick(self._rng, ("season", "similar", "popular"))
        self._add(
            at_ms,
            "Recommendations Served",
            {"product_id": product.sku, "strategy": strategy, "shown": 3},
        )

    def searched(self, at_ms: int, query: str, results: int) -> None:
        """The search service answered."""
        took = between(self._rng, 6, 60)
        properties = {"query": query, "results": results, "took_ms": took, "index": "goods-4"}
        self._add(at_ms, "Search Answered", properties)

    def ordered(self, at_ms: int, number: str, products: tuple[Product, ...]) -> None:
        """An order came in: it is paid, packed and confirmed."""
        paid = {"order_id": number, "total": total(products), "provider": "demo-pay"}
        packed = {"order_id": number, "items": len(products), "warehouse": "LEJ-2"}
        mail = {"order_id": number, "template": "order-confirmation"}
        for kind, properties in (
            ("Payment Captured", paid),
            ("Stock Reserved", packed),
            ("Email Sent", mail),
        ):
            at_ms += between(self._rng, 90, 4000)
            self._add(at_ms, kind, properties)

    def _add(self, at_ms: int, kind: str, properties: dict[str, Any]) -> None:
        user_id = self._person.user_id if self._device.signed_in else None
        who = {"user_id": user_id} if user_id else {"device_id": self._device.id}
        self.entries.append(Entry(at_ms, kind, who, properties))


class Backend:
    """One service with its queue, which is sent when it is full."""

    def __init__(
        self,
        rng: random.Random,
        sender: Sender,
        make: Callable[[random.Random, Entry], dict[str, Any]],
    ) -> None:
        self._rng = rng
        self._sender = sender
        self._make = make
        self._queue: list[dict[str, Any]] = []
        self._newest_ms = 0
        self._size = between(rng, 20, 31)
        self._sent = 0

    def hear(self, entries: list[Entry]) -> Iterator[Outgoing]:
        """Take a session's entries; what is full is sent."""
        for entry in entries:
            self._queue.append(self._make(self._rng, entry))
            self._newest_ms = max(self._newest_ms, entry.at_ms)
            if len(self._queue) >= self._size:
                yield self._flush()

    def _flush(self) -> Outgoing:
        events, self._queue = self._queue, []
        self._size = between(self._rng, 20, 31)
        self._sent += 1
        sent_ms = self._newest_ms + between(self._rng, 40, 400)
        return Outgoing(sent_ms, self._sender, events, first=self._sent == 1)


def web_backend(rng: random.Random) -> Backend:
    """The service behind the web shop."""
    return Backend(rng, node(), _node_event)


def app_backend(rng: random.Random) -> Backend:
    """The service behind the app."""
    return Backend(rng, python(), _python_event)


def _node_event(rng: random.Random, entry: Entry) -> dict[str, Any]:
    return {
        "time": entry.at_ms,
        "insert_id": uuid4(rng),
        "event_type": entry.kind,
        **entry.who,
        "event_properties": entry.properties,
        "library": NODE,
    }


def _python_event(rng: random.Random, entry: Entry) -> dict[str, Any]:
    return {
        "app_version": "2026.11",
        **entry.who,
        "event_properties": entry.properties,
        "event_type": entry.kind,
        "insert_id": uuid4(rng),
        "library": PYTHON,
        "time": entry.at_ms,
    }
