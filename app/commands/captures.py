"""
`eventscope captures`: every exchange and what it is, one a line.
"""

import argparse
from pathlib import Path

from app.commands.lines import put_lines
from app.store import Store
from app.store.trouble import explained


def run(_given: argparse.Namespace, folder: Path) -> int:
    """Print them. Raises AppError."""
    with explained(folder), Store.read(folder) as store:
        put_lines(store.captures.export())
    return 0
