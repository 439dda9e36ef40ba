"""
Follows the health of delivery: requests by minute and hour, with what refused them and whom.

A request is counted under the time at which it arrived and under a key: its endpoint, project, SDK,
host, status and compression. Sums by minute and hour answer charts however long a workspace is;
rows by upload answer everything else.
"""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from app.decode.body import clean
from app.decode.request import split
from app.model import Capture, Kind, Upload, Via
from app.store.learned.report import REPORT
from app.store.spread import lag_range, skew_range
from app.store.writer import Ids
from app.study.arrival import Arrival
from app.study.names import Remembered
from app.study.refusals import Limit, Refusal, said_of

UPLOAD, REPLAY = "upload", "session_replay"
REPLAY_ENDPOINT = "Session Replay"
INVALID_SESSION, SWITCHED_OFF = 4004, 4005
"""Statuses of replays that were answered 200 and skipped (wire-format §7)."""
IDENTIFIES = frozenset({"$identify", "$groupidentify", "$usermap"})
"""Calls that say who somebody is, and are no events."""
OTHERS = "(others)"
MOST_KEYS, MOST_REASONS, LONGEST = 20_000, 5_000, 200
MOST_UNANSWERED = 500
MINUTE_MS, HOUR_MS = 60_000, 3_600_000

_ADD_SUMS = """
    INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
        events = events + excluded.events, identifies = identifies + excluded.identifies,
        wire_bytes = wire_bytes + excluded.wire_bytes,
        body_bytes = body_bytes + excluded.body_bytes
"""
_TAKE_OFF = """
    INSERT INTO {table}
    SELECT at_ms / {span}, key, -count(*), -sum(events), -sum(identifies), -sum(wire_bytes),
        -sum(body_bytes)
    FROM report_uploads WHERE {which} GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
        events = events + excluded.events, identifies = identifies + excluded.identifies,
        wire_bytes = wire_bytes + excluded.wire_bytes,
        body_bytes = body_bytes + excluded.body_bytes
"""
_SPANS = (("report_minutes", MINUTE_MS), ("report_hours", HOUR_MS))


class Key(NamedTuple):
    """Under what a request is counted."""

    kind: str
    source_id: int
    endpoint: str
    sdk: str
    host: str
    status: int
    compression: str


class Request(NamedTuple):
    """What is counted of one."""

    key: Key
    events: int
    identifies: int
    wire_bytes: int
    body_bytes: int
    latency_ms: int | None
    skew: int | None
    lags: str
    refusals: tuple[Refusal, ...]
    limits: tuple[Limit, ...]


class ReportFollower:
    """Keeps what the Ingestion page shows."""

    name = REPORT.name
    version = REPORT.version
    tables = REPORT.tables

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from the tables."""
        self._db = db
        self._keys: Remembered[Key, int] = Remembered(self._look_up_key, MOST_KEYS)
        self._reasons: Remembered[str, int] = Remembered(self._look_up_reason, MOST_REASONS)
        self._sums: dict[tuple[str, int, int], list[int]] = {}
        self._uploads: list[tuple[object, ...]] = []
        self._refusals: list[tuple[object, ...]] = []
        self._limits: list[tuple[object, ...]] = []

    def take(self, arrival: Arrival) -> None:
        """Count an upload of events, or of a replay."""
        request = request_of(arrival)
        if request is None:
            return
        at_ms = max(0, arrival.capture.at_ms)
        key = self._key(request.key)
        amounts = request[1:5]
        for table, span in _SPANS:
            known = self._sums.setdefault((table, at_ms // span, key), [0] * 5)
            for at, amount in enumerate((1, *amounts)):
                known[at] += amount
        place = at_ms, arrival.id
        self._uploads.append(
            (*place, key, *amounts, request.latency_ms, request.skew, request.lags)
        )
        if is_open(arrival.capture):
            # Why it was refused is not known, nor whether it was.
            self._db.execute("INSERT OR REPLACE INTO report_open VALUES (?)", (arrival.id,))
            return
        for reason, events in request.refusals:
            self._refusals.append((*place, self._reason(reason), key, events))
        for one in request.limits:
            named = one.kind, one.who, one.name, key, one.rate, one.threshold, one.events
            self._limits.append((*place, *named))

    def save(self) -> None:
        """Write the requests of this batch."""
        for table, _ in _SPANS:
            rows = [(at, key, *sums) for (one, at, key), sums in self._sums.items() if one == table]
            self._db.executemany(_ADD_SUMS.format(table=table), rows)
        for table, marks, found in (
            ("report_uploads", 10, self._uploads),
            ("report_refusals", 5, self._refusals),
            ("report_limits", 9, self._limits),
        ):
            into = f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * marks)})"
            self._db.executemany(into, found)
            found.clear()
        self._sums.clear()

    def forget(self, first: Ids) -> None:
        """Requests below this one are not counted any more."""
        for table, span in _SPANS:
            self._take_off(table, span, "id < ?", first.capture)
            self._db.execute(f"DELETE FROM {table} WHERE requests <= 0")
        for table in ("report_uploads", "report_refusals", "report_limits", "report_open"):
            self._db.execute(f"DELETE FROM {table} WHERE id < ?", (first.capture,))

    def unanswered(self) -> list[int]:
        """Requests that had no answer when they were counted."""
        rows = self._db.execute(
            "SELECT id FROM report_open ORDER BY id DESC LIMIT ?", (MOST_UNANSWERED,)
        )
        return [number for (number,) in rows]

    def answer(self, arrival: Arrival) -> None:
        """Count it as what it is now, with its reasons and whom it names."""
        for table, span in _SPANS:
            self._take_off(table, span, "id = ?", arrival.id)
        self._db.execute("DELETE FROM report_uploads WHERE id = ?", (arrival.id,))
        self._db.execute("DELETE FROM report_open WHERE id = ?", (arrival.id,))
        self.take(arrival)

    def _take_off(self, table: str, span: int, which: str, number: int) -> None:
        """Have the sums without these requests; sums of nothing stay, and count for nothing."""
        self._db.execute(_TAKE_OFF.format(table=table, span=span, which=which), (number,))

    def _key(self, key: Key) -> int:
        known = self._keys.get(key)
        if known is not None:
            return int(known)
        (count,) = self._db.execute("SELECT count(*) FROM report_keys").fetchone()
        if count >= MOST_KEYS and (key.sdk, key.host) != (OTHERS, OTHERS):
            # Somebody sends under a new name each time.
            return self._key(key._replace(sdk=OTHERS, host=OTHERS))
        (number,) = self._db.execute(
            "INSERT INTO report_keys (kind, source_id, endpoint, sdk, host, status, compression)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            key,
        ).fetchone()
        self._keys[key] = int(number)
        return int(number)

    def _reason(self, text: str) -> int:
        known = self._reasons.get(text)
        if known is not None:
            return int(known)
        (count,) = self._db.execute("SELECT count(*) FROM report_reasons").fetchone()
        if count >= MOST_REASONS and text != OTHERS:
            return self._reason(OTHERS)
        (number,) = self._db.execute(
            "INSERT INTO report_reasons (text) VALUES (?) RETURNING id", (text,)
        ).fetchone()
        self._reasons[text] = int(number)
        return int(number)

    def _look_up_key(self, key: Key) -> int | None:
        row = self._db.execute(
            "SELECT id FROM report_keys WHERE kind = ? AND source_id = ? AND endpoint = ?"
            " AND sdk = ? AND host = ? AND status = ? AND compression = ?",
            key,
        ).fetchone()
        return None if row is None else int(row[0])

    def _look_up_reason(self, text: str) -> int | None:
        row = self._db.execute("SELECT id FROM report_reasons WHERE text = ?", (text,)).fetchone()
        return None if row is None else int(row[0])


def is_open(capture: Capture) -> bool:
    """Whether an answer may still come."""
    is_live = capture.via in {Via.PROXY, Via.ENDPOINT}
    return is_live and capture.response is None and not capture.failure


def request_of(arrival: Arrival) -> Request | None:
    """What to count of a capture; None when it carries neither events nor a replay."""
    decoded = arrival.decoded
    if decoded.upload:
        return _of_upload(arrival, decoded.upload)
    return _of_replay(arrival) if decoded.kind is Kind.SESSION_REPLAY else None


def _of_upload(arrival: Arrival, upload: Upload) -> Request:
    capture = arrival.capture
    said = said_of(upload, capture, arrival.judgement)
    key = Key(
        UPLOAD,
        arrival.source_id or 0,
        upload.endpoint,
        _short(upload.library or ""),
        _host(capture.url),
        said.status,
        upload.compression,
    )
    identifies = sum(event.type in IDENTIFIES for event in upload.events)
    uploaded = upload.client_upload_ms
    return Request(
        key,
        len(upload.events) - identifies,
        identifies,
        upload.wire_bytes,
        upload.body_bytes,
        capture.duration_ms,
        None if uploaded is None else skew_range(capture.at_ms - uploaded),
        _lags(upload, capture),
        tuple(one._replace(reason=_short(one.reason, 300)) for one in said.refusals),
        said.limits,
    )


def _of_replay(arrival: Arrival) -> Request:
    capture, contents = arrival.capture, arrival.decoded.contents
    library, version = contents.get("library"), contents.get("sdk_version")
    sdk = library or (f"session-replay/{version}" if version else "")
    status = replay_status(capture, contents.get("session_id"))
    key = Key(
        REPLAY,
        arrival.source_id or 0,
        REPLAY_ENDPOINT,
        _short(sdk),
        _host(capture.url),
        status,
        capture.header("content-encoding").lower()[:20] or "none",
    )
    size = len(capture.body)
    return Request(key, 0, 0, size, size, capture.duration_ms, None, "", (), ())


def replay_status(capture: Capture, session: object) -> int:
    """What became of a replay (docs "Ingestion Monitor"): its HTTP status, or the number under
    which the server skipped it, or that its session id is none."""
    if not isinstance(session, str) or not session.isascii() or not session.isdigit():
        return INVALID_SESSION
    response = capture.response
    if response is None:
        return 0
    skipped = response.header("x-session-replay-event-skipped")
    if skipped in {"429", str(INVALID_SESSION), str(SWITCHED_OFF)}:
        return int(skipped)
    return response.status


def _lags(upload: Upload, capture: Capture) -> str:
    uploaded = capture.at_ms if upload.client_upload_ms is None else upload.client_upload_ms
    counted: dict[int, int] = {}
    for event in upload.events:
        if event.time_ms is not None:
            at = lag_range(uploaded - event.time_ms)
            counted[at] = counted.get(at, 0) + 1
    return lags_text(counted.items())


def lags_text(counts: Iterable[tuple[int, int]]) -> str:
    """Counts by range as they are stored."""
    return ",".join(f"{at}:{count}" for at, count in sorted(counts))


def _host(url: str) -> str:
    return _short(split(url).netloc.rpartition("@")[2].lower())


def _short(text: str, longest: int = LONGEST) -> str:
    return clean(text[:longest])
