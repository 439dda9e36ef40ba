"""
How uploads are carried: beacon or not, compressed or not, with which headers of one's own
(wire-format §1.3, §1.4).
"""

from collections.abc import Iterator

from app.decode.body import clean
from app.hosts import is_analytics
from app.sdk.evidence import Confidence, Finding, inferred, unknown, wire
from app.sdk.identify import IN_BROWSERS, Family, Sdk
from app.sdk.observe.observer import Observer, Seen, Tally, because, counted, note, tally

COMPRESSIBLE = 2048
"""Browser SDKs compress nothing smaller."""
_USUAL = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "authorization",
    "cache-control", "connection", "content-encoding", "content-length", "content-type", "cookie",
    "cross-origin-resource-policy", "dnt", "expect", "forwarded", "host", "keep-alive", "origin",
    "pragma", "priority", "proxy-connection", "referer", "save-data", "sec-gpc", "te",
    "traceparent", "tracestate", "transfer-encoding", "upgrade-insecure-requests", "user-agent",
    "via", "x-requested-with", "http2-settings",
})  # fmt: skip
_USUAL_STARTS = ("sec-", "x-forwarded-", "x-b3-", ":")
MOST_HEADERS = 20


class TransportObserver(Observer):
    """Counts of transports and compressions, and headers that no SDK sends by itself."""

    def __init__(self) -> None:
        self.transports: dict[str, Tally] = {}
        self.compressed: Tally = [0, 0, 0]
        self.plain: Tally = [0, 0, 0]
        """Large enough to be compressed, and not."""
        self.custom_compressed: Tally = [0, 0, 0]
        self.custom_plain: Tally = [0, 0, 0]
        self.headers: dict[str, str] = {}
        self.bearer: Tally = [0, 0, 0]
        self.uploads: Tally = [0, 0, 0]

    def take(self, seen: Seen) -> None:
        """A beacon is never compressed, so it says nothing of that."""
        number, upload = seen.capture_id, seen.upload
        note(self.uploads, number)
        tally(self.transports, upload.transport, number)
        if upload.body_bytes >= COMPRESSIBLE and upload.transport != "beacon":
            host = seen.capture.url.partition("://")[2].partition("/")[0].partition(":")[0]
            is_own = is_analytics(host)
            if upload.compression != "none":
                note(self.compressed if is_own else self.custom_compressed, number)
            else:
                note(self.plain if is_own else self.custom_plain, number)
        if len(self.headers) < MOST_HEADERS:
            for name, value in seen.headers.items():
                if name not in _USUAL and not name.startswith(_USUAL_STARTS):
                    self.headers[name[:100]] = value[:200]
        if seen.headers.get("authorization", "").startswith("Bearer "):
            note(self.bearer, number)

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """transport, transport.headers, enableRequestBodyCompression."""
        if sdk.family in IN_BROWSERS:
            yield self._transport(sdk)
        yield from self._compression()
        if self.headers:
            found = {clean(name): clean(value) for name, value in sorted(self.headers.items())}
            text = "No SDK sends these by itself."
            yield inferred(
                "transport.headers", found, Confidence.MEDIUM, because(text, self.uploads)
            )
        elif self.uploads[0]:
            text = f"None of {counted(self.uploads[0], 'upload')} has an unusual header."
            yield inferred("transport.headers", None, Confidence.HIGH, because(text, self.uploads))
        if self.bearer[0]:
            yield wire("bearerToken", "(set)", because("Uploads carry a token.", self.bearer))

    def _transport(self, sdk: Sdk) -> Finding:
        beacons = self.transports.get("beacon", [0, 0, 0])
        others = self.uploads[0] - beacons[0]
        if beacons[0] and not others:
            text = f"All {counted(beacons[0], 'upload')} are beacons."
            return inferred("transport", "beacon", Confidence.HIGH, because(text, beacons))
        plain = "XHR" if sdk.family is Family.LEGACY_JS else "fetch or XHR, which look the same"
        text = f"{counted(others, 'upload')} went by {plain}."
        texts = [because(text, self.uploads)]
        if beacons[0]:
            text = (
                f"{counted(beacons[0], 'upload')} went as beacons: the page changes the transport"
                " while it runs, as is usual when it is left."
            )
            texts.append(because(text, beacons))
        if sdk.family is Family.LEGACY_JS:
            return inferred("transport", "http", Confidence.HIGH, *texts)
        return unknown("transport", *texts)

    def _compression(self) -> Iterator[Finding]:
        option = "enableRequestBodyCompression"
        if self.custom_compressed[0]:
            text = (
                f"{counted(self.custom_compressed[0], 'upload')} to an address of your own came"
                " compressed."
            )
            yield wire(option, True, because(text, self.custom_compressed))
        elif self.custom_plain[0]:
            text = (
                f"{counted(self.custom_plain[0], 'upload')} of 2 kB or more to an address of your"
                " own came as they are."
            )
            yield inferred(option, False, Confidence.HIGH, because(text, self.custom_plain))
        elif self.compressed[0] or self.plain[0]:
            text = (
                f"{counted(self.compressed[0], 'upload')} came compressed, as it is anyway for"
                " Amplitude's own addresses; the option is for other ones."
            )
            yield unknown(
                option, because(text, self.compressed if self.compressed[0] else self.plain)
            )
        elif self.uploads[0]:
            text = "No upload so far was large enough to be compressed (2 kB)."
            yield unknown(option, because(text, self.uploads))
