"""Finding an element again after its definition broke, by what was seen when it was made."""

from dataclasses import replace

from app.label.events import Condition, Op
from app.label.hierarchy import Hierarchy
from app.label.repair import candidates
from app.label.suggest import suggest
from tests.app.test_label_suggest import everything, real


def test_a_renamed_button_is_found_by_what_stayed() -> None:
    target, page = real("click-submit-button"), everything()
    lost = suggest(target, page)[0].definition
    node = replace(target.hierarchy.nodes[0], classes=("cta",), attrs={"type": "submit"})
    moved = replace(target, hierarchy=Hierarchy((node, *target.hierarchy.nodes[1:])))
    now = [(one, 1) for one in page if one.hierarchy.key != target.hierarchy.key]
    found = candidates(lost, [*now, (moved, 7)])
    assert found[0].element is moved
    assert found[0].events == 7
    assert "text" in found[0].sentence
    assert len(found) <= 3
    assert all(one.likeness <= found[0].likeness for one in found)


def test_what_is_matched_already_is_not_lost() -> None:
    target, page = real("click-submit-button"), everything()
    definition = suggest(target, page)[0].definition
    keys = [one.element.hierarchy.key for one in candidates(definition, [(target, 1)])]
    assert keys == []


def test_without_evidence_there_is_nothing_to_go_by() -> None:
    target = real("click-submit-button")
    made = suggest(target, [target])[0].definition
    chosen = (Condition("selector", Op.CSS_MATCH, (".gone",)),)
    for evidence in ({}, {"hierarchy": "x"}, {"hierarchy": [1]}, {"text": 1}):
        bare = replace(made, conditions=chosen, evidence=evidence)
        assert candidates(bare, [(target, 1)]) == []
