"""
Requests: every exchange that was captured, what it is, what it holds, and its bytes.

Uploads are here with their events, and all the rest that SDKs send and fetch: configurations,
replays, flags, diagnostics, their own code, and what is not understood.
"""

from ui.pages.requests.page import RequestsPage

__all__ = ["RequestsPage"]
