"""
Live (Event Explorer): events the moment they arrive, and one of them in detail.

`LivePage` puts together what this folder holds: the switch of projects, the hidden types, following
and pausing, and what is said when nothing is shown.
"""

from ui.pages.live.page import LivePage

__all__ = ["LivePage"]
