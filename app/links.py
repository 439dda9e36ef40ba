"""
Links to events: `eventscope://event/<workspace>/<number>`.

A workspace is named by the random number that it was given when it was made, so that a link says
nothing of the machine and cannot show another workspace's event of the same number.
"""

import re
from typing import NamedTuple

from app.errors import BadInput

SCHEME = "eventscope://"
LONGEST = 200
_FORM = re.compile(r"eventscope://event/([0-9a-f]{16})/([1-9][0-9]{0,17})/?")


class EventLink(NamedTuple):
    """An event of a workspace."""

    workspace: str
    event: int

    def __str__(self) -> str:
        return f"{SCHEME}event/{self.workspace}/{self.event}"


def workspace_name(identity: int) -> str:
    """How links name a workspace: 16 hexadecimal digits."""
    return f"{identity & (1 << 64) - 1:016x}"


def parse_link(text: str) -> EventLink:
    """The event that a link names. Raises BadInput."""
    found = _FORM.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None:
        raise BadInput(
            "This is not a link to an event.",
            "Such links are copied from the inspector and begin with eventscope://event/.",
        )
    return EventLink(found[1], int(found[2]))
