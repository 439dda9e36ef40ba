"""
Has the C library give large pieces of memory back to the system as soon as they are free.

Left to itself glibc takes larger and larger pieces from its heap once it has freed one, and what
lists and arrays leave there as they grow is never given back: fifty megabytes after a million
events were put into groups in four ways.
"""

import logging
import sys

log = logging.getLogger(__name__)

LARGE = 256 * 1024
_MMAP_THRESHOLD = -3
"""`M_MMAP_THRESHOLD` of malloc.h."""


def give_back_large() -> bool:
    """From now on, in this process; whether the C library is one that can be told so."""
    if sys.platform != "linux":
        return False
    # Imported here: the window is on the screen sooner.
    import ctypes

    try:
        return bool(ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE))
    except (OSError, AttributeError) as error:
        log.debug("malloc stays as it is: %s", error)
        return False
