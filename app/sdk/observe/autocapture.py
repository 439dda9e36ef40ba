"""
What an SDK tracks by itself: features that showed, and features that would have shown when a
session began and did not (wire-format §5, §3.3).

Absence says something only of what happens at each start: a session, a page view, and for a new
device its campaign. A form that nobody filled in says nothing.
"""

from collections.abc import Iterator
from typing import Any

from app.model import Event
from app.sdk.evidence import Because, Confidence, Finding, inferred, unknown, wire
from app.sdk.identify import IN_APPS, Family, Sdk, number_of
from app.sdk.observe.observer import Observer, Seen, Tally, because, counted, note

FRESH_MS = 60_000
"""A session this young when it is first seen has just begun."""
REMEMBERED = 64
MANY = 3
_A = "[Amplitude] "

_TYPES: dict[str, str] = {
    "session_start": "sessions",
    "session_end": "sessions",
    f"{_A}Page Viewed": "pageViews",
    f"{_A}Form Started": "formInteractions",
    f"{_A}Form Submitted": "formInteractions",
    f"{_A}File Downloaded": "fileDownloads",
    f"{_A}Element Clicked": "elementInteractions",
    f"{_A}Element Changed": "elementInteractions",
    f"{_A}Viewport Content Updated": "elementInteractions",
    f"{_A}Element Interacted": "elementInteractions",
    f"{_A}Rage Click": "frustrationInteractions",
    f"{_A}Dead Click": "frustrationInteractions",
    f"{_A}Error Click": "frustrationInteractions",
    f"{_A}Thrashed Cursor": "frustrationInteractions",
    f"{_A}Network Request": "networkTracking",
    f"{_A}Web Vitals": "webVitals",
    f"{_A}Main Thread Block": "performanceTracking",
    f"{_A}Attribution": "attribution.fallbackAttributionEvent",
    f"{_A}Attribution Captured": "logAttributionCapturedEvent",
    f"{_A}Application Installed": "appLifecycles",
    f"{_A}Application Updated": "appLifecycles",
    f"{_A}Application Opened": "appLifecycles",
    f"{_A}Application Backgrounded": "appLifecycles",
    f"{_A}Screen Viewed": "screenViews",
    f"{_A}Deep Link Opened": "deepLinks",
}
FEATURES = (
    "sessions", "pageViews", "formInteractions", "fileDownloads", "elementInteractions",
    "frustrationInteractions", "networkTracking", "webVitals", "performanceTracking",
    "attribution.fallbackAttributionEvent", "appLifecycles", "screenViews", "deepLinks",
)  # fmt: skip
_NOT_ENRICHED = ("$identify", "$groupidentify", "revenue_amount")
_ENRICHED = f"{_A}Page Location", f"{_A}Page URL"
_STARTED, _VIEWED, _ATTRIBUTED, _NEW = 1, 2, 4, 8


class AutocaptureObserver(Observer):
    """Counts of features, and of sessions that began with and without them."""

    def __init__(self) -> None:
        self.events = 0
        self.last: Tally = [0, 0, 0]
        self.seen: dict[str, Tally] = {}
        self.types: dict[str, int] = {}
        self.attributed: Tally = [0, 0, 0]
        self.campaigns: dict[str, int] = {}
        self.enriched = 0
        self.plain = 0
        self.plain_last: Tally = [0, 0, 0]
        self.sessions: dict[str, int] = {}
        """Sessions that began here, and what showed in them, as bits."""
        self.gone: list[int] = [0, 0, 0, 0, 0]
        """Of those no longer remembered: how many, and how many with each bit."""
        self.exposures: Tally = [0, 0, 0]
        self.replays: Tally = [0, 0, 0]

    def take(self, seen: Seen) -> None:
        """One look at each event."""
        number, types = seen.capture_id, _TYPES
        self.events += len(seen.events)
        self.last = [self.events, self.last[1] or number, number]
        before = ""
        for one in seen.events:
            event = one.event
            kind = event.type
            bits = 0
            feature = types.get(kind)
            if feature is not None:
                self._feature(feature, kind, number)
                bits = _BITS.get(kind, 0)
            elif kind == "$identify":
                bits = self._identify(event.fields.get("user_properties"), number)
            elif kind == "$exposure":
                note(self.exposures, number)
            if kind not in _NOT_ENRICHED and kind[:1] != "[":
                self._enrichment(event.fields.get("event_properties"), number)
            elif kind[:1] == "[":
                properties = event.fields.get("event_properties")
                if isinstance(properties, dict) and _REPLAY in properties:
                    note(self.replays, number)
            session = event.session_id
            if session is not None and session > 0:
                key = f"{event.device_id}/{session}" if len(event.device_id or "") < 100 else ""
                if bits or key != before:
                    self._session(key, event, bits, seen.sent_ms)
                before = key

    def _feature(self, feature: str, kind: str, number: int) -> None:
        found = self.seen.get(feature)
        if found is None:
            self.seen[feature] = [1, number, number]
        else:
            found[0] += 1
            found[2] = number
        self.types[kind] = self.types.get(kind, 0) + 1

    def _identify(self, properties: Any, number: int) -> int:
        once = properties.get("$setOnce") if isinstance(properties, dict) else None
        if not isinstance(once, dict):
            return 0
        names = [name for name in _CAMPAIGNS if name in once]
        if not names:
            return 0
        note(self.attributed, number)
        for name in names:
            self.campaigns[name] = self.campaigns.get(name, 0) + 1
        return _ATTRIBUTED

    def _enrichment(self, properties: Any, number: int) -> None:
        if isinstance(properties, dict):
            if _REPLAY in properties:
                note(self.replays, number)
            if _ENRICHED[0] in properties and _ENRICHED[1] in properties:
                self.enriched += 1
                return
        self.plain += 1
        note(self.plain_last, number)

    def _session(self, key: str, event: Event, bits: int, sent_ms: int) -> None:
        sessions = self.sessions
        known = sessions.get(key)
        if known is not None:
            sessions[key] = known | bits
            return
        age = sent_ms - (event.session_id or 0)
        if not 0 <= age < FRESH_MS or not key:
            return
        number = event.fields.get("event_id")
        if isinstance(number, int) and number <= 2:
            bits |= _NEW
        sessions[key] = bits
        if len(sessions) > REMEMBERED:
            oldest = next(iter(sessions))
            for at, gone in enumerate(_sums([sessions.pop(oldest)])):
                self.gone[at] += gone

    @property
    def began(self) -> list[int]:
        """Sessions that began here, and how many of them had a start, a page view, a campaign,
        and a device that was new."""
        now = _sums(self.sessions.values())
        return [was + more for was, more in zip(self.gone, now, strict=True)]

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """autocapture.*"""
        if not self.events:
            return
        began, started, viewed, attributed, new = self.began
        for feature in FEATURES:
            found = self.seen.get(feature)
            if found:
                kinds = [kind for kind, of in _TYPES.items() if of == feature]
                often = " and ".join(
                    f"{self.types[kind]:,} × {kind}" for kind in kinds if kind in self.types
                )
                yield wire(f"autocapture.{feature}", True, because(f"Seen: {often}.", found))
            elif feature == "sessions":
                yield self._absent("sessions", began, started, "session_start")
            elif feature == "pageViews" and sdk.family not in IN_APPS:
                yield self._absent("pageViews", began, viewed, "Page Viewed")
            else:
                yield unknown(f"autocapture.{feature}", self._nothing())
        yield self._attribution(sdk, new, attributed)
        yield from self._enrichments(sdk)
        yield from self._legacy_js(sdk)
        if self.replays[0]:
            text = f"{counted(self.replays[0], 'event')} name the recording of their session."
            yield wire("sessionReplay", True, because(text, self.replays))
        if self.exposures[0]:
            text = f"{counted(self.exposures[0], 'exposure')} to experiments came."
            yield wire("experiment", True, because(text, self.exposures))

    def _nothing(self) -> Because:
        text = f"Nothing of this kind among {counted(self.events, 'event')}, which may be chance."
        return because(text, self.last)

    def _absent(self, feature: str, began: int, having: int, kind: str) -> Finding:
        option = f"autocapture.{feature}"
        if not began or having:
            return unknown(option, self._nothing())
        text = f"{counted(began, 'session')} began here, and none with a {kind}."
        confidence = Confidence.HIGH if began >= MANY else Confidence.MEDIUM
        return inferred(option, False, confidence, because(text, self.last))

    def _attribution(self, sdk: Sdk, new: int, attributed: int) -> Finding:
        option = "autocapture.attribution"
        if self.attributed[0]:
            text = f"{counted(self.attributed[0], 'identify', 'identifies')} set a first campaign."
            return wire(option, True, because(text, self.attributed))
        if new and not attributed and sdk.family in (Family.BROWSER_2, Family.BROWSER_1):
            text = f"{counted(new, 'new device')} began here, and none with a campaign."
            confidence = Confidence.HIGH if new >= MANY else Confidence.MEDIUM
            return inferred(option, False, confidence, because(text, self.last))
        return unknown(option, self._nothing())

    def _enrichments(self, sdk: Sdk) -> Iterator[Finding]:
        option = "autocapture.pageUrlEnrichment"
        if sdk.family is not Family.BROWSER_2:
            return
        if self.enriched:
            text = f"The page's address is on {counted(self.enriched, 'event')}."
            yield wire(option, True, because(text, self.last))
        elif self.plain and number_of(sdk.version) >= (2, 22, 0):
            text = f"None of {counted(self.plain, 'event')} carries the page's address."
            confidence = Confidence.HIGH if self.plain >= MANY else Confidence.MEDIUM
            yield inferred(option, False, confidence, because(text, self.plain_last))

    def _legacy_js(self, sdk: Sdk) -> Iterator[Finding]:
        if sdk.family is not Family.LEGACY_JS:
            return
        for option, names in _LEGACY_CAMPAIGNS.items():
            count = sum(self.campaigns.get(name, 0) for name in names)
            if count:
                text = f"{counted(count, 'identify', 'identifies')} set it."
                yield wire(option, True, because(text, self.attributed))
            else:
                yield unknown(option, self._nothing())
        captured = self.seen.get("logAttributionCapturedEvent")
        if captured:
            yield wire("logAttributionCapturedEvent", True, because("Such events came.", captured))


_REPLAY = f"{_A}Session Replay ID"
_BITS = {"session_start": _STARTED, f"{_A}Page Viewed": _VIEWED}
_LEGACY_CAMPAIGNS = {
    "includeUtm": ("initial_utm_source", "initial_utm_medium", "initial_utm_campaign"),
    "includeReferrer": ("initial_referrer", "initial_referring_domain"),
    "includeGclid": ("initial_gclid",),
    "includeFbclid": ("initial_fbclid",),
}
_CAMPAIGNS = tuple(name for names in _LEGACY_CAMPAIGNS.values() for name in names)


def _sums(sessions: Any) -> list[int]:
    found = [0, 0, 0, 0, 0]
    for bits in sessions:
        found[0] += 1
        for at, bit in enumerate((_STARTED, _VIEWED, _ATTRIBUTED, _NEW), 1):
            found[at] += bool(bits & bit)
    return found
