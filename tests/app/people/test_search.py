"""
Finding people, through a real workspace.
"""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.store import Store
from app.store.people.conditions import KINDS, PROPERTY, WORD, Condition, parse, span_ms, to_text
from app.store.people.search import FEW
from tests.app.study.world import MINUTE, T0, arrived, sent, studied

DAY = 24 * 60 * MINUTE
NOW = T0 + 10 * DAY


def found(store: Store, text: str, limit: int = 200) -> list[str]:
    """Who is found, by user id or device, last seen first."""
    people = store.people.search.find(parse(text), NOW, limit).people
    return [one.user or one.device or "" for one in people]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    ada = {"user_id": "ada@example.com", "device_id": "phone-ada"}
    bob = {"user_id": "bob@example.com", "device_id": "laptop-bob", "platform": "iOS"}
    captures = [
        sent("Login", 1, **ada, user_properties={"plan": "pro", "tags": ["a b", "c"], "n": 12}),
        sent("Login", 2, **bob, user_properties={"plan": "free"}, ip="203.0.113.7"),
        sent("Order Completed", 2 * DAY, **ada),
        sent("Login", 9 * DAY, device_id="nobody-known", user_properties={"Plan": "pro=x"}),
    ]
    return studied(tmp_path, captures)


def test_by_everything_that_is_known(store: Store) -> None:
    with store:
        everyone = ["nobody-known", "ada@example.com", "bob@example.com"]
        assert found(store, "") == everyone
        assert found(store, "ADA@") == ["ada@example.com"]
        assert found(store, "device:LAPTOP") == ["bob@example.com"]
        assert found(store, "ip:203.0.113") == ["bob@example.com"]
        assert found(store, "plan=pro") == ["ada@example.com"]
        assert found(store, '"plan"=') == ["ada@example.com", "bob@example.com"]
        assert found(store, "Platform=ios") == ["bob@example.com"]
        assert found(store, 'tags="a b"') == ["ada@example.com"]
        assert found(store, "n=12") == ["ada@example.com"]
        assert found(store, "pro") == ["nobody-known", "ada@example.com"]
        # A word is also the name of what somebody has, however it is kept or written.
        assert found(store, "PLAN") == everyone
        assert found(store, "platform") == ["bob@example.com"]
        assert found(store, "-tags") == ["nobody-known", "bob@example.com"]
        assert found(store, "-plan=pro") == ["nobody-known", "bob@example.com"]
        assert found(store, "example.com -ada") == ["bob@example.com"]
        assert found(store, "project:0123") == everyone
        assert found(store, "project:none") == []
        assert found(store, "no-such-thing") == []


def test_by_what_was_done(store: Store) -> None:
    with store:
        assert found(store, 'did:"Order Completed"') == ["ada@example.com"]
        assert found(store, 'did:"Order Completed"@7d') == []
        assert found(store, 'did:"Order Completed"@9d') == ["ada@example.com"]
        assert found(store, "did:Login@2d") == ["nobody-known"]
        assert found(store, "-did:order") == ["nobody-known", "bob@example.com"]
        assert found(store, "did:login plan=free") == ["bob@example.com"]


def test_an_unknown_property_may_be_part_of_an_id(tmp_path: Path) -> None:
    with studied(tmp_path, [sent("A", 1, device_id="YWJjZGU=x")]) as store:
        assert found(store, "YWJjZGU=x") == ["YWJjZGU=x"]


def test_values_that_were_are_not_found_and_merged_ones_have_none(tmp_path: Path) -> None:
    captures = [
        sent("$identify", 1, device_id="web-01", user_properties={"plan": "free", "from": "ad"}),
        sent("$identify", 2, device_id="phone-1", user_id="ada-1", user_properties={"plan": "pro"}),
        sent("Login", 3, device_id="web-01", user_id="ada-1"),
        sent("$identify", 4, device_id="web-01", user_properties={"$unset": {"from": "-"}}),
    ]
    with studied(tmp_path, captures[:3]) as store:
        assert found(store, "from=ad") == ["ada-1"]
        assert found(store, "plan=free") == []
        assert found(store, "plan=pro") == ["ada-1"]
    with studied(tmp_path, captures[3:]) as store:
        assert found(store, "from=ad") == []
        assert found(store, "from=") == []


def test_ids_that_look_alike_are_found_together(tmp_path: Path) -> None:
    captures = [
        sent("A", 1, user_id="Ada@X.com"),
        sent("A", 2, user_id="ada@x.com"),
        sent("A", 3, user_id="ada\u200b@x.com"),
        sent("A", 4, user_id="bob@x.com"),
    ]
    with studied(tmp_path, captures) as store:
        assert found(store, "ada@x.com") == ["ada\u200b@x.com", "ada@x.com", "Ada@X.com"]
        profile = store.people.profiles.profile(store.people.search.by_id("ada@x.com")[0])
        assert profile
        assert {twin.text: twin.differs_by for twin in profile.twins} == {
            "Ada@X.com": "upper and lower case",
            "ada\u200b@x.com": "invisible characters",
        }


def test_pages(tmp_path: Path) -> None:
    captures = [sent("A", at, device_id=f"device-{at}") for at in range(25)]
    with studied(tmp_path, captures) as store:
        first = store.people.search.find((), NOW, 10)
        assert first.has_more
        second = store.people.search.find((), NOW, 20, before=first.people[-1].last_id)
        assert not second.has_more
        names = [one.device for one in (*first.people, *second.people)]
        assert names == [f"device-{at}" for at in range(24, -1, -1)]


def test_conditions_that_many_meet(tmp_path: Path) -> None:
    count = FEW + 50
    events = [
        {"event_type": "A", "user_id": f"person-{n}", "user_properties": {"plan": "free", "n": n}}
        for n in range(count)
    ]
    odd = {"event_type": "B", "user_id": "the-odd-one", "user_properties": {"plan": "pro"}}
    with studied(tmp_path, [arrived(at, *events[at : at + 500]) for at in range(0, count, 500)]):
        pass
    with studied(tmp_path, [arrived(count, odd)]) as store:
        search = store.people.search
        assert search.count() == count + 1
        assert found(store, "plan=free", 2) == [f"person-{count - 1}", f"person-{count - 2}"]
        without_a_1 = next(n for n in range(count - 1, 0, -1) if "1" not in str(n))
        assert found(store, "person did:a plan=free -n=1", 1) == [f"person-{without_a_1}"]
        assert found(store, "-plan=free") == ["the-odd-one"]
        assert found(store, "plan=free person-77 -did:b", 1) == ["person-779"]


def test_suggestions(store: Store) -> None:
    with store:
        search = store.people.search
        assert [one.text for one in search.suggest("did", "", "or")] == ["Order Completed"]
        values = search.suggest(PROPERTY, "plan", "")
        assert [(one.text, one.people) for one in values] == [("free", 1), ("pro", 1)]
        assert [one.name for one in search.suggest(WORD, "", "plat")] == ["@platform"]
        assert [one.text for one in search.suggest("user", "", "ada")] == ["ada@example.com"]
        assert [one.text for one in search.suggest("ip", "", "203")] == ["203.0.113.7"]
        assert search.suggest(PROPERTY, "no such", "") == []
        assert search.suggest("project", "", "0123")


def test_events_of_nobody_are_counted(tmp_path: Path) -> None:
    with studied(tmp_path, [sent("A", 1), sent("B", 2, device_id="device-1")]) as store:
        assert store.people.search.events_of_nobody() == 1
        assert store.people.search.count() == 1


@pytest.mark.parametrize("text", ["did:x@", "did:", "user:", "-", '"', "   "])
def test_half_typed_is_no_mistake(text: str) -> None:
    assert parse(text) == () or parse(text)[0] == Condition("did", "x")


@pytest.mark.parametrize("text", ["did:x@7y", "did:x@d", "x" * 3000, " a" * 30])
def test_what_cannot_be_understood_is_said(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)


def test_lengths_of_time() -> None:
    assert span_ms("90min") == 90 * MINUTE
    assert span_ms("2W") == 14 * DAY


_words = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() != "")
_conditions = st.one_of(
    st.builds(Condition, st.just(WORD), _words, negated=st.booleans()),
    st.builds(Condition, st.sampled_from(KINDS), _words, negated=st.booleans()),
    st.builds(Condition, st.just(PROPERTY), _words, st.sampled_from(["plan", "A b", "@city", '"'])),
    st.builds(
        Condition, st.just("did"), _words, st.just(""), st.sampled_from([1000, 60_000, 86_400_000])
    ),
)


@given(st.lists(_conditions, max_size=5))
def test_text_and_conditions_are_the_same(conditions: list[Condition]) -> None:
    assert parse(to_text(tuple(conditions))) == tuple(conditions)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert parse(to_text(parse(text))) == parse(text)
