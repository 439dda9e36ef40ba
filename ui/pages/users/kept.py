"""
What a person keeps on the Users page: pinned people, those opened lately, pinned properties.

People are kept by their ids and not by their number, which another study may give to others.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.store.definitions import Definition, Definitions
from app.store.people.search import PersonRow

PIN, RECENT, PROPERTIES = "person_pin", "recent_people", "property_pins"
MOST_RECENT = 12


class Known(NamedTuple):
    """Someone by project and id."""

    project: str
    text: str
    is_user: bool

    @classmethod
    def of(cls, person: PersonRow) -> "Known":
        """How to find this person again."""
        if person.user is not None:
            return cls(person.project, person.user, True)
        return cls(person.project, person.device or "", False)


class Kept:
    """The definitions behind it; each call opens and closes the file. Raises StoreUnavailable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pinned(self) -> list[Known]:
        """Pinned people, the latest first."""
        with Definitions(self._folder) as kept:
            return [known for one in reversed(kept.all(PIN)) if (known := _known(one.body))]

    def recent(self) -> list[Known]:
        """People opened lately, the latest first."""
        with Definitions(self._folder) as kept:
            found = _only(kept.all(RECENT))
        people = found.body.get("people") if found else None
        listed = people if isinstance(people, list) else []
        return [known for body in listed if (known := _known(body))]

    def opened(self, person: Known) -> None:
        """Remember that somebody was opened."""
        people = [person, *(one for one in self.recent() if one != person)][:MOST_RECENT]
        self._save(RECENT, "Recently opened", {"people": [one._asdict() for one in people]})

    def pin(self, person: Known, wanted: bool) -> None:
        """Pin somebody, or not any more."""
        with Definitions(self._folder) as kept:
            same = [one for one in kept.all(PIN) if _known(one.body) == person]
            if wanted and not same:
                kept.save(PIN, person.text, person._asdict())
            if not wanted:
                for one in same:
                    kept.remove(one.id)

    def properties(self) -> tuple[str, ...]:
        """Pinned properties, by the names they are kept under."""
        with Definitions(self._folder) as kept:
            found = _only(kept.all(PROPERTIES))
        names = found.body.get("names") if found else None
        return tuple(map(str, names)) if isinstance(names, list) else ()

    def pin_property(self, name: str, wanted: bool) -> tuple[str, ...]:
        """Pin a property for everyone, or not any more; returns those pinned now."""
        names = [one for one in self.properties() if one != name] + [name] * wanted
        self._save(PROPERTIES, "Pinned properties", {"names": names})
        return tuple(names)

    def save_chart(self, name: str, body: dict[str, object]) -> Definition:
        """Keep a chart."""
        with Definitions(self._folder) as kept:
            return kept.save("chart", name, body)

    def cohorts(
        self, person: PersonRow, devices: Sequence[str]
    ) -> list[tuple[Definition, bool | None]]:
        """The saved cohorts, and whether this person is in them; None for those with a rule, which
        is asked of the events."""
        with Definitions(self._folder) as kept:
            found = kept.all("cohort")
        return [(one, _is_member(one.body, person, devices)) for one in found]

    def _save(self, kind: str, name: str, body: dict[str, object]) -> None:
        with Definitions(self._folder) as kept:
            found = _only(kept.all(kind))
            kept.save(kind, name, body, found.id if found else None)


def _only(found: Sequence[Definition]) -> Definition | None:
    return found[0] if found else None


def _known(body: object) -> Known | None:
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        return None
    return Known(str(body.get("project", "")), body["text"], body.get("is_user") is True)


def _is_member(body: dict[str, object], person: PersonRow, devices: Sequence[str]) -> bool | None:
    """Members are pairs of a user id and a device id; the device counts where there is no user."""
    members = body.get("members")
    if body.get("type") != "static" or not isinstance(members, list):
        return None
    pairs = [(str(one[0]), str(one[1])) for one in members
             if isinstance(one, list | tuple) and len(one) == 2]  # fmt: skip
    return any(user == person.user if user else device in devices for user, device in pairs)
