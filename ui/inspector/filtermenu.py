"""
"Filter by" and "Exclude" in the menu of a value.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from app.filter import Condition, Node, Not
from ui.plain import one_line

LONGEST = 32


def add_conditions(
    menu: QMenu, one: Condition, what: str, ask: Callable[[Node], object], verb: str = "Filter"
) -> None:
    """Two entries below what is there. `what` says which value it is, `ask` takes the condition
    that was chosen."""
    name = one_line(what, LONGEST).replace("&", "&&")
    menu.addSeparator()
    menu.addAction(f"{verb} by {name}", lambda: ask(one))
    menu.addAction(f"Exclude {name}", lambda: ask(Not(one)))


def quoted(text: str) -> str:
    """A value, as menus say it."""
    return f"“{one_line(text, LONGEST - 2)}”"
