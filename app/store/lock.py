"""
One writer for each workspace: an advisory lock that the system drops when its process dies.
"""

import contextlib
import os
import sys
from pathlib import Path
from typing import IO, Self

from app.errors import IN_USE, StoreUnavailable

NAME = "workspace.lock"


class WorkspaceLock:
    """Held while this object's file is open; the file names the process that holds it."""

    def __init__(self, folder: Path, file: IO[str]) -> None:
        self.folder = folder
        self._file = file

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Take the lock. Raises StoreUnavailable when another process has it."""
        try:
            # Not "w": that would empty the holder's note before we know that it is ours.
            descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(
                f"The folder {folder} cannot be written: {error.strerror or error}.",
                "Choose another with --workspace.",
            ) from error
        file = os.fdopen(descriptor, "r+", encoding="ascii", errors="replace")
        if not _lock(file):
            holder = file.read(20).strip() or "unknown"
            file.close()
            raise StoreUnavailable(
                f"The workspace in {folder} {IN_USE} (process {holder}).",
                "Close it, or choose another folder with --workspace.",
            )
        _note(file)
        return cls(folder, file)

    def release(self) -> None:
        """Give the lock up."""
        self._file.close()


def _note(file: IO[str]) -> None:
    """Say who holds it. Past Python's buffer, which would be written again at the end."""
    with contextlib.suppress(OSError):  # A full disk: the lock is held all the same.
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), str(os.getpid()).encode())


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        try:
            # Far behind the note, which stays readable for others.
            os.lseek(file.fileno(), 1024, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            os.lseek(file.fileno(), 0, os.SEEK_SET)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
