"""
Session Replay and Experiment: how their own SDKs are set up (wire-format §7, §1.15).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.decode.body import clean
from app.hosts import is_analytics
from app.sdk.evidence import Because, Confidence, Finding, default, inferred, unknown, wire
from app.sdk.identify import Sdk
from app.sdk.observe.observer import Json, Tally, because, counted, note

if TYPE_CHECKING:
    from app.study.arrival import Arrival

_LEVELS = {0: "None", 1: "Error", 2: "Warn", 3: "Verbose", 4: "Debug"}
POLL_MS = (240_000, 400_000)
"""Flags are asked for every 5 minutes."""
MOST_JSON = 20_000


class ReplayObserver:
    """What recordings say of their SDK, which writes its whole configuration into them."""

    def __init__(self) -> None:
        self.uploads: Tally = [0, 0, 0]
        self.url = ""
        self.key = ""
        self.rate = ""
        self.config: Json = {}
        self.configured: Tally = [0, 0, 0]

    def take(self, arrival: Arrival) -> None:
        """One upload of a recording."""
        contents = arrival.decoded.contents
        note(self.uploads, arrival.id)
        self.url = arrival.capture.url.partition("?")[0][:300]
        self.key = arrival.decoded.api_key or self.key
        self.rate = str(contents.get("sample_rate") or self.rate)[:20]
        options = contents.get("options")
        if isinstance(options, dict) and len(str(options)) < MOST_JSON:
            self.config = options
            note(self.configured, arrival.id)

    def findings(self, _sdk: Sdk) -> Iterator[Finding]:
        """Its options."""
        if self.key:
            yield wire("apiKey", self.key, because("Uploads are authorised with it.", self.uploads))
        went = because(f"{counted(self.uploads[0], 'upload')} went to {clean(self.url)}.",
                       self.uploads)  # fmt: skip
        host = self.url.partition("://")[2].partition("/")[0].partition(":")[0]
        if is_analytics(host):
            yield wire("trackServerUrl", "", went)
            yield wire("serverZone", "EU" if ".eu." in host else "US", went)
        else:
            yield wire("trackServerUrl", clean(self.url), went)
        if self.rate:
            rate = _number(self.rate)
            yield wire("sampleRate", rate, because("Uploads say it in a header.", self.uploads))
        told = because("The recording holds the configuration.", self.configured)
        for name, value in self.config.items():
            if name in ("apiKey", "loggerProvider", "serverZone", "trackServerUrl", "sampleRate"):
                continue
            if name == "logLevel":
                value = _LEVELS.get(value, value) if isinstance(value, int) else value  # noqa: PLW2901
            yield wire(name, value, told)


class ExperimentObserver:
    """What requests for variants and flags say of their SDK."""

    def __init__(self) -> None:
        self.variants: Tally = [0, 0, 0]
        self.flags: Tally = [0, 0, 0]
        self.key = ""
        self.variants_url = ""
        self.flags_url = ""
        self.last_flags_ms = 0
        self.polls: Tally = [0, 0, 0]

    def take(self, arrival: Arrival) -> None:
        """One request."""
        url = arrival.capture.url.partition("?")[0]
        base = url.partition("/sdk/")[0][:300]
        self.key = str(arrival.decoded.contents.get("deployment_key") or self.key)[:100]
        if url.rstrip("/").endswith("/flags"):
            note(self.flags, arrival.id)
            since = arrival.capture.at_ms - self.last_flags_ms
            if POLL_MS[0] < since < POLL_MS[1]:
                note(self.polls, arrival.id)
            self.last_flags_ms = arrival.capture.at_ms
            self.flags_url = base
        else:
            note(self.variants, arrival.id)
            self.variants_url = base

    def findings(self, _sdk: Sdk) -> Iterator[Finding]:
        """Its options."""
        any_of = self.variants if self.variants[0] else self.flags
        if self.key:
            text = "Requests are authorised with it."
            yield wire("deploymentKey", clean(self.key), because(text, any_of))
        for option, url, often in (
            ("serverUrl", self.variants_url, self.variants),
            ("flagsServerUrl", self.flags_url, self.flags),
        ):
            if often[0]:
                text = f"{counted(often[0], 'request')} went to {clean(url)}."
                is_own = is_analytics(url.partition("://")[2].partition(":")[0])
                seen = because(text, often)
                # Amplitude's own hosts follow from the zone.
                yield default(option, seen) if is_own else wire(option, clean(url), seen)
        for url in (self.variants_url, self.flags_url):
            if is_analytics(url.partition("://")[2]):
                zone = "EU" if ".eu." in url else "US"
                yield wire("serverZone", zone, because(f"{clean(url)} was asked.", any_of))
                break
        if self.variants[0]:
            text = f"Variants were fetched {counted(self.variants[0], 'time')}, by itself or asked."
            yield unknown("fetchOnStart", because(text, self.variants))
        if self.polls[0]:
            text = f"Flags were asked for again after 5 minutes, {counted(self.polls[0], 'time')}."
            yield inferred("pollOnStart", True, Confidence.HIGH, because(text, self.polls))
        elif self.flags[0]:
            yield unknown("pollOnStart", Because("No second question 5 minutes later, yet."))


def _number(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return clean(text)
    return int(value) if value == int(value) else value
