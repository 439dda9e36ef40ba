"""Labeled events in Amplitude's own form, out and in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.label.amplitude import exported, imported
from app.label.element import Action
from app.label.events import FIELDS, Condition, Definition, LabeledEvent, Op, checked
from tests.app.test_label_command import FORM

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SELECTORS = st.sampled_from(["a", ".btn.add", '#x > [href^="/p"]', "li:nth-child(2n+1) *", "a, b"])
VALUES = st.lists(TEXTS, max_size=3).map(tuple)
CONDITIONS = st.one_of(
    st.builds(
        Condition,
        st.just("selector"),
        st.just(Op.CSS_MATCH),
        st.lists(SELECTORS, max_size=3).map(tuple),
        subject_only=st.booleans(),
    ),
    st.builds(
        Condition,
        st.sampled_from([one for one in FIELDS if one != "selector"] + ["attr.slot"]),
        st.sampled_from([one for one in Op if one not in {Op.CSS_MATCH, Op.REGEX}]),
        VALUES,
        ignore_case=st.booleans(),
        ignore_fragment=st.booleans(),
    ),
)
LABELS = st.builds(
    LabeledEvent,
    TEXTS.filter(str.strip),
    st.lists(
        st.builds(
            Definition,
            st.sampled_from(Action),
            st.lists(CONDITIONS, max_size=3).map(tuple),
            enabled=st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    TEXTS,
    TEXTS,
)


@given(LABELS)
def test_what_comes_back_is_the_same_or_was_said_to_differ(given_label: LabeledEvent) -> None:
    label = checked(given_label)
    try:
        out = exported(label)
    except BadInput:
        assert any(_cannot_be_said(one) for one in label.definitions)
        return
    back = imported(out.form)
    assert back.warnings == ()
    said = " ".join(out.warnings)
    same = [one.key() for one in back.form.definitions] == [one.key() for one in label.live]
    assert same or "exactly" in said or "around" in said
    assert (len(label.live) < len(label.definitions)) is ("switched off" in said)
    texts = (label.name, label.description, label.category)
    assert (back.form.name, back.form.description, back.form.category) == texts
    # The second time nothing is left to lose.
    assert {**exported(back.form).form, "id": ""} == {**out.form, "id": ""}


def _cannot_be_said(one: Definition) -> bool:
    if not one.enabled or one.action not in {Action.CLICKED, Action.CHANGED}:
        return True
    no_words = {Op.STARTS_WITH, Op.ENDS_WITH}
    return any(it.op in no_words or it.field.startswith("attr.") for it in one.conditions)


def test_what_amplitude_can_say_passes_without_loss() -> None:
    made = imported(FORM)
    again = imported(exported(made.form).form)
    assert again.form.definitions == made.form.definitions
    assert again.warnings == ()
    assert exported(again.form).warnings == ()


def test_a_filter_without_values_is_said_to_take_any() -> None:
    empty = {"subprop_key": "[Amplitude] Element Text", "subprop_op": "is", "subprop_value": []}
    kind = "[Amplitude] Element Clicked"
    made = imported({"name": "X", "definition": [{"event_type": kind, "filters": [empty]}]})
    assert "takes any value" in made.warnings[0]
    assert made.form.definitions[0].conditions == ()


def test_what_amplitude_cannot_say_is_said() -> None:
    loud = Condition("text", Op.CONTAINS, ("x",), ignore_case=True)
    made = checked(LabeledEvent("L", (Definition(Action.CLICKED, (loud,)),), api_keys=("k",)))
    said = " ".join(exported(made).warnings)
    assert "SDK does not act on it" in said
    assert "exactly" in said
    assert "projects" in said
    regex = checked(
        LabeledEvent("R", (Definition(Action.CLICKED, (Condition("text", Op.REGEX, ("x",)),)),))
    )
    with pytest.raises(BadInput, match="no way to say “text regex”"):
        exported(regex)


@pytest.mark.parametrize(
    "body",
    [
        7,
        {},
        {"definition": [7]},
        {"name": "X", "definition": [{"event_type": "Other"}]},
        {"name": "X", "definition": [{"event_type": "[Amplitude] Element Clicked", "filters": 1}]},
    ],
)
def test_what_is_not_amplitudes_form_is_refused(body: object) -> None:
    with pytest.raises(BadInput):
        imported(body)
