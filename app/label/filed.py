"""
Labeled events from files: one or a list, in Amplitude's form or in ours.

Every entry is read by itself. What is wrong with one is said with its place, such as `entry 3
(“Added”), definition 2, condition 1`, and stops none of the others.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.errors import BadInput
from app.label import amplitude
from app.label.events import (
    LabeledEvent,
    checked_conditions,
    condition,
    definition,
    labeled_event,
)
from app.label.similar import Shelf

MOST = 5_000
LONGEST_NAME = 60


class Entry(NamedTuple):
    """A labeled event that was read: its place in the file, and what got lost, in sentences."""

    place: str
    label: LabeledEvent
    warnings: tuple[str, ...] = ()


class Refused(NamedTuple):
    """An entry that cannot be taken over, or a part of it, and the reason."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place[:1].upper()}{self.place[1:]}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Filed:
    """The entries of a file, in its order, and those that are none."""

    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]


def filed(body: object) -> Filed:
    """Read the contents of a file; never raises for an entry."""
    listed = body if isinstance(body, list) else [body]
    entries, refused = [], []
    for number, one in enumerate(listed[:MOST], 1):
        place = _place(number, one)
        try:
            entries.append(_entry(place, one))
        except BadInput as error:
            refused += _within(place, one) or [Refused(place, error.sentence)]
    if len(listed) > MOST:
        said = f"A file is read up to {MOST:,} entries, and this one has {len(listed):,}."
        refused.append(Refused(f"entry {MOST + 1} and those after it", said))
    return Filed(tuple(entries), tuple(refused))


def fitting(read: Filed, others: Iterable[LabeledEvent]) -> Filed:
    """Without entries whose names or definitions are taken, by others or by entries before."""
    shelf, entries, refused = Shelf(others), [], [*read.refused]
    for entry in read.entries:
        try:
            entries.append(entry._replace(label=shelf.add(entry.label)))
        except BadInput as error:
            refused.append(Refused(entry.place, error.sentence))
    return Filed(tuple(entries), tuple(refused))


def _entry(place: str, one: object) -> Entry:
    if isinstance(one, Mapping) and "definitions" in one:
        name = one.get("name")
        return Entry(place, labeled_event(name if isinstance(name, str) else "", one))
    made = amplitude.imported(one)
    return Entry(place, made.form, made.warnings)


def _place(number: int, one: object) -> str:
    name = one.get("name") if isinstance(one, Mapping) else None
    if not isinstance(name, str) or not name.strip():
        return f"entry {number}"
    said = " ".join(name.split())
    return f"entry {number} (“{said[:LONGEST_NAME]}{'…' if len(said) > LONGEST_NAME else ''}”)"


def _within(place: str, one: object) -> list[Refused]:
    """What is wrong with single parts; nothing when it is the whole that is wrong."""
    if not isinstance(one, Mapping):
        return []
    if "definitions" in one:
        return _parts(place, one["definitions"], "conditions", "condition", _condition, _definition)
    read = amplitude.definition
    return _parts(place, one.get("definition"), "filters", "filter", amplitude.condition, read)


def _parts(
    place: str,
    listed: object,
    key: str,
    word: str,
    read: Callable[[object], object],
    whole: Callable[[object], object],
) -> list[Refused]:
    found: list[Refused] = []
    for number, one in enumerate(listed if isinstance(listed, list) else (), 1):
        here = f"{place}, definition {number}"
        parts = one.get(key) if isinstance(one, Mapping) else None
        bad = [
            Refused(f"{here}, {word} {at}", said)
            for at, part in enumerate(parts if isinstance(parts, list) else (), 1)
            if (said := _refusal(read, part))
        ]
        said = "" if bad else _refusal(whole, one)
        found += [*bad, Refused(here, said)] if said else bad
    return found


def _condition(part: object) -> None:
    checked_conditions((condition(part),))


def _definition(part: object) -> None:
    checked_conditions(definition(part).conditions)


def _refusal(read: Callable[[object], object], part: object) -> str:
    try:
        read(part)
    except BadInput as error:
        return error.sentence
    return ""
