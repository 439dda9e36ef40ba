"""
A file that is to be imported, opened for reading: unpacked if it is gzip, with limits, and with
everything that can be wrong with it said as a sentence.
"""

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.decode.body import GZIP_MAGIC
from app.errors import BadInput

WHOLE_LIMIT = 512 << 20
"""What has to be in memory at once (a HAR file, a JSON array) may not be larger."""
LINE_LIMIT = 64 << 20
LARGEST_RATIO = 200
"""Events shrink 5 to 50 times. What unpacks to far more was made to fill a disk."""
RATIO_COUNTS_FROM = 256 << 20
"""Below this size a ratio harms nobody."""

_LOOK = 1 << 16
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class Unreasonable(BadInput):
    """A file that was made to do harm; nothing more is read of it, or of the archive around it."""


class Opened:
    """A file, or a member of an archive, being read, from the start as often as needed. `size` is
    that of the file or the whole archive, in bytes. Reading raises BadInput."""

    def __init__(
        self,
        name: str,
        size: int,
        modified_ms: int,
        plain: io.BufferedIOBase,
        position: Callable[[], int],
    ) -> None:
        self.name = name
        self.size = size
        self._modified_ms = modified_ms
        self._plain = plain
        self._position = position
        self._stream = plain
        self._unpacked = 0

    @property
    def position(self) -> int:
        """How far into the file reading has come, in its own bytes."""
        return min(self._position(), self.size)

    @property
    def plain(self) -> io.BufferedIOBase:
        """The bytes as they lie in the file, from their start."""
        self._plain.seek(0)
        return self._plain

    def modified_ms(self) -> int:
        """When the file was written: the best guess for events without a time."""
        return self._modified_ms

    def is_archive(self) -> bool:
        """Whether it begins as a ZIP archive does."""
        with self._explained():
            return self.plain.read(4).startswith(_ZIP)

    def start(self) -> bytes:
        """The first bytes. Raises BadInput for what is known not to be text of ours."""
        with self._explained():
            self._stream = self._rewound()
            start = self._stream.read(_LOOK)
        if start.startswith(_WIDE_BOMS):
            raise BadInput(f"{self.name} is UTF-16 text.", "Save it as UTF-8.")
        if start.startswith(_ZIP):
            raise BadInput(f"{self.name} is a ZIP archive inside another.", "Unpack it first.")
        return start.removeprefix(_BOM)

    def whole(self) -> bytes:
        """Everything. Raises BadInput when that is too much."""
        with self._explained():
            self._stream = self._rewound()
            data = self._stream.read(WHOLE_LIMIT + 1)
        if len(data) > WHOLE_LIMIT:
            raise BadInput(
                f"{self.name} is larger than {WHOLE_LIMIT >> 20} MB and would have to be read"
                " in one piece.",
                "Give one event a line (NDJSON): such files may have any size.",
            )
        return data.removeprefix(_BOM)

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Numbered lines without blank ones; None for one that is too long."""
        with self._explained():
            self._stream = self._rewound()
        number = 0
        while True:
            with self._explained(number):
                line, is_too_long = self._next_line()
            if not line:
                return
            number += 1
            if number == 1:
                line = line.removeprefix(_BOM)
            if is_too_long:
                yield number, None
            elif line and not line.isspace():
                yield number, line

    def _next_line(self) -> tuple[bytes, bool]:
        line = self._stream.readline(LINE_LIMIT + 1)
        self._count(len(line))
        if len(line) <= LINE_LIMIT:
            return line, False
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(1 << 20)
            self._count(len(rest))
        return line[:1], True

    def _count(self, size: int) -> None:
        self._unpacked += size
        limit = max(RATIO_COUNTS_FROM, LARGEST_RATIO * self.size)
        if self._unpacked > limit:
            raise Unreasonable(
                f"{self.name} unpacks to more than {limit >> 20} MB, far more than events do;"
                " the rest was left packed."
            )

    def _rewound(self) -> io.BufferedIOBase:
        """The content from its start, unpacked."""
        self._unpacked = 0
        is_packed = self.plain.read(2) == GZIP_MAGIC
        return gzip.GzipFile(fileobj=self.plain) if is_packed else self.plain

    @contextmanager
    def _explained(self, line: int = 0) -> Iterator[None]:
        after = f" after line {line}" if line else ""
        try:
            yield
        except zipfile.BadZipFile as error:
            raise BadInput(f"{self.name} is damaged{after}.") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            how = "cut short" if isinstance(error, EOFError) else "damaged"
            raise BadInput(f"The gzip file {self.name} is {how}{after}.") from error
        except OSError as error:
            reason = error.strerror or error
            raise BadInput(f"{self.name} cannot be read{after}: {reason}.") from error


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a file for import. Raises BadInput."""
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder, not a file.")
        # Without this, opening a pipe would wait for a writer.
        if path.exists() and not path.is_file():
            raise BadInput(f"{path} is not a regular file.")
        raw = io.FileIO(path)
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be opened: {error.strerror or error}.") from error
    except ValueError as error:
        raise BadInput(f"{str(path)!r} is not the name of a file.") from error
    with raw:
        about = os.fstat(raw.fileno())
        plain = io.BufferedReader(raw, 1 << 18)
        modified_ms = about.st_mtime_ns // 1_000_000
        found = Opened(path.name, about.st_size, modified_ms, plain, raw.tell)
        if found.size == 0:
            raise BadInput(f"{path.name} is empty.")
        yield found
