"""
Answers questions about the health of delivery, on one read-only connection.
"""

import contextlib
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from app.store.report.rows import (
    Bins,
    ChainRow,
    LatencyRow,
    LimitRow,
    ReasonRow,
    SdkRow,
    SizeRow,
    Spread,
    UploadRow,
    percentile,
)
from app.store.report.scope import Choices, Key, Scope, What, Which
from app.store.report.tail import Tail, TailRow, late_of, tail_of
from app.store.report.window import HOUR, MINUTE, Window
from app.store.spread import ADJUSTED_SKEWS, LAG_RANGES, SKEW_RANGES

MOST_ROWS = 500
"""How many lines a ranked list has."""
MOST_UPLOADS = 200_000
_ROWS = """
    SELECT c.id, c.at_ms, coalesce(p.endpoint, 'Session Replay'), c.host,
        coalesce(p.source_id, c.source_id), coalesce(p.library, k.sdk, ''),
        CASE WHEN k.status IS NOT NULL AND (k.status > 0 OR c.status IS NULL) THEN k.status
             WHEN c.status IS NOT NULL THEN c.status
             WHEN c.failure <> '' OR c.via NOT IN ('proxy', 'endpoint') THEN 0 END,
        coalesce((SELECT r.text FROM study.report_refusals f
            JOIN study.report_reasons r ON r.id = f.reason
            WHERE f.at_ms = u.at_ms AND f.id = u.id ORDER BY f.events DESC LIMIT 1), ''),
        c.failure, coalesce(p.event_count, 0), coalesce(p.wire_bytes, u.wire_bytes, 0),
        coalesce(p.body_bytes, u.body_bytes, 0), coalesce(p.compression, k.compression, 'none'),
        coalesce(p.attempt, 1), p.retry_of, c.duration_ms,
        CASE WHEN p.event_count > 0 THEN p.first_event_id END, coalesce(p.problem, '')
    FROM main.captures c
    LEFT JOIN main.uploads p ON p.id = c.id
    LEFT JOIN study.report_uploads u ON u.id = c.id
    LEFT JOIN study.report_keys k ON k.id = u.key
"""


class _Sum(NamedTuple):
    """What was counted in one bin under one key."""

    at: int
    key: Key
    requests: int
    events: int
    identifies: int
    wire_bytes: int
    body_bytes: int


class ReportReader:
    """Questions about requests. Times are of arrival here; `start_ms` is in, `end_ms` is not."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def choices(self) -> Choices:
        """What requests can be told apart by."""
        with self._snapshot():
            keys = [*self._keys().values(), *(row.key for row in tail_of(self._db).rows)]
        events = [key for key in keys if not key.is_replay]
        return Choices(
            tuple(sorted({key.endpoint for key in events})),
            tuple(sorted({key.source_id for key in keys})),
            tuple(sorted({key.sdk for key in keys})),
            tuple(sorted({key.host for key in keys})),
        )

    def span(self, scope: Scope) -> tuple[int, int] | None:
        """The first and the last moment at which something arrived; to the minute."""
        with self._snapshot():
            keys = self._among(scope.holds)
            tail = [row.at_ms for row in tail_of(self._db).rows if scope.holds(row.key)]
            first, last = self._db.execute(
                f"SELECT min(minute), max(minute) FROM study.report_minutes WHERE {_in(keys)}"
            ).fetchone()
        if first is not None:
            tail += [first * MINUTE, last * MINUTE + MINUTE - 1]
        return (min(tail), max(tail)) if tail else None

    def bins(self, scope: Scope, window: Window) -> Bins:
        """The counts of the charts."""
        with self._snapshot():
            sums = self._sums(scope, window.start_ms, window.end_ms, window.step_ms)
            sums += self._late_sums(scope, window)
            tail = tail_of(self._db)
        return _binned(scope, window, sums, tail)

    def uploads(
        self, scope: Scope, which: Which, start_ms: int, end_ms: int, most: int = MOST_UPLOADS
    ) -> "array[int]":
        """The requests behind a number, newest first."""
        more = {What.EVENTS: " AND events > 0", What.IDENTIFIES: " AND identifies > 0"}
        with self._snapshot():
            keys = self._among(lambda key: scope.holds(key) and which.holds(key))
            found = self._db.execute(
                "SELECT id FROM study.report_uploads WHERE at_ms >= ? AND at_ms < ?"
                f" AND {_in(keys)}{more.get(which.what, '')} ORDER BY at_ms DESC, id DESC LIMIT ?",
                (start_ms, end_ms, most),
            ).fetchall()
            tail = tail_of(self._db).rows
            late, all_keys = late_of(self._db), self._keys()
        ids = {number for (number,) in found}
        for one in late:
            # Counted as one without an answer; it is something else by now.
            ids.discard(one.id)
            key = all_keys[one.key]._replace(status=one.status)
            row = TailRow(one.id, one.at_ms, key, False, one.events, one.identifies, 0, 0, None)
            tail += (row,)
        ids.update(
            row.id
            for row in tail
            if start_ms <= row.at_ms < end_ms and scope.holds(row.key) and _is_among(which, row)
        )
        return array("q", sorted(ids, reverse=True))

    def rows(self, ids: Sequence[int]) -> list[UploadRow]:
        """The rows of these requests, in the given order; those that are gone are left out."""
        marks = ",".join("?" * len(ids))
        found = {
            row[0]: UploadRow._make(row)
            for row in self._db.execute(f"{_ROWS} WHERE c.id IN ({marks})", list(ids))
        }
        return [found[number] for number in ids if number in found]

    def limits(
        self, scope: Scope, start_ms: int, end_ms: int, kinds: Sequence[str] = ()
    ) -> list[LimitRow]:
        """Users and devices that were held back, most lately first."""
        marks = ",".join("?" * len(kinds))
        of_kind = f" AND l.kind IN ({marks})" if kinds else ""
        rows = self._db.execute(
            "SELECT l.kind, l.who, l.name, k.source_id, min(l.at_ms), max(l.at_ms), count(*),"
            " sum(l.events), max(l.rate), max(l.threshold), max(l.id)"
            " FROM study.report_limits l JOIN study.report_keys k ON k.id = l.key"
            f" WHERE l.at_ms >= ? AND l.at_ms < ? AND {_in(self._among(scope.holds), 'l.key')}"
            f"{of_kind} GROUP BY l.kind, l.who, l.name, k.source_id"
            " ORDER BY max(l.at_ms) DESC, l.kind, l.who, l.name LIMIT ?",
            (start_ms, end_ms, *kinds, MOST_ROWS),
        )
        return [LimitRow._make(row) for row in rows]

    def reasons(self, scope: Scope, start_ms: int, end_ms: int) -> list[ReasonRow]:
        """Why requests were refused, the most frequent first. An upload may have several."""
        rows = self._db.execute(
            "SELECT r.text, k.status, count(*), sum(f.events), min(f.at_ms), max(f.at_ms),"
            " max(f.id) FROM study.report_refusals f"
            " JOIN study.report_keys k ON k.id = f.key"
            " JOIN study.report_reasons r ON r.id = f.reason"
            f" WHERE f.at_ms >= ? AND f.at_ms < ? AND {_in(self._among(scope.holds), 'f.key')}"
            " GROUP BY f.reason, k.status ORDER BY count(*) DESC, r.text, k.status LIMIT ?",
            (start_ms, end_ms, MOST_ROWS),
        )
        return [ReasonRow._make(row) for row in rows]

    def latencies(self, scope: Scope, start_ms: int, end_ms: int) -> list[LatencyRow]:
        """How long endpoints took to answer. Requests without an answer are left out."""
        keys = self._among(lambda key: scope.holds(key) and bool(key.status))
        rows = self._db.execute(
            "SELECT k.endpoint, u.latency_ms, count(*) FROM study.report_uploads u"
            " JOIN study.report_keys k ON k.id = u.key"
            f" WHERE u.at_ms >= ? AND u.at_ms < ? AND {_in(keys, 'u.key')}"
            " AND u.latency_ms IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
            (start_ms, end_ms),
        )
        counts: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for endpoint, latency, count in rows:
            counts[endpoint].append((latency, count))
        return [
            LatencyRow(
                endpoint,
                sum(count for _, count in found),
                percentile(found, 0.5),
                percentile(found, 0.9),
                percentile(found, 0.95),
                percentile(found, 0.99),
                found[-1][0],
            )
            for endpoint, found in counts.items()
        ]

    def chains(self, scope: Scope, start_ms: int, end_ms: int) -> list[ChainRow]:
        """Uploads that were sent again at that time, newest first."""
        with self._snapshot():
            firsts = self._db.execute(
                "SELECT p.retry_of FROM main.uploads p JOIN main.captures c ON c.id = p.id"
                " WHERE p.retry_of IS NOT NULL AND c.at_ms >= ? AND c.at_ms < ?"
                " GROUP BY p.retry_of ORDER BY max(p.id) DESC LIMIT ?",
                (start_ms, end_ms, MOST_ROWS),
            ).fetchall()
            found = [self._chain(first) for (first,) in firsts]
        return [one for one in found if one and _is_in(scope, one)]

    def spread(self, scope: Scope, start_ms: int, end_ms: int) -> Spread:
        """How lags and clock skews are distributed."""
        keys = self._among(lambda key: scope.holds(key) and not key.is_replay)
        lags: Counter[int] = Counter()
        skews: Counter[int] = Counter()
        for text, skew, count in self._db.execute(
            "SELECT lags, skew, count(*) FROM study.report_uploads"
            f" WHERE at_ms >= ? AND at_ms < ? AND {_in(keys)} GROUP BY lags, skew",
            (start_ms, end_ms),
        ):
            if skew is not None:
                skews[skew] += count
            for part in filter(None, text.split(",")):
                at, _, events = part.partition(":")
                lags[int(at)] += int(events) * count
        return Spread(
            tuple(lags[at] for at in range(len(LAG_RANGES))),
            tuple(skews[at] for at in range(len(SKEW_RANGES))),
            sum(skews[at] for at in ADJUSTED_SKEWS),
        )

    def sizes(self, scope: Scope, start_ms: int, end_ms: int) -> list[SizeRow]:
        """Bytes by endpoint and compression, most bytes first."""
        found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for one in self._all_sums(scope, start_ms, end_ms):
            known = found[one.key.endpoint, one.key.compression]
            for at, amount in enumerate((one.requests, one.wire_bytes, one.body_bytes)):
                known[at] += amount
        rows = [SizeRow(*key, *amounts) for key, amounts in found.items()]
        return sorted(rows, key=lambda row: (-row.body_bytes, row.endpoint, row.compression))

    def sdks(self, scope: Scope, start_ms: int, end_ms: int) -> list[SdkRow]:
        """What each version of each SDK sent, most uploads first."""
        found: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
        for one in self._all_sums(scope, start_ms, end_ms):
            known, good = found[one.key.sdk], one.key.is_success
            amounts = (
                one.requests,
                0 if good else one.requests,
                one.events if good else 0,
                one.identifies if good else 0,
                one.wire_bytes,
            )
            for at, amount in enumerate(amounts):
                known[at] += amount
        rows = [SdkRow(sdk, *amounts) for sdk, amounts in found.items()]
        return sorted(rows, key=lambda row: (-row.uploads, row.sdk))

    def _all_sums(self, scope: Scope, start_ms: int, end_ms: int) -> list[_Sum]:
        """Sums by key over the whole range, those not studied included."""
        with self._snapshot():
            length = max(1, end_ms - start_ms)
            sums = self._sums(scope, start_ms, end_ms, length)
            sums += self._late_sums(scope, Window(start_ms, start_ms + length, length))
            tail = tail_of(self._db).rows
        return sums + [
            _Sum(0, row.key, 1, row.events, row.identifies, row.wire_bytes, row.body_bytes)
            for row in tail
            if start_ms <= row.at_ms < end_ms and scope.holds(row.key) and not row.is_waiting
        ]

    def _sums(self, scope: Scope, start_ms: int, end_ms: int, step_ms: int) -> list[_Sum]:
        keys = self._among(scope.holds)
        condition, columns = _in(keys), "sum(requests), sum(events), sum(identifies)"
        table, at, span = "report_minutes", "minute", MINUTE
        whole = all(edge % HOUR == 0 for edge in (start_ms, end_ms))
        if whole and (step_ms % HOUR == 0):
            table, at, span = "report_hours", "hour", HOUR
        elif any(edge % MINUTE for edge in (start_ms, end_ms, step_ms)):
            table, at, span = "report_uploads", "at_ms", 1
            columns = columns.replace("sum(requests)", "count(*)")
        rows = self._db.execute(
            f"SELECT ({at} * {span} - ?) / ?, key, {columns}, sum(wire_bytes), sum(body_bytes)"
            f" FROM study.{table} WHERE {at} >= ? AND {at} < ? AND {condition} GROUP BY 1, 2",
            (start_ms, step_ms, start_ms // span, end_ms // span),
        )
        return [_Sum(at, keys[key], *amounts) for at, key, *amounts in rows]

    def _late_sums(self, scope: Scope, window: Window) -> list[_Sum]:
        """What moves answers that came late to where they belong."""
        keys, found = self._keys(), []
        for one in late_of(self._db):
            key, at = keys[one.key], window.bin_of(one.at_ms)
            if at is not None and scope.holds(key):
                counts = one.events, one.identifies, 0, 0
                found.append(_Sum(at, key, -1, *(-count for count in counts)))
                found.append(_Sum(at, key._replace(status=one.status), 1, *counts))
        return found

    def _chain(self, first: int) -> ChainRow | None:
        rows = self._db.execute(
            "SELECT p.id, c.at_ms, coalesce(c.status, 0), p.endpoint, coalesce(p.library, ''),"
            " p.source_id, p.event_count, c.host FROM main.uploads p"
            " JOIN main.captures c ON c.id = p.id"
            " WHERE p.id = ? OR p.retry_of = ? ORDER BY p.id",
            (first, first),
        ).fetchall()
        if not rows:
            return None
        statuses = tuple(row[2] for row in rows)
        start, end = rows[0], rows[-1]
        took = end[1] - start[1]
        return ChainRow(first, end[0], start[1], took, statuses, *start[3:7])

    def _keys(self) -> dict[int, Key]:
        rows = self._db.execute(
            "SELECT id, kind, source_id, endpoint, sdk, host, status, compression"
            " FROM study.report_keys"
        )
        return {row[0]: Key._make(row) for row in rows}

    def _among(self, is_wanted: Callable[[Key], bool]) -> dict[int, Key]:
        return {number: key for number, key in self._keys().items() if is_wanted(key)}

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[None]:
        """What is studied and what is not, seen at one moment; what is studied first, so that
        nothing falls between the two."""
        self._db.execute("BEGIN")
        try:
            self._db.execute("SELECT 1 FROM study.facts").fetchone()
            yield
        finally:
            self._db.execute("ROLLBACK")


def _in(keys: dict[int, Key], column: str = "key") -> str:
    """A condition; the numbers are our own."""
    return f"{column} IN ({','.join(map(str, keys))})"


def _is_in(scope: Scope, chain: ChainRow) -> bool:
    return (
        (not scope.endpoints or chain.endpoint in scope.endpoints)
        and (not scope.sources or (chain.source_id or 0) in scope.sources)
        and (not scope.sdks or chain.sdk in scope.sdks)
    )


def _is_among(which: Which, row: TailRow) -> bool:
    if row.is_waiting:
        return which == Which()
    if which.what is What.EVENTS and not row.events:
        return False
    if which.what is What.IDENTIFIES and not row.identifies:
        return False
    return which.holds(row.key)


def _binned(scope: Scope, window: Window, sums: list[_Sum], tail: Tail) -> Bins:
    successes, events, identifies = ([0] * len(window) for _ in range(3))
    errors: dict[int, list[int]] = defaultdict(lambda: [0] * len(window))
    replays: dict[int, list[int]] = defaultdict(lambda: [0] * len(window))
    found = list(sums)
    waiting = 0
    for row in tail.rows:
        at = window.bin_of(row.at_ms)
        if not scope.holds(row.key):
            continue
        if row.is_waiting:
            waiting += not row.key.is_replay
        elif at is not None:
            found.append(_Sum(at, row.key, 1, row.events, row.identifies, 0, 0))
    for one in found:
        if one.key.is_replay:
            replays[one.key.status][one.at] += one.requests
        elif one.key.is_success:
            successes[one.at] += one.requests
            events[one.at] += one.events
            identifies[one.at] += one.identifies
        else:
            errors[one.key.status][one.at] += one.requests
    return Bins(
        window,
        tuple(successes),
        tuple(events),
        tuple(identifies),
        {status: tuple(errors[status]) for status in sorted(errors) if any(errors[status])},
        {status: tuple(replays[status]) for status in sorted(replays) if any(replays[status])},
        waiting,
        tail.behind,
    )
