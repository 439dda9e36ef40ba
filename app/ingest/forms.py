"""
Endpoints that take a form and answer plain text: HTTP v1, the legacy SDKs, identify and its
relatives (wire-format §1.7 to §1.12).

SDKs and libraries compare these texts; `success`, `invalid_api_key`, `bad_checksum` and
`missing_event` are documented, the others follow their pattern.
"""

from collections.abc import Mapping
from hashlib import md5
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.decode.body import BodyProblem, parsed, unpacked
from app.ingest.endpoints import Endpoint
from app.ingest.rules import RuleBook
from app.model import Capture

SUCCESS = (200, "success")
TOO_LARGE = (413, "Payload too large")
LARGEST = 1 << 20
LONGEST_URL = 8192
MOST_IDENTIFIES = 1024
MOST_MAPPINGS = 2000

_DATA = {
    Endpoint.HTTP_V1: "event",
    Endpoint.LEGACY: "e",
    Endpoint.ATTRIBUTION: "event",
    Endpoint.IDENTIFY: "identification",
    Endpoint.GROUP_IDENTIFY: "identification",
    Endpoint.USER_MAPPING: "mapping",
}
_MOST = {
    Endpoint.GROUP_IDENTIFY: MOST_IDENTIFIES,
    Endpoint.USER_MAPPING: MOST_MAPPINGS,
    Endpoint.HTTP_V1: 2000,
}
_NEEDS = {
    Endpoint.HTTP_V1: (("event_type",), ("user_id", "device_id")),
    Endpoint.LEGACY: (("event_type",),),
    Endpoint.IDENTIFY: (("user_id", "device_id"),),
    Endpoint.GROUP_IDENTIFY: (("group_type",), ("group_value",)),
    Endpoint.USER_MAPPING: (("user_id",), ("global_user_id", "unmap")),
}
"""What each item must have: one of each group."""


def answer_form(endpoint: Endpoint, capture: Capture, book: RuleBook) -> tuple[int, str]:
    """Status and text for a form."""
    if len(capture.url) > LONGEST_URL:
        return 414, "Request-URI Too Long"
    try:
        body, _ = unpacked(capture.body, capture.header("content-encoding"))
    except BodyProblem:
        return 400, "invalid_request_body"
    if len(body) > LARGEST:
        return TOO_LARGE
    given = _fields(capture, body)
    key = given.get("client" if endpoint is Endpoint.LEGACY else "api_key", "")
    if not key or not book.knows(key):
        return 400, "invalid_api_key"
    if not _checksum_is_right(given):
        return 400, "bad_checksum"
    name = _DATA[endpoint]
    if not given.get(name):
        return 400, "missing_event" if name != "mapping" else "missing_mapping"
    return _judged(endpoint, given[name])


def _judged(endpoint: Endpoint, text: str) -> tuple[int, str]:
    try:
        document = parsed(text.encode("utf-8", "surrogatepass"))
    except BodyProblem:
        return 400, "invalid_event_json"
    items = document if isinstance(document, list) else [document]
    if not items or not all(isinstance(item, dict) for item in items):
        return 400, "invalid_event_json"
    if len(items) > _MOST.get(endpoint, len(items)):
        return TOO_LARGE
    lacking = {
        group[0] for item in items for group in _NEEDS.get(endpoint, ()) if _lacks(item, group)
    }
    if lacking:
        return 400, f"invalid_event_field. Invalid fields [{', '.join(sorted(lacking))}]."
    return SUCCESS


def _lacks(item: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return not any(item.get(name) for name in names)


def _fields(capture: Capture, body: bytes) -> dict[str, str]:
    """The fields of the form; a GET carries them in its address."""
    text = body.decode("utf-8", "replace") if body else urlsplit(capture.url).query
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _checksum_is_right(given: Mapping[str, str]) -> bool:
    """Legacy SDKs may sign what they send; only a checksum that is there can be wrong."""
    wanted = given.get("checksum")
    if not wanted:
        return True
    signed = "".join(given.get(name, "") for name in ("v", "client", "e", "upload_time"))
    return md5(signed.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest() == wanted
