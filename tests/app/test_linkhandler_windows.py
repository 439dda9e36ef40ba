"""
Links on Windows: what is written into this user's registry. Windows itself is stood in for by the
few functions of its registry that are asked; everything of ours is real.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from app import linkhandler
from app.__main__ import main

CLASSES = "Software\\Classes\\eventscope"
COMMAND = f"{CLASSES}\\shell\\open\\command"


class Registry(ModuleType):
    """The part of `winreg` that is used, over a dictionary of keys."""

    HKEY_CURRENT_USER, REG_SZ = "user", 1

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[str, dict[str, str]] = {}

    @contextmanager
    def CreateKey(self, root: str, path: str) -> Iterator[dict[str, str]]:
        assert root == self.HKEY_CURRENT_USER
        parts = path.split("\\")
        for at in range(1, len(parts) + 1):
            self.keys.setdefault("\\".join(parts[:at]), {})
        yield self.keys[path]

    def SetValueEx(
        self, key: dict[str, str], name: str, _reserved: int, kind: int, text: str
    ) -> None:
        assert kind == self.REG_SZ
        key[name] = text

    def QueryValue(self, _root: str, path: str) -> str:
        if path not in self.keys:
            raise FileNotFoundError(path)
        return self.keys[path].get("", "")

    def DeleteKey(self, _root: str, path: str) -> None:
        if path not in self.keys:
            raise FileNotFoundError(path)
        if any(other.startswith(f"{path}\\") for other in self.keys):
            raise PermissionError(path)
        del self.keys[path]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    made = Registry()
    monkeypatch.setitem(sys.modules, "winreg", made)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", r"C:\Program Files\Eventscope\python.exe")
    importlib.reload(linkhandler)
    yield made
    monkeypatch.undo()
    importlib.reload(linkhandler)


def test_links_are_opened_and_no_longer(registry: Registry) -> None:
    assert not linkhandler.is_registered()
    linkhandler.register()
    assert linkhandler.is_registered()
    # Without this value Windows takes it for a type of files.
    assert registry.keys[CLASSES]["URL Protocol"] == ""
    program = r'"C:\Program Files\Eventscope\python.exe"'
    assert registry.keys[COMMAND][""] == f'{program} -m app -- "%1"'
    linkhandler.register()
    linkhandler.unregister()
    assert not linkhandler.is_registered()
    assert not [path for path in registry.keys if path.startswith(CLASSES)]
    assert "Software\\Classes" in registry.keys
    linkhandler.unregister()


def test_another_copy_of_the_program_is_another_program(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkhandler.register()
    monkeypatch.setattr(sys, "executable", r"D:\other\python.exe")
    assert not linkhandler.is_registered()
    linkhandler.register()
    assert linkhandler.is_registered()
    assert registry.keys[COMMAND][""].startswith(r"D:\other\python.exe ")


@pytest.mark.parametrize("more", [["--workspace", "elsewhere"], ["--version"], ["demo"]])
def test_what_a_link_brings_along_is_no_option(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--", "eventscope://event/", *more])
    assert end.value.code == 2
    assert "eventscope" in capsys.readouterr().err


def test_a_link_after_the_dashes_is_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--", "eventscope://event/nonsense"]) == 1
    assert "This is not a link to an event." in capsys.readouterr().err
