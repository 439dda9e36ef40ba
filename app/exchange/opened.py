"""
A file that is to be imported, opened for reading: unpacked if it is gzip, with limits, and with
everything that can be wrong with it said as a sentence.
"""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.decode.body import GZIP_MAGIC
from app.errors import BadInput

WHOLE_LIMIT = 512 << 20
"""What has to be in memory at once (a HAR file, a JSON array) may not be larger."""
LINE_LIMIT = 64 << 20

_LOOK = 1 << 16
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"


class Opened:
    """A file being read, from the start as often as needed. Reading raises BadInput."""

    def __init__(self, path: Path, raw: io.FileIO) -> None:
        self.name = path.name
        self.size = os.fstat(raw.fileno()).st_size
        self._raw = raw
        self._plain = io.BufferedReader(raw, 1 << 18)
        self._stream: io.BufferedIOBase = self._plain

    @property
    def position(self) -> int:
        """How far into the file reading has come, in its own bytes."""
        return min(self._raw.tell(), self.size)

    def modified_ms(self) -> int:
        """When the file was written: the best guess for events without a time."""
        return os.fstat(self._raw.fileno()).st_mtime_ns // 1_000_000

    def start(self) -> bytes:
        """The first bytes. Raises BadInput for what is known not to be text of ours."""
        with self._explained():
            self._stream = self._rewound()
            start = self._stream.read(_LOOK)
        if start.startswith(_WIDE_BOMS):
            raise BadInput(f"{self.name} is UTF-16 text.", "Save it as UTF-8.")
        if start.startswith(_ZIP):
            raise BadInput(f"{self.name} is a ZIP archive.", "Unpack it first.")
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
        if len(line) <= LINE_LIMIT:
            return line, False
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(1 << 20)
        return line[:1], True

    def _rewound(self) -> io.BufferedIOBase:
        """The content from its start, unpacked."""
        self._plain.seek(0)
        is_packed = self._plain.read(2) == GZIP_MAGIC
        self._plain.seek(0)
        return gzip.GzipFile(fileobj=self._plain) if is_packed else self._plain

    @contextmanager
    def _explained(self, line: int = 0) -> Iterator[None]:
        after = f" after line {line}" if line else ""
        try:
            yield
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
        found = Opened(path, raw)
        if found.size == 0:
            raise BadInput(f"{path.name} is empty.")
        yield found
