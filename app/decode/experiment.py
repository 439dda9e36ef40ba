"""
Experiment: which variants a user gets, and the flags that decide it (wire-format §1.15).

    /sdk/v2/vardata    variants for the user in a header      (remote evaluation)
    /sdk/v2/flags      flags with their rules                 (local evaluation)
    /v1/vardata        variants for a user in the query       (the older REST interface)
"""

import base64
import binascii
from typing import Any

from app.decode.body import BodyProblem, clean, parsed
from app.decode.request import Request, masked, project
from app.model import Decoded, Kind

Json = dict[str, Any]

USER = "x-amp-exp-user"
FLAG_KEYS = "x-amp-exp-flag-keys"
_PATHS = ("/vardata", "/flags")
_SDK_PATHS = ("/sdk/v2/vardata", "/sdk/v2/flags", "/sdk/vardata")
MOST_NAMED = 5
"""How many variants a note lists."""


def is_experiment(request: Request) -> bool:
    """Whether this asks for variants or flags, at Experiment's hosts or anywhere else."""
    if ".lab." in request.host and request.host.endswith(".amplitude.com"):
        return True
    if not request.path.endswith(_PATHS):
        return False
    return (
        request.path.endswith(_SDK_PATHS)
        or request.header("authorization").startswith("Api-Key ")
        or bool(request.header(USER))
    )


def decode(request: Request) -> Decoded:
    """The question and, once there is one, the answer."""
    key = clean(request.header("authorization").removeprefix("Api-Key ").strip())
    contents: Json = {
        "deployment_key": key or None,
        "library": clean(request.header("x-amp-exp-library")) or None,
        "user": _user(request),
        "flag_keys": _decoded(request.header(FLAG_KEYS)),
        "tracking": clean(request.header("x-amp-exp-track")) or None,
        "exposure_tracking": clean(request.header("x-amp-exp-exposure-track")) or None,
        "query": {clean(name): clean(values[0]) for name, values in request.query.items()},
        "status": request.status,
    }
    if request.path.endswith("/flags"):
        note = _flags(request.answer(), contents)
    else:
        note = _variants(request.answer(), contents)
    return Decoded(
        Kind.EXPERIMENT,
        note=f"Experiment {masked(key)}: {note}." if key else f"Experiment: {note}.",
        # A deployment has a key of its own; web experiments use that of the project.
        api_key=project(key),
        contents=contents,
    )


def _user(request: Request) -> Any:
    """Whom the variants are for: in a header, in the query, or in the body."""
    header = request.header(USER)
    if header:
        return _decoded(header)
    asked: Json = {
        name: request.asked(name) for name in ("user_id", "device_id") if name in request.query
    }
    if "context" in request.query:
        asked["context"] = _json(request.asked("context").encode("utf-8", "replace"))
    if asked:
        return asked
    if not request.capture.body:
        return None
    try:
        return request.json()
    except BodyProblem:
        return None


def _decoded(header: str) -> Any:
    """JSON in base64url without padding, or None."""
    if not header:
        return None
    try:
        text = header.encode("ascii").replace(b"-", b"+").replace(b"_", b"/")
        return _json(base64.b64decode(text + b"=" * (-len(text) % 4)))
    except (UnicodeEncodeError, binascii.Error):
        return None


def _json(text: bytes) -> Any:
    try:
        return parsed(text)
    except BodyProblem:
        return None


def _variants(answer: Any, contents: Json) -> str:
    user = contents["user"]
    whom = ""
    if isinstance(user, dict):
        who = user.get("user_id") or user.get("device_id")
        whom = f" for {clean(str(who)[:100])}" if who else ""
    if not isinstance(answer, dict) or contents["status"] != 200:
        return f"asks for variants{whom}{_refused(contents)}"
    variants = {
        clean(flag): _text(variant.get("key", variant.get("value")))
        for flag, variant in answer.items()
        if isinstance(variant, dict)
    }
    contents["variants"] = variants
    contents["details"] = answer
    named = ", ".join(f"{flag}={value}" for flag, value in list(variants.items())[:MOST_NAMED])
    more = f" and {len(variants) - MOST_NAMED} more" if len(variants) > MOST_NAMED else ""
    return f"{len(variants)} variants{whom}{': ' if named else ''}{named}{more}"


def _flags(answer: Any, contents: Json) -> str:
    if not isinstance(answer, list) or contents["status"] != 200:
        return f"asks for flags{_refused(contents)}"
    contents["flags"] = [_flag(flag) for flag in answer if isinstance(flag, dict)]
    local = sum(flag["evaluation_mode"] == "local" for flag in contents["flags"])
    return f"{len(contents['flags'])} flags, {local} of them evaluated by the SDK"


def _flag(flag: Json) -> Json:
    metadata = flag.get("metadata")
    details: Json = metadata if isinstance(metadata, dict) else {}
    variants, segments = flag.get("variants"), flag.get("segments")
    return {
        "key": _text(flag.get("key")),
        "variants": [clean(name) for name in variants] if isinstance(variants, dict) else [],
        "segments": len(segments) if isinstance(segments, list) else 0,
        "evaluation_mode": _text(details.get("evaluationMode")),
        "deployed": details.get("deployed"),
        "flag_version": details.get("flagVersion"),
        "experiment_key": _text(details.get("experimentKey")),
    }


def _refused(contents: Json) -> str:
    status = contents["status"]
    return f"; the server answered {status}" if status not in (None, 200) else ""


def _text(value: Any) -> str | None:
    return clean(value[:200]) if isinstance(value, str) else None
