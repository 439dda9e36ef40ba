"""
How the stream shows events: which columns, how times are told, and what is told of them besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.marks import Mark

if TYPE_CHECKING:
    from app.filter.fields import Fields
    from app.lint.shown import Worst
    from app.store.attempts import Attempts

CLOCK, AGO, SINCE = "clock", "ago", "since"
DEFAULT = ("time", "type", "user", "device", "project", "sdk", "outcome", "via")


@dataclass(frozen=True, slots=True)
class Look:
    """How the stream shows events. `columns` are keys of `STANDARD`, or `prop.NAME` and `user.NAME`
    for properties; `time` is CLOCK, AGO or SINCE the event before."""

    columns: tuple[str, ...] = DEFAULT
    time: str = CLOCK
    has_names: bool = True
    marks: Mapping[int, Mark] = field(default_factory=dict)
    labels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Names of the labeled events that count an event."""
    problems: Mapping[int, Worst] = field(default_factory=dict)
    attempts: Mapping[int, Attempts] = field(default_factory=dict)
    """How often events were sent, while repeats are folded."""
    fields: Mapping[int, Fields] = field(default_factory=dict)
    """What events were sent with, while a column shows it."""
