"""
What `eventscope sdks` says of captures, for tests.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.model import Capture
from app.sdk.report import exported, sources
from app.store import Store
from app.study import Study
from tests.factories import filled

Json = dict[str, Any]


def learned(folder: Path, captures: Sequence[Capture]) -> list[Json]:
    """The SDK instances that these captures tell of."""
    filled(folder, captures)
    return reported(folder)


def reported(folder: Path) -> list[Json]:
    """The SDK instances of a workspace, after studying what is new."""
    with Study(folder) as study:
        study.catch_up()
    with Store.read(folder) as store:
        found = exported(sources(store))["sources"]
    return [instance for source in found for instance in source["instances"]]


def options(instance: Json) -> dict[str, Json]:
    """Options by name."""
    return {one["name"]: one for one in instance["options"]}


def known(instance: Json) -> dict[str, Any]:
    """The values that are known, however."""
    return {
        name: one["value"]
        for name, one in options(instance).items()
        if one["evidence"] not in ("unknown", "default")
    }


def evidence(instance: Json, name: str) -> tuple[Any, str]:
    """The value of an option and how it is known."""
    one = options(instance)[name]
    return one["value"], one["evidence"]
