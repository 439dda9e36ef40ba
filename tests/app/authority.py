"""A certificate authority for tests, made as the capture process makes it."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

# In a process of its own: mitmproxy warns on import, and warnings are errors here.
_MAKE = """
import sys, pathlib
from proxy.authority import CERTIFICATE, ready_authority
folder = pathlib.Path(sys.argv[1])
ready_authority(folder)
print(folder / CERTIFICATE)
"""
_folder = TemporaryDirectory(prefix="eventscope-authority-")


@cache
def authority() -> Path:
    """The PEM file of its certificate; the same one for the whole run."""
    done = subprocess.run(
        [sys.executable, "-c", _MAKE, _folder.name], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())
