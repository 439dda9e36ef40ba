"""
`eventscope import`: files of other programs and of ours into a workspace.
"""

import argparse
import sys
from pathlib import Path

from app.errors import BadInput
from app.exchange import import_file
from app.exchange.reading import Flows
from app.store import Checkpointer, Store


def run(given: argparse.Namespace, folder: Path, flows: Flows) -> int:
    """Import them one after another; 1 when one of them was not read to its end. `flows` reads
    flows of mitmproxy. Raises AppError."""
    if not any(path.is_file() for path in given.files):
        # Not even an empty workspace is made for nothing.
        raise BadInput(f"There is no file {given.files[0]}.")
    status = 0
    with Store.write(folder) as store, Checkpointer(folder):
        for path in given.files:
            try:
                report = import_file(store.writer, path, flows=flows)
            except BadInput as error:
                print(error, file=sys.stderr)
                status = 1
                continue
            if report.problem:
                print(f"{path}: {report.problem}", file=sys.stderr)
                status = 1
            print(f"{path}: {report.events} events in {report.uploads} uploads", file=sys.stderr)
    return status
