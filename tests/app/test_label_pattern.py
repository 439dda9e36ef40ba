"""Globs and regular expressions that cannot run away."""

import fnmatch
import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.label.pattern import MOST_HELD, glob, regex
from tests.effort import effort

PIECE = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", "a*", "b+", "(ab)?", "(a|b)*", "^", "$", "\\b", "\\w", "a{1,3}"]
)


@given(st.lists(PIECE, max_size=6).map("".join), st.text("ab c\n", max_size=8), st.booleans())
def test_it_finds_what_python_finds(source: str, text: str, ignore_case: bool) -> None:
    flags = re.IGNORECASE if ignore_case else 0
    assert regex(source, ignore_case)(text) is (re.search(source, text, flags) is not None)


@pytest.mark.parametrize("source", ["^a(b*)*", "(b*)*\\bb", "(b*)*a$", "(a*)*\\Bb", "^(a*)*$"])
def test_edges_hold_where_they_are_and_nowhere_else(source: str) -> None:
    for text in ("ab", "bab", "b ab", "ba b", "b", "aba", "bb a", "ab b", ""):
        assert regex(source)(text) is (re.search(source, text) is not None), text


@given(st.text("ab*?", max_size=8), st.text("abc", max_size=10))
def test_globs_are_those_of_file_names(source: str, text: str) -> None:
    assert glob(source)(text) is fnmatch.fnmatchcase(text, source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("(a+)+$", "a" * 4_000 + "!"),
        ("(a|a)*b", "a" * 5_000),
        ("(.*)*x", "y" * 5_000),
        (".*a.*a.*a.*a.*b", "a" * 3_000),
        ("(a?){30}a{30}", "a" * 29),
        ("(a?){99}b", "a" * 5_000),
        ("(a|b|ab|ba|aa|bb){40}c", "ab" * 2_500),
        ("a.{250}b.{250}c", "ab" * 2_500),
        ("\\b(\\w*\\b)*\\b!", "a" * 5_000),
    ],
)
def test_catastrophic_expressions_end(source: str, text: str) -> None:
    with effort() as spent:
        assert regex(source)(text) is False
    assert spent.counts < 400


def test_an_expression_remembers_little_whatever_it_is_asked() -> None:
    chance = Random(1)
    found = regex("a.{200}b$|b.{200}a$")
    for _ in range(30):
        text = "".join(chance.choices("ab", k=255))
        ends = {(text[-202], text[-1])} & {("a", "b"), ("b", "a")}
        assert found(text) is bool(ends)
    (program,) = (cell.cell_contents for cell in found.__closure__ or ())
    assert program._held <= MOST_HELD


def test_a_glob_of_many_stars_ends() -> None:
    assert glob("*a" * 200 + "*b")("a" * 4_000) is False


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("(a)\\1", "refer back"),
        ("(?=a)", "special groups"),
        ("(?i)a", "special groups"),
        ("a++", "Possessive"),
        ("a(", "not closed"),
        ("a)", "did not open"),
        ("[a", "not closed"),
        ("a\\", "backslash"),
        ("*", "cannot be read"),
        ("(((a{99}){99}){99})", "repeats too much"),
        ("a" * 513, "longer"),
        ("(" * 60 + ")" * 60, "nested"),
    ],
)
def test_refusals_are_sentences(source: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        regex(source)
    assert words in refused.value.sentence
