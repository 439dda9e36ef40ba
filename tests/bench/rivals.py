"""
A million events in what others are built on, for the record: Qt's own filter model, and the flow
list of mitmproxy that mitmweb shows. What is timed is applying one filter that finds a few.

    python -m tests.bench rivals
"""

import os
import random
import time

from mitmproxy import flowfilter
from mitmproxy.addons.view import View
from mitmproxy.test import taddons, tflow, tutils

from tests.bench.load import EVENTS, body
from tests.bench.table import Row

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROWS = 1_000_000
BODIES = 200
WORD = "needle"


def rows() -> list[Row]:
    """Seconds until a filter is applied. Ours is the row "first page" of the window's bench."""
    qt, mitm = _filter_model(), _mitmproxy()
    return [
        _row("a filter in QSortFilterProxyModel", qt, f"{ROWS:,} rows"),
        _row("a filter in mitmweb's list", mitm, f"{ROWS // EVENTS:,} flows of {EVENTS} events"),
    ]


def _row(what: str, seconds: float, where: str) -> Row:
    return Row(what, f"{seconds * 1000:.0f} ms", where, "", "for the record", good=True)


def _filter_model() -> float:
    from PySide6.QtCore import (
        QAbstractTableModel,
        QCoreApplication,
        QModelIndex,
        QSortFilterProxyModel,  # noqa: TID251 - what is compared with
        Qt,
    )

    class Events(QAbstractTableModel):
        """A million texts, three columns."""

        def rowCount(self, _parent: QModelIndex | None = None) -> int:
            return ROWS

        def columnCount(self, _parent: QModelIndex | None = None) -> int:
            return 3

        def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
            if role != Qt.ItemDataRole.DisplayRole:
                return None
            return WORD if index.row() % 99_991 == 0 else "Product Viewed"

    application = QCoreApplication.instance() or QCoreApplication([])
    source, proxy = Events(), QSortFilterProxyModel()
    proxy.setSourceModel(source)
    started = time.perf_counter()
    proxy.setFilterFixedString(WORD)
    found = proxy.rowCount()
    elapsed = time.perf_counter() - started
    if found != len(range(0, ROWS, 99_991)):
        raise RuntimeError(f"the filter found {found}")
    application.processEvents()
    return elapsed


def _mitmproxy() -> float:
    rng = random.Random(7)
    bodies = [body(rng) for _ in range(BODIES)]
    bodies[0] += f' "{WORD}"'.encode()
    flows = [
        tflow.tflow(req=tutils.treq(content=bodies[at % BODIES]), resp=True)
        for at in range(ROWS // EVENTS)
    ]
    view = View()
    with taddons.context(view):
        view.add(flows)
        started = time.perf_counter()
        view.set_filter(flowfilter.parse(f"~bq {WORD}"))
        return time.perf_counter() - started
