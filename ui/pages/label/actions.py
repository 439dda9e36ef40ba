"""
What can be done on the Label page with keys, and from the command palette.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action
from ui.context import Context

if TYPE_CHECKING:
    from ui.pages.label.page import LabelPage


def add_actions(page: LabelPage, context: Context) -> None:
    """Add them to those of the window."""
    keeper, exchange, site = page.keeper, page.exchange, page.site
    table = (
        Action(
            "label.mode",
            "Label or navigate",
            page.toggle_mode,
            ("Ctrl+B",),
            "label",
            "click pick element",
            enabled=lambda: site.is_open,
        ),
        Action("label.new", "New labeled event", page.new, (), "plus", "visual labeling"),
        Action(
            "label.undo",
            "Undo the last change of labels",
            keeper.undo,
            ("Ctrl+Z",),
            words="back revert",
            enabled=lambda: keeper.can_undo,
        ),
        Action(
            "label.import",
            "Import labeled events",
            exchange.ask_import,
            (),
            "import",
            "amplitude json",
        ),
        Action(
            "label.export",
            "Export labeled events",
            exchange.ask_export,
            (),
            "external",
            "amplitude json",
        ),
        Action("label.shop", "Label the demo shop", site.open_shop, (), "shop"),
    )
    for action in table:
        context.actions.add(action, page)
    keeper.changed.connect(context.actions.refresh)
