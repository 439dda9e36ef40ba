"""
A system's keyring, as the package `keyring` documents it: `install` puts it where it is imported.
"""

import sys
from pathlib import Path

import pytest

CODE = """
import json, pathlib
FILE = pathlib.Path(__file__).with_name("kept.json")

class Backend:
    priority = {priority}

    def _all(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {{}}

    def get_password(self, service, username):
        return self._all().get(f"{{service}} {{username}}")

    def set_password(self, service, username, password):
        if password == "refused":
            raise RuntimeError("the keyring is locked")
        self._keep(self._all() | {{f"{{service}} {{username}}": password}})

    def delete_password(self, service, username):
        found = self._all()
        del found[f"{{service}} {{username}}"]
        self._keep(found)

    def _keep(self, all_of_it):
        # At once: a test reads the file while it is written.
        fresh = FILE.with_suffix(".fresh")
        fresh.write_text(json.dumps(all_of_it))
        fresh.replace(FILE)

def get_keyring():
    return Backend()
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, priority: float = 5) -> Path:
    """Have it there for one test; returns the file of what it keeps."""
    package = folder / "keyring"
    package.mkdir()
    (package / "__init__.py").write_text(CODE.format(priority=priority))
    monkeypatch.syspath_prepend(folder)
    # Taken out again when the test is over, once it was imported.
    monkeypatch.setitem(sys.modules, "keyring", None)
    del sys.modules["keyring"]
    return package / "kept.json"
