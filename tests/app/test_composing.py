"""What is being typed in an event that is half written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.composing import Typed, What, typed


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ('{"', (What.FIELD, "")),
        ('{"event_type": "Add', (What.TYPE, "Add")),
        ('{"event_type": "A", "us', (What.FIELD, "us")),
        ('[{"event_type": "A"}, {"event_type": "B', (What.TYPE, "B")),
        ('{"event_properties": {"pri', (What.EVENT_PROPERTY, "pri")),
        ('{"event_properties": {"a": {"b": 1}, "pri', (What.EVENT_PROPERTY, "pri")),
        ('{"user_properties": {"pl', (What.USER_PROPERTY, "pl")),
        ('{"user_properties": {"$set": {"pl', (What.USER_PROPERTY, "pl")),
        ('{"event_properties": {"a": "x', None),
        ('{"event_properties": {"a": [{"pri', None),
        ('{"event_properties": {"a": {"pri', None),
        ('{"user_id": "ad', None),
        ('{"event_type": "A"', None),
        ('{"a\\"b": 1, "t', (What.FIELD, "t")),
        ("", None),
        ('"x', None),
        ("}]}{", None),
    ],
)
def test_what_is_typed_is_known(before: str, expected: tuple[What, str] | None) -> None:
    found = typed(before)
    assert (found and (found.what, found.part)) == expected
    if found:
        assert before[found.start :] == found.part


@given(st.text(alphabet='{}[]",:\\ abevnt_propis$😀\n', max_size=80))
def test_any_text_has_an_answer(before: str) -> None:
    found = typed(before)
    assert found is None or isinstance(found, Typed)
