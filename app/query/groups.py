"""
The groups behind a point, where events carry them: companies, teams (semantics §10.7, §18).

A group is a value of a group type; its number is its place in the order in which groups of that
type were first seen.
"""

import csv
from collections.abc import Callable
from pathlib import Path

from app.exchange.csvtext import cell
from app.query.columns import Property, quoted
from app.query.streams import MOST_DOWNLOADED, Pieces, Rows

COLUMNS = ("group_id", "group_name", "first_time", "creator_amplitude_id")


def group_names(rows: Rows, behind: str, one: Property) -> list[str]:
    """The groups of a type on these events, by number; `behind` asks for ids of events."""
    return [str(row[1]) for row in rows(_statement(behind, one, MOST_DOWNLOADED))]


def download_groups(
    pieces: Pieces,
    behind: str,
    one: Property,
    path: Path,
    progress: Callable[[int], None] = lambda _: None,
    go_on: Callable[[], bool] = lambda: True,
    most: int = MOST_DOWNLOADED,
) -> tuple[int, bool]:
    """Write the groups as CSV: number, name, when first seen (Unix seconds), by which user.
    Returns how many, and whether there were more."""
    written = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for found in pieces(_statement(behind, one, most + 1)):
            kept = found[: most - written]
            writer.writerows([[cell(value) for value in row] for row in kept])
            written += len(kept)
            progress(written)
            if len(kept) < len(found):
                return written, True
            if not go_on():
                break
    return written, False


def _statement(behind: str, one: Property, most: int) -> str:
    value = quoted(one.column)
    there = f"{value} IS NOT NULL"
    if one.listed:
        listed = quoted(one.listed)
        value = f"UNNEST(CASE WHEN {listed} IS NULL THEN [{value}] ELSE {listed} END)"
        there = f"({there} OR {listed} IS NOT NULL)"
    return (
        f"WITH named AS (SELECT id, time, person, {value} AS name FROM events WHERE {there}),"
        " firsts AS (SELECT name, min(id) AS first_id, min(time) AS first_time,"
        " arg_min(person, (time, id)) AS creator FROM named WHERE name IS NOT NULL GROUP BY name),"
        " numbered AS (SELECT row_number() OVER (ORDER BY first_id, name) AS number, * FROM firsts)"
        " SELECT number, name, first_time // 1000, creator FROM numbered WHERE name IN"
        f" (SELECT name FROM named WHERE id IN ({behind})) ORDER BY number LIMIT {most:d}"
    )
