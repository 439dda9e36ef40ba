"""
Ids that a person cannot tell apart, and that are different people for Amplitude all the same.
"""

import hashlib
import unicodedata

from app.ingest.identity import PLACEHOLDERS

_INVISIBLE = ("Cf", "Cc", "Zs", "Zl", "Zp")


def seen(text: str) -> str:
    """What a person sees of an id: case, spaces, width and invisible characters left out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in folded if unicodedata.category(one) not in _INVISIBLE)


def shape(text: str) -> int:
    """A number that is the same for ids that look alike."""
    digest = hashlib.blake2b(seen(text).encode("utf-8", "replace"), digest_size=7).digest()
    return int.from_bytes(digest)


def difference(text: str, other: str) -> str:
    """How two ids that look alike differ, in words."""
    if text.casefold() == other.casefold():
        return "upper and lower case"
    if "".join(text.split()) == "".join(other.split()):
        return "spaces"
    if _without_invisible(text) == _without_invisible(other):
        return "invisible characters"
    return "characters that look the same"


def is_placeholder(text: str) -> bool:
    """Whether this is a word that code writes where an id is missing."""
    return text.strip().lower() in PLACEHOLDERS


def _without_invisible(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) not in _INVISIBLE)
