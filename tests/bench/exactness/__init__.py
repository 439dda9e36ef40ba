"""
Selectors made at random, answered by us and by the browser on the same pages: no decided answer
may differ. `run` starts the browser in a process of its own, because an engine is set up once.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Agreement:
    """What came out: decided answers, how many of them are yes, wrong ones, what was not decided
    by reason, and what is not compared by rule (labeling §C2)."""

    triples: int = 0
    decided: int = 0
    true: int = 0
    wrong: list[object] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    excluded: dict[str, int] = field(default_factory=dict)


def run(pages: Sequence[Path], selectors: int, seed: int = 7, timeout: int = 300) -> Agreement:
    """Compare on these HTML files, with so many selectors for each."""
    command = [sys.executable, "-m", "tests.bench.exactness.browser", str(selectors), str(seed)]
    done = subprocess.run(
        [*command, *map(str, pages)],
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or len(lines) != len(pages):
        raise RuntimeError(f"the browser ended early: {done.stderr[-2000:]}")
    unknown, excluded = Counter[str](), Counter[str]()
    for line in lines:
        unknown.update(line["unknown"])
        excluded.update(line["excluded"])
    return Agreement(
        sum(line["triples"] for line in lines),
        sum(line["decided"] for line in lines),
        sum(line["true"] for line in lines),
        [one for line in lines for one in line["wrong"]],
        dict(unknown),
        dict(excluded),
    )
