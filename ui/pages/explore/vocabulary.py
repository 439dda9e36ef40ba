"""
What can be chosen in the builder: names of events and properties by use, and values.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.query import PropertyRef, Warehouse
from app.query.cohorts import KIND as COHORT
from app.query.columns import literal, quoted
from app.query.definition import FIELDS, GROUPABLE_FIELDS, TOP_KINDS, EventSpec
from app.store.definitions import Definitions
from ui.pages.explore.picker import Pick
from ui.pages.explore.words import FIELDS as FIELD_TITLES
from ui.pages.explore.words import KINDS, NONE, SCOPES, property_title
from ui.plain import number, plural

MOST_VALUES = 300
LONGEST = 200
"""Longer values are not worth completing."""
LABEL = "label"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that has a name. Types and properties come most used first."""

    types: tuple[tuple[str, int], ...] = ()
    properties: tuple[tuple[str, str, int], ...] = ()
    """Scope, name, and in how many rows."""
    labels: tuple[tuple[int, str], ...] = ()
    cohorts: tuple[tuple[int, str], ...] = ()
    projects: tuple[tuple[str, str], ...] = ()
    """API keys and what the projects are called."""
    is_known: bool = False
    """False until the names were looked up."""

    def rows(self) -> tuple[object, ...]:
        """The names that rows of a definition show, and not only lists to choose from."""
        return self.labels, self.cohorts, self.projects, tuple(self.group_types())

    def group_types(self) -> list[str]:
        """Types of groups that events carry, most used first."""
        return [name for scope, name, _ in self.properties if scope == "group"]

    def events(self, *, top: bool = False) -> list[Pick]:
        """Events to choose from; the names of types, and the kinds of events there are, with
        `top` also the most frequent ones."""
        found = [
            Pick(EventSpec("event", one), one, plural(count, "event")) for one, count in self.types
        ]
        found += [
            Pick(EventSpec("label", label=key, name=name), name, "labeled event")
            for key, name in self.labels
        ]
        kinds = {key: one for key, one in KINDS.items() if top or key not in TOP_KINDS}
        return [Pick(EventSpec(kind), *words) for kind, words in kinds.items()] + found

    def refs(self, *, group: bool) -> list[Pick]:
        """Properties to filter by, or to `group` by."""
        fields = GROUPABLE_FIELDS if group else FIELDS
        found = [
            Pick(ref := PropertyRef(scope, name), property_title(ref), SCOPES.get(scope, scope))
            for scope, name, _ in self.properties
        ]
        return found + [
            Pick(PropertyRef("field", name), FIELD_TITLES[name], SCOPES["field"]) for name in fields
        ]


def vocabulary(warehouse: Warehouse, folder: Path) -> Vocabulary:
    """All names of a workspace."""
    properties = [(one.scope, one.name, one.seen) for one in warehouse.properties().values()]
    with Definitions(folder) as definitions:
        labels = [(one.id, one.name) for one in definitions.all(LABEL)]
        cohorts = [(one.id, one.name) for one in definitions.all(COHORT)]
    rows = warehouse.rows(
        "SELECT api_key, coalesce(nullif(name, ''), api_key) FROM sources ORDER BY id"
    )
    return Vocabulary(
        types=tuple(warehouse.types()),
        properties=tuple(properties),
        labels=tuple(labels),
        cohorts=tuple(cohorts),
        projects=tuple((str(key), str(name)) for key, name in rows if key),
        is_known=True,
    )


_FIELD_COLUMNS = {
    "user_id": "user_id",
    "device_id": "device_id",
    "session_id": "session",
    "event_type": "type",
    "library": "library",
    "event_id": "id",
    "upload_id": "upload",
}


def values(warehouse: Warehouse, ref: PropertyRef, part: str = "") -> list[Pick]:
    """Values of a property that hold `part`, most used first; `(none)` last."""
    if ref.scope == "count":
        return [Pick(str(rank), f"{rank}.", "time") for rank in range(1, 6)]
    if ref == PropertyRef("field", "project"):
        rows = warehouse.rows("SELECT id, coalesce(nullif(name, ''), api_key) FROM sources")
        return [Pick(str(key), str(name)) for key, name in rows]
    sources = _sources(warehouse, ref)
    found: list[Pick] = []
    if sources:
        united = " UNION ALL ".join(sources)
        fits = f" AND contains(lower(v), lower({literal(part)}))" if part else ""
        rows = warehouse.rows(
            f"SELECT v, count(*) FROM ({united}) WHERE v IS NOT NULL AND"
            f" length(v) <= {LONGEST}{fits} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES}"
        )
        found = [Pick(str(value), str(value), f"{number(int(count))}×") for value, count in rows]
    return [*found, Pick(None, NONE, "without a value")]


def _sources(warehouse: Warehouse, ref: PropertyRef) -> list[str]:
    """Questions whose rows are the values of a property, as `v`."""
    if ref.scope == "field":
        return [f"SELECT CAST({_FIELD_COLUMNS[ref.name]} AS VARCHAR) AS v FROM stored"]
    known = warehouse.properties().get((ref.scope, ref.name))
    if known is None:
        return []
    table = known.table
    found = [f"SELECT {quoted(known.column)} AS v FROM {table}"]
    if known.listed:
        found.append(f"SELECT UNNEST({quoted(known.listed)}) AS v FROM {table}")
    return found
