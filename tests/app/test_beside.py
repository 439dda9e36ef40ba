"""
Searching on two connections at once finds the same, in the same order, and can be stopped.
"""

import sqlite3
import threading
from collections.abc import Iterator

import pytest

from app.filter import Filter, parse
from app.store import Store, events
from app.store.beside import Beside
from tests.factories import event, filled, upload

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    steps = [event(f"Step {at % 7}") for at in range(500)]
    with Store.read(filled(tmp_path_factory.mktemp("workspace"), [upload(*steps)])) as made:
        yield made


@pytest.mark.parametrize("text", ["step", '"Step 3"', "-type:step", "type:3 or type:5", "nothing"])
@pytest.mark.parametrize("limit", [1, 20, 71, 72, 10_000])
def test_two_halves_are_the_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch, text: str, limit: int
) -> None:
    chosen = Filter(parse(text))
    alone = store.events.downwards(chosen)(limit, 480, 20)
    asked = []
    both = events.Beside.both
    monkeypatch.setattr(
        events.Beside, "both", lambda *given: (asked.append(limit), both(*given))[1]
    )
    monkeypatch.setattr(events, "MANY", 100)
    assert store.events.downwards(chosen)(limit, 480, 20) == alone
    assert asked


def test_what_is_not_needed_is_not_waited_for(store: Store) -> None:
    beside = store._beside
    assert beside
    found = beside.both(
        lambda _db: 1, lambda db: db.execute(ENDLESS).fetchone()[0], lambda found: found == 1
    )
    assert found == (1, None)


def test_both_are_stopped(store: Store) -> None:
    beside = store._beside
    assert beside
    is_over = threading.Event()

    def stop() -> None:
        # What comes before the statement has begun finds nothing to interrupt.
        while not is_over.wait(0.05):
            store.interrupt()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        beside.both(
            lambda _db: 0, lambda db: db.execute(ENDLESS).fetchone()[0], lambda found: found == 1
        )
    is_over.set()
    stopper.join()


def test_a_mistake_of_the_first_ends_the_second(store: Store) -> None:
    beside = store._beside
    assert beside
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        beside.both(
            lambda db: len(db.execute("SELECT * FROM nowhere").fetchall()),
            lambda db: db.execute(ENDLESS).fetchone()[0],
            lambda found: found == 1,
        )


def test_without_a_second_connection_one_does_both(store: Store) -> None:
    def no_more_files() -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    beside = Beside(store.connection, no_more_files)
    asked: list[sqlite3.Connection] = []
    found = beside.both(asked.append, asked.append, lambda _: False)
    assert found == (None, None)
    assert asked == [store.connection, store.connection]
