"""
How much work something is, told without a clock on the wall: how often this thread could have
counted to a million in the time that it had. A slow or busy machine counts slowly, too.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Effort:
    """What was spent."""

    counts: float = 0.0


@contextmanager
def effort() -> Iterator[Effort]:
    """Of what is done inside, in this thread; known afterwards."""
    spent = Effort()
    began = time.thread_time()
    yield spent
    took = time.thread_time() - began
    spent.counts = took / _count()


def _count() -> float:
    """Seconds to count to a million now."""
    began = time.thread_time()
    for _ in range(1_000_000):
        pass
    return time.thread_time() - began
