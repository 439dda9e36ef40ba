"""
What an observer is shown, and what it keeps.

An observer's attributes are JSON and all there is to it, so that it can be put away and go on
later. `take` must be cheap, because it sees everything; `findings` may take its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.model import Capture, Upload
from app.sdk.evidence import Because, Finding
from app.sdk.identify import Sdk

if TYPE_CHECKING:
    from app.study.arrival import Arrived

Json = dict[str, Any]
Tally = list[int]
"""How often something was seen, and in which captures first and last."""

MOST_KINDS = 12
"""Different values of one thing that are told apart."""


@dataclass(slots=True)
class Seen:
    """One upload as observers look at it. `sent_ms` is when it was sent by the sender's own clock
    when `is_own_clock`, and by ours otherwise. `events` are those of one SDK instance."""

    capture_id: int
    capture: Capture
    upload: Upload
    events: Sequence[Arrived]
    headers: Mapping[str, str]
    sent_ms: int
    is_own_clock: bool
    is_again: bool
    """It repeats an upload that was sent before."""
    code: int
    """What was answered, 0 when nothing was."""


class Observer:
    """Keeps one idea of how an instance behaves."""

    def take(self, seen: Seen) -> None:
        """Look at one upload."""
        raise NotImplementedError

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """What is known by now."""
        raise NotImplementedError

    def state(self) -> Json:
        """All of it, as JSON."""
        return vars(self)

    def restore(self, state: Json) -> None:
        """Go on from an earlier `state`."""
        for name, value in state.items():
            if name in vars(self):
                setattr(self, name, value)


def tally(counts: dict[str, Tally], key: str, capture_id: int, number: int = 1) -> None:
    """Count `key`, of which only so many are told apart."""
    found = counts.get(key)
    if found is not None:
        found[0] += number
        found[2] = capture_id
    elif len(counts) < MOST_KINDS:
        counts[key] = [number, capture_id, capture_id]


def newest(counts: Mapping[str, Tally]) -> str | None:
    """The key that was seen last."""
    return max(counts, key=lambda key: (counts[key][2], counts[key][0]), default=None)


def because(text: str, *tallies: Sequence[int]) -> Because:
    """A sentence, with the captures in which it was first and last seen."""
    found: dict[int, None] = {}
    for one in tallies:
        found.update(dict.fromkeys(one[1:3]))
    return Because(text, tuple(sorted(found)))


def counted(number: int, one: str, many: str = "") -> str:
    """`1 upload`, `2 uploads`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def note(found: Tally, capture_id: int) -> None:
    """Count one."""
    found[0] += 1
    found[1] = found[1] or capture_id
    found[2] = capture_id
