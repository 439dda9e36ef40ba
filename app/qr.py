"""
QR codes of short texts, such as an address that a phone shall open (ISO/IEC 18004).

Bytes only, error correction M, versions 1 to 6: up to 106 bytes, which no address here exceeds.
"""

from collections.abc import Callable, Iterator

Matrix = tuple[tuple[bool, ...], ...]
"""Rows of modules; True is dark. Square; whoever draws it leaves four light modules around."""

_CORRECTION = {1: (1, 16, 10), 2: (1, 28, 16), 3: (1, 44, 26), 4: (2, 32, 18), 5: (2, 43, 24),
               6: (4, 27, 16)}  # fmt: skip
"""For each version: blocks, data bytes of a block, and bytes of correction for it (table 9)."""
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _: row % 2 == 0,
    lambda _, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
_FINDER_LIKE = (
    (True, False, True, True, True, False, True, False, False, False, False),
    (False, False, False, False, True, False, True, True, True, False, True),
)
LARGEST = 106


def qr_code(text: str) -> Matrix:
    """The modules of a code that says `text`. Raises ValueError when it is too long."""
    data = text.encode()
    if len(data) > LARGEST:
        raise ValueError(f"{len(data)} bytes do not fit into a QR code of {LARGEST}")
    version = next(
        number
        for number, (blocks, size, _) in _CORRECTION.items()
        if len(data) + 2 <= blocks * size
    )
    frame = _frame(version)
    bits = _bits(_codewords(data, version))
    filled = [list(row) for row in frame]
    for row, column in _way(frame):
        filled[row][column] = next(bits, False)
    return min((_masked(frame, filled, mask) for mask in range(len(_MASKS))), key=_penalty)


# Bytes


def _codewords(data: bytes, version: int) -> bytes:
    """Data and correction, interleaved."""
    blocks, size, correction = _CORRECTION[version]
    room = blocks * size
    # Mode 4 in four bits, the length in eight, the bytes, and four bits that end it.
    packed = (((0x4 << 8 | len(data)) << 8 * len(data)) | int.from_bytes(data)) << 4
    words = packed.to_bytes(len(data) + 2)
    padding = bytes(0x11 if at % 2 else 0xEC for at in range(room - len(words)))
    words += padding
    parts = [words[start : start + size] for start in range(0, room, size)]
    checks = [_remainder(part, correction) for part in parts]
    return bytes(
        part[at]
        for group, length in ((parts, size), (checks, correction))
        for at in range(length)
        for part in group
    )


def _times(left: int, right: int) -> int:
    """A product in the field of 256 elements that the standard uses."""
    found = 0
    for bit in range(7, -1, -1):
        found = (found << 1) ^ (found >> 7) * 0x11D
        found ^= (right >> bit & 1) * left
    return found


def _generator(degree: int) -> list[int]:
    factors = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        for at in range(degree):
            factors[at] = _times(factors[at], root)
            if at + 1 < degree:
                factors[at] ^= factors[at + 1]
        root = _times(root, 2)
    return factors


def _remainder(part: bytes, degree: int) -> bytes:
    """The Reed-Solomon correction of a block."""
    factors, left = _generator(degree), [0] * degree
    for byte in part:
        first = byte ^ left.pop(0)
        left.append(0)
        left = [one ^ _times(factor, first) for one, factor in zip(left, factors, strict=True)]
    return bytes(left)


def _bits(words: bytes) -> Iterator[bool]:
    return (bool(word >> bit & 1) for word in words for bit in range(7, -1, -1))


# Modules

_Frame = list[list[bool | None]]
"""What every code of a version has; None where data goes."""


def _frame(version: int) -> _Frame:
    size = 17 + 4 * version
    frame: _Frame = [[None] * size for _ in range(size)]
    for at in range(8, size - 8):
        frame[6][at] = frame[at][6] = at % 2 == 0
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        _square(frame, row, column, 4, (0, 1, 3))
    if version > 1:
        _square(frame, size - 7, size - 7, 2, (0, 2))
    for row, column in (*_format_places(size, first=True), *_format_places(size, first=False)):
        frame[row][column] = False
    frame[size - 8][8] = True
    return frame


def _square(frame: _Frame, row: int, column: int, reach: int, dark: tuple[int, ...]) -> None:
    """Rings around a place; those at these distances are dark."""
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            at, beside = row + down, column + right
            if 0 <= at < len(frame) and 0 <= beside < len(frame):
                frame[at][beside] = max(abs(down), abs(right)) in dark


def _format_places(size: int, *, first: bool) -> list[tuple[int, int]]:
    """Where the fifteen bits of the format stand, the lowest first; they are there twice."""
    if first:
        upwards = [(at, 8) for at in (0, 1, 2, 3, 4, 5, 7, 8)]
        return upwards + [(8, at) for at in (7, 5, 4, 3, 2, 1, 0)]
    return [(8, size - 1 - at) for at in range(8)] + [(size - 7 + at, 8) for at in range(7)]


def _way(frame: _Frame) -> Iterator[tuple[int, int]]:
    """The free places in the order of the bits: up and down in pairs of columns, from the right."""
    size = len(frame)
    right, upwards = size - 1, True
    while right > 0:
        if right == 6:
            right = 5
        for step in range(size):
            row = size - 1 - step if upwards else step
            for column in (right, right - 1):
                if frame[row][column] is None:
                    yield row, column
        right, upwards = right - 2, not upwards


def _masked(frame: _Frame, filled: _Frame, mask: int) -> Matrix:
    inverts, size = _MASKS[mask], len(frame)
    made = [
        [
            bool(filled[row][column]) ^ (frame[row][column] is None and inverts(row, column))
            for column in range(size)
        ]
        for row in range(size)
    ]
    said = _format(mask)
    for first in (True, False):
        for bit, (row, column) in enumerate(_format_places(size, first=first)):
            made[row][column] = bool(said >> bit & 1)
    return tuple(tuple(row) for row in made)


def _format(mask: int) -> int:
    """Correction M is 00; ten bits of a BCH code, and a pattern so that it is never empty."""
    left = mask
    for _ in range(10):
        left = (left << 1) ^ (left >> 9) * 0x537
    return (mask << 10 | left) ^ 0x5412


def _penalty(made: Matrix) -> int:
    """How hard a code is to read (7.8.3): long runs, squares, what looks like a finder, and
    too much of one kind."""
    size = len(made)
    lines = (*made, *zip(*made, strict=True))
    found = sum(_runs(line) for line in lines)
    found += 3 * sum(
        made[row][column]
        == made[row + 1][column]
        == made[row][column + 1]
        == made[row + 1][column + 1]
        for row in range(size - 1)
        for column in range(size - 1)
    )
    found += 40 * sum(
        line[at : at + 11] in _FINDER_LIKE for line in lines for at in range(size - 10)
    )
    dark = sum(map(sum, made)) * 100 / size**2
    return found + 10 * int(abs(dark - 50) // 5)


def _runs(line: tuple[bool, ...]) -> int:
    found = length = 0
    before: bool | None = None
    for module in line:
        length = length + 1 if module == before else 1
        before = module
        found += 3 if length == 5 else length > 5
    return found
