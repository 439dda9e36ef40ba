"""
The cells of an event that say more than one thing: its type with all its marks, and its outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.lint.rule import Severity
from app.marks import NO_MARK
from app.naming import generated_name, is_named
from ui.plain import one_line
from ui.table.cells import Cell, outcome_cell
from ui.table.look import Look
from ui.table.properties import properties

if TYPE_CHECKING:
    from app.lint.shown import Worst

PROBLEM_ICON = {
    Severity.ERROR: ("error", "bad"),
    Severity.WARNING: ("warning", "warning"),
    Severity.INFO: ("info", "note"),
}


def type_cell(row: Any, look: Look) -> Cell:
    """What happened, by its generated name or as it was sent, with marks before it."""
    mark = look.marks.get(row.id, NO_MARK)
    icons = []
    if mark.is_pinned:
        icons.append(("pin", "accent"))
    if mark.note:
        icons.append(("note", "note"))
    if row.repeat_of is not None:
        icons.append(("reload", "muted"))
    worst = look.problems.get(row.id)
    if worst:
        icons.append(PROBLEM_ICON[worst.rule.severity])
    labels = look.labels.get(row.id, ())
    name = None
    if look.has_names and labels:
        name = labels[0] if len(labels) == 1 else f"{labels[0]} +{len(labels) - 1}"
        icons.append(("label", "accent"))
    elif look.has_names and is_named(row.type):
        name = generated_name(row.type, properties(row.event_properties))
        if name:
            icons.append(("sparkle", "accent"))
    told = [
        f"Sent as {row.type}" if name else "",
        f"Labeled {', '.join(labels)}" if labels else "",
        _told_problems(worst) if worst else "",
        f"Sent before, as event {row.repeat_of:,}" if row.repeat_of is not None else "",
        f"Note: {mark.note}" if mark.note else "",
    ]
    return Cell(
        _shown_type(name or row.type),
        mark.colour or ("text" if row.type else "muted"),
        has_dot=bool(mark.colour),
        icons=tuple(icons),
        help="\n".join(filter(None, told)),
    )


def _shown_type(name: str) -> str:
    shown = one_line(name)
    if shown.strip():
        return shown
    return "(blank type)" if shown else "(no type)"


def _told_problems(worst: Worst) -> str:
    more = f", and {worst.number - 1} more" if worst.number > 1 else ""
    return f"{worst.rule.severity.capitalize()}: {worst.rule.title}{more}"


def sent_outcome(row: Any, look: Look) -> Cell:
    """What became of it; of what was sent several times, in the end."""
    sent = look.attempts.get(row.id)
    if sent is None:
        return outcome_cell(row.outcome, row.failure)
    last = outcome_cell(sent.outcome, sent.failure)
    text = f"{sent.number} attempts · {sent.outcome}"
    first = f"The first sending: {row.outcome}. The last: {sent.outcome}."
    return last._replace(text=text, help=first)


def names_cell(names: tuple[str, ...]) -> Cell:
    """Labeled events."""
    if not names:
        return Cell("–", "faint")
    return Cell(one_line(", ".join(names)), icons=(("label", "accent"),))
