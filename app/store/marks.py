"""
Marks of events among the definitions: one of kind "mark" for each event that has any.
"""

from pathlib import Path

from app.marks import COLOURS, LONGEST_NOTE, NO_MARK, Mark
from app.store.definitions import Definition, Definitions

KIND = "mark"


def mark_of(one: Definition) -> tuple[int, Mark]:
    """The event and its mark; what was not written by us is no mark."""
    body = one.body
    event, colour, note = body.get("event"), body.get("colour"), body.get("note")
    return (
        event if type(event) is int else 0,
        Mark(
            body.get("pinned") is True,
            colour if colour in COLOURS else "",
            note[:LONGEST_NOTE] if isinstance(note, str) else "",
        ),
    )


def read_marks(folder: Path) -> dict[int, Mark]:
    """All marks of a workspace by event. Raises StoreUnavailable."""
    with Definitions(folder) as definitions:
        return dict(map(mark_of, definitions.all(KIND)))


def save_mark(folder: Path, event: int, mark: Mark, name: str = "") -> None:
    """Put a mark on an event in place of the one before; NO_MARK takes it away. Raises
    StoreUnavailable."""
    with Definitions(folder) as definitions:
        before = [one.id for one in definitions.all(KIND) if mark_of(one)[0] == event]
        if mark == NO_MARK:
            for number in before:
                definitions.remove(number)
            return
        body = {
            "event": event,
            "pinned": mark.is_pinned,
            "colour": mark.colour,
            "note": mark.note[:LONGEST_NOTE],
        }
        definitions.save(KIND, name, body, before[0] if before else None)
