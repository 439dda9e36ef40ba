"""
Which events may have a word in them, without reading a million.

Of each block of events it is known which three characters stand beside each other somewhere in
their texts (see `app.filter.literals`). A word can be only where all its threes are, so that a
search reads a few blocks instead of half a gigabyte; what is really there, it still reads. Texts
that are not ASCII are there a second time as they are compared with such words, folded. The
threes of a segment, which has 64 blocks, are rows with one bit a block: 22 MB for a million events.

Only whole segments are indexed, by the study (`app.study.grams`): their texts never change. What is
not indexed yet may have any word in it.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import lru_cache

import orjson

from app.filter.literals import NOTHING_KNOWN, Literals

SEGMENT = 8192
BLOCK = SEGMENT // 64
"""How many events: event N is in segment N // SEGMENT."""
VERSION = 2
TABLES = (
    # `identity` is that of the workspace, as in its `facts`.
    "CREATE TABLE gram_segments (segment INTEGER PRIMARY KEY, identity INTEGER NOT NULL)",
    # Bit N of `blocks` is the segment's block N; the highest one is the sign.
    """CREATE TABLE grams (
        segment INTEGER NOT NULL,
        gram INTEGER NOT NULL,
        blocks INTEGER NOT NULL,
        PRIMARY KEY (segment, gram)
    ) WITHOUT ROWID""",
)
MOST_GRAMS = 16
"""Of one word, that are asked for: more say little more."""
MOST_SPANS = 64
"""Pieces into which a search falls. Each is a question of its own."""

_EVERYWHERE = (1 << 64) - 1
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\.")
_ASK = """
    SELECT s.segment, g.value, x.blocks
    FROM study.gram_segments s CROSS JOIN json_each(?) g
    LEFT JOIN study.grams x ON x.segment = s.segment AND x.gram = g.value
    WHERE s.segment BETWEEN ? AND ?
    AND s.identity = (SELECT value FROM main.facts WHERE key = 'identity')
"""


def _group_of(byte: int) -> int:
    if chr(byte).isascii() and chr(byte).isalpha():
        return byte & 31
    if chr(byte).isascii() and chr(byte).isdigit():
        return 27 + byte - ord("0")
    return 37 + byte % 27


GROUP_OF = bytes(map(_group_of, range(256)))
"""Bytes in 64 groups: letters without their case and digits, one in each, the others shared."""
GRAMS = 64**3


def forms(text: str) -> Iterator[str]:
    """What is indexed of a text: itself and, where that is something else, itself folded, and
    folded with what JSON writes as `\\u00df` (all of it, when there is a half surrogate)."""
    yield text
    if not text.isascii():
        yield text.casefold()
    # Looked for first: few texts have one.
    if "\\u" in text and not (plain := _ESCAPES.sub(_unescaped, text)).isascii():
        yield plain.casefold()


def _unescaped(found: "re.Match[str]") -> str:
    """Neighbours together, because two halves are one character. An escaped backslash stays."""
    if not found[0].startswith("\\u"):
        return found[0]
    return bytes.fromhex(found[0].replace("\\u", "")).decode("utf-16-be", "replace")


def grams_of(text: str) -> tuple[int, ...]:
    """The threes of a text, each once and in order. Empty for what is shorter."""
    groups = text.encode("utf-8", "replace").translate(GROUP_OF)
    threes = zip(groups, groups[1:], groups[2:], strict=False)
    return tuple(dict.fromkeys((a << 12) | (b << 6) | c for a, b, c in threes))


@lru_cache(maxsize=64)
def _asked(text: str) -> tuple[int, ...]:
    found = grams_of(text)
    return found[:: -(-len(found) // MOST_GRAMS)] if found else ()


class Places:
    """Where what a filter wants can be. Answers from one look at the study each."""

    def __init__(self, wanted: Literals) -> None:
        self._wanted = wanted
        self._grams = orjson.dumps(sorted(set(_all_grams(wanted)))).decode()

    @property
    def says_something(self) -> bool:
        """Whether some events can be left out."""
        return self._grams != "[]"

    def spans(self, db: sqlite3.Connection, before: int, lowest: int) -> list[tuple[int, int]]:
        """Ids below `before` and not below `lowest` among which all are that match, newest first;
        each span begins below its first number and ends with the second, as these two do."""
        first, last = lowest // SEGMENT, (before - 1) // SEGMENT
        known: dict[int, dict[int, int]] = {}
        for segment, gram, blocks in db.execute(_ASK, (self._grams, first, last)):
            known.setdefault(segment, {})[gram] = (blocks or 0) & _EVERYWHERE
        places = [
            (segment, _blocks(self._wanted, known[segment]) if segment in known else _EVERYWHERE)
            for segment in range(last, first - 1, -1)
        ]
        found = _joined(
            [(min(before, above), max(lowest, least)) for above, least in _runs(places)]
        )
        return [(above, least) for above, least in found if above > least]


def _all_grams(wanted: Literals) -> Iterator[int]:
    for text in wanted.texts:
        yield from _asked(text)
    for part in wanted.parts:
        yield from _all_grams(part)


def _blocks(wanted: Literals, known: Mapping[int, int]) -> int:
    """The blocks of a segment that may have what is wanted, as bits."""
    found = _EVERYWHERE
    for text in wanted.texts:
        for gram in _asked(text):
            found &= known[gram]
    parts = [_blocks(part, known) for part in wanted.parts]
    if not wanted.is_any:
        for part in parts:
            found &= part
    elif parts:
        either = 0
        for part in parts:
            either |= part
        found &= either
    return found


def _runs(places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Blocks beside each other as one, from above: where it begins below, and its first id."""
    above = least = None
    for segment, blocks in places:
        start = segment * SEGMENT
        if blocks == _EVERYWHERE:
            pieces = [(start + SEGMENT, start)]
        else:
            pieces = [
                (start + (at + 1) * BLOCK, start + at * BLOCK)
                for at in range(63, -1, -1)
                if blocks >> at & 1
            ] if blocks else []  # fmt: skip
        for piece_above, piece_least in pieces:
            if least == piece_above:
                least = piece_least
                continue
            if above is not None and least is not None:
                yield above, least
            above, least = piece_above, piece_least
    if above is not None and least is not None:
        yield above, least


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """No more than `MOST_SPANS`: those with the least between them become one."""
    gap = BLOCK
    while len(spans) > MOST_SPANS:
        found = spans[:1]
        for above, least in spans[1:]:
            if found[-1][1] - above <= gap:
                found[-1] = found[-1][0], least
            else:
                found.append((above, least))
        spans, gap = found, gap * 2
    return spans


def places_of(wanted: Literals) -> Places | None:
    """Where to look for this; None when that is everywhere."""
    if wanted == NOTHING_KNOWN:
        return None
    places = Places(wanted)
    return places if places.says_something else None
