"""
HTTP messages as they lie in the store: header lines, an empty line, the body; all of it zstd.

One blob instead of two columns, because headers repeat what bodies say and compress with them.
"""

import threading
from functools import lru_cache

import zstandard

from app.model import Headers

_LOCAL = threading.local()
LARGEST = 1 << 30


def pack(headers: Headers, body: bytes) -> bytes:
    """The blob of one message."""
    lines = [f"{_flat(name)}: {_flat(value)}\r\n" for name, value in headers]
    head = "".join(lines).encode("utf-8", "surrogateescape")
    return _compressor().compress(head + b"\r\n" + body)


def unpack(blob: bytes) -> tuple[Headers, bytes]:
    """Headers and body of a blob that `pack` made."""
    message = _decompressor().decompress(blob, max_output_size=LARGEST)
    if message.startswith(b"\r\n"):
        return (), message[2:]
    head, _, body = message.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    return tuple(map(_pair, lines)), body


@lru_cache(maxsize=4096)
def _pair(line: str) -> tuple[str, str]:
    """Remembered, because clients say the same of themselves each time."""
    name, _, value = line.partition(": ")
    return name, value


def _flat(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ") if "\r" in text or "\n" in text else text


def _compressor() -> zstandard.ZstdCompressor:
    """Kept for each thread: making one costs more than a small body."""
    if not hasattr(_LOCAL, "compressor"):
        _LOCAL.compressor = zstandard.ZstdCompressor(level=1)
    found: zstandard.ZstdCompressor = _LOCAL.compressor
    return found


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_LOCAL, "decompressor"):
        _LOCAL.decompressor = zstandard.ZstdDecompressor()
    found: zstandard.ZstdDecompressor = _LOCAL.decompressor
    return found
