"""
What a person puts on an event: a pin, a colour, a note.
"""

from typing import NamedTuple


class Mark(NamedTuple):
    """`colour` is the name of a colour of the window (`bad`, `good`…), or empty."""

    is_pinned: bool = False
    colour: str = ""
    note: str = ""

    def has(self, word: str) -> bool:
        """Whether it is `pinned`, `marked` with a colour, or has a `note`."""
        return bool({"pinned": self.is_pinned, "marked": self.colour, "note": self.note}[word])


NO_MARK = Mark()
"""Of events that nobody marked."""
COLOURS = {"bad": "Red", "warning": "Orange", "good": "Green", "note": "Blue", "accent": "Violet"}
LONGEST_NOTE = 2000
