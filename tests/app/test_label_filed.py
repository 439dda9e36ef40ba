"""Labeled events from files: every bad entry is said with its place, the good ones are taken."""

import pytest
from hypothesis import given

from app.label.element import Action
from app.label.events import Condition, Definition, LabeledEvent, Op
from app.label.filed import MOST, filed, fitting
from tests.app.test_label_command import FORM
from tests.app.test_label_hierarchy import JSON

TEXT = {"field": "text", "op": "is", "values": ["Buy"]}
OURS = {"name": "Bought", "definitions": [{"action": "clicked", "conditions": [TEXT]}]}


def bought(**changed: object) -> dict[str, object]:
    """Our form with one condition changed."""
    conditions = [TEXT, {**TEXT, **changed}]
    return {
        **OURS,
        "definitions": [OURS["definitions"][0], {"action": "clicked", "conditions": conditions}],
    }


@pytest.mark.parametrize(
    ("entry", "place", "words"),
    [
        (7, "entry 2", "JSON object"),
        ({"name": "X"}, "entry 2 (“X”)", "“definition”"),
        ({"name": "  x\ny ", "definitions": 7}, "entry 2 (“x y”)", "“definitions”"),
        ({**OURS, "name": ""}, "entry 2", "needs a name"),
        ({**OURS, "definitions": []}, "entry 2 (“Bought”)", "at least one"),
        ({**OURS, "definitions": [7]}, "entry 2 (“Bought”), definition 1", "JSON object"),
        (bought(op="like"), "entry 2 (“Bought”), definition 2, condition 2", "operator"),
        (bought(field="size"), "entry 2 (“Bought”), definition 2, condition 2", "no field"),
        (
            bought(field="selector", op="css_match", values=["a:hover"]),
            "entry 2 (“Bought”), definition 2, condition 2",
            "state",
        ),
        (
            {"name": "Y", "definition": [*FORM["definition"], {"event_type": "Z"}]},
            "entry 2 (“Y”), definition 2",
            "Only clicked",
        ),
        (
            {
                "name": "Y",
                "definition": [{**FORM["definition"][0], "filters": [{"subprop_value": []}]}],
            },
            "entry 2 (“Y”), definition 1, filter 1",
            "not known",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(entry: object, place: str, words: str) -> None:
    read = filed([FORM, entry, {**OURS, "name": "Last"}])
    assert [one.label.name for one in read.entries] == ["Added", "Last"]
    (refused,) = read.refused
    assert refused.place == place
    assert words in refused.sentence
    assert str(refused).startswith("Entry 2")


def test_everything_wrong_with_an_entry_is_said() -> None:
    wrong = {**TEXT, "op": "like"}
    entry = {**OURS, "definitions": [{"action": "clicked", "conditions": [wrong, TEXT, wrong]}, 7]}
    places = [one.place.partition("), ")[2] for one in filed(entry).refused]
    assert places == ["definition 1, condition 1", "definition 1, condition 3", "definition 2"]


def test_names_and_definitions_that_are_taken_are_said() -> None:
    blue = Definition(Action.CLICKED, (Condition("text", Op.IS, ("Blue",)),))
    there = LabeledEvent("Blue clicked", (blue,), id=1)
    same = {**OURS, "name": "Other"}
    read = fitting(filed([OURS, {**FORM, "name": "BLUE  clicked"}, same, FORM, FORM]), [there])
    assert [one.label.name for one in read.entries] == ["Bought", "Added"]
    assert [str(one) for one in read.refused] == [
        "Entry 2 (“BLUE clicked”): There is already a labeled event “Blue clicked”.",
        "Entry 3 (“Other”): “Bought” has the same definition.",
        "Entry 5 (“Added”): There is already a labeled event “Added”.",
    ]


def test_thousands_of_entries() -> None:
    every = [
        {
            "name": f"Label {number}",
            "definitions": [
                {"action": "clicked", "conditions": [{**TEXT, "values": [f"Text {number}"]}]}
            ],
        }
        for number in range(MOST + 1)
    ]
    read = fitting(filed(every), [])
    assert len(read.entries) == MOST
    assert read.refused[0].place == "entry 5001 and those after it"


@given(JSON)
def test_any_json_is_read(body: object) -> None:
    read = filed(body)
    assert len(read.entries) + len(read.refused) >= (len(body) if isinstance(body, list) else 1)
