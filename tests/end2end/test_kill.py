"""
kill -9 of the capture process under load, at random moments: what was answered 2xx is stored,
exactly once.
"""

import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from app.filter import Filter
from app.store import Store
from tests.end2end.capturing import TIMEOUT, Capturing

KILLS = 20
SENDERS = 4
KEY = "0123456789abcdef0123456789abcdef"


def send_until_dead(endpoint: str, sender: int, answered: list[str], sent: list[str]) -> None:
    """Upload as fast as answers come; remember which insert ids were answered 2xx."""
    with httpx.Client() as client:
        for round_ in range(100_000):
            ids = [f"{sender}-{round_}-{n}" for n in range(5)]
            events = [
                {"event_type": "Load", "user_id": f"user-{sender}", "insert_id": i} for i in ids
            ]
            sent.extend(ids)
            try:
                answer = client.post(endpoint, json={"api_key": KEY, "events": events})
            except httpx.TransportError:
                return
            if answer.is_success:
                answered.extend(ids)


@pytest.mark.slow
def test_answered_events_survive_kill(tmp_path: Path) -> None:
    chance = random.Random(7)
    for attempt in range(KILLS):
        workspace = tmp_path / str(attempt)
        capture = Capturing(workspace, "--delivery", "local").listening()
        answered: list[str] = []
        sent: list[str] = []
        senders = [
            threading.Thread(
                target=send_until_dead,
                args=(f"{capture.endpoint}/2/httpapi", number, answered, sent),
            )
            for number in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        deadline = time.monotonic() + TIMEOUT
        while not answered and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(chance.uniform(0.0, 0.5))
        capture.kill()
        for sender in senders:
            sender.join(TIMEOUT)
        with Store.read(workspace) as store:
            stored = [entry["insert_id"] for entry in store.events.export(Filter())]
        assert len(set(stored)) == len(stored)
        assert set(answered) <= set(stored) <= set(sent)
        assert answered, "the load never got through"
