"""
What Amplitude has already is called a duplicate: live, imported and forwarded alike.
"""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode import decode
from app.filter import Filter, parse
from app.ingest import dedupe
from app.ingest.dedupe import WEEK_MS, Seen, keys_of
from app.model import Capture, Response
from app.store import Store
from tests.factories import emptied, event, filled, upload

AT = 1_795_281_200_000
ACCEPTED, DUPLICATE = "accepted", "duplicate"


def sent(*insert_ids: str | None, **fields: Any) -> Capture:
    """An upload of events with these ids, behind one that nobody else sends."""
    opening = event("Opened", insert_id=f"opening-{fields.get('at_ms', AT)}-{insert_ids}")
    events = [event(insert_id=name) if name else event() for name in insert_ids]
    return upload(opening, *events, **fields)


def found(store: Store) -> list[tuple[str, int | None]]:
    """Outcome and repeat_of of every event but the opening ones."""
    lines = list(store.events.export(Filter(parse("-type:Opened"))))
    return [(line["outcome"], line["repeat_of"]) for line in lines]


def test_the_same_id_of_the_same_device_again(tmp_path: Path) -> None:
    with Store.read(filled(tmp_path, [sent("a", "b"), sent("b", "c", "b", None)])) as store:
        assert found(store) == [
            (ACCEPTED, None),
            (ACCEPTED, None),
            (DUPLICATE, 3),
            (ACCEPTED, None),
            (DUPLICATE, 3),
            (ACCEPTED, None),
        ]
        lines = list(store.events.export(Filter(parse("outcome:duplicate"))))
        assert [line["id"] for line in lines] == [5, 7]
        assert "event 3" in lines[0]["reason"]
        assert lines[0]["field"] == "insert_id"
        assert [line["outcomes"] for line in store.uploads.export()] == [
            {ACCEPTED: 3},
            {ACCEPTED: 3, DUPLICATE: 2},
        ]


def test_the_same_id_twice_in_one_upload(tmp_path: Path) -> None:
    with Store.read(filled(tmp_path, [sent("a", "a")])) as store:
        assert found(store) == [(ACCEPTED, None), (DUPLICATE, 2)]


@pytest.mark.parametrize(
    "other",
    [
        upload(event("Opened"), event(insert_id="a", device_id="device-2")),
        upload(event("Opened"), event(insert_id="a"), key="f" * 32),
        sent("a", at_ms=AT + WEEK_MS),
        sent("a", at_ms=AT - WEEK_MS),
    ],
    ids=["device", "project", "a week later", "imported, a week older"],
)
def test_not_the_same(tmp_path: Path, other: Capture) -> None:
    with Store.read(filled(tmp_path, [sent("a"), other])) as store:
        assert found(store) == [(ACCEPTED, None)] * 2


def test_just_within_a_week(tmp_path: Path) -> None:
    captures = [sent("a"), sent("a", at_ms=AT + WEEK_MS - 1)]
    with Store.read(filled(tmp_path, captures)) as store:
        assert found(store) == [(ACCEPTED, None), (DUPLICATE, 2)]


@pytest.mark.parametrize("response", [None, Response(400), Response(500), Response(429)])
def test_what_was_not_accepted_is_no_duplicate_later(
    tmp_path: Path, response: Response | None
) -> None:
    with Store.read(filled(tmp_path, [sent("a", response=response), sent("a")])) as store:
        assert found(store)[1] == (ACCEPTED, 2)


def test_a_retry_is_a_later_sending_not_a_duplicate(tmp_path: Path) -> None:
    with Store.read(filled(tmp_path, [sent("a", "b")] * 3)) as store:
        assert [(line["attempt"], line["retry_of"]) for line in store.uploads.export()] == [
            (1, None),
            (2, 1),
            (3, 1),
        ]
        assert found(store)[2:] == [(ACCEPTED, 2), (ACCEPTED, 3)] * 2


def test_an_event_that_is_held_back_is_no_duplicate(tmp_path: Path) -> None:
    held = event(insert_id="video", delay={"id": "v-1", "timeout": 3_600_000})
    captures = [
        upload(event("Opened", insert_id="1"), held),
        upload(event("Opened", insert_id="2"), held),
        upload(event("Opened", insert_id="3"), event(insert_id="other"), event(insert_id="other")),
    ]
    with Store.read(filled(tmp_path, captures)) as store:
        assert found(store) == [(ACCEPTED, None), (ACCEPTED, 2), (ACCEPTED, None), (DUPLICATE, 6)]


def test_forwarded_ones_count_when_they_are_answered(tmp_path: Path) -> None:
    with Store.write(tmp_path) as store:
        first, again = sent("a"), sent("b", "a")
        waiting = [upload_without_answer(first), upload_without_answer(again)]
        store.writer.add([(capture, decode(capture)) for capture in waiting])
        # The later one is answered first, so it is the one that counts.
        store.writer.answer(2, again, decode(again))
        store.writer.answer(1, first)
        assert found(store) == [(DUPLICATE, 5), (ACCEPTED, None), (ACCEPTED, None)]


def upload_without_answer(capture: Capture) -> Capture:
    """The same, before its answer came."""
    return upload(*decode_events(capture), at_ms=capture.at_ms, response=None)


def decode_events(capture: Capture) -> list[dict[str, Any]]:
    """The events of a capture as they were sent."""
    found = decode(capture).upload
    assert found
    return [item.raw for item in found.events]


def test_known_again_after_a_restart(tmp_path: Path) -> None:
    filled(tmp_path, [sent("a", "b")])
    filled(tmp_path, [sent("x", "b")])
    # A later sending of what was taken before is recognised as well.
    filled(tmp_path, [sent("a", "b")])
    with Store.read(tmp_path) as store:
        assert found(store) == [
            (ACCEPTED, None),
            (ACCEPTED, None),
            (ACCEPTED, None),
            (DUPLICATE, 3),
            (ACCEPTED, 2),
            (ACCEPTED, 3),
        ]


def test_clear_forgets(tmp_path: Path) -> None:
    with Store.write(tmp_path) as store:
        for _ in range(2):
            capture = sent("a")
            store.writer.add([(capture, decode(capture))])
            assert found(store) == [(ACCEPTED, None)]
            emptied(store)


def test_what_could_not_be_stored_is_no_duplicate_later(tmp_path: Path) -> None:
    with Store.write(tmp_path) as store:
        store.connection.execute(
            "CREATE TEMP TRIGGER refuse BEFORE INSERT ON captures WHEN NEW.method = 'PUT'"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
        batch = [(capture, decode(capture)) for capture in (sent("a"), sent("b", method="PUT"))]
        with pytest.raises(sqlite3.IntegrityError):
            store.writer.add(batch)
        again = sent("a", "b")
        store.writer.add([(again, decode(again))])
        assert found(store) == [(ACCEPTED, None)] * 2


names = st.sampled_from(["a", "b", "c", None])


@given(st.lists(st.lists(names, min_size=1, max_size=5), max_size=12))
def test_as_a_plain_loop_would_say(uploads: list[list[str | None]]) -> None:
    """Whatever the sizes: the first counts, and what is known is known under its number."""
    seen, first = Seen(), 1
    expected: dict[str, int] = {}
    for insert_ids in uploads:
        keys = keys_of(1, [7] * len(insert_ids), insert_ids)
        wanted = {}
        for place, name in enumerate(insert_ids):
            if name in expected:
                wanted[place] = expected[name]
            elif name is not None:
                expected[name] = first + place
        assert seen.accept(first, keys, AT) == wanted
        first += len(insert_ids)
    for name, number in expected.items():
        (key,) = keys_of(1, [7], [name])
        assert key is not None
        assert seen.find(key) == number


def test_the_oldest_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dedupe, "GENERATION", 10)
    seen = Seen()
    for number in range(100):
        assert seen.accept(number + 1, keys_of(1, [7], [str(number)]), AT) == {}
    assert seen.accept(101, keys_of(1, [7] * 2, ["99", "0"]), AT) == {0: 100}
    assert len(seen._young) + len(seen._old) <= 2 * 10
    assert len(seen._firsts) == len(seen._times) <= 2 * 10 + 2
