"""
Lists of ids that cohorts are made from, and that they are written as (semantics §19).

A file has one id a line and no header, and only its leftmost column counts; one whose first line
names a column of ids is read by that column, so that what was downloaded here can be read again.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import BadInput
from app.exchange.csvtext import cell
from app.query.cohorts import LONGEST_LIST
from app.query.columns import literal
from app.query.microscope import People

USER, DEVICE = "user_id", "device_id"
HEADS = {
    USER: ("user_id", "userid", "user id"),
    DEVICE: ("device_id", "device_ids", "deviceid", "device id"),
}
AT_ONCE = 10_000
"""Ids that are looked up in one question."""

type Rows = Callable[[str], list[tuple[Any, ...]]]
type Pieces = Callable[[str], Iterable[list[tuple[Any, ...]]]]


@dataclass(frozen=True, slots=True)
class Listed:
    """The ids of a list, each once; `head` is the name of the column that they were taken from,
    if the first line had one."""

    ids: tuple[str, ...]
    head: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """How many users (or groups) have one of the ids, how many ids are known here, and those that
    are not."""

    count: int
    known: int
    unknown: tuple[str, ...]


def read_list(path: Path) -> Listed:
    """The ids of a file. Raises BadInput for one that is too long, or no text."""
    try:
        if path.stat().st_size > LONGEST_LIST:
            raise BadInput("A list of ids is no longer than 100 MB.")
        return listed(_text(path.read_bytes()))
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is no text in UTF-8 or UTF-16.") from error


def _text(body: bytes) -> str:
    is_wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.decode("utf-16" if is_wide else "utf-8-sig")


def listed(text: str) -> Listed:
    """The ids of a text."""
    if len(text) > LONGEST_LIST:
        raise BadInput("A list of ids is no longer than 100 MB.")
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\0", ""))))
    except csv.Error as error:
        raise BadInput(f"That is no list of ids: {error}.") from error
    column, head = _column(rows[0]) if rows else (0, "")
    ids = (_id(row[column]) for row in rows[1 if head else 0 :] if column < len(row))
    return Listed(tuple(dict.fromkeys(one for one in ids if one)), head)


def _column(first: Sequence[str]) -> tuple[int, str]:
    """Where the ids are, and what the first line calls them, if it does."""
    names = [one.strip().casefold() for one in first]
    for known in HEADS.values():
        for at, name in enumerate(names):
            if name in known:
                return at, first[at].strip()
    return 0, ""


def _id(text: str) -> str:
    """Without the sign that keeps spreadsheets from running it."""
    found = text.strip()
    bare = found.removeprefix("'")
    return bare if bare != found and cell(bare) == found else found


def check_users(ids: Sequence[str], kind: str, rows: Rows) -> Found:
    """Which of these ids of users, or of devices, have come so far."""
    roots: set[int] = set()
    known: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        wanted = ", ".join(literal(one) for one in ids[start : start + AT_ONCE])
        for root, name in rows(
            f"SELECT DISTINCT root, {kind} FROM people WHERE {kind} IN (SELECT UNNEST([{wanted}]))"
        ):
            roots.add(int(root))
            known.add(str(name))
    unknown = tuple(one for one in ids if one not in known)
    return Found(len(roots), len(known), unknown)


def check_groups(ids: Sequence[str], names: Iterable[str]) -> Found:
    """The same for groups of a type, whose `names` came so far."""
    there = set(names)
    unknown = tuple(one for one in ids if one not in there)
    known = len(ids) - len(unknown)
    return Found(known, known, unknown)


def write_ids(
    pieces: Pieces,
    people: People,
    path: Path,
    progress: Callable[[int], None] = lambda _: None,
    go_on: Callable[[], bool] = lambda: True,
) -> tuple[int, int]:
    """Write the ids of users as a list that can be read again, one a line. Returns how many, and
    how many users have none, who are left out. Raises BadInput when the file cannot be written."""
    statement = (
        f"SELECT p.user_id FROM ({people.statement}) AS c"
        " LEFT JOIN people p ON p.id = c.person ORDER BY c.person"
    )
    written = without = 0
    try:
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file)
            for found in pieces(statement):
                kept = [[cell(user)] for (user,) in found if user]
                writer.writerows(kept)
                written += len(kept)
                without += len(found) - len(kept)
                progress(written)
                if not go_on():
                    break
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error
    return written, without


def write_list(ids: Sequence[str], path: Path) -> int:
    """Write these ids one a line; returns how many. Raises BadInput when the file cannot be
    written."""
    try:
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            csv.writer(file).writerows([cell(one)] for one in ids)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error
    return len(ids)
