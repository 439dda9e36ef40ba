"""What a person sends by hand ends where they said, whatever delivery is."""

from pathlib import Path

from app.delivery import Delivery
from app.sending import HEADER, body_of, send
from tests.end2end.capturing import capturing, printed
from tests.end2end.upstream import upstream

WORD = "a word of two"


def body(kind: str) -> bytes:
    return body_of([{"event_type": kind, "user_id": "ada-1"}], "k" * 32, new_ids=True)


def test_by_hand_it_stays_or_leaves_as_was_said(tmp_path: Path) -> None:
    with upstream() as far:
        with capturing(tmp_path, "--endpoint-upstream", far.url) as capture:
            # Nobody has said the word yet: what is asked for by hand does not leave.
            early = send(capture.endpoint, body("Early"), "", Delivery.FORWARD)
            capture.send(type="set_hand", word=WORD)
            # Its answer is there when the command before it was followed.
            capture.send(type="set_delivery", delivery="forward")
            capture.message("changed", delivery="forward")
            kept = send(capture.endpoint, body("Kept"), WORD, Delivery.LOCAL)
            guessed = send(capture.endpoint, body("Guessed"), "a guess", Delivery.FORWARD)
            capture.send(type="set_delivery", delivery="block")
            capture.message("changed", delivery="block")
            sent = send(capture.endpoint, body("Sent"), WORD, Delivery.FORWARD)
        assert [one.status for one in (early, kept, guessed, sent)] == [200] * 4
        (only,) = far.seen
        assert b"Sent" in only.body
        assert HEADER.lower() not in {name.lower() for name in only.headers}
    uploads = printed("uploads", tmp_path)
    assert [one["delivery"] for one in uploads] == ["local", "local", "local", "forward"]
