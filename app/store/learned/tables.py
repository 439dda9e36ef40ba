"""
What a follower keeps: its tables, and the version of their meaning.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables of one follower. Raise `version` when they or their meaning change: everything is
    studied again. `tables` are CREATE statements, for tables, indexes and views."""

    name: str
    version: int
    tables: tuple[str, ...]
