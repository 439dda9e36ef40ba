"""
`make bench [ARGS="capture store"]`: run all measurements, or those named, and print one table.
`--large` has charts measured with five million events too.
"""

import importlib
import sys

from tests.bench.table import show

ALL = (
    "capture",
    "charts",
    "large",
    "ingest",
    "store",
    "report",
    "people",
    "window",
    "rivals",
    "label",
)


def main() -> None:
    """Measure and print."""
    rows = []
    for name in [one for one in sys.argv[1:] if one != "--large"] or ALL:
        print(f"measuring {name} …", file=sys.stderr)
        rows += importlib.import_module(f"tests.bench.{name}").rows()
    print(show(rows))


if __name__ == "__main__":
    main()
