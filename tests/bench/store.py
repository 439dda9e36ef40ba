"""
Decoding and storing, beside a bare loop that parses the same bodies and inserts the same rows.
"""

import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import orjson

from app.decode import decode
from app.model import Capture, Response
from app.store import Store
from app.store.schema import FILE
from tests.bench.load import EVENTS, body
from tests.bench.table import Row

UPLOADS = 3000
BATCH = 8
ROUNDS = 5


def rows() -> list[Row]:
    """Events a second, ours and bare, alternating."""
    rng = random.Random(7)
    bodies = [body(rng) for _ in range(UPLOADS)]
    ratios, mine, other = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours, table = _ours(Path(folder), bodies)
            bare = _bare(Path(folder), bodies, table)
        mine.append(ours)
        other.append(bare)
        ratios.append(ours / bare)
    ratio = statistics.median(ratios)
    return [
        Row(
            "decode and store",
            f"{statistics.median(mine):.0f} events/s",
            f"bare loop {statistics.median(other):.0f}/s",
            f"{ratio:.2f}",
            ">= 0.50",
            ratio >= 0.5,
        )
    ]


def _ours(folder: Path, bodies: list[bytes]) -> tuple[float, list[tuple[object, ...]]]:
    answer = Response(200, (("Content-Type", "application/json"),), b'{"code":200}')
    headers = (("Content-Type", "application/json"), ("Host", "bench"))
    url = "https://api2.amplitude.com/2/httpapi"
    with Store.write(folder / "ours") as store:
        started = time.perf_counter()
        for start in range(0, len(bodies), BATCH):
            captures = [
                Capture(1, "POST", url, headers, content, answer, 1)
                for content in bodies[start : start + BATCH]
            ]
            store.writer.add([(capture, decode(capture)) for capture in captures])
        elapsed = time.perf_counter() - started
        stored = store.connection.execute("SELECT * FROM events ORDER BY id").fetchall()
    return len(stored) / elapsed, stored


def _bare(folder: Path, bodies: list[bytes], table: list[tuple[object, ...]]) -> float:
    Store.write(folder / "bare").close()
    connection = sqlite3.connect(folder / "bare" / FILE, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    insert = f"INSERT INTO events VALUES ({','.join('?' * len(table[0]))})"
    started = time.perf_counter()
    for start in range(0, len(bodies), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        for number, content in enumerate(bodies[start : start + BATCH], start):
            orjson.loads(content)
            connection.executemany(insert, table[number * EVENTS : (number + 1) * EVENTS])
        connection.execute("COMMIT")
    elapsed = time.perf_counter() - started
    connection.close()
    return len(table) / elapsed
