"""
User properties at the time of an event (semantics §3), through a real workspace.
"""

from pathlib import Path

from app.study.properties import FULL_EVERY
from tests.app.study.world import MINUTE, arrived, sent, studied

WHO = {"device_id": "device-1"}


def test_an_identify_counts_from_when_it_is_received(tmp_path: Path) -> None:  # UP-T2
    view_a = sent("View A", 1, **WHO, user_properties={"color": "red"})
    view_b = sent("View B", 2, **WHO)
    identify = sent("$identify", 1, **WHO, user_properties={"$set": {"color": "blue"}})
    view_c = sent("View C", 3, **WHO)
    with studied(tmp_path, [view_a, view_b, identify, view_c]) as store:
        colors = [store.people.snapshot(number) for number in (1, 2, 3, 4)]
        assert [found.after["color"] for found in colors if found] == [
            "red",
            "red",
            "blue",
            "blue",
        ]
        assert colors[2]
        assert colors[2].changed == {"color": "blue"}
        assert colors[2].before == {"color": "red"}
        assert colors[3]
        assert colors[3].changed == {}


def test_what_was_stays(tmp_path: Path) -> None:  # UP-T5
    week = 7 * 24 * 60 * MINUTE
    captures = [sent("A", 0, **WHO, city="New York"), sent("B", week, **WHO, city="San Francisco")]
    with studied(tmp_path, captures) as store:
        last_week = store.people.snapshot(1)
        assert last_week
        assert last_week.after == {"@city": "New York"}
        assert store.people.current(1) == {"@city": "San Francisco"}


def test_many_changes_are_all_found_again(tmp_path: Path) -> None:
    count = 3 * FULL_EVERY + 5
    events = [
        {"event_type": "$identify", **WHO, "user_properties": {"$add": {"n": 1}, "$set": {"x": 1}}}
        for _ in range(count)
    ]
    with studied(tmp_path, [arrived(0, *events)]) as store:
        for number in range(1, count + 1):
            found = store.people.snapshot(number)
            assert found
            assert found.after == {"n": number, "x": 1}
            assert found.changed == {"n": number} | ({"x": 1} if number == 1 else {})


def test_a_merge_gives_what_was_missing(tmp_path: Path) -> None:
    captures = [
        sent("$identify", 1, device_id="phone-1", user_id="ada-1", user_properties={"plan": "pro"}),
        sent("$identify", 2, device_id="web-01", user_properties={"plan": "free", "from": "ad"}),
        sent("Login", 3, device_id="web-01", user_id="ada-1", user_properties={"logins": 1}),
    ]
    with studied(tmp_path, captures) as store:
        found = store.people.snapshot(3)
        assert found
        assert found.after == {"plan": "pro", "from": "ad", "logins": 1}
        assert found.before == {"plan": "pro"}
        assert found.changed == {"from": "ad", "logins": 1}
        earlier = store.people.snapshot(2)
        assert earlier
        assert earlier.after == {"plan": "free", "from": "ad"}


def test_an_event_that_keeps_to_its_own(tmp_path: Path) -> None:
    apart = {"$skip_user_properties_sync": True, "user_properties": {"plan": "old"}}
    captures = [
        sent("A", 1, **WHO, user_properties={"plan": "new"}),
        sent("Backfill", 2, **WHO, **apart),
        sent("B", 3, **WHO),
    ]
    with studied(tmp_path, captures) as store:
        plans = [store.people.snapshot(number) for number in (1, 2, 3)]
        assert [found.after for found in plans if found] == [
            {"plan": "new"},
            {"plan": "old"},
            {"plan": "new"},
        ]


def test_groups(tmp_path: Path) -> None:
    groups = {"groups": {"company": ["Acme", "Beta"]}}
    rename = {"groups": {"company": "Acme"}, "group_properties": {"$set": {"size": 5}}}
    captures = [sent("A", 1, **WHO, **groups), sent("$groupidentify", 2, **WHO, **rename)]
    with studied(tmp_path, captures) as store:
        rows = store.connection.execute(
            "SELECT type, name, properties, last_id FROM study.groups ORDER BY name"
        ).fetchall()
        assert rows == [("company", "Acme", '{"size":5}', 2), ("company", "Beta", "{}", 1)]
