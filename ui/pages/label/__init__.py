"""
Label (Visual Labeling): a person's own site, and names for what people click on it.
"""

from ui.pages.label.page import LabelPage

__all__ = ["LabelPage"]
