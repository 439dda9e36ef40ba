"""
Learns about SDKs from every capture: which there are, and how they behave.

State is JSON in two tables, one row for each instance and each page, so that a restart goes on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.model import Capture, Kind
from app.sdk.fingerprint import guess
from app.sdk.identify import Family, Sdk, identify
from app.sdk.instances import (
    Instance,
    experiment_sdk,
    headers_of,
    origin_of,
    place_of,
    replay_sdk,
)
from app.sdk.observe import Seen, Surroundings
from app.sdk.resolve import claimed, note_changes
from app.store.learned.sdk import SDK
from app.store.writer import Ids

if TYPE_CHECKING:
    from app.study.arrival import Arrival, Arrived

MOST = 1000
"""Instances. Whoever makes up libraries or origins gets no more; the rest is not told apart."""
_OTHERS = Sdk(Family.OTHER, "Everything beyond the first 1,000 instances")

Key = tuple[int | None, str, str, str]
Spot = tuple[int | None, str]


class SdkFollower:
    """See `app.study.follower`."""

    name = SDK.name
    version = SDK.version
    tables = SDK.tables

    def __init__(self) -> None:
        self.instances: dict[Key, Instance] = {}
        self.places: dict[Spot, Surroundings] = {}
        self._touched: set[Key] = set()
        self._touched_places: set[Spot] = set()

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from what the tables say."""
        self._db = db
        self.instances = {
            _key(key): Instance.load(state)
            for key, state in db.execute("SELECT key, state FROM sdk_instances")
        }
        self.places = {}
        for source_id, place, state in db.execute("SELECT source_id, place, state FROM sdk_places"):
            found = Surroundings()
            found.restore(json.loads(state))
            self.places[source_id, place] = found
        self._touched, self._touched_places = set(), set()

    def take(self, arrival: Arrival) -> None:
        """Learn from one capture, unless a person wrote it: what they resend would pass for
        another instance of the SDK, one without its headers."""
        if arrival.capture.is_by_hand:
            return
        upload = arrival.decoded.upload
        if upload is not None:
            if arrival.events:
                self._upload(arrival)
        elif arrival.decoded.kind not in (Kind.PREFLIGHT, Kind.ASSET, Kind.UNKNOWN, Kind.REST):
            self._other(arrival)

    def save(self) -> None:
        """Write what was learned."""
        for key in self._touched:
            instance = self.instances[key]
            note_changes(instance, claimed(instance, self.places.get((key[0], instance.place))))
            self._db.execute(
                "INSERT OR REPLACE INTO sdk_instances VALUES (?, ?, ?, ?)",
                (json.dumps(key), key[0], instance.place, instance.dump()),
            )
        for spot in self._touched_places:
            self._db.execute(
                "INSERT OR REPLACE INTO sdk_places VALUES (?, ?, ?, ?)",
                (json.dumps(spot), *spot, json.dumps(self.places[spot].state())),
            )
        self._touched, self._touched_places = set(), set()

    def forget(self, first: Ids) -> None:
        """What was learned stays true; `report` names no capture that is gone."""

    def _upload(self, arrival: Arrival) -> None:
        upload = arrival.decoded.upload
        assert upload is not None  # noqa: S101 - the caller looked
        headers = headers_of(arrival.capture)
        origin = origin_of(headers)
        sent_ms = upload.client_upload_ms
        for library, events in _by_library(arrival.events):
            sdk = identify(library) if library else guess(arrival.capture, upload, headers)
            instance = self._instance(arrival.source_id, sdk, origin, events[0])
            instance.take(
                Seen(
                    capture_id=arrival.id,
                    capture=arrival.capture,
                    upload=upload,
                    events=events,
                    headers=headers,
                    sent_ms=arrival.capture.at_ms if sent_ms is None else sent_ms,
                    is_own_clock=sent_ms is not None,
                    is_again=events[0].repeat_of is not None,
                    code=_status(arrival.capture),
                )
            )

    def _instance(self, source_id: int | None, sdk: Sdk, origin: str, first: Arrived) -> Instance:
        place, app_version = place_of(sdk, origin, first.event)
        return self._found((source_id, sdk.library or sdk.name, place, app_version), sdk)

    def _found(self, key: Key, sdk: Sdk) -> Instance:
        instance = self.instances.get(key)
        if instance is None:
            if len(self.instances) >= MOST:
                key, sdk = (None, "", "", ""), _OTHERS
                instance = self.instances.get(key)
            if instance is None:
                instance = self.instances[key] = Instance(sdk, key[2], key[3])
        self._touched.add(key)
        return instance

    def _other(self, arrival: Arrival) -> None:
        headers = headers_of(arrival.capture)
        origin = origin_of(headers)
        kind, contents = arrival.decoded.kind, arrival.decoded.contents
        if kind is Kind.SESSION_REPLAY and contents.get("type") == "replay":
            sdk = replay_sdk(contents)
            key = (arrival.source_id, f"replay {sdk.title} {sdk.wrapper}", origin, "")
            self._found(key, sdk).take_arrival(arrival)
        elif kind is Kind.EXPERIMENT:
            self._experiment(arrival, origin)
        spot = (arrival.source_id, origin)
        if spot in self.places or len(self.places) < MOST:
            self.places.setdefault(spot, Surroundings()).take(arrival)
            self._touched_places.add(spot)

    def _experiment(self, arrival: Arrival, origin: str) -> None:
        """Variants are asked for without naming the SDK; it is the one that asked for flags."""
        deployment = str(arrival.decoded.contents.get("deployment_key") or "")[:100]
        key = (arrival.source_id, f"experiment {deployment}", origin, "")
        sdk = experiment_sdk(arrival.decoded.contents)
        instance = self._found(key, sdk)
        if sdk.library and instance.sdk != sdk and instance.sdk is not _OTHERS:
            instance.sdk = sdk
        instance.take_arrival(arrival)


def _by_library(events: Sequence[Arrived]) -> list[tuple[str, Sequence[Arrived]]]:
    """Events by what they call their library. Nearly always that is one for all."""
    first = events[0].event.fields.get("library")
    if all(one.event.fields.get("library") == first for one in events):
        return [(_library(first), events)]
    groups: dict[str, list[Arrived]] = {}
    for one in events:
        groups.setdefault(_library(one.event.fields.get("library")), []).append(one)
    return list(groups.items())


def _library(value: object) -> str:
    if isinstance(value, str):
        return value[:200]
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        version = value.get("version")
        return f"{value['name']}/{version}"[:200] if version else value["name"][:200]
    return ""


def _status(capture: Capture) -> int:
    return capture.response.status if capture.response else 0


def _key(text: str) -> Key:
    source_id, library, place, app_version = json.loads(text)
    return source_id, library, place, app_version
