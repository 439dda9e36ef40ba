"""
Sending events by hand: what a person wrote, as an upload to the HTTP V2 API.

It goes to the endpoint of the running capture, so that it is captured like any other. Whether it
stays here or goes on to Amplitude is up to the person, whatever happens to other uploads: a header
says it, which only counts with a word that no one but window and capture process know.
"""

import hmac
import json
import time
import uuid
from typing import Any, NamedTuple

import httpx

from app.delivery import Delivery
from app.errors import BadInput, CaptureUnavailable
from app.model import BY_HAND

MOST = 2000
"""Events in one upload, as documented."""
SECONDS = 20.0
PATH = "/2/httpapi"
HEADER = "Eventscope-By-Hand"
"""Where the word and the delivery stand; not part of what is captured."""
TEMPLATE: dict[str, Any] = {
    "event_type": "Test Event",
    "user_id": "test-user",
    "event_properties": {},
}


class Answer(NamedTuple):
    """What came back: the status, the body as text, and how long it took."""

    status: int
    text: str
    milliseconds: int


def events_of(text: str) -> list[dict[str, Any]]:
    """The events of a text: one JSON object, or a list of them. Raises BadInput with the place
    of what is wrong."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from error
    except RecursionError as error:
        raise BadInput("This is nested too deeply.") from error
    except ValueError as error:
        raise BadInput("A number in this is too long.") from error
    events = found if isinstance(found, list) else [found]
    if not events or not all(isinstance(event, dict) for event in events):
        raise BadInput("An event is a JSON object; several are a list of objects.")
    if len(events) > MOST:
        raise BadInput(f"An upload holds no more than {MOST} events.")
    return events


def body_of(events: list[dict[str, Any]], api_key: str, *, new_ids: bool) -> bytes:
    """The body of an upload. With `new_ids` each event gets an insert id of its own, so that it
    is no duplicate of an earlier one. Raises BadInput without a key."""
    if not api_key.strip():
        raise BadInput("Which project? Give its API key.")
    if new_ids:
        events = [{**event, "insert_id": str(uuid.uuid4())} for event in events]
    return json.dumps({"api_key": api_key.strip(), "events": events}).encode()


def send(endpoint: str, body: bytes, word: str = "", to: Delivery = Delivery.LOCAL) -> Answer:
    """Send an upload to the endpoint of the running capture, which answers it itself or passes it
    on, as `to` says when it was told the word. Raises CaptureUnavailable."""
    began = time.monotonic()
    try:
        # Not through a proxy of the surroundings: the endpoint is ours, on this machine.
        with httpx.Client(timeout=SECONDS, trust_env=False) as client:
            got = client.post(
                f"{endpoint.rstrip('/')}{PATH}",
                content=body,
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": BY_HAND,
                    HEADER: f"{word} {to}".strip(),
                },
            )
    except httpx.HTTPError as error:
        raise CaptureUnavailable(f"Nothing came back: {error or type(error).__name__}.") from error
    return Answer(got.status_code, got.text, round((time.monotonic() - began) * 1000))


def asked(header: str, word: str) -> Delivery | None:
    """What a header asks for; None without one. Who does not know the word has it answered here:
    what is not surely meant to leave this machine stays."""
    if not header:
        return None
    said, _, wanted = header.rpartition(" ")
    knows = bool(word) and hmac.compare_digest(
        said.encode("utf-8", "surrogateescape"), word.encode()
    )
    return Delivery.FORWARD if knows and wanted == Delivery.FORWARD else Delivery.LOCAL
