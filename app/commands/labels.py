"""
`eventscope label`: list, match, suggest, add, import and export labeled events.
"""

import argparse
import sys
from pathlib import Path

from app.commands.lines import put_lines
from app.label import command


def run(given: argparse.Namespace, folder: Path) -> int:
    """Do what was asked, and print it. Raises AppError."""
    match given.does:
        case "list":
            put_lines(command.listed(folder))
        case "suggest":
            put_lines(command.suggested(folder, given.event, group=given.group))
        case "import":
            return _import(folder, given.file, strict=given.strict)
        case "export":
            _export(folder, ours=given.ours)
        case "add":
            put_lines(command.added(folder, command.chosen(folder, given, saved=False)))
        case _:
            put_lines(command.matched(folder, command.chosen(folder, given, saved=True)))
    return 0


def _export(folder: Path, *, ours: bool) -> None:
    forms, warnings = command.exports(folder, ours=ours)
    put_lines(forms)
    for warning in warnings:
        print(warning, file=sys.stderr)


def _import(folder: Path, file: Path, *, strict: bool) -> int:
    lines = list(command.imports(folder, file, strict=strict))
    put_lines(lines)
    bad = sum("error" in line for line in lines)
    if bad:
        said = "nothing was imported" if bad == len(lines) else f"{len(lines) - bad} imported"
        print(f"{file}: {said}, {bad} {'problems' if bad > 1 else 'problem'}.", file=sys.stderr)
    return int(bad > 0)
