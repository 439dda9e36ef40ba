"""
Which of Amplitude's endpoints a request means, by host, path and content type (wire-format §1.1).

Answering needs less than decoding: an endpoint's answer is known before its body is understood.
"""

from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from app.decode.http_v2 import INGESTION_PATHS
from app.hosts import is_analytics
from app.model import Capture, Decoded, Kind


class Endpoint(StrEnum):
    """What answers. Values are names that a person may write in a fault."""

    EVENTS = "events"
    HTTP_V1 = "httpapi"
    LEGACY = "legacy"
    IDENTIFY = "identify"
    GROUP_IDENTIFY = "groupidentify"
    ATTRIBUTION = "attribution"
    USER_MAPPING = "usermap"
    SESSION_REPLAY = "session-replay"
    EXPERIMENT = "experiment"
    FLAGS = "flags"
    REMOTE_CONFIG = "remote-config"
    REGION = "region"
    DIAGNOSTICS = "diagnostics"
    PREFLIGHT = "preflight"
    OTHER = "other"


UPLOADS = frozenset(
    {
        Endpoint.EVENTS,
        Endpoint.HTTP_V1,
        Endpoint.LEGACY,
        Endpoint.IDENTIFY,
        Endpoint.GROUP_IDENTIFY,
        Endpoint.ATTRIBUTION,
        Endpoint.USER_MAPPING,
        Endpoint.SESSION_REPLAY,
    }
)
"""What carries data that somebody would miss."""

TEXT = frozenset(
    {
        Endpoint.HTTP_V1,
        Endpoint.LEGACY,
        Endpoint.IDENTIFY,
        Endpoint.GROUP_IDENTIFY,
        Endpoint.ATTRIBUTION,
        Endpoint.USER_MAPPING,
    }
)
"""What takes forms and answers plain text."""

_BY_LAST = {
    "httpapi": Endpoint.HTTP_V1,
    "identify": Endpoint.IDENTIFY,
    "groupidentify": Endpoint.GROUP_IDENTIFY,
    "attribution": Endpoint.ATTRIBUTION,
    "usermap": Endpoint.USER_MAPPING,
    "vardata": Endpoint.EXPERIMENT,
    "flags": Endpoint.FLAGS,
}


def endpoint_of(capture: Capture, decoded: Decoded) -> Endpoint:
    """The endpoint that a request is meant for."""
    if decoded.kind is Kind.PREFLIGHT:
        return Endpoint.PREFLIGHT
    url = _split(capture.url)
    host, path = (url.hostname or "").lower(), url.path.rstrip("/")
    if decoded.kind is Kind.REMOTE_CONFIG and not host.startswith("regionconfig."):
        return Endpoint.REMOTE_CONFIG
    form = capture.header("content-type").lower().startswith("application/x-www-form-urlencoded")
    if is_analytics(host):
        found = _at_amplitude(host, path)
    else:
        # An address of somebody's own: its last part is all that may tell.
        found = _BY_LAST.get(path.rpartition("/")[2], Endpoint.OTHER)
        if found in TEXT and not form and decoded.upload:
            found = Endpoint.EVENTS
        elif found is Endpoint.OTHER and form and b"client=" in capture.body:
            found = Endpoint.LEGACY
    if found is Endpoint.OTHER and decoded.upload:
        return Endpoint.EVENTS
    return found


def _at_amplitude(host: str, path: str) -> Endpoint:
    if path in INGESTION_PATHS:
        return Endpoint.EVENTS
    if host.startswith("api-sr."):
        return Endpoint.SESSION_REPLAY
    if host.startswith("sr-client-cfg."):
        return Endpoint.REMOTE_CONFIG
    if host.startswith("regionconfig."):
        return Endpoint.REGION
    if host.startswith("diagnostics."):
        return Endpoint.DIAGNOSTICS
    if not path and host.startswith(("api.", "api2.")):
        return Endpoint.LEGACY
    return _BY_LAST.get(path.rpartition("/")[2], Endpoint.OTHER)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return urlsplit("")
    return parts
