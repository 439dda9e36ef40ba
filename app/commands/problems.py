"""
`eventscope problems`: what is wrong, one finding a line; a check for a build.
"""

import argparse
import sys
from pathlib import Path

from app.commands.lines import put_lines
from app.lint.mutes import muted
from app.lint.reading import all_findings, exported
from app.study.caughtup import studied

_AT_LEAST = {"error": ("error",), "warning": ("error", "warning")}


def run(given: argparse.Namespace, folder: Path) -> int:
    """Print them; 1 when one is as bad as `--fail-on` says. Raises AppError."""
    with studied(folder) as store:
        found = all_findings(store, muted(folder))
        put_lines(exported(store, found))
    bad = _AT_LEAST.get(given.fail_on, ())
    count = sum(one.rule.severity in bad and not one.is_muted for one in found)
    if count:
        what = "problem" if count == 1 else "problems"
        print(f"{count} {what} of severity {given.fail_on} or worse.", file=sys.stderr)
    return 1 if count else 0
