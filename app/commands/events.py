"""
`eventscope events`: stored events, one a line.
"""

import argparse
import sys
from pathlib import Path

from app.commands.lines import put_lines
from app.errors import BadInput
from app.exchange import csv_rows
from app.filter import Filter, parse, unknown_keys
from app.output import put
from app.store import Store
from app.store.trouble import explained
from app.study.caughtup import catch_up


def run(given: argparse.Namespace, folder: Path) -> int:
    """Print what the filter finds. Raises AppError."""
    chosen = Filter(parse(given.filter))
    if given.filter.strip() and not chosen:
        # While it is typed it shows everything; a script with an empty variable must not.
        raise BadInput(f"The filter {given.filter.strip()!r} is only begun: a value is missing.")
    for unknown in unknown_keys(given.filter):
        print(f"There is no key “{unknown.word}:”; it is looked for as text.", file=sys.stderr)
    if chosen.studies:
        catch_up(folder)
    with explained(folder), Store.read(folder) as store:
        found = store.events.export(chosen)
        if given.format == "csv":
            put(csv_rows(found))
        else:
            put_lines(found)
    return 0
