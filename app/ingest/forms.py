"""
Endpoints that take a form and answer plain text: HTTP V1, the legacy SDKs, identify and its
relatives (wire-format §1.7 to §1.12).

SDKs and libraries compare these texts; `success`, `invalid_api_key`, `bad_checksum` and
`missing_event` are documented, the others follow their pattern.
"""

from collections.abc import Mapping
from typing import Any

from app.decode import forms
from app.ingest.rules import RuleBook
from app.model import Capture, Fault, Upload

SUCCESS = (200, "success")
TOO_LARGE = (413, "Payload too large")
LARGEST = 1 << 20
LONGEST_URL = 8192
MOST = {forms.HTTP_V1: 2000, forms.GROUP_IDENTIFY: 1024, forms.USER_MAPPING: 2000}
"""Items in one request."""

_NEEDS = {
    forms.HTTP_V1: (("event_type",), ("user_id", "device_id")),
    forms.LEGACY_SDK: (("event_type",),),
    forms.IDENTIFY: (("user_id", "device_id"),),
    forms.GROUP_IDENTIFY: (("group_type",), ("group_value",)),
    forms.USER_MAPPING: (("user_id",), ("global_user_id", "unmap")),
}
"""What each item must have: one of each group."""


def answer_form(upload: Upload, capture: Capture, book: RuleBook) -> tuple[int, str]:
    """Status and text for a form."""
    if len(capture.url) > LONGEST_URL:
        return 414, "Request-URI Too Long"
    if upload.body_bytes > LARGEST or upload.fault is Fault.TOO_LARGE:
        return TOO_LARGE
    if upload.fault is Fault.CHECKSUM:
        return 400, "bad_checksum"
    if upload.fault is Fault.UNREADABLE and not upload.api_key:
        return 400, "invalid_request_body"
    if not upload.api_key or not book.knows(upload.api_key):
        return 400, "invalid_api_key"
    items = forms.FAMILIES[upload.endpoint].items
    if upload.fault is Fault.EVENTS:
        return 400, f"missing_{'event' if items == 'e' else items}"
    if upload.fault or not upload.events:
        return 400, "invalid_event_json"
    if len(upload.events) > MOST.get(upload.endpoint, len(upload.events)):
        return TOO_LARGE
    lacking = _lacking(upload)
    if lacking:
        return 400, f"invalid_event_field. Invalid fields [{', '.join(lacking)}]."
    return SUCCESS


def _lacking(upload: Upload) -> list[str]:
    """Fields that are missing in some item."""
    needs = _NEEDS.get(upload.endpoint, ())
    return sorted(
        {group[0] for event in upload.events for group in needs if _lacks(event.raw, group)}
    )


def _lacks(item: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return not any(item.get(name) for name in names)
