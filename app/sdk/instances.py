"""
What is kept of each SDK instance, and how an arrival finds its own.

An instance is one SDK of one version in one place of one project: on the pages of one origin, in
one version of an app, or in a program. Its devices may be many.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.decode.body import clean, json_text
from app.model import Capture, Event
from app.sdk.evidence import Finding
from app.sdk.identify import IN_APPS, IN_BROWSERS, Family, Sdk
from app.sdk.observe import ExperimentObserver, Observer, ReplayObserver, Seen, observers
from app.sdk.observe.address import AddressObserver
from app.sdk.observe.autocapture import AutocaptureObserver

if TYPE_CHECKING:
    from app.study.arrival import Arrival

Json = dict[str, Any]

DEVICES = 1024
"""Counted one by one; beyond that the count is an estimate, a few percent off."""
_ALL = 1 << 32
Own = Observer | ReplayObserver | ExperimentObserver


class Instance:
    """One SDK instance: when and how much, and its observers."""

    def __init__(self, sdk: Sdk, place: str, app_version: str = "") -> None:
        self.sdk = sdk
        self.place = place
        self.app_version = app_version
        self.first_ms = 0
        self.last_ms = 0
        self.first_capture = 0
        self.last_capture = 0
        self.uploads = 0
        self.events = 0
        self.devices: set[int] = set()
        self._largest = -1
        self.recent = ""
        self.claims: dict[str, Json] = {}
        """What was inferred so far, by option."""
        self.withdrawn: dict[str, list[Json]] = {}
        """What was, and turned out otherwise."""
        self.observers: Mapping[str, Own] = _observers(sdk.family)

    def saw(self, capture_id: int, at_ms: int, events: int) -> None:
        """Something came from it."""
        self.first_ms = min(self.first_ms or at_ms, at_ms)
        self.last_ms = max(self.last_ms, at_ms)
        self.first_capture = self.first_capture or capture_id
        self.last_capture = capture_id
        self.uploads += 1
        self.events += events

    def take(self, seen: Seen) -> None:
        """Look at one upload of events."""
        self.saw(seen.capture_id, seen.capture.at_ms, 0 if seen.is_again else len(seen.events))
        recent = self.recent
        for one in seen.events:
            device = one.event.device_id
            if device and device != recent:
                self._device(device)
                recent = device
        self.recent = recent[:200]
        for observer in self.observers.values():
            observer.take(seen)  # type: ignore[arg-type]

    def take_arrival(self, arrival: Arrival) -> None:
        """Look at one recording, or one request of Experiment."""
        contents = arrival.decoded.contents
        events = contents.get("events")
        self.saw(arrival.id, arrival.capture.at_ms, events if isinstance(events, int) else 0)
        device = contents.get("device_id")
        if isinstance(device, str):
            self._device(device)
        for observer in self.observers.values():
            observer.take(arrival)  # type: ignore[arg-type]

    def _device(self, device: str) -> None:
        """The smallest hashes stand for all: how far apart they lie says how many there are."""
        text = device.encode("utf-8", "replace")
        number = zlib.crc32(text)
        devices = self.devices
        if len(devices) < DEVICES:
            devices.add(number)
            return
        if self._largest < 0:
            self._largest = max(devices)
        if number < self._largest and number not in devices:
            devices.remove(self._largest)
            devices.add(number)
            self._largest = max(devices)

    @property
    def device_count(self) -> int:
        """Exact up to `DEVICES`."""
        if len(self.devices) < DEVICES:
            return len(self.devices)
        return round((DEVICES - 1) * _ALL / max(self.devices))

    def findings(self) -> Iterator[Finding]:
        """What its own observers say."""
        for observer in self.observers.values():
            yield from observer.findings(self.sdk)

    @property
    def passes_here(self) -> bool:
        """Whether all its requests pass here, not only those to our endpoint."""
        address = self.observers.get("address")
        return isinstance(address, AddressObserver) and address.passes_here

    @property
    def new_devices(self) -> int:
        """Devices that were new when they were first seen."""
        found = self.observers.get("autocapture")
        return found.began[4] if isinstance(found, AutocaptureObserver) else 0

    def dump(self) -> str:
        """All of it, as JSON."""
        own = {
            name: value
            for name, value in vars(self).items()
            if name not in ("sdk", "observers", "devices", "_largest")
        }
        state = {
            **own,
            "sdk": asdict(self.sdk),
            "devices": sorted(self.devices),
            "observers": {name: vars(one) for name, one in self.observers.items()},
        }
        return json_text(state)

    @classmethod
    def load(cls, text: str) -> Instance:
        """One that was dumped."""
        state = json.loads(text)
        sdk = state.pop("sdk")
        found = cls(Sdk(**{**sdk, "family": Family(sdk["family"])}), state.pop("place"))
        found.devices = set(state.pop("devices"))
        for name, kept in state.pop("observers").items():
            if name in found.observers:
                vars(found.observers[name]).update(kept)
        vars(found).update(state)
        return found


def _observers(family: Family) -> Mapping[str, Own]:
    if family is Family.SESSION_REPLAY:
        return {"replay": ReplayObserver()}
    if family is Family.EXPERIMENT:
        return {"experiment": ExperimentObserver()}
    return observers()


def origin_of(headers: Mapping[str, str]) -> str:
    """The origin of the page that sent it, or nothing."""
    origin = headers.get("origin", "")
    if origin and origin != "null":
        return clean(origin[:200])
    referer = headers.get("referer", "")
    if not referer:
        return "null" if origin else ""
    try:
        parts = urlsplit(referer)
    except ValueError:
        return ""
    return clean(f"{parts.scheme}://{parts.netloc}"[:200]) if parts.netloc else ""


def place_of(sdk: Sdk, origin: str, event: Event | None) -> tuple[str, str]:
    """Where the instance runs, and in apps the version of the app."""
    if sdk.family in IN_BROWSERS or (sdk.family is Family.OTHER and origin):
        return origin, ""
    if sdk.family in IN_APPS and event is not None:
        fields = event.fields
        version = fields.get("version_name") or fields.get("app_version")
        platform = fields.get("platform")
        return (
            clean(platform[:50]) if isinstance(platform, str) else "",
            clean(version[:50]) if isinstance(version, str) else "",
        )
    return "", ""


def replay_sdk(contents: Json) -> Sdk:
    """The SDK of a recording."""
    library = str(contents.get("library") or "")[:100]
    version = str(contents.get("sdk_version") or "")[:50]
    wrapper = "" if library.startswith("standalone") or not library else library
    return Sdk(Family.SESSION_REPLAY, "Session Replay SDK", version, wrapper=wrapper,
               library=library)  # fmt: skip


def experiment_sdk(contents: Json) -> Sdk:
    """The SDK of a request for flags or variants. Only questions for flags name it."""
    library = str(contents.get("library") or "")[:100]
    name, _, version = library.rpartition("/")
    title = {"experiment-js-client": "Experiment SDK", "": "Experiment SDK"}.get(name, name)
    return Sdk(Family.EXPERIMENT, title, version, library=library)


def headers_of(capture: Capture) -> dict[str, str]:
    """Headers by their name in small letters; the first of a name counts."""
    found: dict[str, str] = {}
    for name, value in capture.headers:
        found.setdefault(name.lower(), value)
    return found
