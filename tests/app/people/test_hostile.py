"""
What was sent with half surrogates, endless numbers or without an end is shown like anything else.
"""

from pathlib import Path

import pytest

from tests.app.study.world import T0, studied
from tests.factories import KEY, upload

ODD = ('"\\ud800"', "9" * 400, "[" * 1200 + "]" * 1200, '{"\\udfff": NaN}')


@pytest.mark.parametrize("value", ODD, ids=["half surrogate", "huge", "deep", "name"])
def test_people_can_be_looked_at(tmp_path: Path, value: str) -> None:
    sent = (
        '{"event_type":"$identify","device_id":"device-1","time":%d,"insert_id":"%d",'
        '"user_properties":{"$set":{"odd":%s,"at":%d}}}'
    )
    viewed = (
        '{"event_type":"[Amplitude] Page Viewed","device_id":"device-1","time":%d,'
        '"event_properties":{"[Amplitude] Page URL":%s}}'
    )
    events = [sent % (T0 + at, at, value, at) for at in range(3)] + [viewed % (T0 + 3, value)]
    body = f'{{"api_key":"{KEY}","events":[{",".join(events)}]}}'
    with studied(tmp_path, [upload(at_ms=T0, body=body.encode())]) as store:
        people = store.people
        found = people.snapshot(3)
        assert found
        assert found.after.keys() == {"odd", "at"}
        assert found.changed == {"at": 2}
        assert [one.value for one in people.profiles.history(1, "at")] == [2, 1, 0]
        (row,) = people.activity.rows([4])
        assert row.type == "[Amplitude] Page Viewed"
