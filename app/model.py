"""
The words of the product as frozen records, without I/O (design §4).

A `Capture` is one HTTP exchange. `app.decode` turns it into an `Upload` when it carries events.
Times are integer milliseconds since the epoch and end in `_ms`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from app.delivery import Delivery as Delivery  # noqa: PLC0414 - one of its words

Headers = tuple[tuple[str, str], ...]
LONGEST_NAME = 80
"""Of a project, in letters."""
BY_HAND = "Eventscope, by hand"
"""The user agent of what a person sent from the window."""


class Via(StrEnum):
    """How an exchange reached us."""

    PROXY = "proxy"
    ENDPOINT = "endpoint"
    IMPORT = "import"
    DEMO = "demo"


class Kind(StrEnum):
    """What a capture is."""

    UPLOAD = "upload"
    PREFLIGHT = "preflight"
    REMOTE_CONFIG = "remote_config"
    DIAGNOSTICS = "diagnostics"
    SESSION_REPLAY = "session_replay"
    EXPERIMENT = "experiment"
    GUIDES = "guides_surveys"
    REST = "rest"
    ASSET = "asset"
    UNKNOWN = "unknown"


class Fault(StrEnum):
    """Which of the documented refusals a malformed upload meets (wire-format §4.1)."""

    NONE = ""
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    API_KEY = "api_key"
    EVENTS = "events"
    EVENT = "event"
    CHECKSUM = "checksum"


class Outcome(StrEnum):
    """What the server made of an event (design §4)."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    THROTTLED = "throttled"
    SILENCED = "silenced"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `body` is as received, still content-encoded."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first value of a response header, or an empty text."""
        return _first(self.headers, name)


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP exchange. `body` is as received, still content-encoded; `url` as the sender
    wrote it. `response` is None when nothing came back, and `failure` then says why."""

    at_ms: int
    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    response: Response | None = None
    duration_ms: int | None = None
    via: Via = Via.PROXY
    failure: str = ""
    delivery: Delivery | None = None
    """What became of it here; None for what was recorded elsewhere."""

    def header(self, name: str) -> str:
        """The first value of a request header, or an empty text."""
        return _first(self.headers, name)

    @property
    def is_by_hand(self) -> bool:
        """Whether a person sent it from the window: it tells of events, not of an SDK."""
        return self.header("user-agent") == BY_HAND


def _first(headers: Headers, name: str) -> str:
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return ""


class Event(NamedTuple):
    """One event as it was sent. A named tuple, because a busy capture makes 30 000 a second.

    Ids are text whatever JSON type was sent. `raw` is the event's own JSON object; `fields` says
    the same under the names of HTTP V2, and is that very object when it was sent under them.
    """

    type: str
    time_ms: int | None
    user_id: str | None
    device_id: str | None
    session_id: int | None
    insert_id: str | None
    raw: dict[str, Any]
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A capture understood as a batch of events from one source.

    `problem` is a sentence when the body could not be understood as a whole; the events that
    could be read are still there.
    """

    endpoint: str
    api_key: str | None = None
    library: str | None = None
    transport: str = "http"
    compression: str = "none"
    wire_bytes: int = 0
    body_bytes: int = 0
    client_upload_ms: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    problem: str = ""
    fault: Fault = Fault.NONE


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a capture turned out to be. `upload` is there exactly when `kind` is UPLOAD.

    Of everything else, `contents` says what it holds, as JSON for programs, `note` says it in a
    sentence, and `api_key` names the project where the exchange does.
    """

    kind: Kind
    upload: Upload | None = None
    note: str = ""
    api_key: str | None = None
    contents: dict[str, Any] = field(default_factory=dict)
