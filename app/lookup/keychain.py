"""
The system's keyring for secrets of projects, where there is one.

It is reached through the package `keyring`, which people may install beside Eventscope and which is
not needed. Without it, or without a keyring that encrypts, secrets are kept nowhere.
"""

import importlib
from typing import Any

from app.errors import AppError

SERVICE = "Eventscope"
SAFE = 1.0
"""From this priority on, `keyring` recommends a backend; plain files and stand-ins are below."""


class Keychain:
    """Secrets by API key. Each call may wait for the person to unlock the keyring, so it belongs
    on a thread of its own. Raises AppError with a sentence."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def secret(self, api_key: str) -> str:
        """The secret that is kept for a project, or an empty text."""
        found = self._ask("get_password", api_key)
        return found if isinstance(found, str) else ""

    def keep(self, api_key: str, secret: str) -> None:
        """Keep a secret."""
        self._ask("set_password", api_key, secret)

    def forget(self, api_key: str) -> None:
        """Keep none for this project any more."""
        if self.secret(api_key):
            self._ask("delete_password", api_key)

    def _ask(self, what: str, *values: str) -> Any:
        try:
            return getattr(self._backend, what)(SERVICE, *values)
        except Exception as error:  # Each system's keyring has errors of its own.
            raise AppError(f"The system's keyring cannot be used: {error}.") from error


def keychain() -> Keychain | None:
    """The system's keyring; None when there is none, or none that is safe."""
    try:
        backend = importlib.import_module("keyring").get_keyring()
        return Keychain(backend) if float(backend.priority) >= SAFE else None
    except Exception:  # noqa: BLE001 - a keyring that is broken is none
        return None
