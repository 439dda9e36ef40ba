"""
From what a client sends to the exchange that a proxy would have seen, mishaps included.

Mishaps follow the count of uploads, so that even a small demo shows each of them: uploads that are
throttled, lost on the way, sent twice, or refused for what is in them. And there was a bad day: on
the newest whole Tuesday, the time of newsletter sign-ups was written as text, and most of them
were refused.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.demo import answers
from app.demo.chance import between
from app.demo.outgoing import Outgoing
from app.demo.senders import WEB_KEY
from app.model import Capture, Response, Via

_CYCLE = 400
_SECOND = 1000
_REST_MS = 60
_DAY = 86_400_000
SIGN_UP = "Newsletter Signed Up"


class Network:
    """The way to the server and back."""

    def __init__(self, rng: random.Random, now_ms: int) -> None:
        self._rng = rng
        self._bad_day = _newest_tuesday(now_ms)
        self._signed_up = 0
        self._count = 0
        self._mishaps: dict[int, Callable[[Outgoing], tuple[Capture, Outgoing | None]]] = {
            17: self._twice,
            41: self._lost,
            59: self._throttled,
            83: self._short_id,
            127: self._missing_key,
            171: self._twice,
            203: self._unavailable,
            239: self._invalid_time,
            281: self._cut_short,
            331: self._throttled,
            377: self._twice,
        }

    def exchange(self, out: Outgoing) -> tuple[Capture, Outgoing | None]:
        """The exchange, and what the client will send again because of it."""
        if not out.events:
            return self._configuration(out), None
        if out.is_rest:
            # Not counted, and no dice: the days besides the bad one are as they would be.
            return self._capture(out, took=_REST_MS), None
        self._count += 1
        happens = None if out.attempt else self._mishaps.get(self._count % _CYCLE)
        if not out.attempt and self._is_bad(out):
            happens = self._bad_build
        return happens(out) if happens else (self._capture(out), None)

    def _configuration(self, out: Outgoing) -> Capture:
        """The request for remote configuration that comes before a browser's first upload."""
        sender = out.sender
        return Capture(
            at_ms=out.at_ms,
            method="GET",
            url=f"https://sr-client-cfg.amplitude.com/config/{WEB_KEY}?config_group=browser",
            headers=(("Host", "sr-client-cfg.amplitude.com"), *sender.before[1:], *sender.after),
            response=answers.configuration(out, out.at_ms + 48),
            duration_ms=48,
            via=Via.DEMO,
        )

    def _capture(
        self, out: Outgoing, response: Response | None = None, took: int | None = None
    ) -> Capture:
        """An exchange that is answered: with 200 when nothing else is said."""
        headers, packed = out.sender.request(
            out.events, out.at_ms + out.skew_ms, first=out.first, beacon=out.beacon
        )
        took = between(self._rng, 24, 160) if took is None else took
        return Capture(
            at_ms=out.at_ms,
            method="POST",
            url=out.sender.url,
            headers=headers,
            body=packed,
            response=response or answers.accepted(out, len(packed), out.at_ms + took),
            duration_ms=took,
            via=Via.DEMO,
        )

    def _lost(self, out: Outgoing) -> tuple[Capture, Outgoing]:
        """No answer came; the client tries again after a second."""
        lost = replace(
            self._capture(out),
            response=None,
            duration_ms=10_000,
            failure="The server closed the connection without an answer.",
        )
        return lost, _again(out, 11 * _SECOND)

    def _throttled(self, out: Outgoing) -> tuple[Capture, Outgoing]:
        answer = answers.throttled(out, out.at_ms + 30)
        return self._capture(out, answer), _again(out, 30 * _SECOND)

    def _unavailable(self, out: Outgoing) -> tuple[Capture, Outgoing]:
        answer = answers.unavailable(out, out.at_ms + 30)
        return self._capture(out, answer), _again(out, _SECOND)

    def _twice(self, out: Outgoing) -> tuple[Capture, Outgoing]:
        """A page and its frame share their queue of unsent events, and both send it."""
        return self._capture(out), _again(out, between(self._rng, 5, 400))

    def _short_id(self, out: Outgoing) -> tuple[Capture, None]:
        position, bad = _spoiled(out, "user_id", "48")
        return self._capture(bad, answers.short_id(bad, out.at_ms + 30, position)), None

    def _invalid_time(self, out: Outgoing) -> tuple[Capture, None]:
        position, bad = _spoiled(out, "time", "just now")
        return self._capture(bad, answers.invalid_time(bad, out.at_ms + 30, position)), None

    def _is_bad(self, out: Outgoing) -> bool:
        """Whether these are sign-ups of the bad day. One in five came from an older build."""
        if out.at_ms // _DAY != self._bad_day or _sign_up(out) is None:
            return False
        self._signed_up += 1
        return self._signed_up % 5 != 3

    def _bad_build(self, out: Outgoing) -> tuple[Capture, Outgoing | None]:
        """The SDK drops the event that was refused, and sends the others again."""
        position = _sign_up(out) or 0
        events = list(out.events)
        at = datetime.fromtimestamp(out.at_ms / 1000, UTC)
        events[position] = events[position] | {"time": at.isoformat(timespec="seconds")}
        bad = out._replace(events=events)
        refused = self._capture(bad, answers.invalid_time(bad, out.at_ms + 30, position))
        rest = [*out.events[:position], *out.events[position + 1 :]]
        again = _again(out, _SECOND)._replace(events=rest, is_rest=True)
        return refused, again if rest else None

    def _missing_key(self, out: Outgoing) -> tuple[Capture, None]:
        """A build whose key was not filled in."""
        plain = out._replace(sender=out.sender._replace(compresses=False))
        whole = self._capture(plain, answers.missing_key(out, out.at_ms + 30))
        return _with_body(whole, whole.body.replace(out.sender.api_key.encode(), b"")), None

    def _cut_short(self, out: Outgoing) -> tuple[Capture, None]:
        """The connection broke while the body was on its way."""
        plain = out._replace(sender=out.sender._replace(compresses=False))
        whole = self._capture(plain, answers.invalid_json(out, out.at_ms + 30))
        return _with_body(whole, whole.body[: len(whole.body) * 2 // 3]), None


def _newest_tuesday(now_ms: int) -> int:
    """The newest Tuesday that is over, as a day since the epoch, which was a Thursday."""
    today = now_ms // _DAY
    return today - ((today + 2) % 7 or 7)


def _sign_up(out: Outgoing) -> int | None:
    """The place of a newsletter sign-up."""
    return next(
        (at for at, event in enumerate(out.events) if event.get("event_type") == SIGN_UP),
        None,
    )


def _again(out: Outgoing, later_ms: int) -> Outgoing:
    return out._replace(at_ms=out.at_ms + later_ms, attempt=out.attempt + 1, first=False)


def _spoiled(out: Outgoing, key: str, value: object) -> tuple[int, Outgoing]:
    """One event in the middle gets a value that the server refuses."""
    position = len(out.events) // 2
    events: list[dict[str, Any]] = list(out.events)
    event = events[position]
    # Where the SDK would write it: an id comes first.
    events[position] = event | {key: value} if key in event else {key: value} | event
    return position, out._replace(events=events)


def _with_body(capture: Capture, body: bytes) -> Capture:
    size = str(len(body))
    headers = tuple(
        (name, size if name == "Content-Length" else value) for name, value in capture.headers
    )
    return replace(capture, headers=headers, body=body)
