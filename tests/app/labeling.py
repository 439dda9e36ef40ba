"""
Recorded clicks for the tests of labels.
"""

import base64
import gzip
import json
from functools import cache
from typing import Any

from app.label.hierarchy import Hierarchy, Node, read
from tests.factories import DATA

HIERARCHY = "[Amplitude] Element Hierarchy"


@cache
def sent(path: str) -> tuple[dict[str, Any], ...]:
    """The events of a request in tests/data/label that a real SDK sent."""
    data = json.loads((DATA / "label" / f"{path}.json").read_text("utf-8"))
    body = base64.b64decode(data["body_base64"])
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    return tuple(json.loads(body).get("events", ())) if body[:1] == b"{" else ()


def hierarchy(path: str, event: int = 0) -> Hierarchy:
    """The hierarchy of one of them."""
    return read(sent(path)[event]["event_properties"][HIERARCHY])


def chain(*nodes: str | Node) -> Hierarchy:
    """A complete chain from tags, the subject first; `body` is added."""
    made = [Node(node, 0, 0) if isinstance(node, str) else node for node in nodes]
    return Hierarchy((*made, Node("body", 1, 0, "head")))
