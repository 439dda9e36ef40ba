"""
What can happen to an upload. Apart from the rest of the model, because the window needs it to
start, and nothing else of it.
"""

from enum import StrEnum


class Delivery(StrEnum):
    """What happens to an upload after it was understood."""

    FORWARD = "forward"
    LOCAL = "local"
    BLOCK = "block"
