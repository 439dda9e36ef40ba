"""What events were sent with and from where."""

from pathlib import Path
from typing import Any

import pytest

from app.filter import Filter, parse
from app.filter.fields import LONGEST, NOTHING_SAID, Fields, fields_of
from app.store import Store
from app.store.fields import fields_of_events
from app.study import Study

from .world import arrived, studied

PHONE = {"platform": "iOS", "os_name": "ios", "os_version": "17.1", "device_model": "iPhone 15"}
WEB = {"platform": "Web", "language": "de-DE"}


def found(store: Store, text: str) -> list[int]:
    return list(store.events.after(Filter(parse(text)), 0))


def runs(store: Store) -> list[tuple[int, int]]:
    return store.connection.execute(
        "SELECT first, last FROM study.field_runs ORDER BY first"
    ).fetchall()


def event(**fields: Any) -> dict[str, Any]:
    return {"event_type": "Look", "device_id": "d", **fields}


def test_events_are_found_by_what_they_were_sent_with(tmp_path: Path) -> None:
    uploads = [
        arrived(0, event(**PHONE), event(**PHONE), event(**WEB)),
        arrived(1, event(**WEB), event(), event(**WEB), event(app_version=2.1, country="Germany")),
        arrived(2, event(**PHONE, device_manufacturer="Apple")),
    ]
    with studied(tmp_path, uploads) as store:
        assert found(store, "platform:ios") == [1, 2, 8]
        assert found(store, "os = ios") == found(store, 'os:"ios 17"') == [1, 2, 8]
        assert found(store, "os_version = 17.1 brand:apple") == [8]
        assert found(store, "-platform:ios") == [3, 4, 5, 6, 7]
        assert found(store, 'country:Germany version:"2.1"') == [7]
        assert found(store, "city:nowhere") == []
        # An upload goes on as the one before it ended.
        assert runs(store) == [(1, 2), (3, 4), (6, 6), (7, 7), (8, 8)]
        of = fields_of_events(store.connection, [8, 5, 4, 99])
        assert of.keys() == {8, 4}
        assert of[8].os == "ios 17.1"
        assert of[4] == Fields(platform="Web", language="de-DE")


def test_what_is_no_text_is_no_field() -> None:
    assert fields_of({"platform": ["iOS"], "country": True, "city": "", "dma": {}}) == NOTHING_SAID
    assert fields_of({"os_version": 17}).os == "17"
    assert fields_of({"city": "\ud800" * 1_000_000}).city == "?" * LONGEST


@pytest.mark.parametrize("values", [(1, True), (1, 1.0), ("1", 1)])
def test_values_that_python_takes_for_equal_are_told_apart(
    tmp_path: Path, values: tuple[Any, Any]
) -> None:
    one, other = values
    with studied(tmp_path, [arrived(0, event(dma=one), event(dma=other))]) as store:
        alike = fields_of({"dma": one}) == fields_of({"dma": other})
        assert found(store, "dma = 1") == ([1, 2] if alike else [1])


def test_values_are_completed_from_all_that_is_stored(tmp_path: Path) -> None:
    uploads = [arrived(at, event(country=one, os_name="Größe OS", os_version=str(at)))
               for at, one in enumerate(["Germany", "Niger", "Ghana", "Germany"])]  # fmt: skip
    with studied(tmp_path, uploads) as store:
        values = store.values
        assert values.fields("country", "") == ["Germany", "Ghana", "Niger"]
        # What begins like it comes first.
        assert values.fields("country", "g") == ["Germany", "Ghana", "Niger"]
        assert values.fields("country", "ni") == ["Niger"]
        assert values.fields("os", "größe os 2") == ["Größe OS 2"]


def test_what_was_removed_is_forgotten(tmp_path: Path) -> None:
    uploads = [arrived(0, event(**PHONE)), arrived(1, event(**WEB)), arrived(2, event(**WEB))]
    studied(tmp_path, uploads).close()
    with Store.write(tmp_path) as store:
        store.writer.prune(up_to=2)
        store.writer.add([])
    with Study(tmp_path) as study:
        study.catch_up()
    with Store.read(tmp_path) as store:
        assert store.values.fields("platform", "") == ["Web"]
        assert found(store, "platform:web") == [3]
