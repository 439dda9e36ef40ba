"""The Explore page: segmentation, funnels and journeys, and what is behind a point."""

from ui.pages.explore.page import ExplorePage

__all__ = ["ExplorePage"]
