"""
The index of texts: a search that goes by it finds what one finds that reads everything.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filter import Filter, parse, quoted
from app.filter.literals import literals
from app.store import Store, grams
from app.study import FILE, Study, running
from app.study import grams as running_grams
from app.study.people import PeopleFollower
from app.study.reading import Captures
from tests.factories import emptied, event, filled, upload

EVENTS = 2 * grams.SEGMENT + 700
FOREIGN = (
    "Größe STRASSE straße ẞ",
    "ﬁne oﬃce ﬆraße",
    "İstanbul ISTANBUL ısı i̇",
    "\u212aelvin \u212bngström ſhop",
    "日本語 テスト 🎈🧵",
    "ΣΊΣΥΦΟΣ σίσυφος ΐ ᾳ",
    "half \ud83d größe 日本 ſhop \U0001f388",
    "K\0größe ſ\0ſhop",
    'ß "quoted ß" back\\ß \\u00df new\nß',
    "ŉ ǰ և ẖ a\x7fß \x85 \u2028ß",
)
"""What letters beyond ASCII do when their case is taken away, and what JSON does to texts."""
WORDS = (
    "lantern",
    "Lantern",
    "LANT",
    "needle-4093",
    "*needle*93*",
    '"a \\"quoted\\" one"',
    '"back\\\\slash"',
    "größe",
    '"ſhop"',
    "shop",
    "no such words",
    "go",
    "a1b2c3d4-0000-4000-8000-00000000012c",
    "cust-67",
    "device-9",
    "Rare",
    "prop.rare:yes",
    "prop.rare > 2",
    "prop.note contains needle",
    "prop.deep.er = 7",
    "user.plan = gold",
    "group.team = core",
    "has:rare",
    "has:user",
    "page:/checkout",
    "type:Rare",
    "日本",
    "本語",
    "*ÖSSE*STRASSE*",
    '"ſtrasse"',
    "prop.foreign.text contains GRÖSSE",
    'prop.foreign.text contains "日本 ſ"',
    "prop.foreign.größe = Ünder",
    'group."ſ" contains größe',
    "has:größe",
)
FOREIGN_AT = tuple(range(700, 700 + 1500 * len(FOREIGN), 1500))


def properties(at: int) -> dict[str, Any]:
    found: dict[str, Any] = {"at": at, "url": f"https://shop.example/{at % 5}"}
    if at % 4093 == 0:
        found["note"] = f"a needle-{at}\n in 'hay'"
    if at % 3001 == 7:
        found |= {"rare": at % 5, "deep": {"er": 7}, "q": 'a "quoted" one', "b": "back\\slash"}
    if at in FOREIGN_AT:
        found["größe"] = at % 7
        found["foreign"] = {"text": FOREIGN[FOREIGN_AT.index(at)], "größe": [at, "Ünder"]}
    if at in (50, 9000, EVENTS - 3):
        found |= {"size": "GRÖSSE größe", "old": "ſhop", "rare": "yes", "x": "LANTERN\0lantern"}
        found["[Amplitude] Page Path"] = "/checkout"
    return found


@st.composite
def foreign_words(draw: st.DrawFn) -> str:
    """A piece of what is there, otherwise written."""
    text = draw(st.sampled_from(FOREIGN)).replace("\ud83d", "?")
    start = draw(st.integers(0, len(text) - 2))
    piece = text[start : start + draw(st.integers(2, 9))]
    piece = draw(st.sampled_from([str, str.upper, str.lower, str.casefold, str.title]))(piece)
    if draw(st.booleans()) and '"' not in piece and not any(map(str.isspace, piece)):
        at = draw(st.integers(0, len(piece)))
        value = f"*{piece[:at]}*{piece[at:]}*"
    else:
        value = quoted(piece)
    before = draw(st.sampled_from(["", "", "", "prop.foreign.text contains ", 'group."ſ" ~ ']))
    return before + value


def one(at: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"event_properties": properties(at)}
    if at % 300 == 0:
        fields["insert_id"] = f"a1b2c3d4-0000-4000-8000-{at:012x}"
    if at % 5000 == 9:
        fields |= {"user_id": f"cust-{at % 7}7", "device_id": "device-9"}
        fields |= {"user_properties": {"$set": {"plan": "gold"}}, "groups": {"team": "core"}}
    if at - 1 in FOREIGN_AT:
        text = FOREIGN[FOREIGN_AT.index(at - 1)]
        fields |= {"user_id": text, "insert_id": f"{text}-{at}", "groups": {"ſ": text}}
        return event(text, **fields)
    return event("Rare" if at % 6000 == 5 else f"Step {at % 3}", **fields)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    steps = [one(at) for at in range(1, EVENTS + 1)]
    parts = [upload(*steps[at : at + 1000]) for at in range(0, EVENTS, 1000)]
    made = filled(tmp_path_factory.mktemp("grams"), parts)
    with Study(made, [PeopleFollower()]) as study:
        study.catch_up()
    return made


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[Store]:
    with Store.read(folder) as made:
        yield made


def found(store: Store, text: str, limit: int, before: int, lowest: int) -> list[int]:
    return list(store.events.downwards(Filter(parse(text)))(limit, before, lowest))


def read_through(store: Store, text: str, limit: int, before: int, lowest: int) -> list[int]:
    """The same, from every row."""
    every = store.events.newest(Filter(parse(text)), EVENTS, before)
    return [number for number in every if number >= lowest][:limit]


TERMS = st.sampled_from(WORDS) | foreign_words()
FILTERS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds("({} or {})".format, inner, inner),
        st.builds("({} {})".format, inner, inner),
        st.builds("-({})".format, inner),
    ),
    max_leaves=4,
)


@given(text=FILTERS, limit=st.sampled_from([1, 5, 200, EVENTS]), data=st.data())
def test_the_same_is_found(store: Store, text: str, limit: int, data: st.DataObject) -> None:
    lowest = data.draw(st.integers(0, EVENTS))
    before = data.draw(st.integers(lowest, EVENTS + 1))
    assert found(store, text, limit, before, lowest) == read_through(
        store, text, limit, before, lowest
    )


@pytest.mark.parametrize("text", WORDS)
def test_each_of_the_words_is_found(store: Store, text: str) -> None:
    every = found(store, text, EVENTS, EVENTS + 1, 1)
    assert every == read_through(store, text, EVENTS, EVENTS + 1, 1)
    assert bool(every) == (text != "no such words")


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("needle-4093", 4),
        ("no such words", 0),
        ("has:rare", 10),
        ("prop.rare > 2", 10),
        ("(needle-4093 or nothing like it)", 4),
        ("日本", 10),
        ("STRASSE", 10),
        ('"ſtraße"', 10),
        ("no such größe", 0),
        ("*ÖSSE*STRASSE*", 10),
        ("prop.foreign.text contains GRÖSSE", 10),
        ("prop.foreign.größe = Ünder", 14),
        ("prop.größe > 2", 14),
        ("has:größe", 14),
        ("-(lantern) needle-4093", 4),
        ("a1b2c3d4-0000-4000-8000-00000000012c", 4),
    ],
)
def test_few_events_are_read(store: Store, text: str, most: int) -> None:
    """What is whole is narrowed to a few blocks; the rest at the end is always read."""
    places = grams.places_of(literals(parse(text)))
    assert places
    spans = places.spans(store.connection, EVENTS + 1, 1)
    indexed = [one for one in spans if one[0] <= 2 * grams.SEGMENT]
    assert sum(above - least for above, least in indexed) <= most * grams.BLOCK
    assert spans[0][0] == EVENTS + 1


@pytest.mark.parametrize(
    "text", ["go", "type:Rare", "-lantern", "ö", "has:ö", "user:cust_7 or shop"]
)
def test_of_some_nothing_is_known(text: str) -> None:
    assert grams.places_of(literals(parse(text))) is None


def test_many_pieces_become_few(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grams, "MOST_SPANS", 3)
    places = grams.places_of(literals(parse("needle")))
    assert places
    assert len(places.spans(store.connection, 2 * grams.SEGMENT, 1)) <= 3
    assert found(store, "needle", EVENTS, EVENTS + 1, 1) == read_through(
        store, "needle", EVENTS, EVENTS + 1, 1
    )


def test_another_workspace_is_read_through(folder: Path, store: Store) -> None:
    places = grams.places_of(literals(parse("no such words")))
    assert places
    assert not places.spans(store.connection, grams.SEGMENT, 1)
    changed(folder, "UPDATE gram_segments SET identity = identity + 1")
    assert places.spans(store.connection, grams.SEGMENT, 1) == [(grams.SEGMENT, 1)]
    changed(folder, "UPDATE gram_segments SET identity = identity - 1")


def changed(folder: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def segments(folder: Path) -> list[int]:
    with Store.read(folder) as store:
        rows = store.connection.execute("SELECT segment FROM study.gram_segments ORDER BY 1")
        found = [segment for (segment,) in rows]
        kept = store.connection.execute("SELECT DISTINCT segment FROM study.grams ORDER BY 1")
        assert [segment for (segment,) in kept] == found
        return found


def test_the_index_goes_with_its_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_grams, "SEGMENT", 128)
    monkeypatch.setattr(running_grams, "BLOCK", 2)
    parts = [upload(*(event(f"{at} {n}") for n in range(100))) for at in range(6)]
    filled(tmp_path, parts)
    with Study(tmp_path, [PeopleFollower()]) as study:
        study.catch_up()
        assert segments(tmp_path) == [0, 1, 2, 3]
        with Store.write(tmp_path) as store:
            store.writer.prune(up_to=3)
        study.catch_up()
        assert segments(tmp_path) == [2, 3]
        with Store.write(tmp_path) as store:
            emptied(store)
        study.catch_up()
        assert segments(tmp_path) == []


def test_what_is_new_does_not_wait_for_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("SEGMENT", 128), ("BLOCK", 2), ("TOGETHER_S", 0)):
        monkeypatch.setattr(running_grams, name, value)
    placed = []

    def index(study: sqlite3.Connection, captures: Captures, missing: list[int]) -> None:
        running_grams.index(study, captures, missing)
        placed.append(study.execute("SELECT count(*) FROM placed").fetchone()[0])
        if len(placed) == 1:
            filled(tmp_path, [upload(event("new"))])

    monkeypatch.setattr(running, "index", index)
    filled(tmp_path, [upload(*(event(f"{at} {n}") for n in range(100))) for at in range(6)])
    with Study(tmp_path) as study:
        study.catch_up()
    assert placed == [600, 601, 601, 601]
    assert segments(tmp_path) == [0, 1, 2, 3]


def test_another_version_of_the_index_is_made_again_alone(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event("A"))])
    with Study(tmp_path) as study:
        study.catch_up()
    changed(
        tmp_path,
        "UPDATE facts SET value = 'old' WHERE key = 'grams'",
        "INSERT INTO gram_segments VALUES (7, 1)",
        "INSERT INTO grams VALUES (7, 1, 1)",
        "DELETE FROM placed",
    )
    with Study(tmp_path) as study:
        study.catch_up()
    assert segments(tmp_path) == []
    with Store.read(tmp_path) as store:
        # Studied again, the event would be placed again.
        assert store.connection.execute("SELECT count(*) FROM study.placed").fetchone() == (0,)
