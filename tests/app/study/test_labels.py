"""Labels over stored clicks: what was captured before and after they were made."""

from pathlib import Path
from typing import Any

import pytest

from app.decode import decode
from app.label.element import Action
from app.label.evaluate import Judge
from app.label.events import Condition, Definition, LabeledEvent, Op
from app.label.health import health
from app.label.labels import Labels
from app.label.matching import Clicks
from app.label.verdict import Reason
from app.store import Store
from app.study import Study
from tests.app.labeling import sent
from tests.factories import KEY, emptied, event, filled, upload

NAMES = (
    "click-hero-cta-nested-b",
    "click-list-item-1",
    "click-list-item-2",
    "click-list-item-3-featured",
    "change-select",
)


def clicks(*names: str, **fields: Any) -> list[dict[str, Any]]:
    """Recorded element events, with ids of their own."""
    return [
        {**one, "insert_id": f"{name}-{place}-{fields.get('time', 0)}", **fields}
        for name in names
        for place, one in enumerate(sent(f"captures/{name}"))
        if "Element" in one["event_type"]
    ]


def label(selector: str, name: str = "Added", **fields: Any) -> LabeledEvent:
    chosen = Condition("selector", Op.CSS_MATCH, (selector,))
    return LabeledEvent(name, (Definition(Action.CLICKED, (chosen,)),), **fields)


def labeled(folder: Path) -> list[tuple[int, str]]:
    """(event, label) as queries see it."""
    with Labels(folder) as labels:
        names = {one.id: one.name for one in labels.all()}
    with Store.read(folder) as store:
        rows = store.connection.execute(
            "SELECT event_id, label_id FROM study.labeled ORDER BY event_id, label_id"
        ).fetchall()
    return [(number, names[of]) for number, of in rows]


def test_labels_count_what_was_captured_before_and_after(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event("Other"), *clicks(*NAMES))])
    with Study(tmp_path) as study:
        study.catch_up()
        assert labeled(tmp_path) == []
        with Labels(tmp_path) as labels:
            added = labels.save(label(".cards .add"))
            assert study.refresh()
            assert not study.refresh()
            assert [number for number, _ in labeled(tmp_path)] == [3, 4, 5]
            labels.save(label("li.featured", "Featured"))
            filled(tmp_path, [upload(*clicks(NAMES[3], time=1_795_281_101_000))])
            study.catch_up()
            assert labeled(tmp_path)[-4:] == [
                (5, "Added"),
                (5, "Featured"),
                (7, "Added"),
                (7, "Featured"),
            ]
            labels.archive(added.id or 0)
            study.catch_up()
    assert {name for _, name in labeled(tmp_path)} == {"Featured"}


def test_a_click_in_vain_counts_as_such_and_never_as_a_click(tmp_path: Path) -> None:
    (click,) = clicks(NAMES[1])
    vain = {**click, "event_type": "[Amplitude] Dead Click", "insert_id": "vain"}
    vain["event_properties"] = {**click["event_properties"], "[Amplitude] X": 5}
    filled(tmp_path, [upload(click, vain)])
    chosen = Condition("selector", Op.CSS_MATCH, (".cards .add",))
    in_vain = LabeledEvent("In vain", (Definition(Action.DEAD_CLICKED, (chosen,)),))
    with Labels(tmp_path) as labels:
        labels.save_all([label(".cards .add"), in_vain])
    with Study(tmp_path) as study:
        study.catch_up()
    assert labeled(tmp_path) == [(1, "Added"), (2, "In vain")]


def test_an_event_that_came_twice_counts_once(tmp_path: Path) -> None:
    with Labels(tmp_path) as labels:
        labels.save(label(".cards .add"))
    again = upload(*clicks(NAMES[1]))
    filled(tmp_path, [again, again])
    with Study(tmp_path) as study:
        study.catch_up()
    assert labeled(tmp_path) == [(1, "Added")]


def test_labels_of_one_project(tmp_path: Path) -> None:
    with Labels(tmp_path) as labels:
        labels.save(label(".cards .add", api_keys=("other",)))
        labels.save(label(".card .add", "Mine", api_keys=(KEY,)))
    filled(tmp_path, [upload(*clicks(NAMES[1]))])
    with Study(tmp_path) as study:
        study.catch_up()
    assert labeled(tmp_path) == [(1, "Mine")]


def test_matching_before_saving_and_what_cannot_be_known(tmp_path: Path) -> None:
    filled(tmp_path, [upload(*clicks(*NAMES)), upload(*clicks(*NAMES, time=1_795_281_101_000))])
    with Study(tmp_path) as study:
        study.catch_up()
    with Store.read(tmp_path) as store:
        found_in = Clicks(store.connection)
        found_in.update()
        found = found_in.found(Judge(label(".cards .add")))
        assert found.events == 6
        assert found.undecided == 0
        times = found_in.times(found.matched)
        assert (found.first_ms, found.last_ms) == (times[-1], times[0])
        assert len(found_in.events(found.matched)) == 6
        ids = found_in.events(found.matched)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("app.label.matching.MANY", 0)
            assert found_in.events(found.matched) == ids
        assert sum(number for _, number in found_in.days(found.matched, 0)) == 6
        unsure = found_in.found(Judge(label("button[style]")))
        assert (unsure.events, unsure.unknown) == (0, {Reason.DROPPED: 8})
        assert unsure.sentences() == [
            "8 events could not be decided: SDKs never record this attribute."
        ]
        before = len(found_in.shapes)
        filled(tmp_path, [upload(*clicks("click-no-class"))])
        with Study(tmp_path) as study:
            study.catch_up()
        found_in.update()
        assert len(found_in.shapes) == before + 1
        population = found_in.population("https://shop.example.test/#docs")
        assert sum(seen for _, seen in population) == 9


def test_what_was_removed_no_longer_counts(tmp_path: Path) -> None:
    with Labels(tmp_path) as labels:
        labels.save(label(".cards .add"))
    with Store.write(tmp_path) as store:
        filled_by(store, NAMES[:3])
        with Study(tmp_path) as study:
            study.catch_up()
            emptied(store)
            filled_by(store, NAMES[2:4])
            study.catch_up()
    assert [name for _, name in labeled(tmp_path)] == ["Added"] * 2
    with Store.read(tmp_path) as store:
        found = Clicks(store.connection)
        found.update()
        assert len(found.shapes) == 2


def filled_by(store: Store, names: tuple[str, ...]) -> None:
    capture = upload(*clicks(*names))
    store.writer.add([(capture, decode(capture))])


def test_hostile_properties_do_not_stop_the_study(tmp_path: Path) -> None:
    hostile: list[Any] = [
        None,
        [],
        "x",
        {"[Amplitude] Element Hierarchy": "[" * 1000},
        {"[Amplitude] Element Hierarchy": [{"tag": "a", "attrs": {"x": "y" * 1_000_000}}]},
        {"[Amplitude] Element Text": {"a": 1}, "[Amplitude] Page URL": 7},
        {"[Amplitude] Element Attributes": {"a": [1]}},
    ]
    with Labels(tmp_path) as labels:
        labels.save(label("[x$=z]"))
    events = [event("[Amplitude] Element Clicked", event_properties=one) for one in hostile]
    events += [{**one, "insert_id": f"i{place}"} for place, one in enumerate(clicks(NAMES[0]))]
    filled(tmp_path, [upload(*events)])
    with Study(tmp_path) as study:
        study.catch_up()
    with Store.read(tmp_path) as store:
        rows = store.connection.execute(
            "SELECT verdict, reason, count(*) FROM study.label_matches GROUP BY 1, 2"
        ).fetchall()
        (shapes,) = store.connection.execute("SELECT count(*) FROM study.label_shapes").fetchone()
    assert {reason for _, reason, _ in rows} == {"no_hierarchy", "cut"}
    assert shapes == 4


def test_the_study_settles_after_a_change(tmp_path: Path) -> None:
    filled(tmp_path, [upload(*clicks(*NAMES))])
    with Study(tmp_path) as study:
        study.catch_up()
        with Labels(tmp_path) as labels:
            labels.save(label(".cards .add"))
        # Closing the file tidies it, which may look like one change more, but not for ever.
        assert [study.refresh() for _ in range(5)][2:] == [False, False, False]
    assert len(labeled(tmp_path)) == 3


def test_health_of_a_definition(tmp_path: Path) -> None:
    day = 86_400_000
    # As an SDK sends them; a page without clicks of late says nothing.
    old = [clicks(NAMES[1], time=1_795_000_000_000 + at * 1000) for at in range(6)]
    later = [clicks(NAMES[0], time=1_795_000_000_000 + 9 * day)]
    filled(tmp_path, [upload(*events, at_ms=events[0]["time"]) for events in (*old, *later)])
    with Study(tmp_path) as study:
        study.catch_up()
    lost = label("[aria-label='Add Red shoe to cart']").definitions[0]
    kept = label("[data-testid=hero-cta]").definitions[0]
    never = label(".nowhere").definitions[0]
    with Store.read(tmp_path) as store:
        found = Clicks(store.connection)
        found.update()
        now = max(shape.last_ms for shape in found.shapes)
        broken = health(found, lost, now)
        assert (broken.found.events, broken.needs_repair) == (6, True)
        assert "9 days" in broken.sentence
        assert sum(number for _, number in broken.days) == 6
        assert health(found, kept, now).sentence == "Works."
        assert health(found, never, now).sentence == "Nothing matched yet."
