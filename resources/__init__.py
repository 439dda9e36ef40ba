"""
Files that ship with the product: icons, style, the demo shop.
"""

from pathlib import Path

_ROOT = Path(__file__).parent


def path(name: str) -> Path:
    """The file or folder `name`, relative to this package."""
    return _ROOT / name
