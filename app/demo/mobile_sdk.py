"""
The Swift and Kotlin SDKs as they are seen on the wire (wire-format §2.1, §2.2, §5.5).

Both collect events for 30 seconds or up to 30 of them. Swift writes absent values as null, Kotlin
always writes the four property maps.
"""

import random
from typing import Any, NamedTuple

from app.demo.chance import between, uuid4
from app.demo.outgoing import Outgoing
from app.demo.people import IOS, Device, Person
from app.demo.senders import Sender, android, ios

SWIFT = "amplitude-swift/1.15.2"
KOTLIN = "amplitude-analytics-android/1.22.4"
APP_VERSIONS = ("7.4.0", "7.4.1", "7.5.0")
_QUEUE = 30
_INTERVAL_MS = 30_000


class Phone(NamedTuple):
    """A phone that people carry."""

    brand: str
    maker: str
    model: str
    system: str
    kernel: str = ""


IPHONES = (
    Phone("Apple", "Apple", "iPhone17,1", "26.1", "25.1.0"),
    Phone("Apple", "Apple", "iPhone16,2", "26.0.1", "25.0.0"),
    Phone("Apple", "Apple", "iPhone14,5", "18.7.2", "24.6.0"),
    Phone("Apple", "Apple", "iPad14,8", "26.1", "25.1.0"),
)
ANDROIDS = (
    Phone("google", "Google", "Pixel 10", "16"),
    Phone("google", "Google", "Pixel 8a", "16"),
    Phone("samsung", "samsung", "SM-S931B", "15"),
    Phone("Fairphone", "Fairphone", "FP5", "14"),
)


class MobileSdk:
    """The SDK on one phone for one session. `now` is the true time, moved on by whoever uses
    it; what is sent is what the phone's clock shows."""

    def __init__(self, rng: random.Random, person: Person, device: Device, start_ms: int) -> None:
        self.now = start_ms
        self.screen = ""
        self._rng = rng
        self._person = person
        self._device = device
        self.is_ios = device.kind == IOS
        phones = IPHONES if self.is_ios else ANDROIDS
        self._phone = phones[device.model % len(phones)]
        self._version = APP_VERSIONS[device.model % len(APP_VERSIONS)]
        self._sender = self._sender_of(self._phone)
        self._events: list[dict[str, Any]] = []
        self._first_ms = 0

    def flush(self) -> Outgoing | None:
        """Send what was collected, if anything was."""
        if not self._events:
            return None
        device = self._device
        sent_ms = self.now + between(self._rng, 60, 400)
        out = Outgoing(
            sent_ms, self._sender, self._events, not device.sent_once, skew_ms=device.skew_ms
        )
        self._events = []
        device.sent_once = True
        return out

    def due(self) -> Outgoing | None:
        """Send if the queue is full or its time has come."""
        waited = self.now - self._first_ms >= _INTERVAL_MS
        return self.flush() if waited or len(self._events) >= _QUEUE else None

    def begin(self) -> None:
        """The old session's end, the new one's start, and the app that came to the front."""
        device = self._device
        build = {"[Amplitude] Version": self._version, "[Amplitude] Build": "318"}
        if device.session_id is not None:
            ended = device.last_event_ms + device.skew_ms
            self._add("session_end", session_id=device.session_id, time=ended)
        is_new = device.session_id is None
        device.session_id = self.now + device.skew_ms
        self._add("session_start", time=device.session_id)
        if is_new:
            self._add("[Amplitude] Application Installed", build)
        opened = {"[Amplitude] From Background": not is_new, **build}
        self._add("[Amplitude] Application Opened", opened)

    def end(self) -> None:
        """The app goes to the background."""
        self._add("[Amplitude] Application Backgrounded")
        self._device.last_event_ms = self.now

    def track(self, kind: str, properties: dict[str, Any]) -> None:
        """An event of the app's own."""
        self.now += between(self._rng, 1, 12)
        self._add(kind, properties)

    def show(self, screen: str) -> None:
        """Another screen."""
        self.screen = screen
        self.now += between(self._rng, 180, 420)
        self._add("[Amplitude] Screen Viewed", {"[Amplitude] Screen Name": screen})

    def touch(self, target: str, text: str) -> None:
        """A tap on a control, as each platform's autocapture describes it."""
        self._add("[Amplitude] Element Interacted", self._touched(target, text))

    def identify(self, operations: dict[str, Any], groups: dict[str, str] | None = None) -> None:
        """User properties, and groups when one is joined."""
        self._add("$identify", user_properties=operations, groups=groups)

    def _touched(self, target: str, text: str) -> dict[str, Any]:
        if self.is_ios:
            return {
                "[Amplitude] Screen Name": self.screen,
                "[Amplitude] Target Accessibility Label": text,
                "[Amplitude] Target Accessibility Identifier": target,
                "[Amplitude] Action": "touch",
                "[Amplitude] Target View Class": "UIButton",
                "[Amplitude] Target Text": text,
                "[Amplitude] Hierarchy": "UIButton → UIStackView → UIView → UIWindow",
            }
        return {
            "[Amplitude] Action": "touch",
            "[Amplitude] Target Class": "androidx.appcompat.widget.AppCompatButton",
            "[Amplitude] Target Resource": target,
            "[Amplitude] Target Text": text,
            "[Amplitude] Target Source": "Android View",
            "[Amplitude] Hierarchy": "AppCompatButton → LinearLayout → FrameLayout → DecorView",
            "[Amplitude] Screen Name": self.screen,
        }

    def _add(
        self,
        kind: str,
        properties: dict[str, Any] | None = None,
        *,
        user_properties: dict[str, Any] | None = None,
        groups: dict[str, str] | None = None,
        session_id: int | None = None,
        time: int | None = None,
    ) -> None:
        device = self._device
        if not self._events:
            self._first_ms = self.now
        make = self._swift if self.is_ios else self._kotlin
        self._events.append(
            make(
                kind,
                self.now + device.skew_ms if time is None else time,
                device.session_id if session_id is None else session_id,
                (properties, user_properties, groups),
            )
        )

    def _swift(
        self, kind: str, time: int, session_id: int | None, maps: tuple[Any, Any, Any]
    ) -> dict[str, Any]:
        device, phone = self._device, self._phone
        properties, user_properties, groups = maps
        return {
            "event_type": kind,
            "event_properties": properties,
            "user_properties": user_properties,
            "groups": groups,
            "group_properties": None,
            "user_id": self._person.user_id if device.signed_in else None,
            "device_id": device.id,
            "time": time,
            "event_id": device.next_event_id(),
            "session_id": session_id,
            "insert_id": uuid4(self._rng).upper(),
            "version_name": self._version,
            "platform": "iOS",
            "os_name": "ios",
            "os_version": phone.system,
            "device_brand": phone.brand,
            "device_manufacturer": phone.maker,
            "device_model": phone.model,
            "carrier": "Unknown",
            "country": device.language[3:],
            "idfv": device.id,
            "language": device.language,
            "library": SWIFT,
            "ip": "$remote",
            "plan": None,
            "ingestion_metadata": None,
        }

    def _kotlin(
        self, kind: str, time: int, session_id: int | None, maps: tuple[Any, Any, Any]
    ) -> dict[str, Any]:
        device, phone = self._device, self._phone
        properties, user_properties, groups = maps
        event: dict[str, Any] = {"event_type": kind}
        if device.signed_in:
            event["user_id"] = self._person.user_id
        return event | {
            "device_id": device.id,
            "time": time,
            "event_properties": properties or {},
            "user_properties": user_properties or {},
            "groups": groups or {},
            "group_properties": {},
            "platform": "Android",
            "os_name": "android",
            "os_version": phone.system,
            "device_brand": phone.brand,
            "device_manufacturer": phone.maker,
            "device_model": phone.model,
            "carrier": "",
            "country": device.language[3:],
            "language": device.language[:2],
            "ip": "$remote",
            "version_name": self._version,
            "event_id": device.next_event_id(),
            "session_id": session_id,
            "insert_id": uuid4(self._rng),
            "library": KOTLIN,
        }

    def _sender_of(self, phone: Phone) -> Sender:
        return ios(phone.kernel) if self.is_ios else android(phone.system, phone.model)
