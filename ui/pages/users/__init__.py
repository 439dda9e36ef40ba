"""
Users (User Lookup): find somebody, see who they are and what they did.
"""

from ui.pages.users.page import UsersPage

__all__ = ["UsersPage"]
