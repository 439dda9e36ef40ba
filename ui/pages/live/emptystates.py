"""
What Live shows when there is no event to show, and what to do then.
"""

from __future__ import annotations

from collections.abc import Callable

from ui.actions import Actions
from ui.pages.emptystate import EmptyState
from ui.plain import one_line, plural

NO_MATCH = "Nothing that was captured fits the filter. New events that fit will appear here."


def nothing_yet(actions: Actions, open_shop: Callable[[], None]) -> EmptyState:
    """Nothing was captured."""
    return EmptyState(
        "live",
        "Nothing captured yet",
        "Events appear here the moment an app sends them, newest first, with what the "
        "server answered.",
        [
            ("Connect an app", lambda: actions.trigger("go.connect")),
            ("Open the demo shop", open_shop),
        ],
    )


def no_match(clear: Callable[[], None], show_types: Callable[[], None]) -> EmptyState:
    """Nothing fits the filter."""
    buttons = [("Clear filter", clear), ("Show hidden types", show_types)]
    return EmptyState("filter", "No event matches", NO_MATCH, buttons, primary=False)


def explain_no_match(
    state: EmptyState, project: str, *, is_only_project: bool, hidden_types: int
) -> None:
    """Say what nothing fits; `is_only_project` when nothing but a project was chosen."""
    name = one_line(project, 40)
    state.title.setText(
        f"No event of project {name} yet"
        if is_only_project
        else f"No event of project {name} matches"
        if project
        else "No event matches"
    )
    state.text.setText(
        f"Other projects have events. Those of {name} will appear here."
        if is_only_project
        else NO_MATCH + _hidden(hidden_types)
    )
    state.buttons[1].setVisible(bool(hidden_types))
    state.buttons[0].setText("Show all projects" if is_only_project else "Clear filter")
    if state.isVisible():
        state.fit()


def _hidden(types: int) -> str:
    if not types:
        return ""
    return f" {plural(types, 'event type')} {'is' if types == 1 else 'are'} hidden."
