"""Problems: what the rules found, and uploads that could not be understood."""

from ui.pages.problems.page import ProblemsPage

__all__ = ["ProblemsPage"]
