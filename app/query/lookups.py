"""
What was looked up in the charts' copy of the events and holds until something new is loaded.
"""

from dataclasses import dataclass, field

from app.query.columns import Property


@dataclass
class Lookups:
    """Properties by scope and name, projects by API key, the types of groups that have
    properties, and the types (of a project, or of any)
    that are known to have come; None for what is to be looked up again."""

    properties: dict[tuple[str, str], Property] | None = None
    projects: dict[str, int] | None = None
    kinds: tuple[str, ...] | None = None
    came: set[tuple[str, int | None]] = field(default_factory=set)

    def forget(self) -> None:
        """More properties and projects may be there; types that came are still there."""
        self.properties = self.projects = self.kinds = None

    def forget_types(self) -> None:
        """Events went."""
        self.came.clear()
