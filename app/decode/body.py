"""
The layers around a request body: content encodings and JSON, with limits against hostile input.

Nothing here trusts a header. A gzip body is known by its first bytes too, because proxies on the
way may have dropped the header (wire-format §1.4).
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import brotli
import orjson
import zstandard

LARGEST = 64 << 20
"""No body is unpacked beyond this."""
LARGEST_RATIO = 200
"""JSON of events shrinks 5 to 30 times. Far beyond that somebody is playing with us."""
RATIO_COUNTS_FROM = 4 << 20
"""Below this size a ratio harms nobody."""

MOST_MEMBERS = 16
"""A gzip body may be several, one after another. What is left is copied for each."""
_SLICE = 256
"""A few bytes can stand for megabytes; so few are unpacked at a time."""

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class BodyProblem(ValueError):
    """Why a body cannot be read, as a sentence for a person."""


def unpacked(body: bytes, encoding: str) -> tuple[bytes, str]:
    """The body without its content encoding, and the name of what was removed.

    Raises BodyProblem when it is cut short, damaged, or unpacks to something unreasonable.
    """
    encoding = encoding.strip().lower()
    if body.startswith(GZIP_MAGIC):
        return _inflated(body, zlib.MAX_WBITS | 16, "gzip"), "gzip"
    if body.startswith(ZSTD_MAGIC):
        return _unzstd(body), "zstd"
    if encoding in ("", "identity", "none"):
        return body, "none"
    if encoding == "deflate":
        zlib_header = body[:1] == b"\x78"
        return _inflated(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS, "deflate"), (
            "deflate"
        )
    if encoding in ("gzip", "x-gzip", "zstd", "br") and body[:1] in b"{[":
        # The header stayed when somebody on the way unpacked the body.
        return body, "none"
    if encoding == "br":
        return _unbrotli(body), "br"
    raise BodyProblem(f"The body says that it is encoded as {encoding!r}, but it is not.")


def _inflated(body: bytes, window_bits: int, name: str) -> bytes:
    limit = _limit(len(body))
    data, rest = b"", body
    for _ in range(MOST_MEMBERS):
        stream = zlib.decompressobj(window_bits)
        try:
            data += stream.decompress(rest, limit + 1 - len(data))
        except zlib.error as error:
            raise BodyProblem(f"The {name} body is damaged: {error}.") from error
        if len(data) > limit:
            raise BodyProblem(_too_large(name, limit))
        if not stream.eof:
            raise BodyProblem(f"The {name} body is cut short after {len(body)} bytes.")
        rest = stream.unused_data
        if not rest.startswith(GZIP_MAGIC):
            return data
    raise BodyProblem(f"The {name} body has more than {MOST_MEMBERS} parts and was left packed.")


def _unzstd(body: bytes) -> bytes:
    limit = _limit(len(body))
    try:
        stream = zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True)
        data = stream.read(limit + 1)
    except zstandard.ZstdError as error:
        raise BodyProblem(f"The zstd body is damaged: {error}.") from error
    if len(data) > limit:
        raise BodyProblem(_too_large("zstd", limit))
    return data


def _unbrotli(body: bytes) -> bytes:
    limit = _limit(len(body))
    stream = brotli.Decompressor()
    try:
        data = stream.process(body, output_buffer_limit=limit + 1)
    except brotli.error as error:
        raise BodyProblem("The br body is damaged.") from error
    if len(data) > limit:
        raise BodyProblem(_too_large("br", limit))
    if not stream.is_finished():
        raise BodyProblem(f"The br body is cut short after {len(body)} bytes.")
    return bytes(data)


class Unpacker:
    """A body that comes in pieces, without its content encoding, as soon as that is possible.

    No more than `LARGEST_RATIO` times of what came is ever given out, and little at once.
    """

    def __init__(self, encoding: str) -> None:
        """Raises BodyProblem for an encoding that is not known."""
        name = encoding.strip().lower()
        unpack = _unpacking(name)
        if unpack is None:
            raise BodyProblem(f"Bodies encoded as {name[:40]!r} cannot be read.")
        self._name = name
        self._unpack = unpack
        self._taken = self._given = 0

    def take(self, piece: bytes) -> Iterator[bytes]:
        """What these bytes unpack to. Raises BodyProblem when they are damaged or unreasonable."""
        self._taken += len(piece)
        limit = max(RATIO_COUNTS_FROM, self._taken * LARGEST_RATIO)
        for start in range(0, len(piece), _SLICE):
            try:
                for found in self._unpack(piece[start : start + _SLICE]):
                    self._given += len(found)
                    if self._given > limit:
                        raise BodyProblem(_too_large(self._name, limit))
                    yield found
            except (zlib.error, zstandard.ZstdError, brotli.error) as error:
                raise BodyProblem(f"The {self._name} body is damaged.") from error


def _unpacking(name: str) -> Callable[[bytes], Iterable[bytes]] | None:
    """How a slice is unpacked, into a few pieces."""
    if name in ("", "identity", "none"):
        return lambda piece: (piece,)
    if name in ("gzip", "x-gzip"):
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return lambda piece: (inflate.decompress(piece),)
    if name == "zstd":
        unzstd = zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
        return lambda piece: (unzstd.decompress(piece),)
    return _unbrotli_pieces(brotli.Decompressor()) if name == "br" else None


def _unbrotli_pieces(stream: Any) -> Callable[[bytes], Iterator[bytes]]:
    def unpack(piece: bytes) -> Iterator[bytes]:
        yield stream.process(piece, output_buffer_limit=RATIO_COUNTS_FROM)
        while not stream.can_accept_more_data():
            yield stream.process(b"", output_buffer_limit=RATIO_COUNTS_FROM)

    return unpack


def _limit(size: int) -> int:
    return min(LARGEST, max(RATIO_COUNTS_FROM, size * LARGEST_RATIO))


def _too_large(name: str, limit: int) -> str:
    return f"The {name} body unpacks to more than {limit >> 20} MB and was left packed."


def parsed(data: bytes) -> Any:
    """The JSON value of a body. Raises BodyProblem.

    orjson is strict; what senders write and servers take (NaN, huge integers, half surrogates)
    is read by the standard library instead.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return exactly(data)


def exactly(data: bytes) -> Any:
    """The same, slowly: integers beyond 64 bits stay integers, which orjson makes floats of.
    Raises BodyProblem."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyProblem(f"The body is not UTF-8 text (byte {error.start}).") from error
    try:
        return json.loads(text)
    except RecursionError as error:
        raise BodyProblem("The JSON is nested too deeply to be read.") from error
    except json.JSONDecodeError as error:
        raise BodyProblem(f"The body is not valid JSON: {error}.") from error
    except ValueError as error:
        # Python reads no integer of more than 4,300 digits.
        raise BodyProblem("The JSON has a number of thousands of digits.") from error


def json_text(value: Any) -> str:
    """JSON text that SQLite can keep, whatever `parsed` returned. Numbers that are none (NaN,
    infinity) are null."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return _exact_text(value)


def _exact_text(value: Any) -> str:
    """The same, slowly: half surrogates and integers beyond 64 bits are more than orjson takes."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        # What the standard library writes as NaN, nobody else reads.
        return _exact_text(json.loads(json.dumps(value), parse_constant=lambda _: None))
    # Escaped, half surrogates are plain ASCII.
    return text if _is_unicode(text) else json.dumps(value, separators=(",", ":"))


def stored(text: str) -> Any:
    """What `json_text` wrote, which may be more than orjson reads: half surrogates, and lists in
    lists without end. Raises ValueError or RecursionError for anything else."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def column_text(value: Any) -> str | None:
    """JSON for a column of the store, or None for what says nothing: most events have no groups."""
    if not value:
        return None
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # Half surrogates and integers beyond 64 bits.
        return json_text(value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean(text: str) -> str:
    """Text that SQLite can keep: half surrogates become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
