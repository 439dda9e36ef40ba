"""
`eventscope chart`: the answer to a definition, as JSON.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from app.errors import BadInput
from app.query.calendar import Clock
from app.query.charts import Charts, translated
from app.query.definition import read
from app.query.warehouse import Warehouse
from app.store import Store
from app.store.trouble import explained
from app.study import Study


def run_chart(given: argparse.Namespace, folder: Path) -> int:
    """Print the answer. Raises AppError."""
    chart = read(_json(given.definition))
    now = time.time_ns() // 1_000_000 if given.now is None else given.now
    clock = Clock(now, given.zone, given.week_start)
    with explained(folder):
        # Read first: it says in words when there is no workspace.
        Store.read(folder).close()
        with Study(folder) as study:
            study.catch_up()
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        found, statements = Charts(warehouse, clock).as_json(chart)
    if given.sql:
        text = translated(statements, given.sql)
    else:
        text = json.dumps(found, ensure_ascii=False)
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _json(name: str) -> Any:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
        return json.loads(text)
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not UTF-8 text.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON: {error}.") from error
