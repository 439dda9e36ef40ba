"""
What pages told of properties that their SDKs left out before anything was sent.

No traffic shows that; only the page knows. Kept by project and origin beside what was captured,
each property once.
"""

from pathlib import Path
from typing import NamedTuple

from app.agentwords import Dropped
from app.sdk.configured import origin_of, source_numbers, workspace_of
from app.store import Store
from app.store.definitions import FILE, Definitions

KIND = "dropped"
MOST = 200
"""Properties that are kept of each project and origin."""
MOST_PLACES = 200

_ON = {"user": "User property", "event": "Event property", "revenue": "Property of a revenue"}
_WHY = {
    "null": "null is not taken",
    "list": "a list may hold numbers, texts and objects alone",
    "object": "it holds something that is not taken, or more than 1,000 keys",
    "twice": "it was set already in the same identify, or after clearAll",
    "no number": "it is not a number",
    "undefined": "it is undefined",
    "function": "it is a function",
    "symbol": "it is a symbol",
    "bigint": "it is a BigInt, which JSON does not know",
}


class DroppedProperty(NamedTuple):
    """A property that never left the page. `on` is "user", "event" or "revenue"."""

    on: str
    name: str
    why: str

    @property
    def sentence(self) -> str:
        """Such as `User property “plan”: null is not taken.`"""
        return f"{_ON[self.on]} “{self.name}”: {_WHY[self.why]}."


type Found = dict[tuple[int | None, str], tuple[DroppedProperty, ...]]
"""By project and origin."""


def keep(folder: Path, said: Dropped) -> bool:
    """Keep what a page told. Returns whether it was news. Raises StoreUnavailable."""
    origin = origin_of(said.page_url)
    if not origin or not said.api_key:
        return False
    name = f"{said.api_key} {origin}"
    with Definitions(folder) as definitions:
        known = {one.name: one for one in definitions.all(KIND)}
        old = known.get(name)
        before = _read(old.body) if old else ()
        found = dict.fromkeys([*before, *(DroppedProperty(*one) for one in said.found)])
        after = tuple(found)[:MOST]
        if after == before or (old is None and len(known) >= MOST_PLACES):
            return False
        body = {"found": [list(one) for one in after]}
        definitions.save(KIND, name, body, old.id if old else None)
    return True


def dropped(store: Store) -> Found:
    """What is kept beside a store. Raises StoreUnavailable."""
    folder = workspace_of(store)
    if not (folder / FILE).exists():
        return {}
    numbers = source_numbers(store)
    found: Found = {}
    with Definitions(folder) as definitions:
        for one in definitions.all(KIND):
            key, _, origin = one.name.partition(" ")
            if key in numbers:
                found[numbers[key], origin] = _read(one.body)
    return found


def _read(body: object) -> tuple[DroppedProperty, ...]:
    """As it was kept; whatever else a file may hold is left out."""
    listed = body.get("found") if isinstance(body, dict) else None
    return tuple(
        DroppedProperty(*one)
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, list)
        and len(one) == 3
        and all(isinstance(part, str) for part in one)
        and one[0] in _ON
        and one[2] in _WHY
    )
