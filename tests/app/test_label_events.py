"""Labeled events: what they mean, how they are kept, and which are refused."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.label.element import Action, Element, Page, clicked
from app.label.evaluate import Judge, count
from app.label.events import (
    Condition,
    Definition,
    LabeledEvent,
    Op,
    checked,
    definition,
    labeled_event,
)
from app.label.labels import Labels
from app.label.selector import escaped
from app.label.similar import Shelf, similar
from app.label.verdict import Reason
from tests.app.labeling import chain, sent

BUTTON = Element(
    Action.CLICKED,
    chain("button", "main"),
    tag="button",
    text="Add to cart",
    attributes=(("slot", "hero"),),
)
HERE = Page("https://shop.test/p/1#top", "Shop")


def label(*conditions: Condition, name: str = "Added", **fields: Any) -> LabeledEvent:
    return LabeledEvent(name, (Definition(Action.CLICKED, conditions),), **fields)


@pytest.mark.parametrize(
    ("field", "op", "values", "verdict"),
    [
        ("tag", "is", ["a", "button"], True),
        ("tag", "is_not", ["a", "button"], False),
        ("text", "is", ["add to cart"], False),
        ("text", "contains", ["to"], True),
        ("text", "not_contains", ["x", "to"], False),
        ("text", "starts_with", ["x", "Add"], True),
        ("text", "ends_with", ["cart"], True),
        ("text", "glob", ["Add*"], True),
        ("text", "regex", ["^Add .o"], True),
        ("href", "is", ["/"], False),
        ("href", "is_not", ["/"], True),
        ("href", "is_set", [], False),
        ("href", "is_not_set", [], True),
        ("attr.slot", "is", ["hero"], True),
        ("attr.none", "contains", [""], False),
        ("page_url", "is", ["https://shop.test/p/1#top"], True),
        ("page_url", "glob", ["https://shop.test/p/*"], True),
        ("page_title", "is", ["Shop"], True),
        ("selector", "css_match", ["a", "main > button"], True),
        ("selector", "css_match", ["[style]"], Reason.DROPPED),
    ],
)
def test_conditions(field: str, op: str, values: list[str], verdict: object) -> None:
    body = {"action": "clicked", "conditions": [{"field": field, "op": op, "values": values}]}
    judge = Judge(checked(LabeledEvent("X", (definition(body),))))
    assert judge(BUTTON, HERE) is verdict


def test_blank_conditions_take_anything_and_actions_differ() -> None:
    judge = Judge(checked(label(Condition("text", Op.IS))))
    assert judge(BUTTON, HERE) is True
    assert judge(replace(BUTTON, action=Action.CHANGED), HERE) is False


def test_flags_ignore_case_and_fragment() -> None:
    loud = Condition("text", Op.IS, ("ADD TO CART",), ignore_case=True)
    page = Condition("page_url", Op.IS, ("https://shop.test/p/1",), ignore_fragment=True)
    assert Judge(checked(label(loud, page)))(BUTTON, HERE) is True
    alone = Condition("selector", Op.CSS_MATCH, ("main",), subject_only=True)
    assert Judge(checked(label(alone)))(BUTTON, HERE) is False


def test_a_typed_text_is_tidied_as_sdks_do() -> None:
    made = checked(label(Condition("text", Op.IS, ("  Add\n to  cart ",))))
    assert Judge(made)(BUTTON, HERE) is True


def test_unknown_is_neither_counted_nor_lost() -> None:
    judge = Judge(label(Condition("selector", Op.CSS_MATCH, ("[style]",))))
    assert count(judge, [(BUTTON, HERE)] * 3) == (0, 3)


def test_disabled_definitions_and_archived_labels_do_not_count() -> None:
    made = label(Condition("tag", Op.IS, ("button",)))
    off = replace(made, definitions=(replace(made.definitions[0], enabled=False),))
    assert Judge(off)(BUTTON, HERE) is False
    assert Judge(replace(made, archived=True))(BUTTON, HERE) is False


def test_the_json_form_is_lossless() -> None:
    made = checked(
        LabeledEvent(
            "Round",
            (
                Definition(
                    Action.CHANGED,
                    (Condition("page_url", Op.GLOB, ("*x",), True, True),),
                    "repair",
                    False,
                    {"text": "x"},
                ),
            ),
            "why",
            "Commerce",
            ("k",),
            True,
        )
    )
    assert labeled_event("Round", made.as_json()) == made


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "JSON object"),
        ({}, "definitions"),
        ({"definitions": []}, "at least one"),
        ({"definitions": [{"action": "hovered"}]}, "clicked"),
        ({"definitions": [{"action": "clicked", "conditions": 1}]}, "list"),
        ({"definitions": [{"action": "clicked", "conditions": [{"op": "like"}]}]}, "operator"),
        (
            {
                "definitions": [
                    {
                        "action": "clicked",
                        "conditions": [{"field": "x", "op": "is", "values": [""]}],
                    }
                ]
            },
            "no field",
        ),
        ({"schema": 2, "definitions": []}, "newer"),
    ],
)
def test_what_is_no_labeled_event_is_refused(body: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        labeled_event("X", body)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("selector", Op.CSS_MATCH, ("a:hover",)), "state"),
        (Condition("selector", Op.IS, ("a",)), "css_match"),
        (Condition("text", Op.CSS_MATCH, ("a",)), "css_match"),
        (Condition("text", Op.REGEX, ("(",)), "closed"),
    ],
)
def test_conditions_that_cannot_be_used_are_refused(condition: Condition, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        checked(label(condition))


def test_real_clicks_are_read() -> None:
    one = sent("captures/click-hero-cta-nested-b")[0]
    found = clicked(one["event_type"], one["event_properties"])
    assert found
    element, page = found
    assert (element.tag, element.text) == ("button", "*Get started")
    assert element.field("attr.slot") == "hero"
    assert page.url == "https://shop.example.test/#docs"
    assert clicked("Other", {}) is None


def test_labels_are_kept_and_refused_twice(tmp_path: Path) -> None:
    with Labels(tmp_path) as labels:
        made = labels.save(label(Condition("tag", Op.IS, ("button",)), name=" Add  to cart "))
        assert made.id
        assert made.name == "Add to cart"
        assert labels.all() == [made]
        with pytest.raises(BadInput, match="already a labeled event “Add to cart”"):
            labels.save(label(Condition("tag", Op.IS, ("a",)), name="ADD to Cart"))
        same = label(Condition("tag", Op.IS, ("button", "button")), name="Other")
        with pytest.raises(BadInput, match="“Add to cart” has the same definition"):
            labels.save(same)
        labels.archive(made.id)
        other = labels.save(same)
        with pytest.raises(BadInput, match="same definition"):
            labels.archive(made.id, archived=False)
        repaired = labels.repair(other.id or 0, Definition(Action.CLICKED))
        assert [one.origin for one in repaired.definitions] == ["manual", "repair"]
        assert labels.named("OTHER").id == other.id
        labels.remove(other.id or 0)
        assert [one.name for one in labels.all()] == ["Add to cart"]
        with pytest.raises(BadInput, match="no labeled event"):
            labels.named("Other")


def test_definitions_written_differently_are_the_same() -> None:
    one = Definition(
        Action.CLICKED,
        (
            Condition("selector", Op.CSS_MATCH, ("a.b.c", "#d")),
            Condition("text", Op.IS, ("X", "Y")),
            Condition("href", Op.IS),
        ),
    )
    other = Definition(
        Action.CLICKED,
        (
            Condition("text", Op.IS, ("Y", "X")),
            Condition("selector", Op.CSS_MATCH, ("#d", "a.c.b")),
        ),
    )
    assert one.key() == other.key()
    assert one.key() != replace(one, action=Action.CHANGED).key()


def test_similar_labels_are_named_with_the_strongest_reason() -> None:
    broad = label(Condition("tag", Op.IS, ("button",)), name="Any button", id=1)
    narrow = label(
        Condition("tag", Op.IS, ("button",)), Condition("text", Op.IS, ("Buy",)), name="Buy", id=2
    )
    other = label(Condition("tag", Op.IS, ("a",)), name="Link", id=3)
    found = similar(narrow, [(broad, {1: 3, 2: 41}), (other, {9: 5})], {2: 41})
    assert [(one.label.name, one.sentence) for one in found] == [
        ("Any button", "Matches 41 of the 44 events of “Any button”.")
    ]
    (by_meaning,) = similar(narrow, [(broad, {})], {})
    assert by_meaning.sentence == "“Any button” already counts all of this, and more."
    assert similar(narrow, [(replace(broad, archived=True), {2: 41})], {2: 41}) == []


NAMES = st.lists(st.sampled_from(["a1", "b-2", "ü", "w-1/2", "x:y"]), min_size=1, unique=True)
VALUES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True)


@given(NAMES, VALUES, st.randoms(use_true_random=False), st.booleans())
def test_any_order_is_the_same_definition(
    names: list[str], values: list[str], chance: Random, differs: bool
) -> None:
    mixed, other = chance.sample(names, len(names)), chance.sample(values, len(values))
    one = Definition(Action.CLICKED, (_selector(names), Condition("href", Op.IS, tuple(values))))
    conditions = [Condition("href", Op.IS, tuple(other)), _selector(mixed)]
    if differs:
        conditions.append(Condition("tag", Op.IS, ("a",)))
    again = Definition(Action.CLICKED, tuple(chance.sample(conditions, len(conditions))))
    assert (again.key() == one.key()) is not differs
    mine, theirs = LabeledEvent("A", (one,), id=1), LabeledEvent("B", (again,), id=2)
    with nullcontext() if differs else pytest.raises(BadInput, match="“B” has the same definition"):
        Shelf([theirs]).fitting(mine)
    assert bool(similar(mine, [(theirs, {})], {})) is differs


def _selector(names: list[str]) -> Condition:
    text = "".join(f".{escaped(name)}" for name in names)
    return Condition("selector", Op.CSS_MATCH, (text,))
