"""
The endpoints that take a form with JSON inside a field (wire-format §1.7 to §1.12).

    api_key + event             HTTP V1, Attribution
    api_key + identification    Identify, Group Identify
    api_key + mapping           User Mapping
    client + e + v              legacy SDKs
"""

import re
from binascii import a2b_qp
from collections.abc import Callable
from hashlib import md5
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.decode import legacy
from app.decode.body import BodyProblem, clean, exactly, parsed
from app.decode.http_v2 import (
    LARGEST,
    event,
    has_rounded_ids,
    library_of,
    milliseconds,
    named,
    transport,
)
from app.decode.request import MOST_FIELDS, Request
from app.model import Event, Fault, Upload

HTTP_V1 = "HTTP V1"
LEGACY_SDK = "Legacy SDK"
IDENTIFY = "Identify"
GROUP_IDENTIFY = "Group Identify"
ATTRIBUTION = "Attribution"
USER_MAPPING = "User Mapping"


MOST_BROKEN = 1000
"""A careless sender writes a few bare percent signs."""


class Family(NamedTuple):
    """How one endpoint is spelled."""

    path: str
    key: str
    items: str
    normalised: Callable[[dict[str, Any]], dict[str, Any]]


FAMILIES = {
    HTTP_V1: Family("/httpapi", "api_key", "event", legacy.unchanged),
    LEGACY_SDK: Family("", "client", "e", legacy.sdk_event),
    IDENTIFY: Family("/identify", "api_key", "identification", legacy.identify),
    GROUP_IDENTIFY: Family("/groupidentify", "api_key", "identification", legacy.group_identify),
    ATTRIBUTION: Family("/attribution", "api_key", "event", legacy.unchanged),
    USER_MAPPING: Family("/usermap", "api_key", "mapping", legacy.user_mapping),
}

_BY_PATH = {family.path: name for name, family in FAMILIES.items()}
_BROKEN = re.compile(rb"%(?![0-9a-fA-F]{2})")
_PROBE = re.compile(rb"(?:^|[&\"])(?:client|api_key)[=\"]")
_ADVERTISING_IDS = ("idfa", "idfv", "adid", "android_id")


def expected(path: str) -> str | None:
    """The endpoint that a path of an ingestion host stands for."""
    return _BY_PATH.get(path)


def may_be(data: bytes) -> bool:
    """A cheap look before parsing."""
    return _PROBE.search(data) is not None


def fields(request: Request) -> dict[str, str]:
    """The fields of a form, or of the query where there is no body. Raises BodyProblem."""
    if not request.capture.body:
        return {name: values[0] for name, values in request.query.items()}
    data, _ = request.unpacked()
    content_type = request.header("content-type")
    if content_type.lower().startswith("multipart/form-data"):
        return _multipart(data, content_type)
    if data.count(b"&") >= MOST_FIELDS:
        raise BodyProblem(f"The form has more than {MOST_FIELDS} fields.")
    pairs = (field.partition(b"=") for field in reversed(data.split(b"&")) if field)
    return {plain(name): plain(value) for name, _, value in pairs}


def plain(text: bytes) -> str:
    """Text without its percent signs.

    Quoted-printable is the same but for the sign, and the standard library reads it many times
    as fast as it reads percents: a form of 20 MB must not hold up other traffic for a second.
    """
    text = text.replace(b"+", b" ")
    if b"%" in text:
        if any(islice(_BROKEN.finditer(text), MOST_BROKEN, None)):
            raise BodyProblem("The form is full of percent signs that stand for nothing.")
        text = _BROKEN.sub(b"%25", text)
        text = a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))
    return text.decode("utf-8", "replace")


def recognised(path: str, form: dict[str, str]) -> str | None:
    """The endpoint that a form at any address was meant for, by its fields."""
    if {"client", "e", "v"} <= form.keys():
        return LEGACY_SDK if form["e"].lstrip()[:1] in ("[", "{") else None
    if not form.get("api_key"):
        return None
    for endpoint, family in FAMILIES.items():
        if family.path and path.endswith(family.path) and family.items in form:
            return endpoint
    if "mapping" in form:
        return USER_MAPPING
    if "identification" in form:
        return GROUP_IDENTIFY if '"group_type"' in form["identification"] else IDENTIFY
    if form.get("event", "").lstrip()[:1] in ("[", "{"):
        ids = any(f'"{name}"' in form["event"] for name in _ADVERTISING_IDS)
        person = '"user_id"' in form["event"] or '"device_id"' in form["event"]
        return ATTRIBUTION if ids and not person else HTTP_V1
    return None


def upload(request: Request, endpoint: str, form: dict[str, str]) -> Upload:
    """The upload of a form, with a problem in words where it is not as it should be."""
    family = FAMILIES[endpoint]
    key = clean(form.get(family.key, ""))
    sent, fault, problem = _items(form, family)
    if not fault:
        fault, problem = _checked(form, endpoint)
    events = tuple(_event(item, family) for item in sent)
    data, compression = request.unpacked() if request.capture.body else (b"", "none")
    return Upload(
        endpoint=endpoint,
        api_key=key or None,
        library=library_of(events),
        transport=transport(request.capture),
        compression=compression,
        wire_bytes=len(request.capture.body),
        body_bytes=len(data),
        client_upload_ms=milliseconds(_number(form.get("upload_time"))),
        events=events,
        problem=problem,
        fault=fault,
    )


def too_large(data: bytes) -> str:
    """What to say of a form that is not even parsed, or nothing."""
    if len(data) <= LARGEST:
        return ""
    return f"The form of {len(data) >> 20} MB is larger than the 1 MB that is taken."


def body(endpoint: str, api_key: str, items: bytes) -> bytes:
    """A form with this JSON list: what is read from a file becomes a request again."""
    family = FAMILIES[endpoint]
    form: dict[str, str | bytes] = {family.key: api_key, family.items: items}
    if endpoint == LEGACY_SDK:
        form["v"] = "2"
    return urlencode(form).encode()


def sender(form: dict[str, str], library: str | None) -> str:
    """Which legacy SDK this is, as far as the form tells (wire-format §1.6)."""
    if library:
        return library
    if form.get("v") == "3":
        return "an iOS SDK"
    return "a JavaScript or early mobile SDK" if "checksum" in form else "an Android SDK"


def _items(form: dict[str, str], family: Family) -> tuple[list[Any], Fault, str]:
    text = form.get(family.items)
    if text is None:
        return [], Fault.EVENTS, f"The form has no {family.items}."
    data = text.encode("utf-8", "replace")
    try:
        value = parsed(data)
        if has_rounded_ids(value if isinstance(value, list) else [value]):
            value = exactly(data)
    except BodyProblem as problem:
        told = str(problem).replace("The body", family.items, 1)
        return [], Fault.UNREADABLE, told.replace("The JSON", f"The JSON of {family.items}", 1)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return [], Fault.EVENTS, f"{family.items} is {named(value)}, not a list or an object."
    odd = sum(type(item) is not dict for item in value)
    if odd:
        return value, Fault.EVENT, f"{odd} of {len(value)} entries are not objects."
    if not form.get(family.key):
        return value, Fault.API_KEY, f"The form has no {family.key}."
    return value, Fault.NONE, ""


def _checked(form: dict[str, str], endpoint: str) -> tuple[Fault, str]:
    """The checksum of a legacy form: md5 of v, client, e and upload_time one after another."""
    if endpoint != LEGACY_SDK or "checksum" not in form:
        return Fault.NONE, ""
    text = "".join(form.get(name, "") for name in ("v", "client", "e", "upload_time"))
    right = md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    if form["checksum"].lower() == right:
        return Fault.NONE, ""
    return Fault.CHECKSUM, (
        "The checksum does not match: the form was changed or damaged on its way."
    )


def _event(item: Any, family: Family) -> Event:
    if type(item) is not dict:
        return event(item)
    normalised = family.normalised(item)
    return event(normalised)._replace(raw=item)


def _number(text: str | None) -> Any:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else text


def _multipart(data: bytes, content_type: str) -> dict[str, str]:
    found = re.search(r'boundary="?([^";,]{1,200})', content_type, re.IGNORECASE)
    if not found:
        raise BodyProblem("The multipart form does not say where its parts end.")
    parts = data.split(b"--" + found[1].strip().encode("utf-8", "replace"), MOST_FIELDS)
    form: dict[str, str] = {}
    for part in parts[1:]:
        head, ends, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"\r\n]{1,200})"', head[:4096])
        if ends and name:
            text = value.removesuffix(b"\r\n").decode("utf-8", "replace")
            form.setdefault(name[1].decode("utf-8", "replace"), text)
    if not form:
        raise BodyProblem("The multipart form has no parts.")
    return form
