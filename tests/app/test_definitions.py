"""
What people make is kept, found again by whoever looks, and survives what happens to traffic.
"""

from pathlib import Path

import pytest

from app.errors import StoreUnavailable
from app.store import Store
from app.store.definitions import FILE, Definitions
from tests.factories import emptied, event, filled, upload


def test_made_changed_removed(tmp_path: Path) -> None:
    with Definitions(tmp_path) as made:
        one = made.save("label", "Buy", {"any": [1, "ü"]})
        other = made.save("chart", "Buy", {})
        assert made.all("label") == [one]
        changed = made.save("label", "Buy now", {"any": []}, one.id)
        assert changed.created_ms == one.created_ms
        assert made.get(one.id) == changed
        made.remove(one.id)
        assert made.get(one.id) is None
        made.remove(one.id)
        assert made.all("chart") == [other]
        again = made.save("label", one.name, one.body, one.id)
        assert made.all("label") == [again]


def test_several_may_write(tmp_path: Path) -> None:
    with Definitions(tmp_path) as one, Definitions(tmp_path) as other:
        before = other.version()
        assert other.version() == before
        made = one.save("pin", "", {"event": 1})
        assert other.version() != before
        assert other.all("pin") == [made]
        mine = one.version()
        one.save("pin", "", {"event": 2})
        assert one.version() != mine


def test_clearing_traffic_leaves_them(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event())])
    with Definitions(tmp_path) as made:
        one = made.save("label", "Buy", {})
        with Store.write(tmp_path) as store:
            emptied(store)
        assert made.all("label") == [one]


def test_a_newer_or_damaged_file_is_said(tmp_path: Path) -> None:
    with Definitions(tmp_path) as made:
        made._db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreUnavailable, match="newer version"):
        Definitions(tmp_path)
    for path in tmp_path.glob(f"{FILE}*"):
        path.unlink()
    (tmp_path / FILE).write_bytes(b"no database" * 999)
    with pytest.raises(StoreUnavailable, match="damaged"):
        Definitions(tmp_path)
