"""
Labeled events in charts, like any other event.
"""

from pathlib import Path

from app.label.labels import Labels
from app.query import Charts, Clock, Warehouse, read
from app.study import Study
from tests.app.study.test_labels import NAMES, clicks, label
from tests.factories import event, filled, upload

NOW = 1_795_281_200_000


def total(folder: Path, number: int) -> float | None:
    definition = {"events": [{"label": number}], "measure": "totals", "range": {"last": 1}}
    with Study(folder) as study:
        study.catch_up()
        study.refresh()
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        return Charts(warehouse, Clock(NOW)).answer(read(definition)).series[0].total


def test_labeled_events_count_and_follow_their_label(tmp_path: Path) -> None:
    sent = clicks(*NAMES, time=NOW - 1000)
    filled(tmp_path, [upload(event("Other"), *sent, at_ms=NOW)])
    with Labels(tmp_path) as labels:
        added = labels.save(label(".cards .add"))
        before = total(tmp_path, added.id)
        assert before
        assert total(tmp_path, 999) == 0
        labels.save(label(".nothing-like-it", id=added.id))
        assert total(tmp_path, added.id) == 0
        labels.save(label(".cards .add", id=added.id))
    more = clicks(*NAMES, time=NOW - 500)
    filled(tmp_path, [upload(*more, at_ms=NOW)])
    assert total(tmp_path, added.id) == 2 * before
