"""Memory: what was large goes back to the system."""

import subprocess
import sys

import pytest

GROWS = """
from pathlib import Path
from ui.memory import give_back_large

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

assert not {wanted} or give_back_large()
b"x" * 20_000_000  # glibc takes what is smaller than this from its heap from now on.
before = resident()
rows = [b"x" * (1_000_000 + n) for n in range(60)]
last = b"x" * 1_000_000
del rows
print((resident() - before) // 1_000_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc")
def test_what_is_freed_below_something_that_stays_is_given_back() -> None:
    def grown(wanted: bool) -> int:
        code = GROWS.format(wanted=wanted)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    assert grown(True) < 10
    assert grown(False) > 40
