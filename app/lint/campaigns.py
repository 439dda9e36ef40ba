"""
Campaigns: UTM parameters of a landing page that never became user properties (LNT-34).

SDKs set them before or right after the first page view. A landing is judged when the device has
sent ten more events, or one a minute later. Remembers the newest 5 000 devices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from app.lint.look import IDENTIFY, SESSION_MARKS, Family, Look, properties, user_values
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

LOST_CAMPAIGN = warning(
    "LNT-34",
    "A campaign that was not kept",
    "Switch attribution on, initialise the SDK before the address loses its parameters, and do not"
    " unset utm properties within a session.",
)

MOST_DEVICES = 5000
PATIENCE_EVENTS = 10
PATIENCE_MS = 60_000
NAMES = ("utm_source", "utm_medium", "utm_campaign")
_LOCATIONS = ("[Amplitude] Page Location", "[Amplitude] Page URL", "page_location", "url")
_VALUES, _PENDING, _SINCE_MS, _SEEN, _EVENT, _SESSION = range(6)


class Campaigns(Family):
    """Keeps the campaign of each device as its user properties say it, and a landing in doubt."""

    rules: ClassVar[tuple[Rule, ...]] = (LOST_CAMPAIGN,)

    def __init__(self) -> None:
        self.devices: Recent[tuple[int, str], list[Any]] = Recent(MOST_DEVICES)

    def take(self, look: Look, report: Report) -> None:
        for group in look.groups:
            if group.device is None:
                continue
            key = (look.source, group.device)
            kept = self.devices.get(key)
            for one in group.counted:
                fields = one[2][7]
                if fields.get("user_properties"):
                    kept = self._written(key, kept, one, report)
                landed = _landing(fields)
                if landed:
                    if kept is None:
                        kept = [{}, None, 0, 0, 0, None]
                        self.devices.put(key, kept)
                    kept[_SESSION] = one.event.session_id
                    if kept[_VALUES].get("utm_source") != landed.get("utm_source"):
                        kept[_PENDING:_SESSION] = [landed, one.time_ms, 0, one.id]
                elif kept is not None and kept[_PENDING]:
                    _wait(kept, one, report)

    def _written(
        self, key: tuple[int, str], kept: list[Any] | None, one: Arrived, report: Report
    ) -> list[Any] | None:
        """User properties that an event sets or unsets."""
        fields = one[2][7]
        given = {
            name: value
            for name, value in user_values(fields).items()
            if name in NAMES and isinstance(value, str)
        }
        if given:
            kept = kept or [{}, None, 0, 0, 0, None]
            kept[_VALUES] = {name: value[:200] for name, value in given.items()}
            self.devices.put(key, kept)
            pending = kept[_PENDING]
            if pending and pending.get("utm_source") == given.get("utm_source"):
                kept[_PENDING] = None
        elif kept is not None and kept[_VALUES] and one.event.type == IDENTIFY:
            _unset(kept, one, report)
        return kept


def _unset(kept: list[Any], one: Arrived, report: Report) -> None:
    unset = properties(one.event.fields, "user_properties").get("$unset")
    gone = [name for name in NAMES if isinstance(unset, dict) and name in unset]
    gone = [name for name in gone if name in kept[_VALUES]]
    if not gone:
        return
    if one.event.session_id is not None and one.event.session_id == kept[_SESSION]:
        was = shown(kept[_VALUES][gone[0]])
        sentence = f"{gone[0]} was {was} and is unset in the same session."
        report.add(LOST_CAMPAIGN, "unset", sentence, [one])
    for name in gone:
        del kept[_VALUES][name]


def _wait(kept: list[Any], one: Arrived, report: Report) -> None:
    """One more event after a landing whose campaign is not set yet."""
    if one.event.type in SESSION_MARKS:
        return
    kept[_SEEN] += 1
    if kept[_SEEN] < PATIENCE_EVENTS and one.time_ms - kept[_SINCE_MS] < PATIENCE_MS:
        return
    landed, kept[_PENDING] = kept[_PENDING], None
    name, value = next(iter(landed.items()))
    sentence = (
        f"Somebody landed with {name}={shown(value)}, but after {kept[_SEEN]} more events no user"
        " property says so."
    )
    report.add(LOST_CAMPAIGN, "landing", sentence, [one], also=kept[_EVENT])


def _landing(fields: dict[str, Any]) -> dict[str, str]:
    """The campaign in the address of a page view."""
    values = fields.get("event_properties")
    if not values or type(values) is not dict:
        return {}
    for name in _LOCATIONS:
        address = values.get(name)
        if type(address) is str and "utm_source=" in address:
            return _parameters(address[:4000])
    return {}


def _parameters(address: str) -> dict[str, str]:
    try:
        query = parse_qs(urlsplit(address).query)
    except ValueError:
        return {}
    return {name: query[name][0][:200] for name in NAMES if name in query}
