"""
What a rule is: its id, how bad it is when it fires, its title, and what to do about it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `advice` says what to do, in one or two sentences for a person."""

    id: str
    severity: Severity
    title: str
    advice: str


def error(rule_id: str, title: str, advice: str) -> Rule:
    """Data is lost or wrong."""
    return Rule(rule_id, Severity.ERROR, title, advice)


def warning(rule_id: str, title: str, advice: str) -> Rule:
    """Charts will say something other than what is meant."""
    return Rule(rule_id, Severity.WARNING, title, advice)


def info(rule_id: str, title: str, advice: str) -> Rule:
    """Worth knowing; it may be meant."""
    return Rule(rule_id, Severity.INFO, title, advice)
