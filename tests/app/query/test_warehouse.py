"""
The charts' copy of the events: kept, brought up to date, made anew.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.query import Charts, Progress, Warehouse, columns, read
from app.query import filling as loader
from app.query.chartsfile import FILE
from app.query.columns import quoted
from app.query.filling import Filling
from app.query.loading import Marks
from app.query.warehouse import Interrupted
from app.store import Store
from app.study import Study
from tests.app.query.small import CLOCK, DAYS, NOON, did, figure, workspace
from tests.factories import emptied, filled, upload

CHART = {"events": ["A"], "range": DAYS}


def add(folder: Path, *events: dict) -> None:
    filled(folder, [upload(*events, at_ms=NOON)])
    with Study(folder) as study:
        study.catch_up()


def test_only_what_is_new_is_loaded(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON, {"p": 1}), did("2", "A", NOON)])
    told: list[Progress] = []
    with Warehouse.open(folder) as warehouse:
        assert warehouse.refresh(told.append) == 2
        assert warehouse.refresh() == 0
    assert told[-1] == Progress(2, 2)
    add(folder, did("3", "A", NOON, {"q": "new", "p": [1]}))
    with Warehouse.open(folder) as warehouse:
        assert warehouse.refresh() == 1
        assert Charts(warehouse, CLOCK).answer(read(CHART)).series[0].total == 3
        seen = {name: one.seen for (_, name), one in warehouse.properties().items()}
        assert (seen["p"], seen["q"]) == (2, 1)
        assert warehouse.types() == [("A", 3)]


def test_a_later_login_makes_two_users_one(tmp_path: Path) -> None:
    anonymous = did("x", "A", NOON, device_id="phone-1")
    del anonymous["user_id"]
    folder = workspace(tmp_path, [anonymous, did("ada", "A", NOON)])
    assert figure(folder, CHART).series[0].total == 2
    add(folder, did("ada", "B", NOON, device_id="phone-1"))
    assert figure(folder, CHART).series[0].total == 1


def test_it_is_told_when_anything_changed_that_charts_show(tmp_path: Path) -> None:
    """Whoever looks at a chart asks it again then, and only then."""
    anonymous = did("x", "A", NOON, device_id="phone-1")
    del anonymous["user_id"]
    folder = workspace(tmp_path, [anonymous, did("ada", "A", NOON)])
    with Warehouse.open(folder) as warehouse:
        assert [warehouse.refresh(), warehouse.refresh()] == [2, 0]
        # No event, but the two were one person.
        add(folder, did("ada", "$identify", NOON, device_id="phone-1"))
        assert [warehouse.refresh(), warehouse.refresh()] == [1, 0]
        assert Charts(warehouse, CLOCK).answer(read(CHART)).series[0].total == 1
        with Store.write(folder) as store:
            store.writer.prune(up_to=1)
        add(folder)
        assert [warehouse.refresh(), warehouse.refresh()] == [2, 0]
        add(folder, did("bob", "A", NOON), did("eve", "A", NOON))
        assert warehouse.refresh() == 2
        with Store.write(folder) as store:
            emptied(store)
        add(folder)
        assert [warehouse.refresh(), warehouse.refresh()] == [2, 0]
        assert Charts(warehouse, CLOCK).answer(read(CHART)).series[0].total == 0


def test_refused_and_repeated_events_are_in_no_chart(tmp_path: Path) -> None:
    from app.model import Response

    good = did("1", "A", NOON, insert_id="one")
    bad = upload(did("2", "A", NOON), at_ms=NOON, response=Response(400, (), b'{"code":400}'))
    folder = filled(tmp_path, [upload(good, at_ms=NOON), bad])
    add(folder, good, did("3", "$identify", NOON, user_properties={"$set": {"a": 1}}))
    every = {"events": [{"kind": "any"}], "range": DAYS, "measure": "totals"}
    assert figure(folder, every).series[0].total == 1


def test_after_clearing_nothing_old_is_left(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON), did("2", "A", NOON)])
    assert figure(folder, CHART).series[0].total == 2
    with Store.write(folder) as store:
        emptied(store)
    add(folder, did("3", "A", NOON))
    assert figure(folder, CHART).series[0].total == 1


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    (folder / FILE).write_bytes(b"no database" * 1000)
    assert figure(folder, CHART).series[0].total == 1


def test_a_file_that_lost_its_end_is_made_anew(tmp_path: Path) -> None:
    events = [did(str(at), "A", NOON, {"p": "x" * at}) for at in range(2000)]
    folder = workspace(tmp_path, events)
    assert figure(folder, CHART).series[0].total == 2000
    with (folder / FILE).open("r+b") as file:
        file.truncate((folder / FILE).stat().st_size * 6 // 10)
    add(folder, did("new", "A", NOON))
    assert figure(folder, CHART).series[0].total == 2001


@pytest.mark.parametrize("moment", range(0, 9, 2))
def test_a_load_that_is_broken_off_counts_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    folder = workspace(tmp_path, [did(str(at), "A", NOON, {"p": at}) for at in range(20)])
    done = 0

    def broken(db: Any, marks: Marks) -> None:
        nonlocal done
        done += 1
        if done == moment:
            raise Interrupted("Now.")
        mark(db, marks)

    mark = Filling._mark
    monkeypatch.setattr(Filling, "_mark", broken)
    monkeypatch.setattr(loader, "CHUNK_EVENTS", 3)
    monkeypatch.setattr(loader, "CHUNKS_TOGETHER", 2)
    with contextlib.suppress(Interrupted), Warehouse.open(folder) as warehouse:
        warehouse.refresh()
    monkeypatch.undo()
    assert figure(folder, CHART | {"measure": "totals"}).series[0].total == 20


def test_a_prune_that_is_broken_off_loses_no_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path, [did(str(at), "A", NOON) for at in range(300)])
    assert figure(folder, CHART).series[0].total == 300
    with Store.write(folder) as store:
        store.writer.prune(up_to=1)
    add(folder, did("new", "A", NOON))

    def broken(*_: object) -> Marks:
        raise Interrupted("Now.")

    monkeypatch.setattr(Filling, "_add_small", broken)
    with Warehouse.open(folder) as warehouse, pytest.raises(Interrupted):
        warehouse.refresh()
    monkeypatch.undo()
    assert figure(folder, CHART).series[0].total == 201


def test_a_file_of_another_workspace_is_made_anew(tmp_path: Path) -> None:
    other = workspace(tmp_path / "other", [did(str(i), "A", NOON) for i in range(5)])
    folder = workspace(tmp_path / "one", [did("1", "A", NOON)])
    assert figure(other, CHART).series[0].total == 5
    (other / FILE).rename(folder / FILE)
    assert figure(folder, CHART).series[0].total == 1


def test_two_at_the_same_time(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    with Warehouse.open(folder) as first, Warehouse.open(folder) as second:
        for one in (first, second):
            one.refresh()
            assert Charts(one, CLOCK).answer(read(CHART)).series[0].total == 1


def test_another_process_has_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(CHART))
    with Warehouse.open(folder) as mine:
        mine.refresh()
        subprocess.run(
            [sys.executable, "-m", "app", "chart", "--workspace", folder, file, "--now", str(NOON)],
            check=True,
        )
    assert json.loads(capfd.readouterr().out)["series"][0]["total"] == 1


def test_nothing_is_printed_however_long_a_question_takes(tmp_path: Path) -> None:
    """After two seconds DuckDB would draw how far it is among the JSON, in a process into which,
    as it seems to it, somebody types."""
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    code = (
        "from pathlib import Path; from app.query import Warehouse\n"
        f"with Warehouse.open(Path({str(folder)!r})) as one, one.beside() as other:\n"
        """ asked = "SELECT current_setting('enable_progress_bar')"\n"""
        " print(one.rows(asked), other.rows(asked), *one.stream(asked))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[(False,)] [(False,)] [(False,)]\n"


def test_the_copy_is_private(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    figure(folder, CHART)
    assert (folder / FILE).stat().st_mode & 0o077 == 0
    assert not list(folder.glob("charts-*"))


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    for name, age in (("charts-old", 2 * 86400), ("charts-new", 0)):
        (folder / name).mkdir()
        (folder / name / "events0").write_text("left")
        then = time.time() - age
        os.utime(folder / name, (then, then))
    figure(folder, CHART)
    assert [one.name for one in folder.glob("charts-*")] == ["charts-new"]


def test_a_question_that_is_given_up_ends_and_the_next_is_answered(tmp_path: Path) -> None:
    with Warehouse.open(workspace(tmp_path, [did("1", "A", NOON)])) as warehouse:
        warehouse.refresh()
        timer = threading.Timer(0.05, warehouse.interrupt)
        timer.start()
        with pytest.raises(Interrupted):
            warehouse.rows("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b")
        timer.join()
        assert warehouse.rows("SELECT count(*) FROM events") == [(1,)]


def test_a_question_may_be_given_up_between_two_statements(tmp_path: Path) -> None:
    with Warehouse.open(workspace(tmp_path, [did("1", "A", NOON)])) as warehouse:
        warehouse.refresh()
        count = "SELECT count(*) AS n FROM events"
        for ask in (warehouse.rows, warehouse.arrays):
            warehouse.interrupt()
            with pytest.raises(Interrupted):
                ask(count)
            assert len(ask(count)) == 1
            warehouse.interrupt()
            warehouse.begin_question()
            assert len(ask(count)) == 1


@pytest.mark.parametrize("name", ["p", 'p."q"', "P"])
def test_values_are_there_as_they_were_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """`P` cannot be told from another property by DuckDB, and is read in another way."""
    sent: list[tuple[Any, str | None, list[str | None] | None]] = [
        (1, "1", None),
        ("[1, 2]", "[1, 2]", None),
        ([1, "a", None, [2], {"b": []}], None, ["1", "a", None, "[2]", '{"b":[]}']),
        ([], None, []),
        ("[", "[", None),
        ('"x"', '"x"', None),
        ("", "", None),
        (None, None, None),
        (True, "true", None),
        ({"a": [1]}, '{"a":[1]}', None),
        (2**63 - 1, "9223372036854775807", None),
        (2**63, "9223372036854775808", None),
        ([2**64 - 1], None, ["18446744073709551615"]),
        (1.5, "1.5", None),
        ("]\x1f\n\x00", "]\x1f\n\x00", None),
    ]
    monkeypatch.setattr(loader, "CHUNK_EVENTS", 4)
    other = {"p": "x", "P": "x"} if name == "P" else {}
    folder = workspace(
        tmp_path, [did("1", "A", NOON + at, {**other, name: one[0]}) for at, one in enumerate(sent)]
    )
    with Warehouse.open(folder) as warehouse:
        assert warehouse.refresh() == len(sent)
        found = warehouse.properties()["event", name]
        assert found.listed
        column, listed = quoted(found.column), quoted(found.listed)
        rows = warehouse.rows(f"SELECT {column}, {listed} FROM events ORDER BY id")
    assert rows == [one[1:] for one in sent]


@pytest.mark.parametrize("name", ["p", 'p."q"', "p\\", "pé.*", "a b"])
@pytest.mark.parametrize("other", ["x", "\udc00 half", 2**70])
def test_an_array_may_come_under_a_name_that_had_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, other: object
) -> None:
    """However the name is spelled: values that DuckDB cannot read change that."""
    monkeypatch.setattr(loader, "CHUNK_EVENTS", 2)
    monkeypatch.setattr(columns, "REPAIRED_TOGETHER", 1)
    values: list[object] = [1, '":[', [1, "b"], "c", [], ["d"]]
    folder = workspace(
        tmp_path,
        [
            did("1", "A", NOON + at, {"nested": {name: [0]}, "other": other, name: one})
            for at, one in enumerate(values)
        ],
    )
    with Warehouse.open(folder) as warehouse:
        assert warehouse.refresh() == len(values)
        found = warehouse.properties()["event", name]
        assert found.listed
        assert found.seen == len(values)
        rows = warehouse.rows(
            f"SELECT {quoted(found.column)}, {quoted(found.listed)} FROM events ORDER BY id"
        )
        assert warehouse.properties()["event", "nested"].listed is None
    assert rows == [
        ("1", None), ('":[', None), (None, ["1", "b"]), ("c", None), (None, []), (None, ["d"]),
    ]  # fmt: skip


def test_values_of_a_megabyte_and_thousands_of_names(tmp_path: Path) -> None:
    events = [did("1", "A", NOON, {"big": "x" * 1_000_000, "n": "\udc00 half"})]
    events += [
        did("1", "A", NOON, {f"name {i}": i for i in range(k, k + 400)}) for k in (0, 400, 800)
    ]
    folder = workspace(tmp_path, events)
    assert figure(folder, CHART | {"measure": "totals"}).series[0].total == 4
    where = [{"property": "big", "op": "starts with", "values": ["xx"]}]
    long = {"events": [{"event": "A", "where": where}], "range": DAYS}
    assert figure(folder, long).series[0].total == 1


def test_a_project_is_called_what_it_is_called_now(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON)])
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        ((key, before),) = warehouse.rows("SELECT api_key, name FROM sources")
        with Store.write(folder) as store:
            store.writer.name_source(key, "The shop")
        add(folder, did("2", "A", NOON))
        warehouse.refresh()
        assert before == ""
        assert warehouse.rows("SELECT api_key, name FROM sources") == [(key, "The shop")]
