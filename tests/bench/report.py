"""
The charts of the Ingestion page: a week over a million uploads.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.store import Store
from app.store.report import ALL, Frame, window_of
from app.store.studyfile import open_file
from app.study.followers import make_followers
from app.study.report import HOUR_MS, MINUTE_MS
from tests.bench.table import Row
from tests.end2end.capturing import ROOT

UPLOADS = 1_000_000
WEEK_MS = 7 * 24 * 3_600_000
NOW = time.time_ns() // 1_000_000
KEYS = 24
ROUNDS = 7
BAR_MS = 150


def rows() -> list[Row]:
    """Each question that the page asks when it is opened."""
    with tempfile.TemporaryDirectory(prefix="eventscope-bench-") as name:
        folder = Path(name)
        Store.write(folder).close()
        _fill(folder)
        with Store.read(folder) as store:
            window, day = window_of(Frame.WEEK, NOW), window_of(Frame.DAY, NOW)
            start, end = window.start_ms, window.end_ms
            report = store.report
            found = [
                _row("ingestion: charts of a week", lambda: report.bins(ALL, window)),
                _row("ingestion: charts of a day", lambda: report.bins(ALL, day)),
                _row("ingestion: error reasons", lambda: report.reasons(ALL, start, end)),
                _row("ingestion: sizes", lambda: report.sizes(ALL, start, end)),
            ]
        return found + _page(folder)


def _page(folder: Path) -> list[Row]:
    """The page itself, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.bench.ingestion", str(folder)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "EVENTSCOPE_HOME": str(folder)},
    )
    if result.returncode:
        raise RuntimeError(result.stderr)
    rows = []
    for line in result.stdout.splitlines():
        what, value, unit, bar = line.split("\t")
        ratio = float(value) / float(bar)
        rows.append(
            Row(what, f"{value} {unit}", "1000000 uploads", f"{ratio:.2f}", f"<= {bar}", ratio <= 1)
        )
    return rows


def _row(what: str, work: Callable[[], object]) -> Row:
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    took = statistics.median(times)
    ratio = took / BAR_MS
    return Row(what, f"{took:.0f} ms", "1000000 uploads", f"{ratio:.2f}", "<= 1.00", ratio <= 1)


def _fill(folder: Path) -> None:
    """Rows as the follower writes them, without the captures behind them."""
    rng = random.Random(3)
    db = open_file(folder, make_followers())
    db.execute("BEGIN")
    statuses = (200, 400, 429, 500)
    db.executemany(
        "INSERT INTO report_keys VALUES (?, 'upload', 1, ?, ?, 'api2.amplitude.com', ?, 'none')",
        [
            (n + 1, ("HTTP V2", "Batch")[n % 2], f"sdk/{n // 8}", statuses[n // 2 % 4])
            for n in range(KEYS)
        ],
    )
    times = sorted(rng.randrange(NOW - WEEK_MS, NOW) for _ in range(UPLOADS))
    weights = [1 if n // 2 % 4 else 60 for n in range(KEYS)]
    keys = rng.choices(range(1, KEYS + 1), weights, k=UPLOADS)
    db.executemany(
        "INSERT INTO report_uploads VALUES (?, ?, ?, 10, 1, 900, 3000, ?, 4, ?)",
        (
            (at, number, key, rng.randrange(20, 900), f"{rng.randrange(4)}:10")
            for number, (at, key) in enumerate(zip(times, keys, strict=True), 1)
        ),
    )
    for table, span in (("report_minutes", MINUTE_MS), ("report_hours", HOUR_MS)):
        db.execute(
            f"INSERT INTO {table} SELECT at_ms / {span}, key, count(*), sum(events),"
            " sum(identifies), sum(wire_bytes), sum(body_bytes) FROM report_uploads GROUP BY 1, 2"
        )
    db.executemany(
        "INSERT INTO report_reasons VALUES (?, ?)", [(n, f"reason {n}") for n in range(1, 20)]
    )
    db.execute(
        "INSERT INTO report_refusals SELECT u.at_ms, u.id, 1 + u.id % 19, u.key, 10"
        " FROM report_uploads u JOIN report_keys k ON k.id = u.key WHERE k.status <> 200"
    )
    db.execute("COMMIT")
    db.close()
