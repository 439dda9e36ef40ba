"""
Worked cases of the semantics as a table: events, definitions, and what `eventscope chart` prints.

The cases of a file share one workspace. Each has a project and users of its own, and asks for its
project only, so that none sees another's events.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.__main__ import main
from app.study import Study
from tests.app.query.small import NOON, did
from tests.factories import filled, upload

type Found = dict[str, Any]
type Event = dict[str, Any]


class Case(NamedTuple):
    """A rule: its place in the semantics, what happened, what is asked, how the answer is read,
    and what it has to be."""

    name: str
    events: tuple[Event, ...]
    definition: dict[str, Any]
    read: Callable[[Found], Any]
    expected: Any
    more: tuple[str, ...] = ()


def key_of(case: str) -> str:
    """The API key of a case's project."""
    return case.split("/", maxsplit=1)[0].encode().hex()[:32].ljust(32, "0")


def workspace_of(folder: Path, cases: Iterable[Case]) -> Path:
    """A workspace with the events of all cases. Cases that are called the same up to a slash
    share their events."""
    stored: dict[str, tuple[Event, ...]] = {}
    for case in cases:
        name = case.name.split("/")[0]
        if case.events:
            assert stored.setdefault(name, case.events) == case.events, name
    captures = [
        upload(*_own(name, events[at : at + 100]), key=key_of(name), at_ms=NOON)
        for name, events in stored.items()
        for at in range(0, len(events), 100)
    ]
    filled(folder, captures)
    with Study(folder) as study:
        study.catch_up()
    return folder


def _own(case: str, events: Iterable[Event]) -> list[Event]:
    """The events of users whom no other case has."""
    names = ("user_id", "device_id")
    return [
        one | {name: f"{key_of(case)} {one[name]}" for name in names if one.get(name)}
        for one in events
    ]


class Asking:
    """Types `eventscope chart` and reads what it prints."""

    def __init__(self, folder: Path, scratch: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._scratch, self._capfd = folder, scratch, capfd

    def __call__(self, case: str, definition: dict[str, Any], *more: str) -> Any:
        """The answer as JSON; the sentence when there is none."""
        file = self._scratch / "definition.json"
        project = {} if "--cohort" in more else {"project": key_of(case)}
        file.write_text(json.dumps(project | definition))
        return self.typed(*([] if "--marks" in more else [str(file)]), *more)

    def typed(self, *more: str) -> Any:
        """The same for what is typed after the workspace."""
        given = ["chart", "--workspace", str(self.folder)]
        given += [] if "--now" in more else ["--now", str(NOON)]
        code = main([*given, *more])
        said = self._capfd.readouterr()
        return json.loads(said.out) if not code else said.err.strip()

    def check(self, case: Case) -> None:
        """The case holds."""
        found = self(case.name, case.definition, *case.more)
        assert not isinstance(found, str), found
        seen = case.read(found)
        expected = pytest.approx(case.expected) if _numbers(case) else case.expected
        assert seen == expected


def _numbers(case: Case) -> bool:
    """Whether what is expected may be compared as numbers that are nearly the same."""
    flat = case.expected if isinstance(case.expected, list) else [case.expected]
    return all(isinstance(one, int | float) for one in flat)


def ran(user: str, start: int, history: str, unit: int = 1000) -> list[Event]:
    """What a user did, such as `A0 B90 A100.5`: types, and units after the start."""
    return [
        did(user, word.rstrip("0123456789."), start + round(float(_number(word)) * unit))
        for word in history.split()
    ]


def _number(word: str) -> str:
    return word[len(word.rstrip("0123456789.")) :] or "0"


def points(found: Found) -> list[float | None]:
    """The points of the only series."""
    (series,) = found["series"]
    return list(series["points"])


def total(found: Found) -> float | None:
    """The total of the only series."""
    (series,) = found["series"]
    return series["total"]  # type: ignore[no-any-return]


def totals(found: Found) -> dict[str, float | None]:
    """The totals by group, or by name."""
    return {
        " / ".join(one["group"]) or one["bin"] or one["name"]: one["total"]
        for one in found["series"]
    }


def counts(found: Found) -> list[int]:
    """The bars of the only funnel."""
    (part,) = found["parts"]
    return list(part["counts"])


def ways(found: Found) -> dict[str, int]:
    """How many go each way."""
    return {" > ".join(one["way"]): one["count"] for one in found["nodes"]}
