"""
Capture throughput and latency, alternating with a bare `mitmdump` that answers the same requests.
"""

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.store import Store
from tests.bench.table import Row
from tests.end2end.capturing import ROOT, capturing

ROUNDS = 5
SECONDS = 3.0
LIGHT, HEAVY = 1, 16


def rows() -> list[Row]:
    """Throughput at sixteen connections, latency at one."""
    ours: list[dict[str, float]] = []
    bare: list[dict[str, float]] = []
    ours_light: list[dict[str, float]] = []
    bare_light: list[dict[str, float]] = []
    stored = sent = 0
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        with capturing(workspace, "--delivery", "local") as capture, mitmdump() as other:
            mine = capture.endpoint.removeprefix("http://")
            # Few people send more than Amplitude would take of them.
            eager = {"eps": 1_000_000, "daily_quota": 1_000_000_000}
            capture.send(type="set_ingestion", rules={"sources": {"*": eager}})
            for _ in range(ROUNDS):
                ours.append(load(mine, HEAVY))
                bare.append(load(other, HEAVY))
                ours_light.append(load(mine, LIGHT))
                bare_light.append(load(other, LIGHT))
            sent = sum(int(run["requests"]) for run in (*ours, *ours_light))
        with Store.read(workspace) as store:
            stored = store.events.count()
    assert stored >= sent * 30, f"{stored} events stored of {sent * 30} answered"
    return [
        _throughput(ours, bare),
        _latency("added latency p50, 1 connection", ours_light, bare_light),
        _latency("added latency p50, 16 connections", ours, bare),
    ]


def load(address: str, connections: int) -> dict[str, float]:
    """One run of the load generator."""
    host, _, port = address.partition(":")
    result = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", host, port, str(connections), str(SECONDS)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    found: dict[str, float] = json.loads(result.stdout)
    return found


@contextmanager
def mitmdump() -> Iterator[str]:
    """A bare mitmdump in reverse mode; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as confdir:
        command = [
            *(str(Path(sys.executable).with_name("mitmdump")), "-q"),
            *("-s", str(ROOT / "tests" / "bench" / "bare_mitmdump.py")),
            *("--set", f"confdir={confdir}", "--set", "connection_strategy=lazy"),
            *("--mode", f"reverse:http://127.0.0.1:9@127.0.0.1:{port}"),
        ]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
            try:
                _wait_for(port)
                yield f"127.0.0.1:{port}"
            finally:
                process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("mitmdump did not start")


def _throughput(ours: list[dict[str, float]], bare: list[dict[str, float]]) -> Row:
    mine, other = ([run["requests"] / run["seconds"] for run in runs] for runs in (ours, bare))
    ratio = statistics.median(a / b for a, b in zip(mine, other, strict=True))
    return Row(
        "capture throughput, 30-event uploads",
        f"{statistics.median(mine):.0f}/s",
        f"mitmdump {statistics.median(other):.0f}/s",
        f"{ratio:.2f}",
        ">= 0.80",
        ratio >= 0.8,
    )


def _latency(what: str, ours: list[dict[str, float]], bare: list[dict[str, float]]) -> Row:
    mine, other = ([run["p50"] * 1000 for run in runs] for runs in (ours, bare))
    ratio = statistics.median(a / b for a, b in zip(mine, other, strict=True))
    return Row(
        what,
        f"{statistics.median(mine):.2f} ms",
        f"mitmdump {statistics.median(other):.2f} ms",
        f"{ratio:.2f}",
        "<= 1.30",
        ratio <= 1.3,
    )
