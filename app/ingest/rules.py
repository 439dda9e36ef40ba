"""
What Amplitude is told to be like for a source: known or not, its thresholds, silenced devices.

    {"known_keys": ["0123…"], "sources": {"0123…": {"eps": 5}, "*": {"daily_quota": 100}}}

Without a list every API key is known but those in `unknown_keys`; `*` stands for sources that are
not named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from app.decode.http_v2 import BATCH
from app.errors import BadInput

ANY_SOURCE = "*"


@dataclass(frozen=True, slots=True)
class Rules:
    """The thresholds of one source. The defaults are the documented ones (wire-format §4.2)."""

    eps: int = 30
    """Events per second and user or device, HTTP V2, averaged over the window."""
    batch_eps: int = 1000
    """The same for Batch."""
    window_seconds: int = 30
    daily_quota: int = 500_000
    """Events per user or device in a rolling day."""
    silenced_devices: frozenset[str] = frozenset()

    def threshold(self, endpoint: str) -> int:
        """Events per second that an endpoint takes from one user or device."""
        return self.batch_eps if endpoint == BATCH else self.eps


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of all sources. `known_keys` is None when every API key is known."""

    known_keys: frozenset[str] | None = None
    sources: Mapping[str, Rules] = field(default_factory=dict)
    unknown_keys: frozenset[str] = frozenset()

    def rules(self, api_key: str) -> Rules:
        """The rules of one source."""
        return self.sources.get(api_key) or self.sources.get(ANY_SOURCE) or DEFAULT

    def knows(self, api_key: str) -> bool:
        """Whether Amplitude would know this API key."""
        if api_key in self.unknown_keys:
            return False
        return self.known_keys is None or api_key in self.known_keys


DEFAULT = Rules()


def rule_book(given: Mapping[str, Any]) -> RuleBook:
    """The rules of a setting or a command. Raises BadInput for what cannot be meant."""
    unknown = given.keys() - {"known_keys", "unknown_keys", "sources"}
    if unknown:
        raise BadInput(f"Ingestion has no setting {min(unknown)!r}.")
    keys = given.get("known_keys")
    sources = given.get("sources", {})
    if not isinstance(sources, Mapping):
        raise BadInput("The sources of ingestion must be an object with API keys.")
    return RuleBook(
        known_keys=None if keys is None else _texts("known_keys", keys),
        sources={key: _rules(key, value) for key, value in sources.items()},
        unknown_keys=_texts("unknown_keys", given.get("unknown_keys", [])),
    )


def _rules(source: str, given: object) -> Rules:
    if not isinstance(given, Mapping):
        raise BadInput(f"The rules of source {source!r} must be an object.")
    names = {item.name for item in fields(Rules)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in names:
            raise BadInput(f"A source has no rule {name!r}.", f"There are {', '.join(names)}.")
        values[name] = _texts(name, value) if name == "silenced_devices" else _count(name, value)
    return Rules(**values)


def _texts(name: str, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadInput(f"{name} must be a list of texts.")
    return frozenset(value)


def _count(name: str, value: object) -> int:
    if type(value) is not int or not 1 <= value <= 1_000_000_000:
        raise BadInput(f"{name} must be a whole number above zero, not {value!r}.")
    return value
