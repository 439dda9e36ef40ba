"""
One option of an SDK, as its maker documents it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Group(StrEnum):
    """What options are about, in the order in which they are shown."""

    ADDRESS = "Where it sends"
    SENDING = "How it sends"
    PEOPLE = "People and sessions"
    TRACKING = "What it tracks by itself"
    STAMPS = "What it writes on every event"
    STORAGE = "What it keeps"
    REMOTE = "Remote configuration and diagnostics"
    REPLAY = "Session Replay and Experiment"
    LOGGING = "Logging and code"


class Shows(StrEnum):
    """Where an option shows."""

    WRITTEN = "written"
    """In what is sent; when it is not there, it was not set."""
    BEHAVIOUR = "behaviour"
    """In what the SDK does, once it does it."""
    NEVER = "never"
    """Not in traffic: only the page or app itself could tell."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option. `default` is JSON, None for not set. `since` is the first version that has it."""

    name: str
    group: Group
    default: Any
    shows: Shows
    about: str
    since: str = ""


def without(options: tuple[Option, ...], *names: str) -> tuple[Option, ...]:
    """All but these."""
    return tuple(one for one in options if one.name not in names)


def with_defaults(options: tuple[Option, ...], **defaults: Any) -> tuple[Option, ...]:
    """The same options with other defaults, by name."""
    return tuple(
        replace(one, default=defaults[one.name]) if one.name in defaults else one for one in options
    )
