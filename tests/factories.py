"""
Small real things for tests: captures and stores, with overrides.
"""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.decode import decode
from app.model import Capture, Response
from app.store import Store

DATA = Path(__file__).parent / "data"
KEY = "0123456789abcdef0123456789abcdef"
URL = "https://api2.amplitude.com/2/httpapi"


def recorded(name: str, *, status: int = 200) -> Capture:
    """A request that a real SDK sent."""
    data = json.loads((DATA / "requests" / f"{name}.json").read_text("utf-8"))
    return Capture(
        at_ms=1_795_281_200_000,
        method=data["method"],
        url=data["url"],
        headers=tuple(data["headers"].items()),
        body=base64.b64decode(data["body_base64"]),
        response=Response(status, (), b"{}"),
        duration_ms=12,
    )


def event(kind: str = "Clicked", **fields: Any) -> dict[str, Any]:
    """An event as it is sent."""
    return {
        "event_type": kind,
        "user_id": "user-1",
        "device_id": "device-1",
        "time": 1_795_281_100_000,
        **fields,
    }


def upload(*events: dict[str, Any], key: str = KEY, **fields: Any) -> Capture:
    """A capture with these events; fields override those of the capture."""
    body = json.dumps({"api_key": key, "events": list(events)}).encode()
    return Capture(
        **{
            "at_ms": 1_795_281_200_000,
            "method": "POST",
            "url": URL,
            "headers": (("Content-Type", "application/json"),),
            "body": body,
            "response": Response(200, (), b'{"code":200}'),
            "duration_ms": 5,
            **fields,
        }
    )


def filled(folder: Path, captures: Sequence[Capture]) -> Path:
    """A workspace that holds these captures."""
    with Store.write(folder) as store:
        store.writer.add([(capture, decode(capture)) for capture in captures])
    return folder


def emptied(store: Store) -> None:
    """Remove everything that was captured, as Clear does."""
    while store.writer.prune(up_to=store.writer.last.capture):
        pass
