"""
Starts the window: `python -m ui`, or `eventscope` without a command.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from app.links import EventLink
from ui.application import run


def main(
    argv: Sequence[str],
    demo: bool = False,
    workspace: Path | None = None,
    link: EventLink | None = None,
) -> int:
    """The window on a workspace; returns the exit status when it is closed. `demo`: there is
    something to look at, so begin with Live. `link`: show this event."""
    return run(argv, workspace, "live" if demo else "", link)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
