"""Events that a person writes and sends."""

import json

import pytest

from app.delivery import Delivery
from app.errors import BadInput, CaptureUnavailable
from app.sending import TEMPLATE, asked, body_of, events_of, send

KEY = "0123456789abcdef0123456789abcdef"


def test_one_event_or_several() -> None:
    assert events_of('{"event_type": "a"}') == [{"event_type": "a"}]
    assert len(events_of('[{"event_type": "a"}, {}]')) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": }', "line 1, column 7"),
        ("", "not JSON"),
        ("[]", "An event is a JSON object"),
        ("7", "An event is a JSON object"),
        ("[" * 100_000, "deeply|not JSON"),
        (json.dumps([{}] * 2001), "no more than 2000"),
    ],
)
def test_what_cannot_be_sent_is_said(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        events_of(text)


def test_a_new_insert_id_or_the_same() -> None:
    event = {**TEMPLATE, "insert_id": "i-1"}
    same = json.loads(body_of([event], f" {KEY} ", new_ids=False))
    assert same == {"api_key": KEY, "events": [event]}
    new = [json.loads(body_of([event], KEY, new_ids=True))["events"][0] for _ in range(2)]
    assert len({"i-1", new[0]["insert_id"], new[1]["insert_id"]}) == 3
    with pytest.raises(BadInput, match="API key"):
        body_of([event], " ", new_ids=False)


def test_nobody_there_is_said() -> None:
    with pytest.raises(CaptureUnavailable, match="Nothing came back"):
        send("http://127.0.0.1:9", b"{}")


def test_a_number_that_is_too_long_is_a_sentence() -> None:
    with pytest.raises(BadInput, match="too long"):
        events_of('{"n": ' + "9" * 5000 + "}")


@pytest.mark.parametrize(
    ("header", "word", "wanted"),
    [
        ("", "word", None),
        ("word forward", "word", Delivery.FORWARD),
        ("word local", "word", Delivery.LOCAL),
        ("guess forward", "word", Delivery.LOCAL),
        (" forward", "", Delivery.LOCAL),
        ("forward", "", Delivery.LOCAL),
        ("word block", "word", Delivery.LOCAL),
        ("w\u00f6rd forward", "word", Delivery.LOCAL),
        # Bytes that are no UTF-8, as the proxy reads them.
        ("\udcff\udcfe forward", "word", Delivery.LOCAL),
    ],
)
def test_only_who_knows_the_word_lets_an_upload_leave(
    header: str, word: str, wanted: Delivery | None
) -> None:
    assert asked(header, word) is wanted
