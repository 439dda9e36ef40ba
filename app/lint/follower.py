"""
Runs all rules over what arrives and keeps what they found.

The same rule, source and subject is one finding that counts up. Everything here can be found again
from the captures, and is when a rule changes: raise the version of `app.store.learned.findings`.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from app.decode.body import json_text, stored
from app.lint.families import FAMILIES
from app.lint.look import look_at
from app.lint.plan import Plan
from app.lint.report import MOST_EVENTS, Found, Key, Report
from app.store.learned.findings import FINDINGS
from app.store.writer import Ids

if TYPE_CHECKING:
    from app.study.arrival import Arrival

log = logging.getLogger(__name__)


class Lint:
    """The follower that finds problems."""

    name = FINDINGS.name
    version = FINDINGS.version
    tables = FINDINGS.tables

    def __init__(self) -> None:
        self._db: sqlite3.Connection | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._report = Report()
        self._families = [family() for family in FAMILIES]
        self._memories = {
            f"{type(family).__name__}.{name}": kept
            for family in self._families
            for name, kept in family.memories().items()
        }
        self._written: dict[Key, tuple[int, int]] = {}
        self._broken: set[str] = set()

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from what the tables say."""
        self._begin_anew()
        self._db = db
        for number, rule, source, subject, events in db.execute(
            "SELECT f.id, f.rule, f.source_id, f.subject,"
            " (SELECT count(*) FROM finding_events e WHERE e.finding = f.id) FROM findings f"
        ):
            key = Key(rule, source, subject)
            self._written[key] = (number, events)
            self._report.know(key)
        for name, kept in self._memories.items():
            rows = db.execute("SELECT key, value FROM findings_memory WHERE memory = ?", (name,))
            kept.load((stored(key), stored(value)) for key, value in rows)
        self._read_plan()

    def take(self, arrival: Arrival) -> None:
        """Look at one capture with every rule."""
        look = look_at(arrival)
        self._report.begin(arrival)
        for family in self._families:
            try:
                family.take(look, self._report)
            except Exception:
                # One family that stumbles over something must not keep the others from it.
                name = type(family).__name__
                if name not in self._broken:
                    self._broken.add(name)
                    log.exception("capture %d is too much for %s", arrival.id, name)

    def save(self) -> None:
        """Write what was found, and what rules remember."""
        found, self._report.found = self._report.found, {}
        for key, finding in found.items():
            self._write(key, finding)
        for name, kept in self._memories.items():
            changed, gone = kept.changes()
            self._database.executemany(
                "INSERT OR REPLACE INTO findings_memory VALUES (?, ?, ?)",
                [(name, json_text(key), json_text(value)) for key, value in changed],
            )
            self._database.executemany(
                "DELETE FROM findings_memory WHERE memory = ? AND key = ?",
                [(name, json_text(key)) for key in gone],
            )
        self._read_plan()

    def forget(self, first: Ids) -> None:
        """Evidence that was removed is gone, and with the last of it the finding."""
        db = self._database
        db.execute("DELETE FROM finding_events WHERE event_id < ?", (first.event,))
        db.execute("DELETE FROM findings WHERE last_capture < ?", (first.capture,))
        db.execute(
            "UPDATE findings SET first_event ="
            " (SELECT min(event_id) FROM finding_events WHERE finding = findings.id)"
            " WHERE first_event < ?",
            (first.event,),
        )
        db.execute("DELETE FROM finding_events WHERE finding NOT IN (SELECT id FROM findings)")

    @property
    def _database(self) -> sqlite3.Connection:
        if self._db is None:
            raise RuntimeError("It has not begun.")
        return self._db

    def _write(self, key: Key, found: Found) -> None:
        number, listed = self._written.get(key, (0, 0))
        first = found.events[0] if found.events else None
        if number:
            self._database.execute(
                "UPDATE findings SET sentence = ?, count = count + ?, last_capture = ?,"
                " first_event = coalesce(first_event, ?), last_event = coalesce(?, last_event),"
                " first_ms = min(first_ms, ?), last_ms = max(last_ms, ?) WHERE id = ?",
                (
                    found.sentence,
                    found.count,
                    found.capture,
                    first,
                    found.last_event,
                    found.first_ms,
                    found.last_ms,
                    number,
                ),
            )
        else:
            number = self._database.execute(
                "INSERT INTO findings (rule, source_id, subject, sentence, first_event,"
                " last_event, last_capture, first_ms, last_ms, count)"
                " VALUES (?,?,?,?,?,?,?,?,?,?) RETURNING id",
                (
                    *key,
                    found.sentence,
                    first,
                    found.last_event,
                    found.capture,
                    found.first_ms,
                    found.last_ms,
                    found.count,
                ),
            ).fetchone()[0]
        events = found.events[: MOST_EVENTS - listed]
        self._database.executemany(
            "INSERT OR IGNORE INTO finding_events VALUES (?, ?)",
            [(event, number) for event in events],
        )
        self._written[key] = (number, listed + len(events))

    def _read_plan(self) -> None:
        file = next(row[2] for row in self._database.execute("PRAGMA database_list"))
        if file:
            for family in self._families:
                if isinstance(family, Plan):
                    family.read(Path(file).parent)
