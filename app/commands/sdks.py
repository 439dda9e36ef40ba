"""
`eventscope sdks`: SDKs and their options with evidence, as one JSON object.
"""

import argparse
from pathlib import Path

from app.commands.lines import put_lines
from app.sdk.configured import configured
from app.sdk.dropped import dropped
from app.sdk.report import exported, sources
from app.study.caughtup import studied


def run(_given: argparse.Namespace, folder: Path) -> int:
    """Print them. Raises AppError."""
    with studied(folder) as store:
        put_lines([exported(sources(store, configured(store), dropped(store)))])
    return 0
