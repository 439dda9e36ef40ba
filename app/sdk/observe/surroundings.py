"""
What else the same project and page send: questions for remote configuration and their answers,
diagnostics, replays, Experiment (wire-format §1.13 to §1.15, §7).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.decode.body import clean
from app.decode.remote_config import switched
from app.hosts import is_analytics
from app.model import Kind
from app.sdk.evidence import Because, Confidence, Evidence, Finding, inferred, unknown, wire
from app.sdk.identify import Family, Sdk, number_of
from app.sdk.observe.address import shown
from app.sdk.observe.observer import Json, Tally, because, counted, note

if TYPE_CHECKING:
    from app.study.arrival import Arrival

_SECTIONS = {
    Family.BROWSER_2: "browserSDK",
    Family.SWIFT: "iosSDK",
    Family.KOTLIN: "androidSDK",
    Family.REACT_NATIVE: "reactNativeSDK",
}
_RENAMED = {"pageViews": "screenViews"}
"""In apps, pages are screens."""
MOST_JSON = 20_000


class Surroundings:
    """Everything but uploads that came from one page of one project. Its attributes are JSON."""

    def __init__(self) -> None:
        self.asked: Tally = [0, 0, 0]
        self.ask_url = ""
        self.answered: Tally = [0, 0, 0]
        self.refused: Tally = [0, 0, 0]
        self.refusal = 0
        self.sections: dict[str, Json] = {}
        self.enrichment: bool | None = None
        self.rates: Json = {}
        self.diagnostics: Tally = [0, 0, 0]
        self.replays: Tally = [0, 0, 0]
        self.experiments: Tally = [0, 0, 0]
        self.is_eu: dict[str, int] = {}

    def state(self) -> Json:
        """All of it, as JSON."""
        return vars(self)

    def restore(self, state: Json) -> None:
        """Go on from an earlier `state`."""
        for name, value in state.items():
            if name in vars(self):
                setattr(self, name, value)

    def take(self, arrival: Arrival) -> None:
        """Look at one capture that is no upload."""
        kind = arrival.decoded.kind
        if kind is Kind.REMOTE_CONFIG:
            self._config(arrival)
        elif kind is Kind.DIAGNOSTICS:
            note(self.diagnostics, arrival.id)
        elif kind is Kind.SESSION_REPLAY:
            note(self.replays, arrival.id)
        elif kind is Kind.EXPERIMENT:
            note(self.experiments, arrival.id)
        host = _host(arrival.capture.url)
        if is_analytics(host):
            zone = "EU" if ".eu." in host or "eu-central" in host else "US"
            self.is_eu[zone] = arrival.id

    def _config(self, arrival: Arrival) -> None:
        contents = arrival.decoded.contents
        if "ingestion_endpoint" in contents:
            return
        note(self.asked, arrival.id)
        self.ask_url = arrival.capture.url.partition("?")[0][:300]
        configs = contents.get("configs")
        if not isinstance(configs, dict):
            if contents.get("status") is not None or arrival.capture.failure:
                note(self.refused, arrival.id)
                self.refusal = int(contents.get("status") or 0)
            return
        note(self.answered, arrival.id)
        analytics = configs.get("analyticsSDK")
        self.sections = _sections(analytics)
        browser = analytics.get("browserSDK") if isinstance(analytics, dict) else None
        enrichment = browser.get("customEnrichment") if isinstance(browser, dict) else None
        self.enrichment = switched(enrichment) if isinstance(enrichment, dict) else None
        diagnostics = configs.get("diagnostics")
        self.rates = {
            str(name)[:50]: _rate(value)
            for name, value in (diagnostics.items() if isinstance(diagnostics, dict) else ())
        }

    def findings(self, sdk: Sdk, *, passes_here: bool, began: int) -> Iterator[Finding]:
        """For an SDK of this page. `passes_here` says that its other requests would have been
        seen, `began` how many devices were new and so had nothing remembered from before."""
        if sdk.family in _SECTIONS:
            yield from self._remote(sdk, passes_here, began)
            yield from self._diagnostics(sdk)
        if sdk.family is Family.SESSION_REPLAY and self.asked[0]:
            yield self._config_url("configServerUrl")
        zones = self.is_eu
        if zones and sdk.family not in (Family.EXPERIMENT, Family.SESSION_REPLAY):
            zone = max(zones, key=lambda name: zones[name])
            text = f"Other requests of this page go to {zone} addresses."
            yield inferred("serverZone", zone, Confidence.HIGH, Because(text, (zones[zone],)))
        if self.replays[0]:
            text = f"{counted(self.replays[0], 'upload')} of recordings came from here."
            yield wire("sessionReplay", True, because(text, self.replays))
        if self.experiments[0]:
            text = f"{counted(self.experiments[0], 'request')} of Experiment came from here."
            yield wire("experiment", True, because(text, self.experiments))

    def _remote(self, sdk: Sdk, passes_here: bool, began: int) -> Iterator[Finding]:
        option = "remoteConfig.fetchRemoteConfig"
        if not self.asked[0]:
            if passes_here and began and number_of(sdk.version) >= (2, 16, 1):
                text = f"{counted(began, 'new device')} began here, and none asked."
                yield inferred(option, False, Confidence.MEDIUM, Because(text))
            elif not passes_here:
                text = "Only uploads are sent here; a question would go to Amplitude directly."
                yield unknown(option, Because(text))
            return
        yield wire(option, True, because(f"Asked {counted(self.asked[0], 'time')}.", self.asked))
        yield self._config_url("remoteConfig.serverUrl")
        yield from self._told(sdk)

    def _config_url(self, option: str) -> Finding:
        asked = because(f"Asked at {clean(self.ask_url)}.", self.asked)
        if is_analytics(_host(self.ask_url)):
            return wire(option, "", asked)
        return wire(option, clean(self.ask_url.rpartition("/config")[0] + "/config"), asked)

    def _told(self, sdk: Sdk) -> Iterator[Finding]:
        """What the server says counts, whatever the code says (wire-format §1.13)."""
        section = self.sections.get(_SECTIONS[sdk.family], {})
        for name, value in section.items():
            feature = _RENAMED.get(name, name) if sdk.family is not Family.BROWSER_2 else name
            is_on = switched(value)
            told = because(f"The server says {name} = {shown(value)}.", self.answered)
            yield _remote(f"autocapture.{feature}", is_on, told)
            allowed = value.get("cssSelectorAllowlist") if isinstance(value, dict) else None
            if allowed is not None:
                yield _remote(f"autocapture.{feature}.cssSelectorAllowlist", allowed, told)
        if self.enrichment is not None:
            text = "The server sends code that rewrites events before they leave."
            if not self.enrichment:
                text = "The server switches it off."
            yield _remote("customEnrichment", self.enrichment, because(text, self.answered))
        elif self.answered[0]:
            text = "The server's answer holds no such code."
            yield _remote("customEnrichment", None, because(text, self.answered))

    def _diagnostics(self, sdk: Sdk) -> Iterator[Finding]:
        rate = self.rates.get(_SECTIONS[sdk.family])
        if rate is not None:
            told = because(f"The server says a sample rate of {rate}.", self.answered)
            yield _remote("diagnosticsSampleRate", rate, told)
        if self.diagnostics[0]:
            text = f"{counted(self.diagnostics[0], 'report')} came."
            yield wire("enableDiagnostics", True, because(text, self.diagnostics))


def _sections(analytics: Any) -> dict[str, Json]:
    """What each SDK is told to track, as far as it is small."""
    found: dict[str, Json] = {}
    if isinstance(analytics, dict):
        for name in _SECTIONS.values():
            section = analytics.get(name)
            features = section.get("autocapture") if isinstance(section, dict) else None
            if isinstance(features, dict) and len(str(features)) < MOST_JSON:
                found[name] = {str(key)[:80]: value for key, value in list(features.items())[:40]}
    return found


def _rate(value: Any) -> float | int:
    if not isinstance(value, dict) or value.get("enabled") is False:
        return 0
    rate = value.get("sampleRate")
    return rate if isinstance(rate, int | float) else 0


def _remote(option: str, value: Any, told: Because) -> Finding:
    return Finding(option, value, Evidence.REMOTE_CONFIG, Confidence.CERTAIN, (told,))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
