"""
The Ingestion page: is what apps send taken, and if not, why, and whose is it.
"""

from ui.pages.ingestion.page import IngestionPage

__all__ = ["IngestionPage"]
