"""
Each rule fires on the smallest case of its kind, and not on the next best thing.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.decode import decode
from app.lint.families import FAMILIES, RULES
from app.model import Capture, Delivery, Response
from tests.app.lint.found import NOW, PHONE, SESSION, event, found, identify, sent
from tests.factories import DATA, recorded

DAY = 86_400_000
MINUTE = 60_000


class Case(NamedTuple):
    """Captures that make a rule fire, and captures that nearly do."""

    rule: str
    what: str
    fires: tuple[Capture, ...]
    near: tuple[Capture, ...]


def each(*events: dict[str, Any], **fields: Any) -> tuple[Capture, ...]:
    """Each event in an upload of its own, arriving when it happened."""
    return tuple(
        sent(one, at=max(0, one["time"] - NOW) + number, **fields)
        for number, one in enumerate(events)
    )


def clicks(count: int, gap: int, start: int = 0, **fields: Any) -> list[dict[str, Any]]:
    return [
        event("Seen", start + at * gap, event_properties={"n": at}, **fields) for at in range(count)
    ]


def sessions(lengths: list[int]) -> tuple[Capture, ...]:
    """Sessions of a device an hour apart, each from its mark to its last event."""
    captures = []
    for number, length in enumerate(lengths):
        begin = number * 3_600_000
        fields = {"session_id": NOW + begin}
        captures.append(sent(event("session_start", begin, **fields), at=begin))
        captures.append(sent(event("Seen", begin + length, **fields), at=begin + length))
    return tuple(captures)


def replay(device: str, session: int, first: int, last: int, status: int = 200) -> Capture:
    """A replay of a session between two moments."""
    entries = [{"type": 3, "timestamp": first}, {"type": 3, "timestamp": last}]
    body = {"version": 1, "events": [json.dumps(entry) for entry in entries]}
    return Capture(
        at_ms=NOW,
        method="POST",
        url=f"https://api-sr.amplitude.com/sessions/v2/track?device_id={device}"
        f"&session_id={session}&type=replay",
        headers=(("Authorization", "Bearer 0123456789abcdef0123456789abcdef"),),
        body=json.dumps(body).encode(),
        response=Response(status, (), b"{}"),
    )


def letters(number: int) -> str:
    """A number without digits: each letter is one."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def numbered(count: int, part: int = 0) -> dict[str, Any]:
    """So many properties."""
    return {letters(part * count + at): 1 for at in range(count)}


def exposure(at: int, variant: str | None, **fields: Any) -> dict[str, Any]:
    values = {"flag_key": "flag", "variant": variant, **fields}
    return event("$exposure", at, event_properties=values)


def assignment(variant: str) -> dict[str, Any]:
    return event("[Experiment] Assignment", event_properties={"flag.variant": variant})


def page(at: int, query: str = "?utm_source=news") -> dict[str, Any]:
    values = {"[Amplitude] Page Location": f"https://shop.example/{query}"}
    return event("[Amplitude] Page Viewed", at, event_properties=values)


def release(version: str, count: int, start: int, **values: Any) -> tuple[Capture, ...]:
    return tuple(
        sent(
            *(
                event(
                    "Seen",
                    start + (number + at) * 2000,
                    app_version=version,
                    event_properties={"n": number + at, **values},
                )
                for at in range(20)
            ),
            at=start + number * 2000,
        )
        for number in range(0, count, 20)
    )


TITLES = [
    "Item Seen",
    "Cart Opened",
    "Order Placed",
    "Page Left",
    "Song Played",
    "Video Stopped",
    "Friend Invited",
    "Photo Shared",
    "Coupon Used",
    "Help Asked",
]

CASES = [
    Case(
        "LNT-01",
        "four letters are no id",
        each(event(user_id="abcd", device_id=None)),
        each(event(user_id="abcde", device_id=None)),
    ),
    Case(
        "LNT-02",
        "a placeholder",
        each(event(user_id="undefined")),
        each(event(user_id="undefined-1")),
    ),
    Case(
        "LNT-02",
        "six devices within an hour",
        each(*(event(at=at * MINUTE, device_id=f"device-{at}") for at in range(6))),
        each(*(event(at=at * 20 * MINUTE, device_id=f"device-{at}") for at in range(6))),
    ),
    Case(
        "LNT-02",
        "six devices one after the other, logged out in between",
        each(*(event(at=at * MINUTE, device_id=f"device-{at}") for at in range(6))),
        each(
            *(
                event(at=at * MINUTE + out, device_id=f"device-{at}", user_id=user)
                for at in range(6)
                for out, user in ((0, "user-1"), (1, None))
            )
        ),
    ),
    Case("LNT-03", "quotes", each(event(user_id='"ada-1"')), each(event(user_id="ada-1"))),
    Case(
        "LNT-03",
        "the same but for its case",
        each(event(user_id="Ada-1"), event(at=5000, user_id="ada-1")),
        each(event(user_id="Ada-1"), event(at=5000, user_id="ada-2")),
    ),
    Case(
        "LNT-04",
        "two users in one session",
        each(event(user_id="A1234"), event(at=9000, user_id="B5678")),
        each(
            event(user_id="A1234"),
            event(at=9000, user_id="B5678", session_id=SESSION + 500_000),
        ),
    ),
    Case(
        "LNT-05",
        "from one user to another",
        each(event(user_id="A1234"), event(at=9000, user_id="B5678")),
        each(
            event(user_id="A1234"),
            event(at=5000, user_id=None),
            event(at=9000, user_id="B5678"),
        ),
    ),
    Case(
        "LNT-06",
        "an address",
        each(event(user_id="ada@example.org")),
        each(event(user_id="ada@example")),
    ),
    Case("LNT-07", "seconds", each(event(time=NOW // 1000)), each(event(time=NOW))),
    Case("LNT-07", "a text", (sent(event(time="2026-11-21T17:11:46Z")),), each(event())),
    Case("LNT-07", "zero", each(event(time=0)), (sent(event(time=None)),)),
    Case(
        "LNT-07",
        "in a year and a day",
        (sent(event(at=366 * DAY)),),
        (sent(event(at=364 * DAY)),),
    ),
    Case(
        "LNT-08",
        "a minute off",
        (sent(event(), body={"client_upload_time": NOW - 60_000}),),
        (sent(event(), body={"client_upload_time": NOW - 59_999}),),
    ),
    Case(
        "LNT-09",
        "a minute later than it is flushed",
        (sent(event(at=-61_001), body={"client_upload_time": NOW}),),
        (sent(event(at=-61_000), body={"client_upload_time": NOW}),),
    ),
    Case(
        "LNT-10",
        "a property set later came first",
        (
            sent(identify(5000, {"$set": {"plan": "pro"}}), at=5000),
            sent(event("Bought", 3000), at=6000),
        ),
        (
            sent(identify(5000, {"$set": {"plan": "pro"}}), at=5000),
            sent(event("Bought", 4500), at=6000),
        ),
    ),
    Case(
        "LNT-11",
        "an insert_id for two things, as if it were a retry",
        each(event(insert_id="same-1"), event("Other", 5000, insert_id="same-1")),
        each(event(insert_id="same-1"), event(insert_id="same-1")),
    ),
    Case(
        "LNT-11",
        "an insert_id for two things",
        (sent(event(insert_id="same-1")), sent(event("B"), event("C", 9, insert_id="same-1"))),
        each(
            event(insert_id="same-1"),
            event("Other", 5000, insert_id="same-1", device_id="device-2"),
        ),
    ),
    Case(
        "LNT-11",
        "an import of something older",
        (sent(event(insert_id="same-1")), sent(event("B", 1, insert_id="same-1"), at=1 - 7 * DAY)),
        (sent(event(insert_id="same-1")), sent(event("B", 1, insert_id="same-1"), at=-7 * DAY)),
    ),
    Case("LNT-12", "1 000 ms apart", each(event(), event(at=1000)), each(event(), event(at=1001))),
    Case(
        "LNT-12",
        "other properties",
        each(event(), event(at=200)),
        each(event(), event(at=200, event_properties={"n": 1})),
    ),
    Case("LNT-13", "no insert_id", each(event(insert_id=None)), each(event())),
    Case("LNT-14", "an SDK without", each(event(session_id=None)), each(event(session_id=-1))),
    Case(
        "LNT-14",
        "twenty of the same library",
        each(*clicks(20, 2000, session_id=-1, library="amplitude-python/1.3.0")),
        each(
            *clicks(19, 2000, session_id=-1, library="amplitude-python/1.3.0"),
            event(at=99_000, library="amplitude-python/1.3.0"),
        ),
    ),
    Case(
        "LNT-15", "a small number", each(event(session_id=12_345)), each(event(session_id=SESSION))
    ),
    Case(
        "LNT-15",
        "later than its first event",
        each(event(session_id=NOW + 1001)),
        each(event(session_id=NOW + 1000)),
    ),
    Case(
        "LNT-15",
        "marked as begun later",
        each(event("session_start", 1001, session_id=NOW)),
        each(event("session_start", 1000, session_id=NOW)),
    ),
    Case(
        "LNT-16",
        "a new one before the timeout",
        each(event(), event(at=30 * MINUTE, session_id=NOW + 30 * MINUTE)),
        each(event(), event(at=30 * MINUTE + 1, session_id=NOW + 30 * MINUTE + 1)),
    ),
    Case(
        "LNT-16",
        "goes on after the timeout",
        each(event(), event(at=30 * MINUTE + 1)),
        each(event(), event(at=30 * MINUTE)),
    ),
    Case(
        "LNT-17",
        "more than a day",
        each(event(session_id=NOW), event(at=DAY + 1, session_id=NOW)),
        each(event(session_id=NOW), event(at=DAY, session_id=NOW)),
    ),
    Case(
        "LNT-17",
        "a pause on a phone",
        each(event(library=PHONE), event(at=5 * MINUTE + 1, library=PHONE)),
        each(event(library=PHONE), event(at=5 * MINUTE, library=PHONE)),
    ),
    Case(
        "LNT-18",
        "only marks",
        each(
            event("session_start", session_id=NOW),
            event("session_start", 40 * MINUTE, session_id=NOW + 40 * MINUTE),
        ),
        each(
            event("session_start", session_id=NOW),
            event(at=5000, session_id=NOW),
            event("session_start", 40 * MINUTE, session_id=NOW + 40 * MINUTE),
        ),
    ),
    Case(
        "LNT-19",
        "eleven of twenty",
        sessions([5000] * 9 + [0] * 11 + [5000]),
        sessions([5000] * 10 + [0] * 10 + [5000]),
    ),
    Case(
        "LNT-20",
        "the same browser",
        each(
            event(user_agent="Firefox/1"),
            event(at=5000, device_id="device-2", user_agent="Firefox/1"),
        ),
        each(
            event(user_agent="Firefox/1"),
            event(at=5000, device_id="device-2", user_agent="Safari/1"),
        ),
    ),
    Case(
        "LNT-21",
        "right after the event",
        each(event("Upgrade"), identify(2000, {"$set": {"plan": "pro"}})),
        each(event("Upgrade"), identify(2001, {"$set": {"plan": "pro"}})),
    ),
    Case(
        "LNT-21",
        "a value that it had before",
        each(event("Upgrade"), identify(900, {"$set": {"plan": "pro"}})),
        each(
            identify(-9000, {"$set": {"plan": "pro"}}),
            event("Upgrade"),
            identify(900, {"$set": {"plan": "pro"}}),
        ),
    ),
    Case(
        "LNT-21",
        "a value that it had before, under a long name",
        each(event("Upgrade"), identify(900, {"$set": {"plan" * 60: "pro"}})),
        each(
            identify(-9000, {"$set": {"plan" * 60: "pro"}}),
            event("Upgrade"),
            identify(900, {"$set": {"plan" * 60: "pro"}}),
        ),
    ),
    Case(
        "LNT-22",
        "in both scopes",
        each(event(event_properties={"plan": "a"}), identify(9000, {"$set": {"plan": "a"}})),
        each(
            event(event_properties={"utm_source": "a"}),
            identify(9000, {"$set": {"utm_source": "a"}}),
        ),
    ),
    Case(
        "LNT-23",
        "a price as text and as number",
        each(
            event(event_properties={"price": "4.99"}),
            event(at=5000, event_properties={"price": 4.99}),
        ),
        each(
            event(event_properties={"price": 5}), event(at=5000, event_properties={"price": 4.99})
        ),
    ),
    Case(
        "LNT-23",
        "with a currency sign",
        each(event(event_properties={"price": "$30"})),
        each(event(event_properties={"price": "$ign"})),
    ),
    Case(
        "LNT-24",
        "a long text",
        each(event(event_properties={"text": "x" * 1025})),
        each(event(event_properties={"text": "x" * 1024})),
    ),
    Case(
        "LNT-24",
        "a long list",
        each(event(event_properties={"list": ["x" * 999] * 11})),
        each(event(event_properties={"list": ["x" * 999] * 10})),
    ),
    Case(
        "LNT-24",
        "deep",
        each(event(event_properties={"deep": json.loads("[" * 41 + "1" + "]" * 41)})),
        each(event(event_properties={"deep": json.loads("[" * 40 + "1" + "]" * 40)})),
    ),
    Case(
        "LNT-25",
        "numbers as names",
        each(event(event_properties={"12345": 1})),
        each(event(event_properties={"item 12345": 1})),
    ),
    Case(
        "LNT-25",
        "names of a kind",
        each(event(event_properties={f"item_{at}": 1 for at in range(22)})),
        each(event(event_properties={f"item_{at}": 1 for at in range(20)})),
    ),
    Case(
        "LNT-26",
        "event properties",
        each(*(event("Seen", at * 2000, event_properties=numbered(667, at)) for at in range(3))),
        each(*(event("Seen", at * 2000, event_properties=numbered(666, at)) for at in range(3))),
    ),
    Case(
        "LNT-26",
        "event types",
        (sent(*(event(f"Type {letters(at)}", at) for at in range(2001))),),
        (sent(*(event(f"Type {letters(at)}", at) for at in range(2000))),),
    ),
    Case("LNT-28", "tense and case", each(event("Item Clicked"), event("item_click", 9000)), ()),
    Case(
        "LNT-28",
        "another style",
        each(*(event(name, at * 2000) for at, name in enumerate([*TITLES, "purchase_made"]))),
        each(*(event(name, at * 2000) for at, name in enumerate([*TITLES, "Purchase Made"]))),
    ),
    Case(
        "LNT-29",
        "a country alone",
        each(event(country="FR")),
        each(event(country="FR", region="Bretagne", city="Rennes", dma="-")),
    ),
    Case(
        "LNT-29",
        "a system alone",
        each(event(os_name="iOS")),
        each(event(platform="Web")),
    ),
    Case("LNT-30", "a message", each(event("Push Sent", session_id=-1)), each(event("Push Sent"))),
    Case(
        "LNT-31",
        "301 in half a minute",
        (
            *(sent(*clicks(50, 1, at * 50), at=at) for at in range(6)),
            sent(event("Other", 5000), at=7),
        ),
        tuple(sent(*clicks(50, 1, at * 50), at=at) for at in range(6)),
    ),
    Case(
        "LNT-31",
        "eleven at once without an SDK",
        (sent(*clicks(11, 2000, library=None)),),
        (sent(*clicks(10, 2000, library=None)),),
    ),
    Case(
        "LNT-31",
        "a megabyte",
        (sent(event(event_properties={"text": "x" * 1_000_000})),),
        (sent(event(event_properties={"text": "x" * 990_000})),),
    ),
    Case(
        "LNT-32",
        "refused",
        (sent(event(), status=400, answer=b'{"code":400,"error":"Invalid JSON"}'),),
        (sent(event()),),
    ),
    Case(
        "LNT-32",
        "no answer",
        (sent(event(), response=None, failure="connection refused"),),
        (sent(event(), response=None, failure="blocked", delivery=Delivery.BLOCK),),
    ),
    Case(
        "LNT-33",
        "an event, then who it is",
        each(
            event("session_start", session_id=NOW),
            event("Signed Up", 3000, session_id=NOW),
            identify(9000, {"$set": {"plan": "pro"}}, session_id=NOW),
        ),
        each(
            event("session_start", session_id=NOW),
            identify(1000, {"$set": {"plan": "pro"}}, session_id=NOW),
            event("Signed Up", 3000, session_id=NOW),
            identify(9000, {"$set": {"plan": "free"}}, session_id=NOW),
        ),
    ),
    Case(
        "LNT-34",
        "never set",
        each(page(0), *clicks(10, 100)),
        each(page(0), identify(50, {"$set": {"utm_source": "news"}}), *clicks(10, 100)),
    ),
    Case(
        "LNT-34",
        "not set yet",
        each(page(0), *clicks(10, 100)),
        each(page(0), *clicks(9, 100)),
    ),
    Case(
        "LNT-34",
        "unset in the same session",
        each(
            identify(0, {"$set": {"utm_source": "news"}}),
            page(10),
            identify(5000, {"$unset": {"utm_source": "-"}}),
        ),
        each(
            identify(0, {"$set": {"utm_source": "news"}}),
            page(10),
            identify(5000, {"$unset": {"utm_source": "-"}}, session_id=NOW + 4000),
        ),
    ),
    Case("LNT-35", "21 in a second", (sent(*clicks(21, 49)),), (sent(*clicks(21, 50)),)),
    Case(
        "LNT-36",
        "a property is gone",
        (*release("1.9", 200, 0, plan="a"), *release("1.10", 200, DAY // 24)),
        (*release("1.9", 200, 0, plan="a"), *release("1.10", 200, DAY // 24, plan="b")),
    ),
    Case(
        "LNT-37",
        "without an assignment",
        each(assignment("off"), exposure(5000, "on")),
        each(assignment("on"), exposure(5000, "on")),
    ),
    Case(
        "LNT-37",
        "a jump",
        each(exposure(0, "control"), exposure(5000, "treatment")),
        each(exposure(0, "control"), exposure(5000, "control", experiment_key="e")),
    ),
    Case("LNT-37", "off", each(exposure(0, "Off")), each(exposure(0, "offer"))),
    Case(
        "LNT-37",
        "a fallback",
        each(exposure(0, "on", metadata={"default": True})),
        each(exposure(0, "on", metadata={"default": False})),
    ),
    Case("LNT-38", "a space", each(event("Sign Up"), event("Sign\u00a0Up ", 9000)), ()),
    Case(
        "LNT-39",
        "not the product",
        each(event(price=2, quantity=3, revenue=5)),
        each(event(price=2, quantity=3, revenue=6)),
    ),
    Case(
        "LNT-39",
        "no price",
        each(event(productId="a")),
        each(event(productId="a", price=1)),
    ),
    Case(
        "LNT-39",
        "as properties",
        each(event("revenue_amount", event_properties={"$price": 2, "$revenue": 99})),
        each(event("revenue_amount", event_properties={"$price": 2, "$revenue": 2.001})),
    ),
    Case(
        "LNT-40",
        "a letter that does not work",
        (replay("a%2Fb", 1, NOW, NOW + 20_000),),
        (replay("a-b", 1, NOW, NOW + 20_000),),
    ),
    Case(
        "LNT-40",
        "less than ten seconds",
        (replay("d-1", 1, NOW, NOW + 9999), replay("d-1", 2, NOW, NOW)),
        (replay("d-1", 1, NOW, NOW + 10_000), replay("d-1", 2, NOW, NOW)),
    ),
    Case(
        "LNT-40",
        "the quota",
        (replay("d-1", 1, NOW, NOW + 20_000, status=402),),
        (replay("d-1", 1, NOW, NOW + 20_000),),
    ),
    Case(
        "LNT-40",
        "an id on an event",
        each(event(event_properties={"[Amplitude] Session Replay ID": "a/b/1"})),
        each(event(event_properties={"[Amplitude] Session Replay ID": "a-b/1"})),
    ),
    Case("WIRE-01", "reserved", each(event("[Amplitude] Revenue")), each(event("Revenue"))),
    Case("WIRE-01", "none", each(event("")), each(event("x"))),
    Case("WIRE-02", "tomorrow", (sent(event(at=DAY + 1)),), (sent(event(at=DAY)),)),
    Case(
        "WIRE-03",
        "1 001 properties",
        each(event(event_properties=numbered(1001))),
        each(event(event_properties=numbered(1000))),
    ),
    Case(
        "WIRE-04",
        "six group types",
        each(event(groups={f"type {letters(at)}": "x" for at in range(6)})),
        each(event(groups={f"type {letters(at)}": "x" for at in range(5)})),
    ),
    Case(
        "WIRE-04",
        "eleven groups",
        each(event(groups={"team": list("abcdefghijk")})),
        each(event(groups={"team": list("abcdefghij")})),
    ),
    Case(
        "WIRE-05",
        "mixed",
        each(identify(0, {"$set": {"a": 1}, "b": 2})),
        each(identify(0, {"$set": {"a": 1, "b": 2}})),
    ),
    Case(
        "WIRE-06",
        "product_id",
        each(event(price=1, product_id="a")),
        each(event(price=1, product_id="a", library="amplitude-swift/1.11.0")),
    ),
    Case("WIRE-07", "a text", each(event(price="4.99")), each(event(price=4.99))),
    Case(
        "WIRE-09",
        "in turns",
        each(event(), event("B", 4000, library="amplitude-ts/2.0.0"), event("C", 8000)),
        each(event(), event("B", 4000), event("C", 8000, library="amplitude-ts/2.49.0")),
    ),
    Case(
        "WIRE-10",
        "their prefix",
        each(event(event_properties={"[Amplitude] Mine": 1})),
        each(event(event_properties={"[Amplitude] Page Title": "x"})),
    ),
    Case(
        "WIRE-11",
        "an address",
        each(event(event_properties={"text": "Write to ada@example.org!"})),
        each(event(event_properties={"text": "ada@example"})),
    ),
    Case(
        "WIRE-11",
        "a card",
        each(event(event_properties={"card": "4111111111111111"})),
        each(event(event_properties={"card": "4111111111111112"})),
    ),
    Case(
        "WIRE-12",
        "two keys",
        (sent(event()), sent(event(), key="f" * 32)),
        (sent(event()), sent(event(device_id="device-2"), key="f" * 32)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.what}")
def test_a_rule_fires_and_nearly_does(tmp_path: Path, case: Case) -> None:
    findings = found(tmp_path / "fires", *case.fires).get(case.rule, [])
    assert findings
    assert all(one.sentence.endswith((".", "!")) for one in findings)
    assert case.rule not in found(tmp_path / "near", *case.near)


def test_all_rules_are_tried() -> None:
    # Plans are tried in a test of their own.
    assert RULES.keys() - {case.rule for case in CASES} == {"LNT-27"}
    assert len({f"LNT-{number:02}" for number in range(1, 41)} & RULES.keys()) == 40


def test_each_rule_says_what_to_do() -> None:
    for family in FAMILIES:
        assert family.rules
        for rule in family.rules:
            assert rule.title[0].isupper()
            assert rule.advice.endswith(".")
            assert len(rule.title) <= 60


def test_two_users_in_one_session_is_said_once(tmp_path: Path) -> None:  # LNT-T1
    captures = each(event(user_id="A1234"), event(at=9000, user_id="B5678"))
    (one,) = found(tmp_path, *captures)["LNT-04"]
    assert (one.count, one.first_event, one.last_event) == (1, 2, 2)
    assert one.sentence == (
        f'Users "A1234" and "B5678" both act in session {SESSION} of device "device-1".'
    )


def test_double_clicks(tmp_path: Path) -> None:  # LNT-T2
    values = {"button": "buy"}
    twice = each(
        event("Click", event_properties=values), event("Click", 200, event_properties=values)
    )
    (one,) = found(tmp_path / "twice", *twice)["LNT-12"]
    assert (one.count, one.first_event, one.last_event) == (1, 1, 2)
    apart = each(
        event("Click", event_properties=values), event("Click", 1500, event_properties=values)
    )
    assert found(tmp_path / "apart", *apart) == {}


def test_a_session_id_that_is_no_time(tmp_path: Path) -> None:  # LNT-T3
    (one,) = found(tmp_path, *each(event(session_id=12_345)))["LNT-15"]
    assert "The session_id is 12345" in one.sentence


def test_both_times_of_a_slow_clock(tmp_path: Path) -> None:  # LNT-T4
    body = {"client_upload_time": NOW - 120_000}
    (one,) = found(tmp_path, sent(event(at=-120_000), body=body))["LNT-08"]
    assert "2026-11-21 17:11:20 UTC and it arrived at 2026-11-21 17:13:20 UTC" in one.sentence
    assert "its clock is 2 min behind" in one.sentence
    assert "of 2026-11-21 17:11:20 UTC counts as 2026-11-21 17:13:20 UTC" in one.sentence


def test_a_property_that_comes_too_late(tmp_path: Path) -> None:  # LNT-T5
    captures = each(event("Upgrade"), identify(1000, {"$set": {"plan": "pro"}}))
    (one,) = found(tmp_path, *captures)["LNT-21"]
    assert 'User property plan changed 1 s after "Upgrade"' in one.sentence
    assert (one.first_event, one.last_event) == (1, 2)


def test_a_price_of_two_types(tmp_path: Path) -> None:  # LNT-T6
    captures = each(
        event(event_properties={"price": "4.99"}), event(at=5000, event_properties={"price": 4.99})
    )
    (one,) = found(tmp_path, *captures)["LNT-23"]
    assert one.sentence == 'Event property "price" is sent as text, number; here it is 4.99.'


MINOR = {
    "browser-identify-group-revenue.04": {"LNT-09", "LNT-15", "LNT-24", "LNT-39"},
    "legacy-amplitude-js-batch.02": {"LNT-21"},
    "node-sdk.01": {"LNT-09", "LNT-21"},
    "python-sdk.01": {"LNT-15"},
    "python-sdk-retry.03": {"LNT-15"},
}
"""What is odd about the requests of real SDKs, which were made by tests."""


@pytest.mark.parametrize("name", sorted(path.stem for path in (DATA / "requests").iterdir()))
def test_real_requests_are_no_errors(tmp_path: Path, name: str) -> None:
    capture = recorded(name)
    upload = decode(capture).upload
    if upload and upload.client_upload_ms:
        capture = Capture(
            **{one: getattr(capture, one) for one in capture.__slots__}
            | {"at_ms": upload.client_upload_ms}
        )
    assert found(tmp_path, capture).keys() == MINOR.get(name, set())
