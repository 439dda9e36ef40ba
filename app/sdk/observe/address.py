"""
Where uploads go: host, zone and endpoint (wire-format §1.1, §3.3).
"""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.decode.body import clean
from app.hosts import is_analytics
from app.model import Via
from app.sdk.evidence import Confidence, Finding, default, inferred, unknown, wire
from app.sdk.identify import Family, Sdk
from app.sdk.observe.observer import Observer, Seen, Tally, because, counted, newest, tally

LONGEST = 300


class AddressObserver(Observer):
    """The addresses and keys that uploads went to."""

    def __init__(self) -> None:
        self.addresses: dict[str, Tally] = {}
        self.keys: dict[str, Tally] = {}
        self.vias: dict[str, Tally] = {}

    def take(self, seen: Seen) -> None:
        """One address an upload."""
        url = seen.capture.url.partition("?")[0][:LONGEST]
        tally(self.addresses, url, seen.capture_id)
        if seen.upload.api_key:
            tally(self.keys, seen.upload.api_key[:LONGEST], seen.capture_id)
        tally(self.vias, str(seen.capture.via), seen.capture_id)

    @property
    def host(self) -> str:
        """The host that took the newest upload."""
        return _host(newest(self.addresses) or "")

    @property
    def is_custom(self) -> bool:
        """Whether the newest upload went to an address of the sender's own."""
        return bool(self.host) and not is_analytics(self.host)

    @property
    def passes_here(self) -> bool:
        """Whether all that it sends passes here, not only uploads sent to our endpoint."""
        return Via.PROXY in self.vias

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """apiKey, serverUrl, serverZone, useBatch."""
        key = newest(self.keys)
        if key:
            often = self.keys[key]
            yield wire("apiKey", clean(key), because(f"In {counted(often[0], 'upload')}.", often))
        url = newest(self.addresses)
        if url is None:
            return
        often = self.addresses[url]
        went = because(f"{counted(often[0], 'upload')} went to {clean(url)}.", often)
        others = [
            because(f"Earlier, {counted(one[0], 'upload')} went to {clean(other)}.", one)
            for other, one in self.addresses.items()
            if other != url
        ][:3]
        if self.is_custom:
            told = _host(url) if sdk.family is Family.LEGACY_JS else clean(url)
            if sdk.family is Family.LEGACY_JS:
                told = clean(url.partition("://")[2])
            yield wire("serverUrl", told, went, *others)
            own = because("An address of your own is set, which wins over this option.", often)
            yield unknown("serverZone", own)
            yield unknown("useBatch", own)
            return
        yield default("serverUrl", went, *others)
        is_eu = ".eu." in _host(url)
        yield wire("serverZone", "EU" if is_eu else "US", went)
        yield wire("useBatch", url.rstrip("/").endswith("/batch"), went)
        if sdk.family is Family.LEGACY_JS:
            is_http = url.startswith("http://")
            yield inferred("forceHttps", not is_http, Confidence.MEDIUM, went)


def _host(url: str) -> str:
    try:
        return clean(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def shown(value: object) -> str:
    """A JSON value in a sentence."""
    text = json.dumps(value, ensure_ascii=False)
    return clean(text if len(text) <= 80 else f"{text[:79]}…")
