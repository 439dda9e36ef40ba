"""
Group commits: what arrives together, large things apart, failures one by one.
"""

import asyncio
from pathlib import Path

from app.decode import decode
from app.model import Capture
from app.store import Store
from proxy.writer import LARGE, GroupWriter
from tests.factories import event, upload

SMALL = upload(event("Small"))
BIG = upload(event("Big", event_properties={"text": "x" * LARGE}))


def stored(folder: Path, *captures: Capture) -> tuple[list[int], list[int]]:
    """The ids that captures get which are added at once, and how many were committed each time."""
    sizes: list[int] = []

    async def add(store: Store) -> list[int]:
        before = store.writer.last.capture

        def committed(_: object) -> None:
            nonlocal before
            sizes.append(store.writer.last.capture - before)
            before = store.writer.last.capture

        writer = GroupWriter(store.writer, committed, lambda _: None)
        return list(
            await asyncio.gather(*(writer.add(capture, decode(capture)) for capture in captures))
        )

    with Store.write(folder) as store:
        return asyncio.run(add(store)), sizes


def test_what_comes_together_is_committed_together(tmp_path: Path) -> None:
    """All but the first, which was alone when it came."""
    assert stored(tmp_path, *[SMALL] * 4) == ([1, 2, 3, 4], [1, 3])


def test_who_comes_alone_is_committed_at_once(tmp_path: Path) -> None:
    async def add(store: Store) -> list[tuple[int, bool]]:
        found = []
        writer = GroupWriter(store.writer, lambda _: None, lambda _: None)
        for _ in range(3):
            added = asyncio.ensure_future(writer.add(SMALL, decode(SMALL)))
            await asyncio.sleep(0)
            found.append((store.writer.last.capture, bool(writer._waiting)))
            await added
        return found

    with Store.write(tmp_path) as store:
        assert asyncio.run(add(store)) == [(1, False), (2, False), (3, False)]


def test_large_ones_do_not_hold_up_small_ones(tmp_path: Path) -> None:
    ids, sizes = stored(tmp_path, BIG, SMALL, BIG, SMALL)
    assert sorted(ids) == [1, 2, 3, 4]
    assert (ids[1], ids[3]) == (1, 2)
    assert sizes[:2] == [1, 1]
    with Store.read(tmp_path) as store:
        for number in (3, 4):
            kept = store.captures.get(number)
            assert kept is not None
            assert kept.capture.body == BIG.body


def test_what_cannot_be_stored_does_not_take_its_neighbours_along(tmp_path: Path) -> None:
    async def add(store: Store) -> list[int]:
        store.connection.execute(
            "CREATE TEMP TRIGGER refuse BEFORE INSERT ON events WHEN NEW.position = 1"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
        writer = GroupWriter(store.writer, lambda _: None, lambda _: None)
        odd = upload(event(), event())
        return list(
            await asyncio.gather(*(writer.add(one, decode(one)) for one in (SMALL, odd, SMALL)))
        )

    with Store.write(tmp_path) as store:
        ids = asyncio.run(add(store))
        assert len(set(ids)) == 3
        assert store.events.count() == 2
        kept = store.captures.get(ids[1])
        assert kept is not None
        assert kept.capture.body == upload(event(), event()).body
