"""
The Connect page: whether capture runs and works, and the ways to get traffic in.
"""

from ui.pages.connect.page import ConnectPage

__all__ = ["ConnectPage"]
