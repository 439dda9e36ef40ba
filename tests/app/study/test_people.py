"""
Who is who (semantics §2), through a real workspace.
"""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ingest.identity import usable
from app.model import Capture, Response
from app.store import Store
from app.study import Study
from tests.app.study.world import arrived, owners, persons, sent, studied
from tests.factories import filled


def test_a_logged_out_device_stays_with_its_last_user(tmp_path: Path) -> None:  # ID-T3
    captures = [
        sent("A", 1, device_id="device-1", user_id="ada-1"),
        sent("B", 2, device_id="device-1", user_id="bob-2"),
        sent("C", 3, device_id="device-1"),
    ]
    with studied(tmp_path, captures) as store:
        ada, bob, anonymous = owners(store)
        assert persons(store) == 2
        assert ada != bob
        assert anonymous == bob


def test_a_placeholder_joins_strangers(tmp_path: Path) -> None:  # ID-T5
    captures = [sent("A", at, device_id=f"device-{at}", user_id="None") for at in range(3)]
    with studied(tmp_path, captures) as store:
        assert persons(store) == 1


def test_reset_makes_a_new_person_and_logging_out_does_not(tmp_path: Path) -> None:  # ID-T6
    reset = [sent("A", 1, device_id="device-1"), sent("B", 2, device_id="device-2")]
    with studied(tmp_path / "reset", reset) as store:
        assert persons(store) == 2
    logged_out = [
        sent("A", 1, device_id="device-1", user_id="ada-1"),
        sent("B", 2, device_id="device-1"),
    ]
    with studied(tmp_path / "out", logged_out) as store:
        assert persons(store) == 1


def test_who_logs_in_was_there_before(tmp_path: Path) -> None:
    captures = [
        sent("Landing", 1, device_id="device-1"),
        sent("Login", 2, device_id="device-1", user_id="ada-1"),
    ]
    with studied(tmp_path, captures) as store:
        assert persons(store) == 1
        assert len(set(owners(store))) == 1


def test_a_late_merge_changes_what_is_seen_and_no_event(tmp_path: Path) -> None:
    captures = [
        sent("Phone", 1, device_id="phone-1", user_id="ada-1"),
        sent("Laptop", 2, device_id="laptop-1"),
    ]
    with studied(tmp_path, captures) as store:
        assert persons(store) == 2
        placed = store.connection.execute("SELECT * FROM study.placed").fetchall()
    login = sent("Login", 3, device_id="laptop-1", user_id="ada-1")
    with studied(tmp_path, [login]) as store:
        assert persons(store) == 1
        assert len(set(owners(store))) == 1
        now = store.connection.execute("SELECT * FROM study.placed WHERE id < 3").fetchall()
        assert now == placed
        merged = store.connection.execute(
            "SELECT device, merged_by FROM study.people WHERE root <> id"
        ).fetchall()
        assert merged == [("laptop-1", 3)]


def test_projects_have_their_own_people(tmp_path: Path) -> None:
    same = {"event_type": "A", "user_id": "ada-1", "device_id": "device-1"}
    captures = [arrived(1, same), arrived(2, same, key="f" * 32)]
    with studied(tmp_path, captures) as store:
        assert persons(store) == 2


def test_refused_events_are_nobodys_and_their_retry_counts_once(tmp_path: Path) -> None:
    event = {"event_type": "A", "device_id": "device-1", "insert_id": "one"}
    throttled = Response(429, (), b'{"code":429,"error":"Too many requests"}')
    captures = [
        arrived(1, event, response=throttled),
        arrived(1, event),
        arrived(1, event),
    ]
    with studied(tmp_path, captures) as store:
        assert owners(store) == [None, 1, None]
        (events,) = store.connection.execute("SELECT events FROM study.people").fetchone()
        assert events == 1


def test_short_ids_are_no_ids(tmp_path: Path) -> None:
    assert usable("abc") is None
    assert usable("abc", 3) == "abc"
    assert usable("") is None
    assert usable(" Null ") == " Null "
    captures = [
        sent("A", 1, device_id="device-1", user_id="ab"),
        sent("B", 2, device_id="device-2", user_id="ab"),
    ]
    with studied(tmp_path, captures) as store:
        assert persons(store) == 2


_id = st.sampled_from([None, "one-1", "two-2", "three-3"])


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
)
@given(st.lists(st.tuples(_id, _id), min_size=1, max_size=12), st.integers(0, 11))
def test_in_pieces_is_as_at_once(
    tmp_path_factory: Any, ids: list[tuple[str | None, str | None]], cut: int
) -> None:
    """Whether the study ends in between and begins again or not, it learns the same, and two user
    ids are never one person."""
    captures: list[Capture] = [
        sent("A", at, user_id=user, device_id=device, user_properties={"n": at // 3, "u": user})
        for at, (user, device) in enumerate(ids)
    ]
    whole, pieces = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("pieces")
    studied(whole, captures).close()
    for part in (captures[:cut], captures[cut:]):
        if part:
            filled(pieces, part)
            with Study(pieces) as study:
                study.catch_up()
    assert _tables(whole) == _tables(pieces)
    with Store.read(whole) as store:
        rows = store.connection.execute(
            "SELECT root, count(DISTINCT user) FROM study.people GROUP BY root"
        ).fetchall()
        assert all(users <= 1 for _, users in rows)


def _tables(folder: Path) -> dict[str, list[Any]]:
    with Store.read(folder) as store:
        return {
            name: store.connection.execute(f"SELECT * FROM study.{name}").fetchall()
            for name in ("people", "device_owners", "person_devices", "placed", "states")
        }
