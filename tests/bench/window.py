"""
The real window: its start, Live at a million events, its memory, its frames under load.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.table import Row
from tests.end2end.capturing import ROOT

STARTS = 7
EVENTS = 1_000_000


def rows() -> list[Row]:
    """All measurements of the window."""
    found = [_start()]
    with tempfile.TemporaryDirectory(prefix="eventscope-bench-") as folder:
        from app.demo import fill

        stored = fill(Path(folder), EVENTS)
        # A person with so many events had them studied as they came.
        found.append(_study(Path(folder), stored))
        result = subprocess.run(
            [sys.executable, "-m", "tests.bench.live", folder],
            capture_output=True,
            check=False,
            cwd=ROOT,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "EVENTSCOPE_HOME": folder},
        )
    if result.returncode:
        raise RuntimeError(result.stderr)
    for line in result.stdout.splitlines():
        what, value, unit, bar = line.split("\t")
        ratio = float(value) / float(bar)
        found.append(
            Row(
                what, f"{value} {unit}", f"{stored} events", f"{ratio:.2f}", f"<= {bar}", ratio <= 1
            )
        )
    return found


def _study(folder: Path, stored: int) -> Row:
    """Who is who, properties, sessions, problems, SDKs: for everything at once."""
    from app.study import Study

    began = time.perf_counter()
    with Study(folder) as study:
        study.catch_up()
    speed = stored / (time.perf_counter() - began)
    bar = 10_000
    return Row("study", f"{speed:.0f} events/s", f"{stored} events", "", f">= {bar}", speed >= bar)


def _start() -> Row:
    pairs = [(started("ours"), started("empty")) for _ in range(STARTS)]
    ratio = statistics.median(ours / empty for ours, empty in pairs)
    ours, empty = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Row(
        "start to a painted window",
        f"{ours * 1000:.0f} ms",
        f"empty PySide6 {empty * 1000:.0f} ms",
        f"{ratio:.2f}",
        "<= 1.50",
        ratio <= 1.5,
    )


def started(kind: str) -> float:
    """Seconds from the start of the process to its first paint."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.start", kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "painted\n"
        return time.perf_counter() - begin


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that something takes."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000
