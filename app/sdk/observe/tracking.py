"""
Tracking options: what an SDK leaves out of every event (wire-format §2.1, §3.3).
"""

from collections.abc import Iterator

from app.sdk.evidence import Confidence, Finding, inferred, unknown, wire
from app.sdk.identify import Family, Sdk
from app.sdk.observe.observer import Observer, Seen, Tally, because, counted

_TS = {"ip": "ipAddress", "language": "language", "platform": "platform"}
_PARSED = {
    "os_name": "osName",
    "os_version": "osVersion",
    "device_manufacturer": "deviceManufacturer",
    "device_model": "deviceModel",
}
FIELDS: dict[Family, dict[str, str]] = {
    Family.BROWSER_2: _TS,
    Family.BROWSER_1: _TS | _PARSED,
    Family.REACT_NATIVE: _TS | _PARSED,
    Family.SWIFT: _TS | _PARSED,
    Family.KOTLIN: _TS | _PARSED | {"device_brand": "deviceBrand"},
}
"""Keys that an SDK writes on every event unless told not to, and the option that tells it."""
MAYBE = frozenset({"device_manufacturer", "device_model", "os_name", "os_version"})
"""Not known of every device, so that their absence says little."""
_ALL = (*_TS, *_PARSED, "device_brand")
FEW = 3


class TrackingObserver(Observer):
    """How many events carry each key."""

    def __init__(self) -> None:
        self.events = 0
        self.last: Tally = [0, 0, 0]
        self.present: dict[str, int] = dict.fromkeys(_ALL, 0)
        self.legacy: dict[str, bool] = {}
        self.legacy_last: Tally = [0, 0, 0]
        self.api_events = 0
        self.adid_is_device = 0
        self.app_set_is_device = 0
        self.located = 0
        self.suffixes: dict[str, int] = {}

    def take(self, seen: Seen) -> None:
        """SDKs write the same keys on all events, so that counting all of them costs little."""
        number = seen.capture_id
        events = [one.event.fields for one in seen.events]
        self.events += len(events)
        self.last = [self.events, self.last[1] or number, number]
        present = self.present
        for fields in events:
            for key in _ALL:
                if fields.get(key) is not None:
                    present[key] += 1
        if events:
            self._last_event(events[-1], number)

    def _last_event(self, fields: dict[str, object], number: int) -> None:
        details = fields.get("api_properties")
        options = details.get("tracking_options") if isinstance(details, dict) else None
        if "api_properties" in fields:
            self.api_events += 1
        if isinstance(options, dict):
            self.legacy_last = [1, self.legacy_last[1] or number, number]
            self.legacy = {
                str(name)[:50]: value is not False for name, value in list(options.items())[:40]
            }
        device = fields.get("device_id")
        if isinstance(device, str) and device:
            self.adid_is_device += fields.get("adid") == device
            self.app_set_is_device += device.endswith("S") and len(device) == 37
        if fields.get("location_lat") is not None:
            self.located += 1

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """trackingOptions.*, and on Android where the device id comes from."""
        if not self.events:
            return
        for key, option in FIELDS.get(sdk.family, {}).items():
            yield self._option(key, f"trackingOptions.{option}", sdk)
        if sdk.family in (Family.LEGACY_JS, Family.LEGACY_ANDROID, Family.LEGACY_IOS):
            for name, is_on in self.legacy.items():
                text = "Written on its events, where only what is switched off is listed."
                yield wire(f"trackingOptions.{name}", is_on, because(text, self.legacy_last))
        if sdk.family in (Family.KOTLIN, Family.LEGACY_ANDROID):
            yield from self._android()

    def _option(self, key: str, option: str, sdk: Sdk) -> Finding:
        have = self.present[key]
        text = f"{have:,} of {counted(self.events, 'event')} have {key}."
        if have:
            confidence = Confidence.HIGH
            if have < self.events:
                confidence = Confidence.MEDIUM
            return inferred(option, True, confidence, because(text, self.last))
        text = f"None of {counted(self.events, 'event')} has {key}."
        if key in MAYBE and sdk.family not in (Family.SWIFT, Family.KOTLIN):
            text += " It may also not be known there."
            return unknown(option, because(text, self.last))
        confidence = Confidence.HIGH if self.events >= FEW else Confidence.MEDIUM
        return inferred(option, False, confidence, because(text, self.last))

    def _android(self) -> Iterator[Finding]:
        for option, count, text in (
            ("useAdvertisingIdForDeviceId", self.adid_is_device, "The device id is the"
             " advertising id"),
            ("useAppSetIdForDeviceId", self.app_set_is_device, "The device id ends with S, as those"
             " from the app set id do"),
            ("locationListening", self.located, "Events have a location"),
        ):  # fmt: skip
            if count:
                yield inferred(
                    option, True, Confidence.HIGH, because(f"{text} ({count:,} seen).", self.last)
                )
