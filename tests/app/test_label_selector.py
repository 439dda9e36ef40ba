"""Selectors: what they mean, what is refused and how it is said, and what cannot be known."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.label.hierarchy import MASK, Hierarchy, Node
from app.label.selector import Selector, converted, escaped, parse, quoted
from app.label.verdict import Reason, Verdict, all_of, any_of, negated
from tests.app.labeling import chain, hierarchy
from tests.effort import effort

BUTTON = Node("button", 2, 1, "p", "buy", ("btn", "add"), {"data-x": "a b", "href": "/c?d=1"})
PAGE = chain(BUTTON, Node("li", 1, 1, "li", "", ("z",)), Node("ul", 0, 0, None, "", ("x", "y")))


@pytest.mark.parametrize(
    ("text", "self", "closest"),
    [
        ("button", True, True),
        ("BUTTON.add.btn#buy", True, True),
        ("li", False, True),
        (".x .z > .add", True, True),
        (".x > .add", False, False),
        (".x .add", True, True),
        ("ul > li > button", True, True),
        ("ul > button", False, False),
        ("*", True, True),
        ("html", False, True),
        (":root > body button", True, True),
        ("[data-x]", True, True),
        ("[data-x='a b']", True, True),
        ("[data-x~=b]", True, True),
        ("[data-x^='a'][data-x$='b'][data-x*=' ']", True, True),
        ("[data-x='A B' i]", True, True),
        ("[data-x='A B' s]", False, False),
        ("[data-x='']", False, False),
        ("[data-x^='']", False, False),
        ("[id='buy']", True, True),
        ("[class~=add]", True, True),
        ("a[href^='/c']", False, False),
        ("[href^='/c']", True, True),
        (":nth-child(3)", True, True),
        (":nth-child(2n)", False, True),
        (":nth-of-type(2)", True, True),
        (":nth-child(-n+2)", False, True),
        ("button:first-child", False, False),
        ("p + button", True, True),
        ("* + button", True, True),
        ("li > p + button", True, True),
        ("ul > p + button", False, False),
        ("h1 + button", False, False),
        ("button:not(.x)", True, True),
        ("button:not(.add, .x)", False, False),
        ("button:not(.x .add)", False, False),
        (":is(a, button):where(.btn)", True, True),
        ("a, ul", False, True),
        ("/* c */ ul.x/**/ button", True, True),
    ],
)
def test_meaning(text: str, self: bool, closest: bool) -> None:
    chosen = parse(text)
    assert chosen.matches(PAGE) is self
    assert chosen.closest(PAGE) is closest
    again = parse(chosen.canonical)
    assert again.matches(PAGE) is self
    assert again.closest(PAGE) is closest
    assert again.canonical == chosen.canonical


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (".w-1\\/2", "click-unicode-classes"),
        (".md\\:w-\\[calc\\(100\\%-1rem\\)\\] > .btn", "click-unicode-classes"),
        (".\\32 xl\\:p-4 button", "click-unicode-classes"),
        (".🎉emoji.unicode-ünï button", "click-unicode-classes"),
        ("#\\31 23numeric", "click-numeric-id"),
        ("#radix-\\:r5\\:", "click-icon-button-svg-path"),
        ("[data-nl='line1\\a line2']", "click-odd-attrs"),
        ("[xml\\:lang=en]", "click-odd-attrs"),
        ('[data-json*=\'"b":"x y"\']', "click-odd-attrs"),
        ("[data-empty='']", "click-odd-attrs"),
    ],
)
def test_names_with_odd_characters(text: str, path: str) -> None:
    assert parse(text).closest(hierarchy(f"captures/{path}")) is True
    assert parse(parse(text).canonical).closest(hierarchy(f"captures/{path}")) is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("  ", "empty"),
        (".a ~ .b", "“~”"),
        (".a + .b", "plain tag"),
        ("a + b + c", "second “+”"),
        ("a:hover", "state"),
        ("a:checked", "state"),
        ("a:has(b)", "contains"),
        ("a:last-child", "follow"),
        ("a:only-child", "follow"),
        ("a:nth-child(2 of .x)", "siblings"),
        ("a::before", "never clicked"),
        ("svg|a", "Namespaces"),
        ("a >>> :scope > b", "Use “a > b”"),
        ("a:contains(x)", "text condition"),
        ("a:florb", "not known"),
        ("a:not", "parentheses"),
        ("#1", "digit"),
        (".", "needs a class"),
        ("[a", "too early"),
        ("[a=1]", "quotes"),
        ("[a='b' x]", "“i” or “s”"),
        ("[a='b]", "closing quote"),
        ("a,", "too early"),
        (",a", "not expected"),
        ("a >", "too early"),
        ("> a", "not expected"),
        ("a)", "not expected"),
        ("a{}", "not expected"),
        (":is()", "not expected"),
        (":nth-child(x)", "formula"),
        ("a /* b", "comment"),
        ("a" * 10_001, "longer"),
        (".a" * 501, "parts"),
        (":not(" * 9 + "a" + ")" * 9, "nested"),
        ("a\x00", "zero byte"),
    ],
)
def test_refusals_say_why(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text)
    assert words in refused.value.sentence
    assert refused.value.sentence.endswith(".")


FIELD = chain(Node("input", 0, 0, None, "email", (), {"type": "email"}), "form")
EDITOR = chain(Node("div", 0, 0, None, "", ("editor",)))
LONG = chain(Node("a", 0, 0, None, "", (), {"href": "/" + "x" * 127, "title": "*****"}))
CUT = Hierarchy((Node("button", 0, 0, None, "", ("b",)), Node("div", 0, 0)))
NAMELESS = Hierarchy((Node("button", 0, 0), Node("body", 1, 0, "head")), classes_known=False)


@pytest.mark.parametrize(
    ("text", "of", "verdict"),
    [
        ("[style]", PAGE, Reason.DROPPED),
        ("input[placeholder]", FIELD, Reason.SENSITIVE),
        ("input[type=EMAIL]", FIELD, True),
        ("[data-doc]", EDITOR, Reason.SENSITIVE),
        ("svg[width]", chain("a", "svg"), Reason.SENSITIVE),
        ("[title=Docs]", LONG, Reason.MASKED),
        ("[title]", LONG, True),
        ("[href$=y]", LONG, Reason.CUT),
        ("[href*=y]", LONG, Reason.CUT),
        ("[href*=xx]", LONG, True),
        ("[href^='/x']", LONG, True),
        ("[href^='/y']", LONG, False),
        ("[href='/y']", LONG, False),
        (".b", CUT, True),
        (".c .b", CUT, Reason.TRUNCATED),
        (".c", CUT, Reason.TRUNCATED),
        ("section > div > .b", CUT, Reason.TRUNCATED),
        ("p > .b", CUT, Reason.TRUNCATED),
        (".b", NAMELESS, Reason.NO_CLASSES),
        ("button:not(.b)", NAMELESS, Reason.NO_CLASSES),
        ("a.b", NAMELESS, False),
        (":nth-child(2)", Hierarchy((Node("a"), Node("body", 1, 0, "head"))), True),
        ("a:nth-child(2)", Hierarchy((Node("a"), Node("body", 1, 0, "head"))), Reason.NO_POSITION),
        ("p + a", Hierarchy((Node("a"), Node("body", 1, 0, "head"))), Reason.NO_POSITION),
        ("a[id='']", chain("a"), Reason.EMPTY),
        ("*", Hierarchy(), Reason.NO_HIERARCHY),
    ],
)
def test_what_was_not_recorded_is_not_known(
    text: str, of: Hierarchy, verdict: bool | Reason
) -> None:
    assert parse(text).closest(of) is verdict


def test_warnings_are_about_what_never_decides() -> None:
    assert "<html>" in parse("html .a").warnings[0]
    assert "style" in parse(".a:not([style])").warnings[0]
    assert parse(".a").warnings == ()


def test_equal_selectors_share_a_spelling() -> None:
    equal = ["a.b.c[d='e'], #f", "#f , a.c.b[d=e]", '#f,*#f,a[d="e"].b.c.b']
    assert len({parse(text).canonical for text in equal}) == 1
    assert parse("a b").canonical != parse("a > b").canonical
    assert parse("a:nth-child(odd)").canonical == parse("a:nth-child( 2N + 1 )").canonical


def test_a_path_of_the_sdk_can_be_converted() -> None:
    path = "section#c > my-widget:nth-of-type(1) >>> :scope > div:nth-of-type(1) > button"
    plain = converted(path)
    assert plain == "section#c > my-widget:nth-of-type(1) > div:nth-of-type(1) > button"
    assert isinstance(parse(plain), Selector)


def test_the_worst_selector_takes_no_longer_than_its_length() -> None:
    deep = chain(*[Node("div", 0, 0, None, "", ("a",)) for _ in range(400)])
    with effort() as spent:
        assert parse(" ".join([".a"] * 450) + " .b").closest(deep) is False
        assert parse(" ".join([".a"] * 401)).closest(deep) is False
        assert parse(" ".join([".a:not(.b .c)"] * 120)).closest(deep) is True
    # Backtracking would need more steps than there are atoms.
    assert spent.counts < 4000


VERDICTS: list[Verdict] = [True, False, Reason.CUT]


def test_the_laws_of_three_values() -> None:
    for one, other in itertools.product(VERDICTS, VERDICTS):
        assert all_of([one, other]) == all_of([other, one])
        assert negated(any_of([one, other])) == all_of([negated(one), negated(other)])
        assert negated(negated(one)) is one
        assert any_of([one, all_of([one, other])]) == one


NAMES = st.sampled_from(["a", "b", "c"])
PART = st.one_of(
    NAMES.map(lambda name: f".{name}"),
    NAMES.map(lambda name: f"#{name}"),
    NAMES.map(lambda name: f"[{name}]"),
    NAMES.map(lambda name: f"[{name}^={name}]"),
    NAMES.map(lambda name: f":not(.{name})"),
    NAMES.map(lambda name: f":is({name}, .{name})"),
    st.integers(-2, 3).map(lambda n: f":nth-child({n}n+1)"),
)
COMPOUND = st.builds(
    lambda tag, parts: (tag + "".join(parts)) or "*",
    NAMES | st.just(""),
    st.lists(PART, max_size=3),
)
TEXT = st.builds(
    lambda first, rest: first + "".join(sign + part for sign, part in rest),
    COMPOUND,
    st.lists(st.tuples(st.sampled_from([" ", " > "]), COMPOUND), max_size=3),
)
NODE = st.builds(
    lambda tag, index, name, classes, attrs: Node(
        tag, index, 0, "a" if index else None, name, tuple(classes), attrs
    ),
    NAMES,
    st.integers(0, 3),
    NAMES | st.just(""),
    st.lists(NAMES, unique=True, max_size=2),
    st.dictionaries(NAMES, NAMES, max_size=2),
)
CHAINS = st.lists(NODE, min_size=1, max_size=5).map(lambda nodes: chain(*nodes))


@given(TEXT, CHAINS)
def test_the_canonical_spelling_answers_the_same(text: str, of: Hierarchy) -> None:
    assert parse(parse(text).canonical).closest(of) == parse(text).closest(of)


@given(st.lists(TEXT, min_size=1, max_size=3), CHAINS)
def test_a_list_is_an_or(texts: list[str], of: Hierarchy) -> None:
    verdicts = [parse(text).closest(of) for text in texts]
    whole = parse(", ".join(texts)).closest(of)
    assert (whole is True, whole is False) == (
        any_of(verdicts) is True,
        any_of(verdicts) is False,
    )


@given(TEXT, CHAINS)
def test_closest_is_the_or_of_all_elements(text: str, of: Hierarchy) -> None:
    around = [parse(text).matches(Hierarchy(of.nodes[place:])) for place in range(len(of.nodes))]
    if any_of(around) is True:
        assert parse(text).closest(of) is True


@given(TEXT, CHAINS, st.integers(1, 4))
def test_cutting_a_chain_never_turns_an_answer_around(text: str, of: Hierarchy, kept: int) -> None:
    cut = parse(text).closest(Hierarchy(of.nodes[:kept]))
    assert isinstance(cut, Reason) or cut is parse(text).closest(of)


@given(
    st.text(min_size=1, max_size=20).filter(lambda text: "\x00" not in text and MASK not in text)
)
def test_any_name_can_be_written(name: str) -> None:
    node = Node("b", 0, 0, None, name, (name,), {"data-v": name})
    text = f"#{escaped(name)}.{escaped(name)}[data-v={quoted(name)}]"
    assert parse(text).matches(chain(node)) is True


@given(st.text(max_size=60))
def test_any_text_is_a_selector_or_refused_in_a_sentence(text: str) -> None:
    said = ""
    try:
        said = f"{parse(text).canonical}."
    except BadInput as refused:
        said = refused.sentence
    assert said.endswith(".")
