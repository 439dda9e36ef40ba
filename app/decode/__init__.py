"""
From bytes to meaning: `decode(capture)` says what an exchange is, and reads uploads.

Recognised by host, then path, then the shape of the body, because SDKs can be pointed at any
first-party address (wire-format §1.6, §9). Never raises for anything a sender can send.
"""

from collections.abc import Callable

from app.decode import (
    diagnostics,
    experiment,
    forms,
    http_v2,
    other,
    remote_config,
    session_replay,
)
from app.decode.body import BodyProblem, exactly, parsed
from app.decode.request import Request, split
from app.hosts import ASSET_HOSTS, INGESTION_HOSTS, is_analytics
from app.model import Capture, Decoded, Fault, Kind, Upload, Via

NOT_UNDERSTOOD = "not understood yet"
UNKNOWN = Decoded(Kind.UNKNOWN, note=NOT_UNDERSTOOD)

_FAMILIES: tuple[tuple[Callable[[Request], bool], Callable[[Request], Decoded]], ...] = (
    (session_replay.is_replay, session_replay.decode),
    (diagnostics.is_diagnostics, diagnostics.decode),
    (experiment.is_experiment, experiment.decode),
    (other.is_guides, other.guides),
    (other.is_rest, other.rest),
    (remote_config.is_dynamic_config, remote_config.dynamic),
)
"""What is told by host, path and headers alone, whatever the method."""


def decode(capture: Capture) -> Decoded:
    """What this exchange is."""
    request = Request(capture)
    if request.method == "OPTIONS":
        return Decoded(Kind.PREFLIGHT)
    if request.host in INGESTION_HOSTS:
        return _ingestion(request)
    if _stands_in(request) and request.path.endswith(http_v2.INGESTION_PATHS):
        return _json_upload(request)
    if request.host in ASSET_HOSTS:
        return other.asset(request)
    for recognised, read in _FAMILIES:
        if recognised(request):
            return read(request)
    if request.method == "GET":
        if remote_config.is_remote_config(request):
            return remote_config.decode(request)
        return UNKNOWN
    found = _by_shape(request)
    if (
        found is UNKNOWN
        and _stands_in(request)
        and request.capture.body.startswith(http_v2.LIKE_AN_UPLOAD)
    ):
        return _json_upload(request)
    return found


def concerns_us(capture: Capture, decoded: Decoded) -> bool:
    """Whether an exchange is kept: anything understood, and everything with a host of Amplitude's.
    Other traffic that happens to pass (a plain HTTP page) is nobody's business."""
    if is_analytics(split(capture.url).hostname or ""):
        return True
    return decoded.kind not in (Kind.UNKNOWN, Kind.PREFLIGHT)


def _stands_in(request: Request) -> bool:
    """Whether our endpoint was posted to, which stands for the ingestion host at any path."""
    return request.capture.via is Via.ENDPOINT and request.method in ("POST", "PUT")


def _ingestion(request: Request) -> Decoded:
    """What came to an ingestion host. What cannot be read on a path that takes uploads is an
    upload with a problem."""
    if request.method in ("POST", "PUT"):
        if request.path in http_v2.INGESTION_PATHS:
            return _json_upload(request)
        endpoint = forms.expected(request.path)
        return _form_upload(request, endpoint) if endpoint else _by_shape(request)
    endpoint = forms.expected(request.path)
    if request.method == "GET" and request.path and endpoint:
        return _form_upload(request, endpoint)
    return UNKNOWN


def _by_shape(request: Request) -> Decoded:
    """An upload at an address of the sender's own, or none of ours."""
    if request.method not in ("POST", "PUT") or not request.capture.body:
        return UNKNOWN
    try:
        data, _ = request.unpacked()
        if http_v2.may_be(data):
            return _json_by_shape(request, data)
        if session_replay.may_be(request, data):
            return session_replay.decode(request)
        if forms.may_be(data) and not forms.too_large(data):
            form = forms.fields(request)
            endpoint = forms.recognised(request.path, form)
            if endpoint:
                return _form(request, endpoint, form)
    except BodyProblem:
        return UNKNOWN
    return UNKNOWN


def _json_by_shape(request: Request, data: bytes) -> Decoded:
    if len(data) > http_v2.LARGEST:
        return _unreadable(request, *_too_large(data), data)
    document = parsed(data)
    if not http_v2.is_upload(document):
        return UNKNOWN
    return _json(request, document)


def _json_upload(request: Request) -> Decoded:
    """HTTP V2 or Batch, expected here."""
    if not request.capture.body:
        return _unreadable(request, "The upload has no body.", Fault.UNREADABLE)
    try:
        data, _ = request.unpacked()
        if len(data) > http_v2.LARGEST:
            return _unreadable(request, *_too_large(data), data)
        document = parsed(data)
    except BodyProblem as problem:
        return _unreadable(request, str(problem), Fault.UNREADABLE)
    return _json(request, document)


def _json(request: Request, document: object) -> Decoded:
    data, compression = request.unpacked()
    if isinstance(document, dict) and http_v2.has_rounded_ids(document.get("events")):
        document = exactly(data)
    return Decoded(
        Kind.UPLOAD, http_v2.upload(request.capture, request.path, data, compression, document)
    )


def _form_upload(request: Request, endpoint: str) -> Decoded:
    """A form, expected here."""
    try:
        data = request.unpacked()[0] if request.capture.body else b""
        problem = forms.too_large(data)
        if problem:
            return _unreadable(request, problem, Fault.TOO_LARGE, data, endpoint)
        if endpoint == forms.LEGACY_SDK and http_v2.may_be(data):
            # Some set the host alone, and then HTTP V2 goes to its root.
            return _json_by_shape(request, data)
        form = forms.fields(request)
    except BodyProblem as problem:
        return _unreadable(request, str(problem), Fault.UNREADABLE, endpoint=endpoint)
    return _form(request, forms.recognised(request.path, form) or endpoint, form)


def _form(request: Request, endpoint: str, form: dict[str, str]) -> Decoded:
    upload = forms.upload(request, endpoint, form)
    note = ""
    if endpoint == forms.LEGACY_SDK:
        note = f"Sent by {forms.sender(form, upload.library)}."
    return Decoded(Kind.UPLOAD, upload, note=note)


def _too_large(data: bytes) -> tuple[str, Fault]:
    problem = f"The body of {len(data) >> 20} MB is larger than the 20 MB that Batch takes."
    return problem, Fault.TOO_LARGE


def _unreadable(
    request: Request,
    problem: str,
    fault: Fault,
    data: bytes | None = None,
    endpoint: str | None = None,
) -> Decoded:
    """An upload of which only its bytes are known."""
    body = request.capture.body
    upload = Upload(
        endpoint=http_v2.endpoint(request.path) if endpoint is None else endpoint,
        transport=http_v2.transport(request.capture),
        wire_bytes=len(body),
        body_bytes=len(body if data is None else data),
        problem=problem,
        fault=fault,
    )
    return Decoded(Kind.UPLOAD, upload)
