"""
The filter box: text to terms and back.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.filter import KEYS, Filter, Term, parse, to_text


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("   ", ()),
        ("cart", (Term("", "cart"),)),
        ("add cart", (Term("", "add"), Term("", "cart"))),
        ('"add cart"', (Term("", "add cart"),)),
        ('type:"Add to Cart" user:ada', (Term("type", "Add to Cart"), Term("user", "ada"))),
        ("-type:$identify", (Term("type", "$identify", negated=True),)),
        ("-cart", (Term("", "cart", negated=True),)),
        ("https://shop.example/x", (Term("", "https://shop.example/x"),)),
        ("12:30", (Term("", "12:30"),)),
        ('"unfinished quo', (Term("", "unfinished quo"),)),
        (r'"a \"b\" \\ c"', (Term("", 'a "b" \\ c'),)),
        ("type:", (Term("", "type:"),)),
        ("session:-1", (Term("session", "-1"),)),
    ],
)
def test_parse(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text) == terms


@pytest.mark.parametrize(
    "text",
    ["session:abc", "session:²", "session:--5", "session:" + "9" * 30, "x" * 10_001, "a " * 200],
)
def test_what_cannot_be_meant_is_said(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)


def test_an_empty_filter_is_false() -> None:
    assert not Filter()
    assert Filter(parse("a"))
    assert Filter(source_id=0)
    assert Filter(hidden_types=("a",))


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=20)


@given(
    st.lists(
        st.builds(
            Term,
            st.sampled_from(["", *(key for key in KEYS if key != "session")]),
            words,
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_text_and_terms_agree(terms: list[Term]) -> None:
    assert parse(" ".join(map(to_text, terms))) == tuple(terms)
