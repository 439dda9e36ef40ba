"""Hierarchies in every form that was ever sent, and in forms that nobody should send."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.label.hierarchy import Hierarchy, canonical, read, stored
from tests.app.labeling import HIERARCHY, hierarchy, sent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
NODES = st.lists(
    st.fixed_dictionaries(
        {"tag": st.text(min_size=1)},
        optional={
            "index": JSON,
            "indexOfType": st.integers(),
            "prevSib": st.text(),
            "id": st.text(),
            "classes": st.lists(st.text()) | JSON,
            "attrs": st.dictionaries(st.text(), st.text()) | JSON,
            "shadow": st.booleans(),
        },
    )
)


def test_what_an_sdk_sent_is_read_node_for_node() -> None:
    raw = sent("captures/click-hero-cta-nested-b")[0]["event_properties"][HIERARCHY]
    found = read(raw)
    assert found.as_json() == raw
    assert found.complete
    assert [node.tag for node in found.nodes] == ["button", "section", "main", "body"]
    assert found.nodes[0].attrs["data-testid"] == "hero-cta"
    assert found.nodes[2].id == "content"


@pytest.mark.parametrize("spelled", [json.dumps, repr, lambda raw: json.dumps(raw).encode()])
def test_text_forms_mean_the_same(spelled: Any) -> None:
    raw = sent("captures/click-odd-attrs")[0]["event_properties"][HIERARCHY]
    assert read(spelled(raw)).key == read(raw).key


@pytest.mark.parametrize("spelled", [json.dumps, repr])
@pytest.mark.parametrize("kept", [0.95, 0.6, 0.3])
def test_a_text_that_was_cut_gives_its_whole_nodes(spelled: Any, kept: float) -> None:
    raw = sent("captures/click-deep-20")[0]["event_properties"][HIERARCHY]
    text = spelled(raw)
    found = read(text[: int(len(text) * kept)])
    assert 0 < len(found.nodes) < len(raw)
    assert found.as_json() == raw[: len(found.nodes)]
    assert not found.complete


def test_an_old_sdk_cut_the_chain() -> None:
    old, new = hierarchy("old-sdks/browser-sdk-2.11.13.04"), hierarchy("captures/click-deep-20")
    assert len(old.nodes) == 11
    assert not old.complete
    assert len(new.nodes) == 24
    assert new.complete


def test_left_out_classes_are_not_the_same_as_none() -> None:
    raw = [{"tag": "button"}, {"tag": "body"}]
    assert read(raw).classes_known
    assert not read(raw, "btn").classes_known
    assert read([{"tag": "button", "classes": ["btn"]}], "btn").classes_known
    assert read(raw, "btn").key != read(raw).key
    assert not stored(canonical(read(raw, "btn"))).classes_known


@pytest.mark.parametrize(
    "value",
    [None, 7, "", "[", "[[[[", "{}", [], {}, [1, 2], "[{'tag': ", "[" * 100_000, "[{'a'" * 9_999],
)
def test_what_is_no_hierarchy_says_nothing(value: object) -> None:
    assert read(value) == Hierarchy()
    assert not read(value).complete


def test_a_broken_node_ends_the_chain() -> None:
    found = read([{"tag": "b"}, {"index": 3}, {"tag": "body"}])
    assert [node.tag for node in found.nodes] == ["b"]


def test_a_megabyte_of_classes() -> None:
    found = read([{"tag": "b", "classes": [f"class-{n}" for n in range(80_000)]}, {"tag": "body"}])
    assert ".class-79999" in found.tokens
    assert stored(canonical(found)).key == found.key


def test_half_a_character_at_a_cut_end_can_be_stored() -> None:
    found = read([{"tag": "b", "attrs": {"title": "x\ud83d"}}, {"tag": "body"}])
    assert stored(canonical(found)).nodes[0].attrs["title"].startswith("x")


@given(st.one_of(JSON, NODES))
def test_anything_is_read_and_kept(value: object) -> None:
    found = read(value)
    assert stored(canonical(found)).key == found.key
    assert isinstance(found.complete, bool)


@given(st.text(alphabet="[]{}'\":, tagbody1\\", max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(read(text), Hierarchy)
