"""
The numbers of the Ingestion page against the answers that a client was really given.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.end2end.capturing import Capturing, capturing, eventscope

KEY = "0123456789abcdef0123456789abcdef"
RULES = {"sources": {"*": {"eps": 2, "daily_quota": 400, "silenced_devices": ["device-silent"]}}}


class Client:
    """Sends, and keeps account of the answers."""

    def __init__(self, capture: Capturing) -> None:
        self._endpoint = capture.endpoint
        self.statuses: Counter[int] = Counter()
        self.events = 0
        self.answers: list[Any] = []

    def send(self, *events: dict[str, Any]) -> Any:
        """One upload; returns the answer's JSON."""
        body = {"api_key": KEY, "events": list(events)}
        answer = httpx.post(f"{self._endpoint}/2/httpapi", json=body)
        said = answer.json()
        self.statuses[said["code"]] += 1
        if said["code"] == 200:
            self.events += said["events_ingested"]
        self.answers.append(said)
        return said

    def identify(self) -> None:
        """One call of the Identify endpoint."""
        entry = {"user_id": "user-1", "user_properties": {"plan": "pro"}}
        form = {"api_key": KEY, "identification": json.dumps([entry])}
        answer = httpx.post(f"{self._endpoint}/identify", data=form)
        self.statuses[answer.status_code] += 1


def event(insert_id: str, **fields: Any) -> dict[str, Any]:
    return {"event_type": "Sent", "user_id": "user-1", "insert_id": insert_id, **fields}


def summary(folder: Path) -> dict[str, Any]:
    result = eventscope("uploads", "--workspace", str(folder), "--summary", "--frame", "1h")
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_every_number_is_what_the_client_was_told(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local", "--fault", "500#1") as capture:
        capture.send(type="set_ingestion", rules=RULES)
        client = Client(capture)
        client.send(event("first"))  # The fault.
        client.send(event("first"))
        client.send(event("second"), event("third"))
        client.identify()
        client.send({"user_id": "user-1"})
        client.send(event("large", event_properties={"text": "x" * 1_100_000}))
        client.send(event("silent", user_id=None, device_id="device-silent"))
        many = [event(f"many-{at}", user_id="user-many") for at in range(100)]
        told = client.send(*many)
    found = summary(tmp_path)
    assert client.statuses == {500: 1, 200: 3, 400: 2, 413: 1, 429: 1}
    assert found["successes"] == client.statuses[200]
    assert (found["events"], found["identifies"]) == (client.events, 1) == (3, 1)
    errors = {str(status): count for status, count in client.statuses.items() if status != 200}
    assert found["errors_by_status"] == errors
    assert sum(found["bins"]["errors"]) == found["errors"] == 5
    assert found["waiting"] == 0
    assert sum(row["uploads"] for row in found["sdks"]) == sum(client.statuses.values())
    throttled = [row for row in found["held_back"] if row["kind"] == "throttled"]
    (row,) = throttled
    assert found["throttled_recently"] == throttled
    assert {row["name"]: row["rate"]} == told["throttled_users"]
    assert (row["threshold"], row["events"]) == (told["eps_threshold"], 100)
    silenced = [row["name"] for row in found["held_back"] if row["kind"] == "silenced"]
    assert silenced == ["device-silent"]
    (chain,) = found["retries"]
    assert chain["statuses"] == [500, 200]


def test_quotas(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        rules = {"sources": {"*": {"eps": 1000, "daily_quota": 50}}}
        capture.send(type="set_ingestion", rules=rules)
        client = Client(capture)
        told = client.send(*(event(f"many-{at}", user_id="user-many") for at in range(60)))
    assert told["code"] == 429
    found = summary(tmp_path)
    (row,) = found["held_back"]
    assert (row["kind"], row["who"], row["events"]) == ("quota", "user", 60)
    assert {row["name"]: row["rate"]} == told["exceeded_daily_quota_users"]
