"""
The items of a tree without the Nones that Qt's own answers may be.
"""

from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem


def tops(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    """The items at the top, in order."""
    found = (tree.topLevelItem(at) for at in range(tree.topLevelItemCount()))
    return [item for item in found if item is not None]


def children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    """The items right below one, in order."""
    found = (item.child(at) for at in range(item.childCount()))
    return [child for child in found if child is not None]


def grandchildren(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    """The items below those at the top, in order."""
    return [child for item in tops(tree) for child in children(item)]
