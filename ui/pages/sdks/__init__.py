"""
SDKs: which SDK sends to which project, and what each of its options is, with how that is known.
"""

from ui.pages.sdks.page import SdksPage

__all__ = ["SdksPage"]
