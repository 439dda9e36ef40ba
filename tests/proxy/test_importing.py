"""
Imports into a capture that runs: how they end is always said.
"""

import asyncio
import json
from pathlib import Path

from app import wire
from app.store import Store
from proxy.importing import Imports
from proxy.writer import GroupWriter
from tests.factories import event


def said(folder: Path, file: Path, spoil: str = "") -> wire.Imported:
    """What is said in the end of an import; `spoil` is done to the workspace before."""
    told: list[wire.Message] = []

    async def run(store: Store) -> None:
        store.connection.execute(spoil)
        writer = GroupWriter(store.writer, lambda _: None, lambda _: None)
        await Imports(writer, told.append).run(str(file))

    with Store.write(folder) as store:
        asyncio.run(run(store))
    last = told[-1]
    assert isinstance(last, wire.Imported)
    return last


def test_an_import_tells_how_it_ended(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text("".join(f"{json.dumps(event(f'E{number}'))}\n" for number in range(3)))
    assert said(tmp_path / "w", file) == wire.Imported(str(file), 1, 3, "")


def test_an_import_that_meets_a_bug_is_said_to_have_failed(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text(json.dumps(event()))
    refuse = (
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON events"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    found = said(tmp_path / "w", file, refuse)
    assert found.problem == "events.ndjson could not be imported: something went wrong here."
    assert found.events == 0
