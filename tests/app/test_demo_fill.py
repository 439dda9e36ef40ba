"""Generated traffic in a real workspace."""

from pathlib import Path

import pytest

from app.demo import captures, fill
from app.errors import StoreUnavailable
from app.filter import Filter, parse
from app.store import Store

NOW = 1_795_281_400_000


def test_everything_is_stored_and_the_projects_have_names(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    count = fill(tmp_path, 2000, now_ms=NOW, progress=lambda done, of: told.append((done, of)))
    with Store.read(tmp_path) as store:
        assert store.events.count() == count >= 2000
        assert store.captures.last_id() == sum(1 for _ in captures(2000, now_ms=NOW))
        assert {source.name for source in store.events.sources()} == {"Shop (web)", "Shop (mobile)"}
        bought = store.events.newest(Filter(parse('type:"Order Completed"')), 100)
        assert bought
        detail = store.events.detail(bought[0])
        assert detail
        assert detail.event.raw["event_properties"]["currency"] == "EUR"
    assert told == sorted(told)
    assert told[-1] == (2000, 2000)


def test_filling_twice_adds(tmp_path: Path) -> None:
    first = fill(tmp_path, 200, seed=1, now_ms=NOW)
    second = fill(tmp_path, 200, seed=2, now_ms=NOW)
    with Store.read(tmp_path) as store:
        assert store.events.count() == first + second


def test_a_folder_that_is_in_use_is_said(tmp_path: Path) -> None:
    with Store.write(tmp_path), pytest.raises(StoreUnavailable, match="in use"):
        fill(tmp_path, 10, now_ms=NOW)
