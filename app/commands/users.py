"""
`eventscope users`: people who fit a search; with one match, everything about them.
"""

import argparse
import sys
import time
from pathlib import Path

from app.commands.lines import put_lines
from app.store.people.conditions import parse
from app.store.people.export import people
from app.study.caughtup import studied


def run(given: argparse.Namespace, folder: Path) -> int:
    """Print them; 1 when there is nobody. Raises AppError."""
    conditions = parse(" ".join(given.search))
    with studied(folder) as store:
        found = people(store.people, conditions, time.time_ns() // 1_000_000, given.limit)
        put_lines(found)
    if not found:
        print("Nobody was found.", file=sys.stderr)
    return 0 if found else 1
