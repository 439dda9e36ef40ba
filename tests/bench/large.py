"""
How long a small upload waits while uploads of 20 MB arrive, beside a bare `mitmdump` that gets the
same: other traffic has to go on.

A small one is due every ten milliseconds, whether or not the last one was answered: those that
would have been sent meanwhile count as having waited, or the long waits would be counted once each.
"""

import http.client
import json
import random
import statistics
import tempfile
import threading
import time
import uuid
from pathlib import Path

from tests.bench.capture import mitmdump
from tests.bench.load import STAMP, Client, body, request
from tests.bench.table import Row
from tests.end2end.capturing import capturing

ROUNDS = 3
EVENTS = 2000
EVENT_BYTES = 10_000
PAUSE = 0.5
SECONDS = 4.0
EVERY = 0.01
LONGEST_MS = 100


def rows() -> list[Row]:
    """The 99th percentile of small uploads meanwhile."""
    ours, bare = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        capturing(Path(folder), "--delivery", "local") as capture,
        mitmdump() as other,
    ):
        eager = {"eps": 1_000_000, "batch_eps": 1_000_000, "daily_quota": 1_000_000_000}
        capture.send(type="set_ingestion", rules={"sources": {"*": eager}})
        for _ in range(ROUNDS):
            ours.append(_p99_ms(capture.endpoint.removeprefix("http://")))
            bare.append(_p99_ms(other))
    mine, other_ms = statistics.median(ours), statistics.median(bare)
    return [
        Row(
            "small upload p99, 20 MB ones meanwhile",
            f"{mine:.0f} ms",
            f"mitmdump {other_ms:.0f} ms",
            f"{mine / other_ms:.2f}",
            f"<= {LONGEST_MS} ms",
            mine <= LONGEST_MS,
        )
    ]


def _p99_ms(address: str) -> float:
    """Of small uploads, while large ones are sent one after the other."""
    enough = threading.Event()
    sender = threading.Thread(target=_send_large, args=(address, enough))
    sender.start()
    try:
        waits = sorted(_waits(address))
        return waits[len(waits) * 99 // 100] * 1000
    finally:
        enough.set()
        sender.join()


def _waits(address: str) -> list[float]:
    host, _, port = address.partition(":")
    requests = [request(body(random.Random(number))) for number in range(16)]
    client = Client((host, int(port)), requests, 0)
    end = time.perf_counter() + SECONDS
    due = time.perf_counter()
    waits: list[float] = []
    while due < end:
        time.sleep(max(0.0, due - time.perf_counter()))
        client.send()
        while not client.receive():
            pass
        answered = time.perf_counter()
        while due < answered:
            waits.append(answered - due)
            due += EVERY
    client.socket.close()
    return waits


def _send_large(address: str, enough: threading.Event) -> None:
    template = large_body(random.Random(7))
    while not enough.wait(PAUSE):
        stamp = b"%08x" % (time.time_ns() // 1_000_000 & 0xFFFFFFFF)
        connection = http.client.HTTPConnection(address)
        connection.request("POST", "/batch", template.replace(STAMP, stamp))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise ConnectionError(text)


def large_body(rng: random.Random) -> bytes:
    """As much as Batch takes: 2000 events of 10 000 bytes."""
    words = [f"{rng.getrandbits(64):x}" for _ in range(500)]

    def event(number: int) -> dict[str, object]:
        found: dict[str, object] = {
            "event_type": f"Imported {number % 20}",
            "user_id": f"user-{number % 300:05d}",
            "device_id": f"device-{number % 300:05d}",
            "time": 1_795_281_104_973 + number,
            "insert_id": STAMP.decode() + str(uuid.UUID(int=rng.getrandbits(128)))[8:],
        }
        rest = EVENT_BYTES - len(json.dumps(found)) - 60
        text = " ".join(rng.choices(words, k=rest // 17))
        return found | {"event_properties": {"note": text}}

    events = [event(number) for number in range(EVENTS)]
    return json.dumps({"api_key": "0" * 32, "events": events}).encode()
