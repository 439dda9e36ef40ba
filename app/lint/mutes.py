"""
Rules that a person does not want to hear of, in one project or everywhere.

Each is a definition of kind `mute` whose body is `{"rule": "LNT-12", "api_key": "…"}`; without a
key it counts everywhere. By key and not by number, because numbers begin anew with a workspace.
"""

import contextlib
from pathlib import Path

from app.store.definitions import FILE, Definitions

KIND = "mute"

type Muted = frozenset[tuple[str, str | None]]


def muted(folder: Path) -> Muted:
    """The muted pairs of rule and API key. Raises StoreUnavailable."""
    if not (folder / FILE).exists():
        return frozenset()
    with Definitions(folder) as definitions:
        return frozenset(_pair(one.body) for one in definitions.all(KIND))


def is_muted(pairs: Muted, rule: str, api_key: str | None) -> bool:
    """Whether a rule is muted for a project."""
    return (rule, None) in pairs or (api_key is not None and (rule, api_key) in pairs)


def mute(folder: Path, rule: str, api_key: str | None) -> None:
    """Mute a rule for a project, or everywhere. Raises StoreUnavailable."""
    with contextlib.closing(Definitions(folder)) as definitions:
        if not any(_pair(one.body) == (rule, api_key) for one in definitions.all(KIND)):
            definitions.save(KIND, rule, {"rule": rule, "api_key": api_key})


def unmute(folder: Path, rule: str, api_key: str | None) -> None:
    """Take a mute back; nothing happens when there is none. Raises StoreUnavailable."""
    with contextlib.closing(Definitions(folder)) as definitions:
        for one in definitions.all(KIND):
            if _pair(one.body) == (rule, api_key):
                definitions.remove(one.id)


def _pair(body: dict[str, object]) -> tuple[str, str | None]:
    key = body.get("api_key")
    return str(body.get("rule")), key if isinstance(key, str) and key else None
