"""
The filter box: text to a tree and back.
"""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.filter import (
    EVERYTHING,
    KEYS,
    All,
    AnyOf,
    Condition,
    Filter,
    FilterProblem,
    Node,
    Not,
    Op,
    equals,
    has,
    parse,
    to_text,
    unknown_keys,
)


def text(value: str) -> Condition:
    return Condition("", value)


def only(*parts: Node) -> All:
    return All(parts)


ADA = Condition("user", "ada")
CART = text("cart")


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("", ()),
        ("   ", ()),
        ("cart", (CART,)),
        ("add cart", (text("add"), CART)),
        ('"add cart"', (has("", "add cart"),)),
        ('type:"Add to Cart" user:ada', (has("type", "Add to Cart"), ADA)),
        ("-type:$identify", (Not(Condition("type", "$identify")),)),
        ("-cart", (Not(CART),)),
        ("https://shop.example/x", (has("", "https://shop.example/x"),)),
        ("12:30", (text("12:30"),)),
        ('"unfinished quo', (has("", "unfinished quo"),)),
        (r'"a \"b\" \\ c"', (has("", 'a "b" \\ c'),)),
        ('"type:" "-"', (has("", "type:"), has("", "-"))),
        ("Type:a USER:b", (Condition("type", "a"), Condition("user", "b"))),
        ("Foo:bar", (has("", "Foo:bar"),)),
        ("outcome:Rej", (Condition("outcome", "Rej"),)),
        ("-via:p", (Not(Condition("via", "p")),)),
        ("sdk:2.11 source:shop", (Condition("sdk", "2.11"), Condition("project", "shop"))),
        ("session:-1", (Condition("session", "-1"),)),
        ("type:Foo(bar) x", (Condition("type", "Foo(bar)"), text("x"))),
        ("a and b", (text("a"), text("b"))),
        ('"and" "or"', (has("", "and"), has("", "or"))),
        ("user.name@shop.example", (text("user.name@shop.example"),)),
        ("a=b c>d", (text("a=b"), text("c>d"))),
        ("prices android", (text("prices"), text("android"))),
        ("type contain x", (text("type"), text("contain"), text("x"))),
    ],
)
def test_conditions_that_must_all_hold(written: str, parts: tuple[Node, ...]) -> None:
    assert parse(written) == All(parts)


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("prop.price > 10", Condition("prop", "10", Op.MORE, ("price",))),
        ("prop.price>=10", Condition("prop", "10", Op.AT_LEAST, ("price",))),
        ("user.plan = pro", Condition("user", "pro", Op.EQUAL, ("plan",))),
        ('user.plan = "pro"', equals("user", "pro", ("plan",))),
        ("prop.tags contains sale", Condition("prop", "sale", Op.HAS, ("tags",))),
        ("prop.tags CONTAINS sale", Condition("prop", "sale", Op.HAS, ("tags",))),
        ("prop.tags:sale", Condition("prop", "sale", Op.HAS, ("tags",))),
        ("prop.tags ~ sale", Condition("prop", "sale", Op.HAS, ("tags",))),
        ("prop.items.price < 3", Condition("prop", "3", Op.LESS, ("items", "price"))),
        (
            'prop."[Amplitude] Page URL" contains "a b"',
            Condition("prop", "a b", Op.HAS, ("[Amplitude] Page URL",), is_quoted=True),
        ),
        ("user = ada", Condition("user", "ada", Op.EQUAL)),
        ("type = 'x'", Condition("type", "'x'", Op.EQUAL)),
        ('prop.note = ""', equals("prop", "", ("note",))),
        ("session > 5", Condition("session", "5", Op.MORE)),
        ("time:5m", Condition("time", "5m")),
        ("status >= 400", Condition("status", "400", Op.AT_LEAST)),
        ("upload:4711", Condition("upload", "4711")),
        ("time >= 10:30", Condition("time", "10:30", Op.AT_LEAST)),
    ],
)
def test_comparisons(written: str, one: Condition) -> None:
    assert parse(written) == All((one,))


def test_not_equal_is_the_opposite_of_equal() -> None:
    assert parse("user.plan != pro") == parse("not user.plan = pro")


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("a or b", AnyOf((text("a"), text("b")))),
        ("a OR b c", AnyOf((text("a"), only(text("b"), text("c"))))),
        ("(a or b) c", only(AnyOf((text("a"), text("b"))), text("c"))),
        ("not (a or b)", Not(AnyOf((text("a"), text("b"))))),
        ("-(a b)", Not(only(text("a"), text("b")))),
        ("not not a", Not(Not(text("a")))),
        ("a && b || c", AnyOf((only(text("a"), text("b")), text("c")))),
        ("(type:a)", Condition("type", "a")),
        ("((a or b) or c)", AnyOf((text("a"), text("b"), text("c")))),
    ],
)
def test_joining(written: str, tree: Node) -> None:
    expected = tree if isinstance(tree, All) else All((tree,))
    assert parse(written) == expected


@pytest.mark.parametrize(
    "written",
    ["type:", "-", "-type: - TYPE:", "session:-", 'type:"', "(", "not", "or", "and and", "( or )",
     "prop.price", "prop.price >", "prop.price > ", "user.plan =", "time >", "-(", "()"],
)  # fmt: skip
def test_what_is_half_typed_is_no_condition_yet(written: str) -> None:
    assert parse(written) == EVERYTHING


def test_a_dangling_word_leaves_the_rest() -> None:
    assert parse("cart or") == parse("cart and") == parse("cart (") == parse("cart")
    assert parse("type: cart") == parse("cart")


@pytest.mark.parametrize(
    ("written", "start", "end", "words"),
    [
        ("cart session:abc", 5, 16, "A session is a number, not 'abc'."),
        ("session:²", 0, 9, "A session is a number"),
        ("status:4xx", 0, 10, "A status is a number, not '4xx'."),
        ("a upload = x", 2, 12, "An upload is a number, not 'x'."),
        ("session:--5", 0, 11, "A session is a number"),
        ("a )", 2, 3, "no bracket that this one closes"),
        ("price > 10", 0, 5, "A property is written prop.price."),
        ("a > 3", 0, 1, "“a” is no key"),
        ("> 3", 0, 1, "nothing before > to compare"),
        ("a or > 3", 5, 6, "nothing before > to compare"),
        ("type:x price_2.net > 3", 7, 18, "“price_2.net” is no key. A property is written prop."),
        ("user > 3", 0, 8, "“user” cannot be compared with >"),
        ("time:soon", 0, 9, "Try 5m"),
        ("time:2026-13-01", 0, 15, "is no time"),
        ("outcome:lost", 0, 12, "There are: accepted, duplicate, rejected, throttled, silenced,"),
        ("via:phone", 0, 9, "proxy, endpoint, import, demo"),
        ("is:odd", 0, 6, "autocaptured"),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_place(
    written: str, start: int, end: int, words: str
) -> None:
    with pytest.raises(FilterProblem) as caught:
        parse(written)
    assert words in caught.value.sentence
    assert (caught.value.start, caught.value.end) == (start, end)


@pytest.mark.parametrize("written", ["x" * 10_001, "a " * 200, "(" * 60 + "a", "-" * 60 + "a"])
def test_there_is_an_end_to_everything(written: str) -> None:
    with pytest.raises(FilterProblem):
        parse(written)


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("foo:bar", ("foo",)),
        ('-Foo:"a b" foo:c user:ada', ("Foo", "foo")),
        ("https://shop.example mailto:a@b.example 12:30 x-y:z", ()),
        ('"foo:bar" type:foo:bar foo:', ()),
        ("foo:bar session:x", ()),
        ("os_name:iOS user_id:ada foo_bar:baz", ("foo_bar",)),
    ],
)
def test_words_that_look_like_keys_are_told_apart(written: str, keys: tuple[str, ...]) -> None:
    assert tuple(one.word for one in unknown_keys(written)) == keys


def test_names_on_the_wire_are_keys_too() -> None:
    written = 'event_type:a USER_ID = b -device_model:c app_version = "2" library:d os_version:17'
    meant = 'type:a user = b -model:c version = "2" sdk:d os:17'
    assert parse(written) == parse(meant)


def test_conditions_know_where_they_stand() -> None:
    written = 'a  type:"b c"  prop.x >  3'
    found = [written[one.start : one.end] for one in parse(written).parts]  # type: ignore[union-attr]
    assert found == ["a", 'type:"b c"', "prop.x >  3"]


def test_a_filter_by_outcome_waits_for_answers() -> None:
    texts = ("a", "outcome:acc", "outcome:unanswered", "-outcome:unanswered", "is:duplicate",
             "is:repeat", "a or not (b or is:unanswered)", "status < 300")  # fmt: skip
    assert [Filter(parse(one)).waits for one in texts] == [
        False, True, False, True, True, False, True, True,
    ]  # fmt: skip


def test_an_empty_filter_is_false() -> None:
    assert not Filter()
    assert not Filter(parse("type:"))
    assert Filter(parse("a"))
    assert Filter(source_id=0)
    assert Filter(hidden_types=("a",))
    assert Filter(has_repeats=False)


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=12)
names = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
                 min_size=1, max_size=3).map(tuple)  # fmt: skip


def free() -> st.SearchStrategy[Condition]:
    keys = st.sampled_from(["", *(key for key, one in KEYS.items()
                                  if one.is_plain and not one.choices and not one.number
                                  and key != "time")])  # fmt: skip
    plain = st.builds(Condition, keys, words, is_quoted=st.just(True))
    exact = st.builds(equals, keys.filter(bool), words)
    of_property = st.builds(
        Condition, st.sampled_from(["prop", "user", "group"]), words, st.sampled_from(Op), names,
        st.just(True),
    )  # fmt: skip
    return plain | exact | of_property


def several(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    both = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(All, both) | st.builds(AnyOf, both)


def flat(node: Node) -> Node:
    """What means the same without needless nesting, as `parse` gives it."""
    if isinstance(node, Condition):
        return node
    if isinstance(node, Not):
        return Not(flat(node.of))
    kind = type(node)
    parts: list[Node] = []
    for part in map(flat, node.parts):
        parts += part.parts if isinstance(part, kind) else (part,)
    return kind(tuple(parts))


@given(st.recursive(free(), several, max_leaves=6))
def test_text_and_tree_agree(node: Node) -> None:
    tree = flat(node)
    assert parse(to_text(tree)) == (tree if isinstance(tree, All) else All((tree,)))


def unquoted(node: Node) -> Node:
    """Without what says whether a value stood between quotes."""
    if isinstance(node, Condition):
        return replace(node, is_quoted=False)
    if isinstance(node, Not):
        return Not(unquoted(node.of))
    return type(node)(tuple(map(unquoted, node.parts)))


pieces = st.sampled_from(
    ["(", ")", "-", '"', " or ", " and ", " not ", "type:", "prop.a", " > ", "=", "b*", "x:", " "]
)


@given(st.text(max_size=40) | st.lists(pieces, max_size=12).map("".join))
@example("PROP.0 OR")
def test_any_text_is_read_or_refused_with_a_place_in_it(written: str) -> None:
    place = range(len(written) + 1)
    try:
        tree = parse(written)
    except FilterProblem as problem:
        start, end = problem.start, problem.end
        tree = parse(f'"{len(problem.sentence)}"')
    else:
        start = end = 0
    assert start in place
    assert end in place[start:]
    assert unquoted(parse(to_text(tree))) == unquoted(tree)
