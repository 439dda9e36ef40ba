"""
What `eventscope sdks` says of captures, for tests.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from app.decode import decode
from app.ingest.outcome import ACCEPTED
from app.model import Capture, Outcome
from app.sdk.follower import SdkFollower
from app.sdk.report import InstanceReport, exported, exported_instance, sources
from app.sdk.resolve import resolved
from app.store import Store
from app.study import Arrival, Arrived, Study
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


def followed(captures: Sequence[Capture]) -> list[Json]:
    """The same without files, which are slow to make by the hundred."""
    follower = SdkFollower()
    with closing(sqlite3.connect(":memory:")) as db:
        for statement in follower.tables:
            db.execute(statement)
        follower.begin(db)
        number = 0
        for at, capture in enumerate(captures, 1):
            decoded = decode(capture)
            sent = decoded.upload.events if decoded.upload else ()
            events = tuple(
                Arrived(number + place, place, event, Outcome.ACCEPTED, None, True, 0, 0)
                for place, event in enumerate(sent, 1)
            )
            number += len(events)
            follower.take(Arrival(at, 1, capture, decoded, ACCEPTED, events))
        follower.save()
        follower.begin(db)  # What was put away is what is reported.
    return [
        exported_instance(
            InstanceReport(str(key), one, tuple(resolved(one, follower.places.get((1, one.place)))))
        )
        for key, one in follower.instances.items()
    ]


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
