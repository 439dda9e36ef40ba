"""
What the rules find in captures, through a real workspace and a real study.
"""

import json
from pathlib import Path
from typing import Any

from app.lint.reading import Finding, all_findings
from app.model import Capture, Response
from app.store import Store
from app.study import Study
from tests.factories import KEY, filled

NOW = 1_795_281_200_000
SESSION = NOW - 600_000
URL = "https://api2.amplitude.com/2/httpapi"
WEB = "amplitude-ts/2.48.1"
PHONE = "amplitude-analytics-android/1.20.0"


def event(kind: str = "Clicked", at: int = 0, **fields: Any) -> dict[str, Any]:
    """An event that no rule minds, `at` milliseconds after `NOW`. None takes a field away."""
    made = {
        "event_type": kind,
        "user_id": "user-1",
        "device_id": "device-1",
        "time": NOW + at,
        "session_id": SESSION,
        "insert_id": f"{kind}-{at}",
        "library": WEB,
        **fields,
    }
    return {name: value for name, value in made.items() if value is not None}


def identify(at: int = 0, operations: Any = None, **fields: Any) -> dict[str, Any]:
    """An identify; `operations` are its user properties."""
    return event("$identify", at, user_properties=operations, **fields)


def sent(
    *events: dict[str, Any],
    at: int = 0,
    key: str = KEY,
    status: int = 200,
    body: dict[str, Any] | None = None,
    answer: bytes = b'{"code":200}',
    **fields: Any,
) -> Capture:
    """An upload that arrives `at` milliseconds after `NOW`."""
    document = {"api_key": key, "events": list(events), **(body or {})}
    made: dict[str, Any] = {
        "at_ms": NOW + at,
        "method": "POST",
        "url": URL,
        "headers": (("Content-Type", "application/json"),),
        "body": json.dumps(document).encode(),
        "response": Response(status, (), answer),
        "duration_ms": 5,
    }
    return Capture(**{**made, **fields})


def found(folder: Path, *captures: Capture) -> dict[str, list[Finding]]:
    """The findings in these captures by rule."""
    filled(folder, captures)
    return study(folder)


def study(folder: Path) -> dict[str, list[Finding]]:
    """Study what is new, and return all findings by rule."""
    with Study(folder) as running:
        running.catch_up()
    with Store.read(folder) as store:
        listed: dict[str, list[Finding]] = {}
        for one in all_findings(store):
            listed.setdefault(one.rule.id, []).append(one)
        return listed
