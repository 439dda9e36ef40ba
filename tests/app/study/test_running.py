"""
The study itself: it goes on where it was, and can always be made again.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.decode import decode
from app.errors import StoreUnavailable
from app.model import Capture, Via
from app.store import Store
from app.store import studyfile as study_tables
from app.store.trouble import explained
from app.study import FILE, Study, reading, running
from app.study.doing import facets
from app.study.followers import make_followers
from app.study.sessions import SessionsFollower
from tests.app.study.world import T0, arrived, owners, sent, studied
from tests.factories import emptied, filled


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few hundred captures are several of them."""
    monkeypatch.setattr(reading, "MOST_CAPTURES", 200)


def facts(folder: Path) -> list[tuple[int, int]]:
    with Store.read(folder) as store:
        return store.connection.execute(
            "SELECT id, person FROM study.placed ORDER BY id"
        ).fetchall()


def test_nothing_is_studied_twice(tmp_path: Path) -> None:
    filled(tmp_path, [sent("A", 1, device_id="device-1")])
    with Study(tmp_path) as study:
        assert study.catch_up() == 1
        assert study.catch_up() == 1
        assert not study.is_behind()
    with Study(tmp_path) as study:
        assert study.catch_up() == 1
    assert facts(tmp_path) == [(1, 1)]


def test_two_at_once_do_the_work_once(tmp_path: Path) -> None:
    filled(tmp_path, [sent("A", at, device_id=f"device-{at}") for at in range(450)])
    with Study(tmp_path) as one, Study(tmp_path) as other:
        turns = iter(range(3))
        one.catch_up(lambda: next(turns) < 1)
        other.catch_up()
        assert one.catch_up() == 450
    assert facts(tmp_path) == [(number, number) for number in range(1, 451)]


def test_sessions_are_there(tmp_path: Path) -> None:
    who = {"device_id": "device-1", "session_id": 1_795_281_000_000}
    captures = [
        sent("A", 1, **who),
        sent("$identify", 2, **who),
        sent("B", 3, **who),
        sent("Push", 4, device_id="device-1", session_id=-1),
    ]
    with studied(tmp_path, captures) as store:
        rows = store.connection.execute("SELECT * FROM study.sessions").fetchall()
    assert rows == [(1, 1_795_281_000_000, 1, 3, 1_795_281_000_001, 1_795_281_000_003, 2)]


def test_what_waits_for_its_answer_is_waited_for(tmp_path: Path) -> None:
    now = time.time_ns() // 1_000_000
    waiting = sent("A", device_id="device-1")
    captures = [
        waiting,
        sent("B", device_id="device-1"),
        type(waiting)(at_ms=now, method="POST", url=waiting.url, body=waiting.body, via=Via.PROXY),
        sent("C", device_id="device-1"),
    ]
    filled(tmp_path, captures)
    with Study(tmp_path) as study:
        assert study.catch_up() == 2
        assert study.is_behind()


def test_what_came_from_the_future_is_not_waited_for(tmp_path: Path) -> None:
    """The clock was set back after it: its answer would be waited for until then."""
    tomorrow = time.time_ns() // 1_000_000 + 86_400_000
    unanswered = sent("A", device_id="device-1")
    unanswered = type(unanswered)(
        at_ms=tomorrow, method="POST", url=unanswered.url, body=unanswered.body, via=Via.PROXY
    )
    filled(tmp_path, [unanswered, sent("B", device_id="device-1")])
    with Study(tmp_path) as study:
        assert study.catch_up() == 2


def test_cleared_is_forgotten(tmp_path: Path) -> None:
    with studied(tmp_path, [sent("A", 1, device_id="device-1")]):
        pass
    with Store.write(tmp_path) as store:
        emptied(store)
    filled(tmp_path, [sent("B", 2, device_id="device-2")])
    with Study(tmp_path) as study:
        study.catch_up()
    assert facts(tmp_path) == [(2, 1)]


def test_the_oldest_go_and_people_stay(tmp_path: Path) -> None:
    captures = [
        sent("A", at, device_id="device-1", user_properties={"n": at}, session_id=at + 1)
        for at in range(40)
    ]
    studied(tmp_path, captures).close()
    with Store.write(tmp_path) as store:
        store.writer.prune(up_to=30)
    with Study(tmp_path) as study:
        study.catch_up()
    assert facts(tmp_path) == [(number, 1) for number in range(31, 41)]
    with Store.read(tmp_path) as store:
        for number in range(31, 41):
            found = store.people.snapshot(number)
            assert found
            assert found.after == {"n": number - 1}
        assert store.people.snapshot(30) is None
        (sessions,) = store.connection.execute("SELECT count(*) FROM study.sessions").fetchone()
        assert sessions == 10


@pytest.mark.parametrize("damage", [b"", b"no database" * 999])
def test_a_damaged_study_is_made_again(tmp_path: Path, damage: bytes) -> None:
    studied(tmp_path, [sent("A", 1, device_id="device-1")]).close()
    for path in tmp_path.glob(f"{FILE}*"):
        path.unlink()
    (tmp_path / FILE).write_bytes(damage)
    with Study(tmp_path) as study:
        study.catch_up()
    assert facts(tmp_path) == [(1, 1)]


def test_damage_that_shows_later_is_repaired_for_everybody(tmp_path: Path) -> None:
    studied(tmp_path, [sent("A", 1, device_id="device-1")]).close()
    with sqlite3.connect(tmp_path / FILE) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'people'").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.close()
    with Store.read(tmp_path) as open_before, (tmp_path / FILE).open("r+b") as file:
        file.seek((page - 1) * study_tables.PAGE_SIZE)
        file.write(b"\xff" * 200)
        filled(tmp_path, [sent("A", 2, device_id="device-1")])
        with Study(tmp_path) as study:
            assert study.catch_up() == 2
        assert facts(tmp_path) == [(1, 1), (2, 1)]
        assert owners(open_before) == [1, 1]


def test_a_damaged_study_is_readable_at_once(tmp_path: Path) -> None:
    studied(tmp_path, [sent("A", 1, device_id="device-1")]).close()
    (tmp_path / FILE).write_bytes(b"no database" * 999)
    with Store.read(tmp_path) as open_before, Study(tmp_path) as study:
        study.catch_up()
        assert owners(open_before) == [1]


def test_who_reads_while_a_study_is_thrown_away_hears_a_sentence(tmp_path: Path) -> None:
    studied(tmp_path, [sent("A", 1, device_id="device-1")]).close()
    with Store.read(tmp_path) as reading:
        with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as db:
            for table in ("placed", "facts"):
                db.execute(f"DROP TABLE {table}")
        with pytest.raises(StoreUnavailable, match="being made anew"), explained(tmp_path):
            owners(reading)
    with Store.read(tmp_path) as again:
        assert owners(again) == [None]


def test_a_study_that_belongs_to_somebody_else_is_a_sentence(tmp_path: Path) -> None:
    filled(tmp_path, [sent("A", 1, device_id="device-1")])
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        Study(tmp_path)


def test_another_version_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studied(tmp_path, [sent("A", 1, device_id="device-1")]).close()
    monkeypatch.setattr(study_tables, "VERSION", 99)
    with Study(tmp_path) as study:
        study.catch_up()
    assert facts(tmp_path) == [(1, 1)]


def test_a_study_of_another_workspace_is_made_again(tmp_path: Path) -> None:
    studied(tmp_path, [sent("A", 1, device_id="device-1")]).close()
    for path in tmp_path.glob("workspace.sqlite*"):
        path.unlink()
    with studied(tmp_path, [sent("B", at, device_id=f"other-{at}") for at in range(3)]) as store:
        assert len(set(owners(store))) == 3


def test_readable_without_a_study(tmp_path: Path) -> None:
    filled(tmp_path, [sent("A", 1, device_id="device-1")])
    (tmp_path / FILE).mkdir()
    with Store.read(tmp_path) as store:
        assert store.events.count() == 1
        assert store.people.snapshot(1) is None


def test_killed_at_any_moment_it_goes_on(tmp_path: Path) -> None:
    filled(tmp_path, [sent("A", at, device_id=f"device-{at % 7}") for at in range(2000)])
    command = [sys.executable, "-m", "app.study", "--workspace", str(tmp_path)]
    for _ in range(3):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert process.stdout
            process.stdout.readline()
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
    with Study(tmp_path) as study:
        assert study.catch_up() == 2000
    assert facts(tmp_path) == [(number, (number - 1) % 7 + 1) for number in range(1, 2001)]


def test_the_process_says_how_far_it_is_and_ends_with_its_input(tmp_path: Path) -> None:
    filled(tmp_path, [sent("A", 1, device_id="device-1")])
    command = [sys.executable, "-m", "app.study", "--workspace", str(tmp_path)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stderr
        assert b'"through":1' in process.stdout.readline()
        # As of Ctrl+C in the terminal of the window.
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        assert process.wait(120) == 0
        assert process.stderr.read() == b""
    with sqlite3.connect(tmp_path / FILE) as db:
        assert db.execute("SELECT count(*) FROM placed").fetchone() == (1,)
    db.close()


class Stumbles(SessionsFollower):
    """Cannot save what it learned of one session."""

    def save(self) -> None:
        if any(session == 666 for _, session in self._found):
            raise ValueError("cannot be saved")
        super().save()


def test_what_cannot_be_saved_is_passed_over_alone(tmp_path: Path) -> None:
    sessions = [1, 2, 666, 4, 5]
    filled(tmp_path, [sent("A", at, device_id="device-1", session_id=at) for at in sessions])
    followers = [
        Stumbles() if isinstance(one, SessionsFollower) else one for one in make_followers()
    ]
    with Study(tmp_path, followers) as study:
        assert study.catch_up() == 5
        assert not study.is_behind()
    assert facts(tmp_path) == [(1, 1), (2, 1), (4, 1), (5, 1)]
    with Store.read(tmp_path) as store:
        rows = store.connection.execute("SELECT session_id FROM study.sessions").fetchall()
    assert rows == [(1,), (2,), (4,), (5,)]


def test_what_cannot_be_saved_is_found_among_many(tmp_path: Path) -> None:
    """It is in a later batch of those that are saved together."""
    sessions = [666 if at == 230 else 1 for at in range(260)]
    filled(
        tmp_path,
        [sent("A", at, device_id="device-1", session_id=n) for at, n in enumerate(sessions)],
    )
    followers = [
        Stumbles() if isinstance(one, SessionsFollower) else one for one in make_followers()
    ]
    with Study(tmp_path, followers) as study:
        assert study.catch_up() == 260
    assert facts(tmp_path) == [(number, 1) for number in range(1, 261) if number != 231]
    with Store.read(tmp_path) as store:
        rows = store.connection.execute("SELECT session_id, events FROM study.sessions").fetchall()
    assert rows == [(1, 259)]


def mixed(count: int) -> list[Capture]:
    """Uploads with much of what there is to learn, some sent twice."""
    contexts: list[dict[str, Any]] = [
        {"platform": "Web", "os_name": "Chrome", "country": "France", "library": "lib/1"},
        {"platform": "iOS", "version_name": "1.2", "language": "fr", "groups": {"club": ["a", 3]}},
        {"platform": "iOS", "app_version": 7, "city": ["x"], "user_properties": {"plan": "pro"}},
        {"platform": "Web", "user_properties": {"$add": {"n": 1}}, "revenue": 3},
    ]
    found = []
    for at in range(count):
        events = [
            {
                "event_type": ("A", "[Amplitude] Element Clicked", "$identify")[(at + n) % 3],
                "device_id": f"device-{(at * 7 + n) % 11}",
                "user_id": f"user-{at % 5}" if at % 4 else None,
                "session_id": T0 + at // 50,
                "insert_id": f"{at}-{n}",
                "event_properties": {"[Amplitude] Element Text": f"Buy {n}", "n": at % 13},
                **contexts[(at // 3) % 4],
            }
            for n in range(1 + at % 3)
        ]
        found.append(arrived(at, *events))
        if at % 17 == 0:
            found.append(arrived(at, *events))
    return found


def contents(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All tables of the study, whatever the order of their rows."""
    with contextlib.closing(sqlite3.connect(folder / FILE)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for (name,) in names
            if not name.startswith("sqlite_")
        }


def test_what_is_learned_does_not_depend_on_what_is_saved_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, mixed(600))
    found = []
    for seconds in (0, 60):
        monkeypatch.setattr(running, "TOGETHER_S", seconds)
        told: list[int] = []
        with Study(tmp_path) as study:
            study.catch_up(progress=lambda one: told.append(one.through))  # noqa: B023
        found.append((contents(tmp_path), len(told)))
        (tmp_path / FILE).unlink()
    (apart, times), (together, once) = found
    assert apart == together
    assert len(apart["placed"]) == 1200
    assert (times, once) == (4, 1)


def test_large_uploads_are_read_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TOGETHER_S", 0)
    monkeypatch.setattr(reading, "MOST_EVENTS", 3)
    sizes = [1, 2, 1, 4, 3, 1]
    events = [{"event_type": "A", "device_id": "device-1", "insert_id": str(n)} for n in range(12)]
    captures = [arrived(at, *events[:size]) for at, size in enumerate(sizes)]
    filled(tmp_path, captures)
    told: list[int] = []
    with Study(tmp_path) as study:
        study.catch_up(progress=lambda one: told.append(one.through))
    assert told == [2, 3, 4, 5, 6]


def test_progress_is_what_others_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "TOGETHER_S", 0)
    filled(tmp_path, [sent("A", at, device_id="device-1") for at in range(450)])
    seen = []

    def look(progress: running.Progress) -> None:
        with Store.read(tmp_path) as store:
            (last,) = store.connection.execute("SELECT max(id) FROM study.placed").fetchone()
        seen.append((progress.through, last))

    with Study(tmp_path) as study:
        study.catch_up(progress=look)
    assert seen == [(200, 200), (400, 400), (450, 450)]


class Begins(SessionsFollower):
    """Counts how often it has to remember."""

    times = 0

    def begin(self, db: sqlite3.Connection) -> None:
        self.times += 1
        super().begin(db)


def test_who_is_ready_does_not_begin_again(tmp_path: Path) -> None:
    filled(tmp_path, [sent("A", 1, device_id="device-1", session_id=1)])
    one = Begins()
    others = make_followers()
    others[[type(follower) for follower in others].index(SessionsFollower)] = one
    with Study(tmp_path, others) as study:
        study.make_ready()
        assert one.times == 1
        study.catch_up()
        filled(tmp_path, [sent("A", 2, device_id="device-1", session_id=1)])
        study.catch_up()
        study.make_ready()
        assert one.times == 1
        studied(tmp_path, [sent("A", 3, device_id="device-1", session_id=1)]).close()
        study.make_ready()
        assert one.times == 2
        filled(tmp_path, [sent("A", 4, device_id="device-1", session_id=1)])
        study.catch_up()
        assert one.times == 2
    with Store.read(tmp_path) as store:
        rows = store.connection.execute("SELECT events FROM study.sessions").fetchall()
    assert rows == [(4,)]


def test_facets_are_those_of_each_event(tmp_path: Path) -> None:
    captures = mixed(120)
    expected: dict[tuple[str, str], int] = {}
    studied(tmp_path, captures).close()
    with Store.read(tmp_path) as store:
        counted = {row[0] for row in store.connection.execute("SELECT id FROM study.placed")}
        number = 0
        for at, capture in enumerate(captures, 1):
            upload = decode(capture).upload
            assert upload
            for event in upload.events:
                number += 1
                if number in counted:
                    for key in facets(event.fields, upload.library):
                        expected[key] = expected.get(key, 0) + 1
            assert store.captures.load(at)
        rows = store.connection.execute(
            "SELECT facet, value, sum(events) FROM study.person_facets GROUP BY 1, 2"
        ).fetchall()
    assert {(facet, value): events for facet, value, events in rows} == expected
    assert expected["platform", "Web"] > 20
    assert expected["group", "club: 3"] > 20


def test_half_characters_are_studied(tmp_path: Path) -> None:
    half = "\ud800x"
    odd = {
        "device_id": "device-1",
        "app_version": half,
        "country": half,
        "library": half,
        "groups": {half: [half]},
        "user_properties": {half: half},
        "event_properties": {"flag_key": half, "variant": half},
    }
    with studied(tmp_path, [sent("$exposure", 1, **odd), sent("A", 2, **odd)]) as store:
        assert owners(store) == [1, 1]
