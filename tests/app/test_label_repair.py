"""Finding an element again after its definition broke, by what was seen when it was made."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.label.element import Action, Element
from app.label.events import Condition, Definition, Op
from app.label.hierarchy import Hierarchy, Node, read
from app.label.repair import Candidate, candidates
from app.label.suggest import evidence, suggest
from tests.app.labeling import chain
from tests.app.test_label_hierarchy import JSON, NODES
from tests.app.test_label_suggest import everything, real
from tests.effort import effort

GONE = Condition("selector", Op.CSS_MATCH, (".gone",))


def lost(element: Element) -> Definition:
    """A definition of this element that matches nothing any more."""
    return Definition(element.action, (GONE,), evidence=evidence(element))


def found(
    element: Element, now: Sequence[Element], known: Sequence[Element] = ()
) -> list[Candidate]:
    return candidates(lost(element), [(one, 1) for one in now], known)


def link(place: int, text: str = "", **attrs: str) -> Element:
    """A link in a row of links."""
    before = "a" if place else None
    node = Node("a", place, place, before, "", ("icon",), attrs)
    row = chain(node, Node("nav", 0, 0, None, "social"))
    return Element(Action.CLICKED, row, tag="a", text=text or None)


def test_a_renamed_button_is_found_by_what_stayed() -> None:
    target, page = real("click-submit-button"), everything()
    definition = suggest(target, page)[0].definition
    node = replace(target.hierarchy.nodes[0], classes=("cta",), attrs={"type": "submit"})
    moved = replace(target, hierarchy=Hierarchy((node, *target.hierarchy.nodes[1:])))
    now = [(one, 1) for one in page if one.hierarchy.key != target.hierarchy.key]
    best, *others = candidates(definition, [*now, (moved, 7)])
    assert best.element is moved
    assert best.events == 7
    assert "text" in best.sentence
    assert len(others) <= 2
    assert all(one.likeness <= best.likeness <= 1 for one in others)


def test_an_address_that_is_gone_speaks_less_against_it_than_another_one() -> None:
    before = [link(place, href=f"https://{name}.test/us") for place, name in enumerate("abcd")]
    now = [link(1) if one is before[1] else one for one in before]
    assert found(before[1], now)[0].element is now[1]


def test_a_text_that_is_new_is_likelier_than_one_that_was_there_before() -> None:
    before = [link(place, f"{word} us", href="#") for place, word in enumerate(("Ask", "Tell"))]
    # Both changed places with something new, so the place says nothing.
    now = [link(2, "Tell us", href="#"), link(3, "Contact", href="#")]
    assert found(before[0], now, before)[0].element is now[1]
    assert found(before[0], now)[0].element is now[0], "without a past, likeness is all there is"


def test_what_was_moved_as_it_is_wins_over_what_took_its_place() -> None:
    target = link(1, "Buy", href="/buy", rel="x")
    taken = link(1, "Sell", href="/sell", rel="x")
    node = replace(target.hierarchy.nodes[0], index=7, index_of_type=5)
    elsewhere = replace(target, hierarchy=chain(node, Node("footer", 3, 0, "main", "end")))
    best = found(target, [taken, elsewhere, link(0, "Look", href="/look")])[0]
    assert best.element is elsewhere
    assert best.sentence == "Same text, address and look, in another place."


def test_elements_keep_their_order() -> None:
    before = [link(place, word, href="#") for place, word in enumerate("abcde")]
    # One more at the front, and new words for two: all places and those texts say nothing.
    words = ("x", "a", "b", "y", "d", "z")
    now = [link(place, word, href="#") for place, word in enumerate(words)]
    known = [before[0], before[1], before[3]]
    assert found(before[2], now, known)[0].element is now[3]
    assert found(before[4], now, known)[0].element is now[5]


def test_states_are_not_looked_at() -> None:
    closed = link(1, "New")
    node = closed.hierarchy.nodes[0]
    node = replace(node, classes=("icon", "is-open"), attrs={"aria-expanded": "true"})
    opened = replace(closed, hierarchy=Hierarchy((node, *closed.hierarchy.nodes[1:])))
    one, other = (found(link(1, "Two"), [it])[0] for it in (closed, opened))
    assert one.likeness == other.likeness


def test_what_is_matched_already_is_not_lost() -> None:
    target, page = real("click-submit-button"), everything()
    definition = suggest(target, page)[0].definition
    assert candidates(definition, [(target, 1)]) == []


def test_what_is_alike_in_nothing_is_no_candidate() -> None:
    video = Element(Action.CLICKED, chain(Node("video", 4, 0, "p", "clip")), tag="video")
    assert found(link(0, "Buy", href="/buy"), [video, *[link(1, "Sell")] * 3])[0].element is not (
        video
    )
    assert found(link(0, "Buy", href="/buy"), [video]) == []


def test_without_evidence_there_is_nothing_to_go_by() -> None:
    target = real("click-submit-button")
    for said in ({}, {"hierarchy": "x"}, {"hierarchy": [1]}, {"text": 1}):
        bare = Definition(target.action, (GONE,), evidence=said)
        assert candidates(bare, [(target, 1)]) == []


@settings(max_examples=40)
@given(st.lists(st.one_of(JSON, NODES), min_size=2, max_size=4))
def test_anything_can_be_compared_with_anything(said: list[object]) -> None:
    every = [Element(Action.CLICKED, read(one), text="x") for one in said]
    best = found(every[0], every, every[1:])
    assert [one.likeness for one in best] == sorted((one.likeness for one in best), reverse=True)
    assert all(one.likeness <= 1 and one.sentence.endswith(".") for one in best)
    if every[0].hierarchy.nodes:
        assert best[0].element.hierarchy == every[0].hierarchy


def test_a_page_of_two_thousand_elements() -> None:
    before = [link(place, f"Item {place}", href=f"/item/{place}") for place in range(2000)]
    now = [link(place + 1, f"Thing {place}", href=f"/item/{place}") for place in range(2000)]
    with effort() as spent:
        best = found(before[777], now, before[::2])
    assert best[0].element is now[777]
    assert spent.counts < 600
