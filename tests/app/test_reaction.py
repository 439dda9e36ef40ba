"""
What each SDK does after each documented answer, from its own documents and behaviour.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.decode import decode
from app.ingest.outcome import judge
from app.ingest.reaction import Reaction, reaction
from app.model import Capture, Outcome, Response
from app.store import Store
from tests.factories import event, filled, recorded, upload

BROWSER, NODE = "amplitude-ts/2.48.1", "amplitude-node-ts/1.5.0"
PYTHON, SWIFT, KOTLIN = "amplitude-python/1.1.5", "amplitude-swift/1.9.2", "amplitude-kotlin/0.0.1"
OLD_NODE, GO = "amplitude-node/1.10.0", "amplitude-go/1.3.1"


def after(
    library: str | None,
    status: int | None,
    body: Any = None,
    *,
    count: int = 30,
    attempt: int = 1,
    **fields: Any,
) -> Reaction:
    """The reaction to an answer; with no status the connection was lost."""
    text = body if isinstance(body, bytes) else json.dumps(body or {"code": status}).encode()
    people = [event(user_id=f"user-{n}", device_id=f"device-{n}") for n in range(count)]
    sent = [{**one, "library": library} if library else one for one in people]
    response = None if status is None else Response(status, (), text)
    failure = "" if response else "connection lost"
    capture = upload(*sent, response=response, failure=failure, **fields)
    found = decode(capture).upload
    assert found
    return reaction(found, capture, attempt)


@pytest.mark.parametrize(
    ("library", "attempt", "after_ms"),
    [
        (BROWSER, 1, 1000),
        (BROWSER, 4, 4000),
        (NODE, 11, 11_000),
        (OLD_NODE, 1, 100),
        (OLD_NODE, 12, 3200),
        (PYTHON, 1, 100),
        (PYTHON, 5, 400),
        (GO, 3, 10_000),
        (SWIFT, 1, 1000),
        (SWIFT, 5, 16_000),
        (KOTLIN, 2, 8000),
    ],
)
@pytest.mark.parametrize("status", [500, 503, 408])
def test_failures_of_the_server_are_waited_out(
    library: str, attempt: int, after_ms: int, status: int
) -> None:
    found = after(library, status, attempt=attempt)
    assert (found.again, found.after_ms, found.drops) == (30, after_ms, ())
    assert f"as attempt {attempt + 1} of" in found.sentence


@pytest.mark.parametrize(
    ("library", "last"),
    [(BROWSER, 5), (NODE, 12), (PYTHON, 13), (OLD_NODE, 13), (SWIFT, 6), (KOTLIN, 5)],
)
def test_the_last_attempt(library: str, last: int) -> None:
    assert after(library, 500, attempt=last - 1).again == 30
    found = after(library, 500, attempt=last)
    assert (found.again, len(found.drops)) == (0, 30)
    assert found.sentence.startswith("Gives up")


def test_a_refusal_that_names_events() -> None:
    body = {
        "code": 400,
        "error": "Invalid field values on some events",
        "events_with_invalid_fields": {"time": [2]},
        "events_with_missing_fields": {},
    }
    found = after(BROWSER, 400, body)
    assert found == Reaction(
        "Drops event 3 and sends the other 29 again at its next flush.", (2,), 29, 0
    )
    more = {**body, "events_with_missing_fields": {"event_type": [0, 2, 99, "x", None]}}
    assert after(PYTHON, 400, more).drops == (0, 2)
    assert after(BROWSER, 400, {**body, "silenced_events": [0]}, count=1).sentence == (
        "Drops the event."
    )


@pytest.mark.parametrize(
    "body",
    [
        {"code": 400, "error": "Invalid API key: 0123"},
        {"code": 400, "error": "Request missing required field", "missing_field": "api_key"},
    ],
)
def test_a_refusal_of_everything(body: dict[str, Any]) -> None:
    for library in (BROWSER, NODE, PYTHON, SWIFT):
        found = after(library, 400, body)
        assert (len(found.drops), found.again) == (30, 0)


def test_too_large() -> None:
    assert after(BROWSER, 413).sentence == (
        "Sends all 30 events again at once, with its flushQueueSize halved."
    )
    assert after(PYTHON, 413).sentence.endswith("at most 15 in an upload.")
    # Of an odd number one half is larger: legacy SDKs round up, the others split.
    assert after(SWIFT, 413, count=3).sentence.endswith("at most 2 in an upload.")
    assert after(BROWSER, 413, count=1).drops == (0,)


def test_throttled_and_out_of_quota() -> None:
    body: dict[str, Any] = {"code": 429, "throttled_users": {"user-1": 31}}
    assert after(BROWSER, 429, body).after_ms == 30_000
    body["exceeded_daily_quota_users"] = {"user-4": 500_001}
    body["exceeded_daily_quota_devices"] = {"device-5": 500_001}
    found = after(BROWSER, 429, body)
    assert (found.drops, found.again) == ((4, 5), 28)
    assert found.sentence == "Drops events 5 and 6 and sends the other 28 again in about 30 s."


def test_the_code_in_the_body_counts_not_the_status() -> None:
    assert after(BROWSER, 200, {"code": 500}).after_ms == 1000
    assert after(BROWSER, 500, {"code": 200}).again == 0
    assert after(BROWSER, 200, {"ok": True}).again == 30
    assert after(BROWSER, 200, b"success").sentence.startswith("Done")
    assert len(after(BROWSER, 200, b"true").drops) == 30
    assert after(SWIFT, 200, {"ok": True}).sentence.startswith("Done")


def test_lost_connections() -> None:
    assert after(BROWSER, None).after_ms == 1000
    for library in (NODE, PYTHON):
        assert len(after(library, None).drops) == 30


def test_nobody_knows() -> None:
    assert "not one we know" in after(None, 500).sentence
    assert "not one we know" in after("my-script/1", 500).sentence
    plain = {"headers": (("Content-Type", "text/plain;charset=UTF-8"),)}
    assert "nobody reads" in after(BROWSER, 500, **plain).sentence
    waiting = upload(event(), response=None)
    found = decode(waiting).upload
    assert found
    assert reaction(found, waiting).sentence == "Waits for the answer."


def test_a_real_retry_and_its_end(tmp_path: Path) -> None:
    failed = Response(500, (), b'{"code":500}')
    sent = event(insert_id="a", library=BROWSER)
    captures = [
        upload(sent, response=failed, at_ms=1000),
        upload(sent, response=failed, at_ms=2050),
        upload(sent, at_ms=4050),
        upload(event(insert_id="b", library=BROWSER), at_ms=5000, response=failed),
    ]
    with Store.read(filled(tmp_path, captures)) as store:
        lines = list(store.uploads.export())
        assert [line["delay_ms"] for line in lines] == [None, 1050, 2000, None]
        assert [line["next"]["upload"] for line in lines] == [2, 3, None, None]
        assert lines[0]["next"]["says"] == "Sent again as upload 2 after 1.1 s."
        assert lines[2]["next"]["says"].startswith("Done")
        assert lines[3]["next"]["after_ms"] == 1000
        for number in (1, 2, 3):
            detail = store.events.detail(number)
            assert detail
            assert [(one.upload_id, one.attempt, one.status) for one in detail.sendings] == [
                (1, 1, 500),
                (2, 2, 500),
                (3, 3, 200),
            ]


@pytest.mark.parametrize("status", [400, 413, 429, 500])
def test_real_uploads_have_a_next_step(status: int) -> None:
    capture = recorded("retry-500-then-200.02", status=status)
    found = decode(capture).upload
    assert found
    assert found.library
    assert "not one we know" not in reaction(found, capture).sentence


def verdict(status: int, body: bytes, capture: Capture | None = None) -> tuple[Outcome, str]:
    """Outcome and reason of the first event."""
    sent = capture or upload(event(), response=Response(status, (), body))
    found = decode(sent).upload
    assert found
    judged = judge(found, sent).of(0)
    return judged.outcome, judged.reason


def test_what_is_not_known_is_said() -> None:
    for status in (500, 502, 504):
        outcome, reason = verdict(status, b"oops")
        assert outcome is Outcome.UNANSWERED
        assert "not known" in reason
    assert "Not accepted" in verdict(503, b"oops")[1]


def test_accepted_with_a_problem_says_so() -> None:
    body = json.dumps({"events": [event()]}).encode()
    sent = upload(event())
    odd = Capture(sent.at_ms, "POST", sent.url, sent.headers, body, sent.response)
    outcome, reason = verdict(200, b"", odd)
    assert outcome is Outcome.ACCEPTED
    assert "has no api_key" in reason
