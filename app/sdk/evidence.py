"""
How an option's value is known, and the observations behind it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Evidence(StrEnum):
    """How a value is known."""

    CONFIGURED = "configured"
    """The page itself told what its SDK was given."""
    WIRE = "wire"
    """It is written in what was sent."""
    REMOTE_CONFIG = "remote_config"
    """The server told the SDK, which obeys."""
    COOKIE = "cookie"
    """A cookie of the SDK says so."""
    INFERRED = "inferred"
    """The SDK behaves so."""
    DEFAULT = "default"
    """It would show if it were otherwise."""
    UNKNOWN = "unknown"
    """Nothing that was seen tells."""


STRENGTH = tuple(Evidence)
"""Strongest first."""


class Confidence(StrEnum):
    """How far an inference may be trusted."""

    CERTAIN = "certain"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Because:
    """One observation in a sentence, with captures (by id) that show it."""

    text: str
    captures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one observer has to say of one option. `value` is JSON, and means nothing for DEFAULT
    and UNKNOWN, where the sentences do."""

    option: str
    value: Any
    evidence: Evidence
    confidence: Confidence
    because: tuple[Because, ...]


def wire(option: str, value: Any, *because: Because) -> Finding:
    """Written in what was sent."""
    return Finding(option, value, Evidence.WIRE, Confidence.CERTAIN, because)


def inferred(option: str, value: Any, confidence: Confidence, *because: Because) -> Finding:
    """Behaviour says so."""
    return Finding(option, value, Evidence.INFERRED, confidence, because)


def default(option: str, *because: Because) -> Finding:
    """It would show if it were otherwise."""
    return Finding(option, None, Evidence.DEFAULT, Confidence.HIGH, because)


def unknown(option: str, *because: Because) -> Finding:
    """What there is to say although the value is not known."""
    return Finding(option, None, Evidence.UNKNOWN, Confidence.LOW, because)
