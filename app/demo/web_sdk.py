"""
Browser SDK 2 as it is seen on the wire: which keys, in which order, with which autocapture
(wire-format §2.1, §2.2, §2.6, §5). Knows nothing of the shop.
"""

import random
from typing import Any

from app.demo.chance import between, pick, uuid4
from app.demo.markup import HOME, Element, Page, exposed
from app.demo.outgoing import Outgoing
from app.demo.people import Device, Person
from app.demo.senders import BROWSERS, browser

LIBRARY = "amplitude-ts/2.48.1"
_CAMPAIGNS: tuple[dict[str, str], ...] = (
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "first-frost"},
    {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "tents", "gclid": "Cj0KCQiA"},
    {"utm_source": "instagram", "utm_medium": "social", "utm_campaign": "ridge-launch"},
    {"referrer": "https://www.google.com/", "referring_domain": "www.google.com"},
    {"referrer": "https://duckduckgo.com/", "referring_domain": "duckduckgo.com"},
)
_ATTRIBUTION = (
    "utm_campaign", "utm_content", "utm_id", "utm_medium", "utm_source", "utm_term", "referrer",
    "referring_domain", "dclid", "gbraid", "gclid", "fbclid", "ko_click_id", "li_fat_id",
    "msclkid", "rdt_cid", "ttclid", "twclid", "wbraid",
)  # fmt: skip
_INITIAL = {f"initial_{key}": "EMPTY" for key in _ATTRIBUTION}


class BrowserSdk:
    """The SDK on one device for one session. `now` is the true time, moved on by whoever uses
    it; what is sent is what the device's clock shows."""

    def __init__(self, rng: random.Random, person: Person, device: Device, start_ms: int) -> None:
        self.now = start_ms
        self.page = HOME
        self._rng = rng
        self._person = person
        self._device = device
        self._browser = BROWSERS[device.model % len(BROWSERS)]
        self._sender = browser(self._browser, device.language)
        self._previous = ""
        self._view_id = ""
        self._views = 0
        self._started: set[str] = set()
        self._events: list[dict[str, Any]] = []

    @property
    def waiting(self) -> bool:
        """Whether there is something to send."""
        return bool(self._events)

    def start(self) -> Outgoing:
        """The request for remote configuration that comes first: it carries no events."""
        return Outgoing(self.now, self._sender, [])

    def flush(self, *, beacon: bool = False) -> Outgoing:
        """Send what was collected: after the flush interval, or at once when the page goes."""
        device = self._device
        sent_ms = self.now + (15 if beacon else 1000) + between(self._rng, 20, 130)
        out = Outgoing(
            sent_ms, self._sender, self._events, not device.sent_once, beacon, device.skew_ms
        )
        self._events = []
        device.sent_once = True
        return out

    def begin(self) -> None:
        """The old session's end, where the person came from, and the new session's start."""
        device = self._device
        if device.session_id is not None:
            # Late: sent by the page load that finds the session over.
            ended = device.last_event_ms + device.skew_ms + 1
            self._enriched("session_end", None, device.session_id, ended)
        device.session_id = self.now + device.skew_ms
        if device.event_id == 0 or self._rng.random() < 0.25:
            self.identify(self._attribution())
        self._enriched("session_start", None, device.session_id, device.session_id)

    def end(self) -> None:
        """Remember when the last event was."""
        self._device.last_event_ms = self.now

    def track(self, kind: str, properties: dict[str, Any]) -> None:
        """An event of the page's own."""
        self._enriched(kind, properties)
        self.now += between(self._rng, 1, 9)

    def show(self, page: Page) -> None:
        """A page view, which the SDK sends for changes of history too. What was seen of the page
        before goes first."""
        if self._views:
            self.leave()
        self._previous = self.page.location if self._views else ""
        self.page = page
        self._views += 1
        self._view_id = uuid4(self._rng)
        self.now += between(self._rng, 60, 240)
        properties = {
            **page.properties,
            "[Amplitude] Page View ID": self._view_id,
            "[Amplitude] Page Counter": self._views,
        }
        self._enriched("[Amplitude] Page Viewed", properties)

    def click(self, element: Element) -> None:
        """A click on an element."""
        properties = {
            **element.first,
            "[Amplitude] Element Position Left": element.left,
            "[Amplitude] Element Position Top": element.top - between(self._rng, 0, 12) * 8,
            **element.second,
            "[Amplitude] Page URL": self.page.url,
            "[Amplitude] Page Title": self.page.title,
            "[Amplitude] Viewport Height": self._browser.height,
            "[Amplitude] Viewport Width": self._browser.width,
            "[Amplitude] Page View ID": self._view_id,
            **element.third,
        }
        self._enriched("[Amplitude] Element Clicked", properties)
        self.now += between(self._rng, 8, 60)

    def form_started(self, identity: str, name: str = "") -> None:
        """The first change in a form; told once for each."""
        if identity not in self._started:
            self._started.add(identity)
            self._form("[Amplitude] Form Started", identity, name)

    def form_submitted(self, identity: str, name: str = "") -> None:
        """A form was sent, which says that it was started if that was not said."""
        self.form_started(identity, name)
        self._form("[Amplitude] Form Submitted", identity, name)

    def leave(self) -> None:
        """What came into view on this page, sent when the page goes."""
        properties = {
            "[Amplitude] Page URL": self.page.url,
            "[Amplitude] Page View ID": self._view_id,
            "[Amplitude] Max Page X": self._browser.width,
            "[Amplitude] Max Page Y": self._browser.height + between(self._rng, 0, 1400),
            "[Amplitude] Viewport Height": self._browser.height,
            "[Amplitude] Viewport Width": self._browser.width,
            "[Amplitude] Element Exposed": exposed(self.page),
        }
        self._enriched("[Amplitude] Viewport Content Updated", properties)

    def identify(self, operations: dict[str, Any], groups: dict[str, str] | None = None) -> None:
        """User properties, and groups when one is joined."""
        event = self._event("$identify")
        event["user_properties"] = operations
        if groups:
            event["groups"] = groups
        self._add(event)

    def group_identify(self, group: str, name: str, operations: dict[str, Any]) -> None:
        """Properties of a group."""
        event = self._event("$groupidentify")
        event["group_properties"] = operations
        event["groups"] = {group: name}
        self._add(event)

    def revenue(self, properties: dict[str, Any]) -> None:
        """Money came in. Not enriched."""
        event = self._event("revenue_amount")
        event["event_properties"] = properties
        self._add(event)

    def _form(self, kind: str, identity: str, name: str) -> None:
        properties = {"[Amplitude] Form ID": identity}
        if name:
            properties["[Amplitude] Form Name"] = name
        properties["[Amplitude] Form Destination"] = self.page.location
        self._enriched(kind, properties)

    def _attribution(self) -> dict[str, dict[str, str]]:
        found = pick(self._rng, _CAMPAIGNS) if self._rng.random() < 0.7 else {}
        initial = {f"initial_{key}": value for key, value in found.items()}
        operations = {"$setOnce": _INITIAL | initial}
        if found:
            operations["$set"] = found
        operations["$unset"] = {key: "-" for key in _ATTRIBUTION if key not in found}
        return operations

    def _enriched(
        self,
        kind: str,
        properties: dict[str, Any] | None,
        session_id: int | None = None,
        time: int | None = None,
    ) -> None:
        """An event with the page added to it."""
        event = self._event(kind, session_id, time)
        previous = {
            "[Amplitude] Previous Page Location": self._previous,
            "[Amplitude] Previous Page Type": "internal" if self._previous else "direct",
        }
        if properties is None:
            # Made without properties, so the page comes last.
            event = self._counted(event)
            event["event_properties"] = {**self.page.properties, **previous}
        else:
            event["event_properties"] = {**properties, **self.page.properties, **previous}
            event = self._counted(event)
        self._events.append(event)

    def _event(
        self, kind: str, session_id: int | None = None, time: int | None = None
    ) -> dict[str, Any]:
        """The keys before the properties."""
        device = self._device
        event: dict[str, Any] = {"user_id": self._person.user_id} if device.signed_in else {}
        event["device_id"] = device.id
        event["session_id"] = device.session_id if session_id is None else session_id
        event["time"] = self.now + device.skew_ms if time is None else time
        event["platform"] = "Web"
        event["language"] = device.language
        event["ip"] = "$remote"
        event["insert_id"] = uuid4(self._rng)
        event["event_type"] = kind
        return event

    def _counted(self, event: dict[str, Any]) -> dict[str, Any]:
        """The keys after the properties."""
        event["event_id"] = self._device.next_event_id()
        event["library"] = LIBRARY
        event["user_agent"] = self._browser.agent
        return event

    def _add(self, event: dict[str, Any]) -> None:
        self._events.append(self._counted(event))
