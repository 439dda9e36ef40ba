"""
User search and user activity of Amplitude's Dashboard REST API (wire-format, "User search").

    access = Access(api_key, secret, "EU")
    match = find(access, "ada@example.com")[0]
    activity(access, match.amplitude_id).events

Nothing is sent but the id that is looked for, and nothing unless somebody asks. Both share a limit
of 360 questions an hour for a project.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from app.decode.body import BodyProblem, parsed
from app.errors import AppError

if TYPE_CHECKING:
    import httpx

HOSTS = {"US": "https://amplitude.com", "EU": "https://analytics.eu.amplitude.com"}
SECONDS = 15.0
MOST_EVENTS = 1000
LARGEST = 64 * 1024 * 1024


class LookupFailed(AppError):
    """Amplitude did not answer what was asked."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and where. The secret does not show when this is printed."""

    api_key: str
    secret: str = field(repr=False)
    region: str = "US"
    hosts: Mapping[str, str] = field(default_factory=lambda: HOSTS)


class Match(NamedTuple):
    """Somebody whom Amplitude knows by what was looked for."""

    amplitude_id: int
    user_id: str | None
    device_id: str | None
    last_seen: str


class RemoteEvent(NamedTuple):
    """An event as Amplitude has it. Times are in milliseconds; `whole` is everything it says."""

    type: str
    time_ms: int | None
    insert_id: str | None
    device_id: str | None
    user_id: str | None
    session_id: int | None
    properties: dict[str, Any]
    whole: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Activity:
    """What Amplitude knows of one person: the newest events, and whether there are older ones."""

    user: dict[str, Any]
    events: tuple[RemoteEvent, ...]
    has_more: bool


def find(access: Access, text: str) -> list[Match]:
    """Who has this user id or device id. Raises LookupFailed with a sentence."""
    answer = _get(access, "usersearch", {"user": text})
    matches = answer.get("matches")
    found = []
    for one in matches if isinstance(matches, list) else []:
        number = one.get("amplitude_id") if isinstance(one, dict) else None
        if type(number) is int:
            found.append(
                Match(
                    number,
                    _text(one.get("user_id")),
                    _text(one.get("last_device_id")),
                    _text(one.get("last_seen")) or "",
                )
            )
    return found


def activity(access: Access, amplitude_id: int, limit: int = MOST_EVENTS) -> Activity:
    """The newest events of a person. Raises LookupFailed with a sentence."""
    asked = {"user": amplitude_id, "offset": 0, "limit": limit, "direction": "latest"}
    answer = _get(access, "useractivity", asked)
    user, events = answer.get("userData"), answer.get("events")
    listed = events if isinstance(events, list) else []
    return Activity(
        user if isinstance(user, dict) else {},
        tuple(_event(one) for one in listed if isinstance(one, dict)),
        len(listed) >= limit,
    )


def _get(access: Access, path: str, asked: dict[str, Any]) -> dict[str, Any]:
    # Imported here: it is slow to load, and few ask.
    import httpx

    host = access.hosts[access.region]
    try:
        answer = httpx.get(
            f"{host}/api/2/{path}",
            params=asked,
            auth=(access.api_key, access.secret),
            timeout=SECONDS,
        )
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise LookupFailed(
            f"Amplitude cannot be reached: {error or type(error).__name__}.",
            "Look at the connection, and try again.",
        ) from error
    _refuse(answer, access.region)
    try:
        said = parsed(answer.content[:LARGEST])
    except BodyProblem as problem:
        raise LookupFailed(f"Amplitude's answer cannot be read: {problem}") from problem
    if not isinstance(said, dict):
        raise LookupFailed("Amplitude's answer is not what its documentation says.")
    return said


def _refuse(answer: "httpx.Response", region: str) -> None:
    status = answer.status_code
    if status == 200:
        return
    if status in (401, 403):
        other = "EU" if region == "US" else "US"
        raise LookupFailed(
            "Amplitude refuses this API key and secret.",
            f"Both are in the settings of the project; it may also be one of the {other} region.",
        )
    said = " ".join(answer.text[:300].split())
    if status == 429:
        raise LookupFailed(
            "Amplitude was asked too often: 360 look-ups an hour are allowed for a project.",
            f"It says: {said}" if said else "Try again later.",
        )
    raise LookupFailed(f"Amplitude answered {status}.", said)


def _event(one: dict[str, Any]) -> RemoteEvent:
    properties = one.get("event_properties")
    session = one.get("session_id")
    insert = one.get("$insert_id", one.get("insert_id"))
    return RemoteEvent(
        _text(one.get("event_type")) or "",
        moment_ms(one.get("event_time")),
        _text(insert),
        _text(one.get("device_id")),
        _text(one.get("user_id")),
        session if type(session) is int else None,
        properties if isinstance(properties, dict) else {},
        one,
    )


def moment_ms(text: object) -> int | None:
    """A time as exports write it, `2026-11-21 17:30:00.123456` in UTC, in milliseconds."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
