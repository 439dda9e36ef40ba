"""
A filter as SQL and as a predicate: the same events, on a real store.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.decode import decode
from app.decode.body import column_text
from app.filter import (
    All,
    AnyOf,
    Condition,
    Filter,
    FilterProblem,
    Node,
    Not,
    Op,
    equals,
    parse,
    to_text,
)
from app.filter.fields import COLUMNS
from app.filter.predicate import Subject, matches, subject
from app.ingest.outcome import judge
from app.model import Capture, Delivery, Response, Via
from app.store import Store
from app.study import Study
from app.study.fields import FieldsFollower
from app.study.people import PeopleFollower

NOW_MS = 1_795_281_104_973
KEYS = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")

TYPES = ("Add to Cart", "add to cart", "$identify", "[Amplitude] Element Clicked", "Größe",
         "GRÖSSE", "100%_\\*", "a\0b", "<b>", "\u202eodd", "K", "\u212a", "", "😀 x")  # fmt: skip
PEOPLE = (None, "ada", "Ada Lovelace", "bob@shop.example", "-1", "ÅSA")
VALUES: tuple[Any, ...] = (
    "pro", "Pro plan", "10", 10, 10.0, 9.5, -1, 0, True, False, None, "", "a*b", 'q"uote', "\\",
    [], ["sale", "new"], [10, "x", None], {"b": 5}, [{"b": 5}, {"b": "sale"}], {}, "Größe", 1 << 70,
    "https://shop.example/cart?a=1", "\ud800", [[7]], 1e300, "null", "true",
)  # fmt: skip
SENT = (
    {},
    {"platform": "iOS", "os_name": "ios", "os_version": "17.1", "device_manufacturer": "Apple",
     "device_model": "iPhone 15", "carrier": "Größe", "country": "Germany", "city": "a*b"},
    {"platform": "Web", "os_name": "Chrome", "os_version": 10, "language": "pro PLAN"},
    {"platform": "Android", "app_version": "2.1.0", "version_name": "x" * 300, "device_brand": "k",
     "device_family": "\u212a", "device_type": 'q"', "country": ["sale"], "dma": True},
    {"platform": "", "app_version": 9.5, "region": "\ud800 b", "dma": 1, "carrier": "a\0b"},
    {"os_version": "17.1", "device_model": "d-1", "version_name": "2.1", "city": "null"},
)  # fmt: skip
NAMES = ("price", "plan", "a", "a.b", "b", "Größe", 'q"', "revenue", "[Amplitude] Page URL")


def upload(events: list[dict[str, Any]], number: int) -> Capture:
    """One of many, with different projects, answers, times and ways in."""
    body = {"api_key": KEYS[number % 2], "events": events}
    status = (200, 200, 429, 400, None)[number % 5]
    return Capture(
        at_ms=NOW_MS - number * 47_000,
        method="POST",
        url="https://api2.amplitude.com/2/httpapi",
        headers=(("Content-Type", "application/json"),),
        body=json.dumps(body).encode(),
        response=None if status is None else Response(status, (), b'{"code": %d}' % status),
        via=tuple(Via)[number % 4],
        failure="The connection was closed." if status is None and number % 2 else "",
        delivery=(None, Delivery.LOCAL, Delivery.FORWARD)[number % 3],
    )


def events() -> Iterator[dict[str, Any]]:
    """Every value under every name, with every type and person now and then."""
    number = 0
    for value in VALUES:
        for name in NAMES:
            number += 1
            event: dict[str, Any] = {
                "event_type": TYPES[number % len(TYPES)],
                "device_id": f"d-{number % 7}",
                "time": NOW_MS,
                "event_properties": {name: value, "note": f"n {number}"},
                # Mostly the same one after the other, as devices send them.
                **SENT[number // 3 % len(SENT)],
            }
            if PEOPLE[number % len(PEOPLE)]:
                event["user_id"] = PEOPLE[number % len(PEOPLE)]
            if number % 3 == 0:
                event["session_id"] = NOW_MS - number if number % 2 else -1
            if number % 3 == 1:
                event["insert_id"] = f"i-{number}"
            if number % 4 == 0:
                event["user_properties"] = {"$set": {name: value}} if number % 8 else {name: value}
            if number % 5 == 0:
                event["groups"] = {"team": ["core", "Ops"], name: "x"}
                event["library"] = f"amplitude-ts/2.{number % 4}.1"
            yield event


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[int, Subject]]]:
    """A store and, by id, each of its events as the decoders gave it."""
    folder = tmp_path_factory.mktemp("filters")
    every = list(events())
    subjects: dict[int, Subject] = {}
    with Store.write(folder) as store:
        pieces = [every[at : at + 7] for at in range(0, len(every), 7)]
        # The second attempt of the first upload.
        for number, piece in enumerate([*pieces, pieces[0]]):
            capture = upload(piece, number)
            decoded = decode(capture)
            first = store.writer.last.event + 1
            store.writer.add([(capture, decoded)])
            assert decoded.upload
            judgement = judge(decoded.upload, capture)
            for position, event in enumerate(decoded.upload.events):
                subjects[first + position] = subject(
                    event,
                    decoded.upload,
                    capture,
                    judgement.of(position).outcome,
                    upload_id=store.writer.last.capture,
                    project="Shop" if decoded.upload.api_key == KEYS[0] else "",
                )
        store.writer.name_source(KEYS[0], "Shop")
        # The others would find problems and addresses, of which these subjects know nothing.
        with Study(folder, [PeopleFollower(), FieldsFollower()]) as study:
            study.catch_up()
        with Store.read(folder) as reader:
            repeats = reader.connection.execute("SELECT id FROM events WHERE repeat_of NOT NULL")
            for (event_id,) in repeats:
                subjects[event_id] = subjects[event_id]._replace(is_repeat=True)
            yield reader, subjects


def values() -> st.SearchStrategy[str]:
    told = ("ada", "A", "ö", "ss", "cart", "add*", "*cart", "*", "a*t*c", "k", "%", "_", "\\", '"',
            "10", "9.5", "-1", "5", "1e300", "true", "NULL", "pro", "sale", "n 1", "i-9", "d-1",
            "0123", "shop", "ios", "iOS 17.1", "Chrome 10", "Web", "germ*", "apple", "amplitude-ts",
             "2.1", "b", "$set", "a\0b", "é")  # fmt: skip
    return st.sampled_from(told) | st.text(max_size=3)


def one_condition() -> st.SearchStrategy[Condition]:
    ops = st.sampled_from(Op)
    equal_or_has = st.sampled_from([Op.HAS, Op.EQUAL])
    by_text = st.builds(
        Condition,
        st.sampled_from(["type", "user", "device", "project", "sdk", "page", *COLUMNS]),
        values(),
        equal_or_has,
        st.just(()),
        st.booleans(),
    )
    free = st.builds(Condition, st.just(""), values(), is_quoted=st.booleans())
    names = st.sampled_from([*NAMES, "note", "team", "none"])
    by_property = st.builds(
        Condition,
        st.sampled_from(["prop", "user", "group"]),
        values(),
        ops,
        st.lists(names, min_size=1, max_size=2).map(tuple),
        st.booleans(),
    )
    session = st.builds(
        Condition, st.just("session"), st.sampled_from(["-1", "0", str(NOW_MS - 9)]), ops
    )
    answer = st.builds(
        Condition, st.just("status"), st.sampled_from(["200", "400", "429", "-1"]), ops
    )
    number = st.builds(Condition, st.just("upload"), st.sampled_from(["0", "3", "9", "999"]), ops)
    moment = st.builds(Condition, st.just("time"), st.sampled_from(["5m", "today", "3h"]), ops)
    words = st.sampled_from(
        ["outcome:rej", "outcome:acc", "outcome:un", "via:p", "via:demo", "is:dup", "is:repeat",
         "is:auto", "is:identify", "is:anonymous", "is:local", "is:failed", "is:re", "has:user",
         "has:session", "has:insert_id", "has:properties", "has:groups", "has:revenue",
         "has:device", "has:price", 'has:"revenue"', "has:Größe", "problem:x", "label:y",
         "person:z", "ip:1", "has:problem", "has:label"]
    ).map(lambda text: parse(text).parts[0])  # type: ignore[union-attr]  # fmt: skip
    return by_text | free | by_property | session | answer | number | moment | words


def several(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    both = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(All, both) | st.builds(AnyOf, both)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.recursive(one_condition(), several, max_leaves=5))
@example(Condition("type", "k"))
@example(Condition("", "\u212a"))
@example(Not(Condition("project", "shop")))
@example(Not(Condition("status", "429")))
@example(Not(Condition("status", "200", Op.AT_MOST)))
@example(Condition("upload", "3"))
@example(Condition("prop", "10", Op.EQUAL, ("price",)))
@example(Condition("prop", "sale", Op.EQUAL, ("a", "b")))
@example(Condition("prop", "5", Op.MORE, ("a", "b")))
@example(equals("prop", "", ("price",)))
@example(Condition("platform", "ios", Op.EQUAL))
@example(Not(Condition("platform", "web")))
@example(Condition("os", "iOS 17"))
@example(equals("os", "17.1"))
@example(Not(Condition("version", "2.1*")))
@example(equals("version", "9.5"))
@example(Condition("brand", "\u212a"))
def test_store_and_predicate_agree(filled: tuple[Store, dict[int, Subject]], node: Node) -> None:
    store, subjects = filled
    in_store = store.events.after(Filter(node), 0, NOW_MS)
    at_hand = [number for number, one in subjects.items() if matches(node, one, NOW_MS)]
    assert list(in_store) == at_hand, to_text(node)


@pytest.mark.parametrize("limit", ["MOST_RUNS", "MOST_NAMES"])
@pytest.mark.parametrize(
    "text",
    [
        "platform:i",
        "os = ios",
        "-version:2",
        "country:germany or city:*",
        "model:iphone",
        "-brand:ap*",
    ],
)
def test_fields_are_found_alike_however_many_there_are(
    filled: tuple[Store, dict[int, Subject]],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    limit: str,
) -> None:
    store, subjects = filled
    monkeypatch.setattr(f"app.store.events.{limit}", 0)
    at_hand = [number for number, one in subjects.items() if matches(parse(text), one)]
    assert at_hand
    assert list(store.events.after(Filter(parse(text)), 0)) == at_hand


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prop.price > 9", [10, 10.0, 9.5, [10, "x", None], float(1 << 70), 1e300]),
        ("prop.price = 10", ["10", 10, 10.0, [10, "x", None]]),
        ('prop.price = "10"', ["10"]),
        ("prop.price contains sale", [["sale", "new"]]),
        ("prop.price.b = 5", [{"b": 5}, [{"b": 5}, {"b": "sale"}]]),
        ("prop.price:PRO", ["pro", "Pro plan"]),
        ("prop.price = pro", ["pro"]),
        ("prop.price:pr*o", ["pro"]),
        ('prop.price:"a*b"', ["a*b"]),
        ("prop.price = true", [True, "true"]),
        ("prop.price = null", [[10, "x", None], "null", None]),
        ("prop.price <= -1", [-1]),
        ('prop.price > "https:" prop.price < "https;"', ["https://shop.example/cart?a=1"]),
    ],
)
def test_properties_compare_by_what_they_are(
    filled: tuple[Store, dict[int, Subject]], text: str, found: list[Any]
) -> None:
    store, subjects = filled
    matching = [
        column_text({"price": json.loads(subjects[number].event_properties or "{}")["price"]})
        for number in store.events.after(Filter(parse(text), has_repeats=False), 0)
    ]
    assert sorted(map(str, matching)) == sorted(str(column_text({"price": one})) for one in found)


def test_repeats_are_left_out(filled: tuple[Store, dict[int, Subject]]) -> None:
    store, subjects = filled
    repeats = [number for number, one in subjects.items() if one.is_repeat]
    assert repeats
    wanted = Filter(has_repeats=False)
    assert set(subjects) - set(store.events.after(wanted, 0)) == set(repeats)


@pytest.mark.parametrize(
    "text", ["prop.x = " + "9" * 400, "prop." + "a." * 40 + "b > 1", "*" * 300]
)
def test_odd_values_harm_nobody(tmp_path: Path, text: str) -> None:
    nested: Any = "x"
    for _ in range(900):
        nested = {"a": nested}
    event = {"event_type": "x", "event_properties": {"x": "y" * 1_000_000, "a": nested}}
    with Store.write(tmp_path / "w") as store:
        capture = upload([event], 0)
        store.writer.add([(capture, decode(capture))])
        with Store.read(tmp_path / "w") as reader:
            reader.events.after(Filter(parse(text)), 0)


@pytest.mark.parametrize("leaf", ["a", "person:a", "has:zz", "is:repeat", "prop.a != 1", "page:x"])
@pytest.mark.parametrize("negation", ["", "-"])
def test_brackets_as_deep_as_they_may_be(tmp_path: Path, leaf: str, negation: str) -> None:
    text = deeper = leaf
    for level in range(100):
        joint = "or " if level % 2 else ""
        text, deeper = deeper, f"{negation}({leaf} {joint}{deeper})"
        try:
            parse(deeper)
        except FilterProblem:
            break
    with pytest.raises(FilterProblem, match="too many brackets"):
        parse(deeper)
    Store.write(tmp_path).close()
    with Store.read(tmp_path) as store:
        assert list(store.events.export(Filter(parse(text)))) == []


def test_a_person_is_found_by_any_id_that_was_theirs(tmp_path: Path) -> None:
    def sent(number: int, **ids: str) -> Capture:
        event = {"event_type": f"e{number}", "time": NOW_MS, **ids}
        return replace(upload([event], 0), at_ms=NOW_MS + number)

    uploads = [
        sent(1, device_id="phone-1"),
        sent(2, device_id="phone-1", user_id="ada-lovelace"),
        sent(3, device_id="laptop-2", user_id="ada-lovelace"),
        sent(4, device_id="phone-9", user_id="bob-the-builder"),
    ]
    with Store.write(tmp_path) as store:
        store.writer.add([(one, decode(one)) for one in uploads])
    with Store.read(tmp_path) as before:
        assert not before.events.after(Filter(parse("person:ada-lovelace")), 0)
        assert before.events.studied() == 0
    with Study(tmp_path) as study:
        study.catch_up()
    with Store.read(tmp_path) as store:
        assert store.events.studied() == 4
        for text in ("person:ada-lovelace", "person = phone-1", "person:laptop"):
            assert list(store.events.after(Filter(parse(text)), 0)) == [1, 2, 3], text
        assert list(store.events.after(Filter(parse("-person:ada")), 0)) == [4]


def test_revenue_beside_the_properties_is_found(tmp_path: Path) -> None:
    sent = [
        {"event_type": "A", "device_id": "d-1", "revenue": 5},
        {"event_type": "B", "device_id": "d-1", "price": 2.5, "quantity": 2},
        {"event_type": "C", "device_id": "d-1", "event_properties": {"$revenue": 1}},
        {"event_type": "D", "device_id": "d-1", "revenue": None, "event_properties": {"x": 1}},
    ]
    capture = upload(sent, 0)
    with Store.write(tmp_path) as store:
        store.writer.add([(capture, decode(capture))])
    with Store.read(tmp_path) as reader:
        assert list(reader.events.newest(Filter(parse("has:revenue")), 9)) == [3]
    with Study(tmp_path) as study:
        study.catch_up()
    with Store.read(tmp_path) as reader:
        wanted = parse("has:revenue")
        assert list(reader.events.newest(Filter(wanted), 9)) == [3, 2, 1]
        assert list(reader.events.newest(Filter(parse("-has:revenue")), 9)) == [4]
        decoded = decode(capture)
        assert decoded.upload
        judgement = judge(decoded.upload, capture)
        subjects = [
            subject(event, decoded.upload, capture, judgement.of(0).outcome)
            for event in decoded.upload.events
        ]
    assert [matches(wanted, one) for one in subjects] == [True, True, True, False]
