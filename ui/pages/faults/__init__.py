"""
Faults and limits: uploads that fail on purpose, and what local answers enforce.
"""

from ui.pages.faults.page import FaultsPage

__all__ = ["FaultsPage"]
