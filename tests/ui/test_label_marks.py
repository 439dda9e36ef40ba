"""
What is marked on a page that is labeled: the draft, what is much the same, and what there is.
"""

from dataclasses import replace

from app.agentwords import Element, Survey
from app.label.element import Action
from app.label.events import Condition, Definition, LabeledEvent, Op
from app.label.similar import Similar
from ui.pages.label.counting import Counted, Told
from ui.pages.label.marking import Marks, OnPage


def button(at: int, text: str) -> Element:
    node = {"tag": "button", "index": at, "indexOfType": at, "classes": ["cta"]}
    body = {"tag": "body", "index": 1, "indexOfType": 0}
    return Element((node, body), text, "", "https://shop.example/", "Shop")


def survey(*texts: str) -> Survey:
    return Survey(tuple(button(at, text) for at, text in enumerate(texts)), -1, False)


def label(name: str, field: str, value: str, number: int | None = None) -> LabeledEvent:
    op = Op.CSS_MATCH if field == "selector" else Op.IS
    conditions = (Condition(field, op, (value,)),)
    return LabeledEvent(name, (Definition(Action.CLICKED, conditions),), id=number)


DRAFT = label("Buy clicked", "text", "Buy")
EVERY = label("Any button", "selector", "button.cta", 1)
HELP = label("Help", "text", "Help", 2)
TOLD = [Told(one, 0, None, ()) for one in (EVERY, HELP)]


def tones(found: Marks) -> list[tuple[object, object, object]]:
    return [(one["element"], one["tone"], one.get("name")) for one in found.marks]


def test_what_a_draft_matches_already_is_called_so_and_marked() -> None:
    page = OnPage()
    page.look_at(survey("Buy", "Help", "Buy"))
    found = page.marks(DRAFT, TOLD, None, shows_all=False)
    assert found.on_page == 2
    assert found.alike == ["What it matches on this page is “Any button” already."]
    assert tones(found) == [
        (0, "match", None),
        (2, "match", None),
        *((at, "similar", "Any button") for at in range(3)),
    ]
    assert found.here == {}
    # What is known from the events that were captured is said once.
    counted = Counted(
        4, [], [Similar(EVERY, "Matches 4 of the 9 events of “Any button”.", 4, 4, 9)]
    )
    again = page.marks(DRAFT, TOLD, counted, shows_all=False)
    assert again.alike == ["Matches 4 of the 9 events of “Any button”."]
    assert tones(again) == tones(found)
    # Without a page, too.
    page.look_at(None)
    assert page.marks(DRAFT, TOLD, counted, shows_all=False) == Marks(alike=again.alike)


def test_all_labels_of_a_page_are_marked_and_counted() -> None:
    page = OnPage()
    page.look_at(survey("Buy", "Help"))
    found = page.marks(None, TOLD, None, shows_all=True)
    assert tones(found) == [
        (0, "other", "Any button"),
        (1, "other", "Any button"),
        (1, "other", "Help"),
    ]
    assert (found.on_page, found.here) == (None, {1: 2, 2: 1})
    # The page changes, and what is labeled does.
    page.look_at(survey("Help", "Help", "Buy"))
    assert page.marks(None, TOLD, None, shows_all=True).here == {1: 3, 2: 2}
    other = replace(label("Help", "text", "Buy", 2), changed_ms=5)
    told = [TOLD[0], Told(other, 0, None, ())]
    assert page.marks(None, told, None, shows_all=True).here == {1: 3, 2: 1}


def test_what_is_edited_is_not_much_the_same_as_itself() -> None:
    page = OnPage()
    page.look_at(survey("Buy", "Help"))
    found = page.marks(HELP, TOLD, None, shows_all=False)
    assert found.alike == ["What it matches on this page is “Any button” already."]
    assert (1, "match", None) in tones(found)
    everything = LabeledEvent("All", (Definition(Action.CLICKED),))
    found = page.marks(everything, TOLD, None, shows_all=False)
    assert (found.on_page, tones(found), list(found.alike)) == (None, [], [])
