"""
Understanding uploads and answering them, nothing stored, beside a bare loop that parses the JSON.
"""

import random
import statistics
import time
from collections.abc import Callable

import orjson

from app.decode import decode
from app.ingest.local import LocalIngestion
from app.ingest.outcome import judge
from app.ingest.rules import ANY_SOURCE, RuleBook, Rules
from app.model import Capture
from tests.bench.load import EVENTS, body
from tests.bench.table import Row

UPLOADS = 3000
ROUNDS = 5
NOW = 1_795_281_200_000
EAGER = RuleBook(sources={ANY_SOURCE: Rules(eps=1_000_000, daily_quota=1_000_000_000)})


def rows() -> list[Row]:
    """Events a second, ours and bare, alternating."""
    rng = random.Random(7)
    bodies = [body(rng) for _ in range(UPLOADS)]
    mine, other = [], []
    for _ in range(ROUNDS):
        mine.append(_events_a_second(_ours(), bodies))
        other.append(_events_a_second(orjson.loads, bodies))
    ratio = statistics.median(ours / bare for ours, bare in zip(mine, other, strict=True))
    return [
        Row(
            "decode, validate, answer, judge",
            f"{statistics.median(mine):.0f} events/s",
            f"orjson.loads {statistics.median(other):.0f}/s",
            f"{ratio:.2f}",
            ">= 0.20",
            ratio >= 0.20,
        )
    ]


def _events_a_second(work: Callable[[bytes], object], bodies: list[bytes]) -> float:
    started = time.perf_counter()
    for content in bodies:
        work(content)
    return len(bodies) * EVENTS / (time.perf_counter() - started)


def _ours() -> Callable[[bytes], object]:
    ingestion = LocalIngestion(EAGER)
    headers = (("Content-Type", "application/json"), ("Host", "bench"))
    url = "https://api2.amplitude.com/2/httpapi"

    def work(content: bytes) -> None:
        capture = Capture(NOW, "POST", url, headers, content)
        decoded = decode(capture)
        answer = ingestion.answer(capture, decoded, NOW)
        if answer.status != 200 or decoded.upload is None:
            raise ValueError(answer.body)
        judge(decoded.upload, Capture(NOW, "POST", url, headers, content, answer, 1))

    return work
