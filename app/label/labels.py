"""
The labeled events of a workspace, as people make, change and archive them.

Kept among the definitions (kind "label"), outside the captured traffic: they stay when that is
cleared. What they match is learned by the study within moments of a change.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.closing import Closing
from app.errors import BadInput
from app.label.events import Definition, LabeledEvent, labeled_event
from app.label.similar import Shelf, of_same_name
from app.store.definitions import Definition as Stored
from app.store.definitions import Definitions

KIND = "label"

log = logging.getLogger(__name__)


class Labels(Closing):
    """Read and written in one thread."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreUnavailable with a sentence."""
        self._definitions = Definitions(folder)

    def all(self) -> list[LabeledEvent]:
        """All that can be read, archived ones too, in the order in which they were made."""
        return [label for one in self._definitions.all(KIND) if (label := _label(one))]

    def get(self, number: int) -> LabeledEvent | None:
        """One of them, or None when it was removed."""
        one = self._definitions.get(number)
        return _label(one) if one and one.kind == KIND else None

    def named(self, name: str) -> LabeledEvent:
        """The one with this name, in any spelling that counts as the same. Raises BadInput."""
        found = of_same_name(LabeledEvent(name, ()), self.all())
        if not found:
            raise BadInput(f"There is no labeled event “{name[:200]}”.")
        return found

    def save(self, label: LabeledEvent) -> LabeledEvent:
        """Make it, or change the one with its number. Raises BadInput when it is not usable, its
        name is taken, or another one has the same definition."""
        fitting = Shelf(self.all()).fitting(label)
        found = _label(self._definitions.save(KIND, *_stored(fitting)))
        if found is None:
            raise BadInput("The labeled event could not be read back.")
        return found

    def save_all(self, labels: Iterable[LabeledEvent]) -> list[LabeledEvent]:
        """Make all of them or none. Raises BadInput when one does not fit the others."""
        shelf = Shelf(self.all())
        fitting = [shelf.add(one) for one in labels]
        stored = self._definitions.save_all(KIND, map(_stored, fitting))
        return [label for one in stored if (label := _label(one))]

    def archive(self, number: int, archived: bool = True) -> LabeledEvent:
        """Take it out of counting and lists, or put it back. Raises BadInput."""
        return self.save(replace(self._there(number), archived=archived))

    def repair(self, number: int, definition: Definition) -> LabeledEvent:
        """Add a definition; the old ones stay and go on to match old clicks. Raises BadInput."""
        return self.save(self._there(number).repaired(definition))

    def remove(self, number: int) -> None:
        """Remove it. `save` with the same number brings it back."""
        self.remove_all([number])

    def remove_all(self, numbers: Iterable[int]) -> None:
        """Remove many at once."""
        self._definitions.remove_all(numbers)

    def version(self) -> int:
        """Changes whenever somebody wrote."""
        return self._definitions.version()

    def close(self) -> None:
        """Give the connection back."""
        self._definitions.close()

    def _there(self, number: int) -> LabeledEvent:
        found = self.get(number)
        if not found:
            raise BadInput("This labeled event was removed.")
        return found


def _stored(label: LabeledEvent) -> tuple[str, dict[str, Any], int | None]:
    return label.name, label.as_json(), label.id


def _label(one: Stored) -> LabeledEvent | None:
    try:
        label = labeled_event(one.name, one.body, one.id)
    except BadInput as error:
        # Written by something else; a list with a hole is better than none.
        log.warning("labeled event %d: %s", one.id, error)
        return None
    return replace(label, created_ms=one.created_ms, changed_ms=one.changed_ms)
