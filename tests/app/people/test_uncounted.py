"""What was known of the user of an event that was refused: what it would have seen."""

from pathlib import Path
from random import Random
from typing import Any

from app.model import Capture, Response
from app.store import Store
from tests.app.study.world import MINUTE, arrived, studied
from tests.factories import upload

REFUSED = Response(400, (), b'{"code":400,"error":"Invalid request"}')
USERS = (None, None, "ada-lovelace", "bob-the-builder")
DEVICES = (None, "phone-1", "phone-1", "laptop-2")
STORIES = 300


def story(number: int) -> tuple[list[dict[str, Any]], int]:
    """What happens in a project of its own, and which of it is refused."""
    draw = Random(number)
    steps: list[dict[str, Any]] = []
    for at in range(draw.randint(3, 8)):
        step: dict[str, Any] = {"event_type": f"{number}.{at}"}
        for key, ids in (("user_id", USERS), ("device_id", DEVICES)):
            if (one := draw.choice(ids)) is not None:
                step[key] = one
        if draw.random() < 0.7:
            step["user_properties"] = {draw.choice("ab"): at}
        steps.append(step)
    refused = draw.randrange(len(steps))
    steps[refused].pop("user_properties", None)
    return steps, refused


def captures(*, is_refused: bool) -> tuple[list[Capture], list[int]]:
    """All stories, and the numbers of the events that are, or would have been, refused."""
    found: list[Capture] = []
    asked = []
    for number in range(STORIES):
        steps, refused = story(number)
        for at, step in enumerate(steps):
            one = arrived(MINUTE * len(found), step, key=f"{number:032x}")
            if at == refused:
                asked.append(len(found) + 1)
                one = upload(
                    step,
                    key=f"{number:032x}",
                    at_ms=one.at_ms,
                    **({"response": REFUSED} if is_refused else {}),
                )
            found.append(one)
    return found, asked


def seen(store: Store, event: int) -> tuple[bool, dict[str, Any]]:
    snapshot = store.people.snapshot(event)
    return snapshot is not None, dict(snapshot.before) if snapshot else {}


def test_a_refused_event_is_told_what_it_would_have_seen(tmp_path: Path) -> None:
    refused, asked = captures(is_refused=True)
    taken, _ = captures(is_refused=False)
    with studied(tmp_path / "a", refused) as store, studied(tmp_path / "b", taken) as other:
        would = [seen(other, event) for event in asked]
        # Without any ID it is refused anyway.
        pairs = [
            (one, before) for one, (counts, before) in zip(asked, would, strict=True) if counts
        ]
        assert len(pairs) > STORIES // 2
        assert sum(bool(before) for _, before in pairs) > 20
        for event, before in pairs:
            assert store.people.snapshot(event) is None
            assert store.people.known_before(event) == before, event


def test_of_what_is_not_there_nothing_was_known(tmp_path: Path) -> None:
    with studied(tmp_path, [arrived(0, {"event_type": "A", "device_id": "phone-1"})]) as store:
        assert store.people.known_before(1) == {}
        assert store.people.known_before(99) == {}
