"""
What leaves a client: events on their way into a request, before anything goes wrong with them.
"""

from typing import Any, NamedTuple

from app.demo.senders import Sender


class Outgoing(NamedTuple):
    """Events that a client sends at `at_ms`, true time; its own clock may be off by `skew_ms`."""

    at_ms: int
    sender: Sender
    events: list[dict[str, Any]]
    first: bool = False
    beacon: bool = False
    skew_ms: int = 0
    attempt: int = 0
    is_rest: bool = False
    """What is left of an upload after an event that was refused was dropped."""
