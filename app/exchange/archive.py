"""
ZIP archives: the export of Amplitude's Export API, and the bundle that we write.

Nothing of an archive is ever unpacked to disk; its members are read as files are. An archive is
refused when it names places outside of itself, is encrypted, or has more members than an export.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from app.errors import BadInput
from app.exchange.opened import Opened

MOST_MEMBERS = 20_000
"""An export has one for each hour and shard: this is the largest one, of a year, twice."""
LONGEST_NAME = 200

_TEXT = (".json", ".ndjson", ".jsonl", ".har", ".gz")
_OUTSIDE = re.compile(r"^(/|\\|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)")


class Archive:
    """An open archive. `members` are its files, in the order of their names."""

    def __init__(self, file: Opened, zipped: zipfile.ZipFile) -> None:
        self._file = file
        self._zip = zipped
        found = [info for info in zipped.infolist() if not info.is_dir()]
        self.members = sorted(_checked(file.name, found), key=lambda info: info.filename)

    def names(self) -> set[str]:
        """The names of all members."""
        return {info.filename for info in self.members}

    @contextmanager
    def member(self, info: zipfile.ZipInfo) -> Iterator[Opened]:
        """A member as a file. Raises BadInput."""
        file = self._file
        name = f"{info.filename[:LONGEST_NAME]} in {file.name}"
        with _explained(name):
            plain = cast("io.BufferedIOBase", self._zip.open(info))
        with plain:
            yield Opened(name, file.size, file.modified_ms(), plain, lambda: file.position)


def is_text(info: zipfile.ZipInfo) -> bool:
    """Whether a member is one that may hold events, by its name."""
    name = info.filename.lower()
    return name.endswith(_TEXT) and not name.rpartition("/")[2].startswith((".", "__"))


@contextmanager
def opened_archive(file: Opened) -> Iterator[Archive]:
    """The archive that a file is. Raises BadInput."""
    with _explained(file.name):
        zipped = zipfile.ZipFile(cast("IO[bytes]", file.plain))
    with zipped:
        yield Archive(file, zipped)


def _checked(name: str, found: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    if len(found) > MOST_MEMBERS:
        raise BadInput(f"{name} holds {len(found)} files, more than an export does.")
    for info in found:
        if _OUTSIDE.search(info.filename):
            raise BadInput(f"{name} names files outside of itself and was not read.")
        if info.flag_bits & 1:
            raise BadInput(f"{name} is encrypted.", "Unpack it first.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadInput(f"{name} is packed in an unusual way.", "Unpack it first.")
    return found


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """What opening can raise. The parser of directories says ValueError for odd dates and names."""
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BadInput(f"The ZIP archive {name} is damaged.") from error
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror or error}.") from error
