"""Secrets in the system's keyring, where there is one."""

import sys
from pathlib import Path

import pytest

from app.errors import AppError
from app.lookup.keychain import keychain

from .keyring_standin import install


def test_a_secret_is_kept_by_project_and_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch)
    found = keychain()
    assert found
    assert found.secret("key-1") == ""
    found.keep("key-1", "s3cret")
    found.keep("key-2", "other")
    again = keychain()
    assert again
    assert again.secret("key-1") == "s3cret"
    again.forget("key-1")
    again.forget("key-1")
    assert found.secret("key-1") == ""
    assert found.secret("key-2") == "other"


def test_one_that_is_locked_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    found = keychain()
    assert found
    with pytest.raises(AppError, match="keyring cannot be used: the keyring is locked"):
        found.keep("key-1", "refused")


@pytest.mark.parametrize("priority", [0, 0.5, -1])
def test_one_that_does_not_encrypt_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, priority: float
) -> None:
    install(tmp_path, monkeypatch, priority)
    assert keychain() is None


def test_without_the_package_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert keychain() is None
