"""
`eventscope uploads`: stored uploads, one a line, or the numbers of the Ingestion page.
"""

import argparse
import time
from pathlib import Path

from app.commands.lines import put_lines
from app.store import Store
from app.store.report import ALL, Frame
from app.store.report.summary import summary
from app.store.trouble import explained
from app.study.caughtup import studied


def run(given: argparse.Namespace, folder: Path) -> int:
    """Print them. Raises AppError."""
    if given.summary:
        with studied(folder) as store:
            now_ms = time.time_ns() // 1_000_000
            put_lines([summary(store.report, ALL, Frame(given.frame), now_ms)])
    else:
        with explained(folder), Store.read(folder) as store:
            put_lines(store.uploads.export())
    return 0
