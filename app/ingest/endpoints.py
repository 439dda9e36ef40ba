"""
Which of Amplitude's endpoints an exchange means: what an answer and a fault go by.
"""

from enum import StrEnum
from urllib.parse import urlsplit

from app.decode import forms
from app.decode.http_v2 import BATCH, HTTP_V2
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


_BY_UPLOAD = {
    HTTP_V2: Endpoint.EVENTS,
    BATCH: Endpoint.EVENTS,
    forms.HTTP_V1: Endpoint.HTTP_V1,
    forms.LEGACY_SDK: Endpoint.LEGACY,
    forms.IDENTIFY: Endpoint.IDENTIFY,
    forms.GROUP_IDENTIFY: Endpoint.GROUP_IDENTIFY,
    forms.ATTRIBUTION: Endpoint.ATTRIBUTION,
    forms.USER_MAPPING: Endpoint.USER_MAPPING,
}
_BY_KIND = {
    Kind.PREFLIGHT: Endpoint.PREFLIGHT,
    Kind.SESSION_REPLAY: Endpoint.SESSION_REPLAY,
    Kind.DIAGNOSTICS: Endpoint.DIAGNOSTICS,
}

UPLOADS = frozenset({*_BY_UPLOAD.values(), Endpoint.SESSION_REPLAY})
"""What carries data that somebody would miss."""


def endpoint_of(capture: Capture, decoded: Decoded) -> Endpoint:
    """The endpoint that a request is meant for."""
    if decoded.upload:
        return _BY_UPLOAD.get(decoded.upload.endpoint, Endpoint.OTHER)
    if decoded.kind is Kind.REMOTE_CONFIG:
        region = urlsplit(capture.url).netloc.lower().startswith("regionconfig.")
        return Endpoint.REGION if region else Endpoint.REMOTE_CONFIG
    if decoded.kind is Kind.EXPERIMENT:
        flags = urlsplit(capture.url).path.rstrip("/").endswith("/flags")
        return Endpoint.FLAGS if flags else Endpoint.EXPERIMENT
    return _BY_KIND.get(decoded.kind, Endpoint.OTHER)
