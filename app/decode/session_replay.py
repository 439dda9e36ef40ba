"""
Session Replay uploads: rrweb events, plain or packed, and interactions (wire-format §7).

`events_of` gives the rrweb events themselves; `decode` says what is in them.
"""

import zlib
from collections import Counter
from typing import Any

from app.decode.body import LARGEST, BodyProblem, clean, parsed
from app.decode.request import Request, project
from app.model import Decoded, Kind

Json = dict[str, Any]

TYPES = (
    "dom_content_loaded",
    "load",
    "full_snapshot",
    "incremental",
    "meta",
    "custom",
    "plugin",
    "asset",
)
"""rrweb's event types, by number."""
SOURCES = (
    "mutation",
    "mouse_move",
    "mouse_interaction",
    "scroll",
    "viewport_resize",
    "input",
    "touch_move",
    "media_interaction",
    "style_sheet_rule",
    "canvas_mutation",
    "font",
    "log",
    "drag",
    "style_declaration",
    "selection",
    "adopted_style_sheet",
    "custom_element",
)
"""What an incremental event changed, by `data.source`."""
MOST_PAGES = 50
_SKIPPED = {
    "429": "too many: the SDK pauses for 60 seconds",
    "4004": "outside the valid range",
    "4005": "capturing is switched off: the SDK stops for this session",
}


def is_replay(request: Request) -> bool:
    """Whether this goes where replays go, at their host or by path and query elsewhere."""
    if request.host.startswith("api-sr."):
        return True
    query = request.query
    if "device_id" not in query or "session_id" not in query:
        return False
    return request.path.endswith("/sessions/v2/track") or (
        request.asked("type") in ("replay", "interaction") and b'"events"' in request.capture.body
    )


def may_be(request: Request, data: bytes) -> bool:
    """The shape of a replay at an address of the person's own."""
    query = request.query
    return (
        "device_id" in query
        and "session_id" in query
        and b'"version"' in data
        and b'"events"' in data
    )


def decode(request: Request) -> Decoded:
    """What a replay upload holds."""
    kind = request.asked("type") or "replay"
    token = request.header("authorization").removeprefix("Bearer ").strip()
    key = project(token or request.asked("api_key"))
    contents: Json = {
        "type": kind,
        "device_id": request.asked("device_id") or None,
        "session_id": request.asked("session_id") or None,
        "sdk_version": clean(request.header("x-client-version")) or None,
        "library": clean(request.header("x-client-library")) or None,
        "page": clean(request.header("x-client-url")) or None,
        "sample_rate": clean(request.header("x-client-sample-rate")) or None,
        "transport": "beacon" if request.asked("api_key") and not token else "fetch",
    }
    try:
        items, version = _items(request)
    except BodyProblem as problem:
        note = f"Session Replay. {problem}"
        return Decoded(Kind.SESSION_REPLAY, note=note, api_key=key, contents=contents)
    contents["version"] = version
    if kind == "interaction":
        note = _interactions(items, contents)
    else:
        note = _recorded(items, contents)
    return Decoded(
        Kind.SESSION_REPLAY, note=note + _answered(request), api_key=key, contents=contents
    )


def events_of(request: Request) -> list[Json]:
    """The rrweb events of an upload in the order of their time. Raises BodyProblem."""
    found = _unpacked(_items(request)[0])[0]
    return sorted(found, key=lambda event: _timestamp(event) or 0)


def _items(request: Request) -> tuple[list[Any], Any]:
    document = request.json()
    items = document.get("events") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise BodyProblem("The body has no list of events.")
    version = document.get("version")
    return items, version if isinstance(version, int) else None


def _unpacked(items: list[Any]) -> tuple[list[Json], int, int]:
    """The events, how many of them were packed, how many entries could not be read."""
    events, packed, bad, left = [], 0, 0, LARGEST
    for item in items:
        event, size = _event(item, left)
        left -= size
        packed += size > 0
        if event is None:
            bad += 1
        else:
            events.append(event)
    return events, packed, bad


def _event(item: Any, left: int) -> tuple[Json | None, int]:
    """One entry as an rrweb event, and the size of what had to be inflated for it."""
    value: Any = item
    if isinstance(item, str):
        try:
            value = parsed(item.encode("utf-8", "surrogatepass"))
        except BodyProblem:
            value = item
    size = 0
    if isinstance(value, str):
        data = _inflated(value, left)
        size = len(data)
        try:
            value = parsed(data)
        except BodyProblem:
            return None, size
    return (value if isinstance(value, dict) else None), size


def _inflated(text: str, left: int) -> bytes:
    """rrweb's packing: each character stands for one byte of a zlib stream."""
    if left <= 0:
        return b""
    try:
        stream = zlib.decompressobj()
        return stream.decompress(text.encode("latin-1"), left)
    except (UnicodeEncodeError, zlib.error):
        return b""


def _recorded(items: list[Any], contents: Json) -> str:
    events, packed, bad = _unpacked(items)
    types = Counter(_named(TYPES, event.get("type")) for event in events)
    data = [event.get("data") for event in events]
    incremental = Counter(
        _named(SOURCES, entry.get("source"))
        for event, entry in zip(events, data, strict=True)
        if event.get("type") == 3 and isinstance(entry, dict)
    )
    pages = _distinct(
        entry.get("href")
        for event, entry in zip(events, data, strict=True)
        if event.get("type") == 4 and isinstance(entry, dict)
    )
    contents |= {
        "events": len(items),
        "packed": packed,
        "unreadable": bad,
        "types": dict(types),
        "changes": dict(incremental),
        "pages": pages,
        **_span(events),
        "options": _options(data),
    }
    what = f"Session Replay: {len(items)} events"
    if contents["span_ms"]:
        what += f" of {contents['span_ms'] / 1000:.1f} s"
    where = pages[0] if pages else contents["page"]
    what += f" on {where}" if where else ""
    return f"{what}; {bad} of them cannot be read." if bad else f"{what}."


def _interactions(items: list[Any], contents: Json) -> str:
    entries = [item for item in items if isinstance(item, dict)]
    types: Counter[str] = Counter()
    for entry in entries:
        count = entry.get("count")
        types[clean(str(entry.get("type"))[:50])] += count if type(count) is int else 1
    pages = _distinct(entry.get("pageUrl") for entry in entries)
    contents |= {
        "events": len(items),
        "unreadable": len(items) - len(entries),
        "types": dict(types),
        "pages": pages,
        **_span(entries),
    }
    counted = ", ".join(f"{count} × {name}" for name, count in types.most_common(5))
    where = f" on {pages[0]}" if pages else ""
    return f"Interactions for heatmaps: {counted or 'none'}{where}."


def _options(data: list[Any]) -> Json | None:
    """The SDK's own configuration, which it records as a custom event."""
    for entry in data:
        payload = entry.get("payload") if isinstance(entry, dict) else None
        if isinstance(payload, dict) and isinstance(payload.get("config"), dict):
            config: Json = payload["config"]
            return config
    return None


def _answered(request: Request) -> str:
    response = request.capture.response
    if response is None:
        return ""
    skipped = response.header("x-session-replay-event-skipped")
    if skipped:
        return f" Skipped by the server: {_SKIPPED.get(skipped, clean(skipped))}."
    return "" if response.status < 300 else f" The server answered {response.status}."


def _span(events: list[Json]) -> Json:
    times = [time for event in events if (time := _timestamp(event)) is not None]
    first, last = (min(times), max(times)) if times else (None, None)
    span = last - first if first is not None and last is not None else None
    return {"first_ms": first, "last_ms": last, "span_ms": span}


def _timestamp(event: Json) -> int | None:
    value = event.get("timestamp")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return None
    return int(value)


def _named(names: tuple[str, ...], number: Any) -> str:
    if type(number) is int and 0 <= number < len(names):
        return names[number]
    return "unknown"


def _distinct(values: Any) -> list[str]:
    found: dict[str, None] = {}
    for value in values:
        if isinstance(value, str) and len(found) < MOST_PAGES:
            found.setdefault(clean(value[:2000]))
    return list(found)
