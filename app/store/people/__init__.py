"""
Reads people: who there is, what is known of them and was known at each event, what they did.

    store.people.search.find(parse("plan=pro did:login@7d"), now_ms)
    store.people.profiles.profile(person)
    store.people.activity.page(Wanted(person))
    store.people.snapshot(event_id)

Nothing here is stored in the workspace: it was learned from it (`app.study`).
"""

import sqlite3
from collections.abc import Sequence

from app.ingest.user_properties import State
from app.store.people.activity import ActivityReader
from app.store.people.profile import ProfileReader
from app.store.people.search import PeopleSearch
from app.store.people.states import FULL_EVERY, Snapshot, StateReader, unfolded

__all__ = ["FULL_EVERY", "PeopleReader", "Snapshot", "unfolded"]


class PeopleReader:
    """Questions about people, on a connection that has the study attached. A person is known by
    the number of whom they turned out to be."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._states = StateReader(connection)
        self.search = PeopleSearch(connection)
        self.profiles = ProfileReader(connection, self._states, self.search)
        self.activity = ActivityReader(connection)

    def of_event(self, event_id: int) -> int | None:
        """Whose an event is, after all merges; None when it did not count or is not studied."""
        return self._states.of_event(event_id)

    def names_of(self, events: Sequence[int]) -> dict[int, tuple[int, str]]:
        """Whose events these are, after all merges: the person's number and newest id. Events
        that do not count or are not studied are left out."""
        return self._states.names_of(events)

    def snapshot(self, event_id: int) -> Snapshot | None:
        """The user properties as this event saw them; None when it did not count."""
        return self._states.snapshot(event_id)

    def known_before(self, event_id: int) -> State:
        """The user properties before an event that does not count, of the person whom its ids
        meant then."""
        return self._states.known_before(event_id)

    def state(self, number: int) -> State:
        """A state by its number, empty for 0."""
        return self._states.state(number)

    def current(self, person: int) -> State:
        """What is known of a person now."""
        return self._states.current(person)
