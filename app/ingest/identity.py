"""
Who an event belongs to: user ids first, devices where there is none (semantics §2).

A person has at most one user id, ever. A device belongs to the user who was last seen on it, and
before the first one it is a person of its own; that person becomes the user, or is merged into
them when they were known already. Merging rewrites nothing: it only adds who is whom.
"""

from collections.abc import Mapping, MutableMapping
from typing import NamedTuple, Protocol

SHORTEST_ID = 5
"""Shorter ids are dropped by the server, unless the upload says `min_id_length`."""
PLACEHOLDERS = frozenset(
    {"anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "{}", "lmy47d"}
    | {"0", "-1", "00000000-0000-0000-0000-000000000000"}
)
"""Words that code writes where an id is missing, whatever their case. They join strangers, so they
are kept as they are, for a person to see."""

type Key = tuple[int, str]
"""A source and an id in it."""


class People(Protocol):
    """Where persons are kept. Numbers grow, so a smaller one was made earlier."""

    @property
    def users(self) -> MutableMapping[Key, int]:
        """The person of a user id."""

    @property
    def devices(self) -> MutableMapping[Key, int]:
        """The person that a device belongs to now."""

    def add(self, source: int, user: str | None, device: str | None, event: int) -> int:
        """A new person; returns its number."""

    def root(self, person: int) -> int:
        """Who this person turned out to be."""

    def is_anonymous(self, person: int) -> bool:
        """Whether no user id is known of this person."""

    def becomes(self, person: int, user: str) -> None:
        """The user id of an anonymous person became known."""

    def merge(self, person: int, into: int, event: int) -> None:
        """These were one all the time, as this event shows."""


class Found(NamedTuple):
    """Whose an event is (0: nobody's), and who was merged into them by it."""

    person: int
    merged: int | None = None


NOBODY = Found(0)


def usable(text: str | None, shortest: int = SHORTEST_ID) -> str | None:
    """An id as the server takes it: None when it is too short to be one."""
    if text is None or text == "":
        return None
    if len(text) < shortest and text.strip().lower() not in PLACEHOLDERS:
        return None
    return text


def shortest_id(options: Mapping[str, object]) -> int:
    """The length from which ids of an upload with these options are taken."""
    wanted = options.get("min_id_length")
    return wanted if type(wanted) is int and wanted >= 0 else SHORTEST_ID


def identify(
    people: People, source: int, user: str | None, device: str | None, event: int
) -> Found:
    """The person of an event, after what it says about who is who was taken in."""
    owner = None if device is None else people.devices.get((source, device))
    if owner is not None:
        owner = people.root(owner)
    if user is None:
        if owner is None:
            if device is None:
                return NOBODY
            owner = people.add(source, None, device, event)
            people.devices[source, device] = owner
        return Found(owner)
    person, merged = _user(people, source, user, device, owner, event)
    if device is not None and owner != person:
        people.devices[source, device] = person
    return Found(person, merged)


def _user(
    people: People, source: int, user: str, device: str | None, owner: int | None, event: int
) -> tuple[int, int | None]:
    """The person of a user id, on a device that has an owner or none yet."""
    stranger = owner is not None and people.is_anonymous(owner)
    person = people.users.get((source, user))
    if person is None:
        if owner is not None and stranger:
            people.becomes(owner, user)
            people.users[source, user] = owner
            return owner, None
        person = people.add(source, user, device, event)
        people.users[source, user] = person
        return person, None
    if owner is not None and stranger:
        people.merge(owner, person, event)
        return person, owner
    return person, None
