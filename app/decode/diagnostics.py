"""
What an SDK reports about itself: counters, timings, trouble (wire-format §1.14).
"""

from typing import Any

from app.decode.body import BodyProblem, clean
from app.decode.request import Request, project
from app.model import Decoded, Kind

SENT = "analytics.events.sent"
DROPPED = "analytics.events.dropped"


def is_diagnostics(request: Request) -> bool:
    """Whether this goes where SDKs report, at their host or by its path and key elsewhere."""
    if request.host.startswith("diagnostics.prod."):
        return True
    return request.path.endswith("/v1/capture") and bool(request.header("x-apikey"))


def decode(request: Request) -> Decoded:
    """The report."""
    key = clean(request.header("x-apikey"))
    try:
        document = request.json()
    except BodyProblem as problem:
        return Decoded(Kind.DIAGNOSTICS, note=f"Diagnostics. {problem}", api_key=project(key))
    report = document if isinstance(document, dict) else {}
    tags, counters = _object(report, "tags"), _object(report, "counters")
    listed = report.get("events")
    events: list[Any] = listed if isinstance(listed, list) else []
    contents = {
        "library": tags.get("library"),
        "tags": tags,
        "counters": counters,
        "histogram": _object(report, "histogram"),
        "events": events,
    }
    library = clean(str(tags.get("library") or "an SDK")[:100])
    return Decoded(
        Kind.DIAGNOSTICS,
        note=f"Diagnostics of {library}: {_counted(counters, events)}.",
        api_key=project(key),
        contents=contents,
    )


def _counted(counters: dict[str, Any], events: list[Any]) -> str:
    parts = [f"{_number(counters, SENT)} events sent", f"{_number(counters, DROPPED)} dropped"]
    if events:
        parts.append(f"{len(events)} reports of trouble")
    return ", ".join(parts)


def _number(counters: dict[str, Any], name: str) -> int:
    value = counters.get(name)
    return value if type(value) is int else 0


def _object(report: dict[str, Any], name: str) -> dict[str, Any]:
    value = report.get(name)
    return value if isinstance(value, dict) else {}
