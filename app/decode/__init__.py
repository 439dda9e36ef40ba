"""
From bytes to meaning: `decode(capture)` says what an exchange is, and reads uploads.

Recognised by host, then path, then the shape of the body, because SDKs can be pointed at any
first-party address (wire-format §1.6). Never raises for anything a sender can send.
"""

from urllib.parse import SplitResult, urlsplit

from app.decode import http_v2
from app.decode.body import BodyProblem, parsed, unpacked
from app.hosts import ASSET_HOSTS, is_analytics
from app.model import Capture, Decoded, Fault, Kind, Upload

NOT_UNDERSTOOD = "not understood yet"


def decode(capture: Capture) -> Decoded:
    """What this exchange is."""
    url = _split(capture.url)
    host = (url.hostname or "").lower()
    if capture.method == "OPTIONS":
        return Decoded(Kind.PREFLIGHT)
    if host in ASSET_HOSTS:
        return Decoded(Kind.ASSET)
    if capture.method == "GET" and _is_remote_config(host, url):
        return Decoded(Kind.REMOTE_CONFIG)
    if capture.method in ("POST", "PUT") and capture.body:
        return _body(capture, host, url)
    return Decoded(Kind.UNKNOWN, note=NOT_UNDERSTOOD)


def concerns_us(capture: Capture, decoded: Decoded) -> bool:
    """Whether an exchange is kept: anything understood, and everything with a host of Amplitude's.
    Other traffic that happens to pass (a plain HTTP page) is nobody's business."""
    if is_analytics(_split(capture.url).hostname or ""):
        return True
    return decoded.kind not in (Kind.UNKNOWN, Kind.PREFLIGHT)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return urlsplit("")
    return parts


def _is_remote_config(host: str, url: SplitResult) -> bool:
    named = "config_group=" in url.query or "config_keys=" in url.query
    return host.startswith("sr-client-cfg.") or (named and "/config" in url.path)


def _body(capture: Capture, host: str, url: SplitResult) -> Decoded:
    """Read a body that may be an upload. On an ingestion path, a body that cannot be read is an
    upload with a problem; elsewhere it is none of ours."""
    expected = http_v2.is_ingestion(capture, host, url.path)
    try:
        data, compression = unpacked(capture.body, capture.header("content-encoding"))
        if not expected and not http_v2.may_be(data):
            return Decoded(Kind.UNKNOWN, note=NOT_UNDERSTOOD)
        if len(data) > http_v2.LARGEST:
            problem = f"The body of {len(data) >> 20} MB is larger than the 20 MB that Batch takes."
            return _unreadable(capture, url.path, problem, Fault.TOO_LARGE, data)
        document = parsed(data)
    except BodyProblem as problem:
        if not expected:
            return Decoded(Kind.UNKNOWN, note=NOT_UNDERSTOOD)
        return _unreadable(capture, url.path, str(problem), Fault.UNREADABLE, capture.body)
    if not expected and not http_v2.is_upload(document):
        return Decoded(Kind.UNKNOWN, note=NOT_UNDERSTOOD)
    return Decoded(Kind.UPLOAD, http_v2.upload(capture, url.path, data, compression, document))


def _unreadable(capture: Capture, path: str, problem: str, fault: Fault, data: bytes) -> Decoded:
    """An upload of which only its bytes are known."""
    upload = Upload(
        endpoint=http_v2.endpoint(path),
        transport=http_v2.transport(capture),
        wire_bytes=len(capture.body),
        body_bytes=len(data),
        problem=problem,
        fault=fault,
    )
    return Decoded(Kind.UPLOAD, upload)
