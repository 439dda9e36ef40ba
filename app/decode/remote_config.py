"""
Remote configuration: which SDK asks for what, and what it is told (wire-format §1.13).

    /config/<api key>?config_group=browser            the Browser SDK since 2.17
    /config?api_key=…&config_keys=…[&session_id=…]    Browser SDK 2.10 to 2.16, older replays
    /config?api_key=…&config_group=android            Android
    /config/<api key>?config_keys=…&config_keys=…     iOS

Also the older "dynamic configuration", which tells a legacy SDK where to send its events.
"""

from typing import Any

from app.decode.body import clean
from app.decode.request import Request, masked, project
from app.model import Decoded, Kind

Json = dict[str, Any]


def is_remote_config(request: Request) -> bool:
    """Whether a GET asks for a configuration, at any address."""
    if request.host.startswith("sr-client-cfg."):
        return True
    if "/config" not in request.path:
        return False
    return "config_group" in request.query or "config_keys" in request.query


def is_dynamic_config(request: Request) -> bool:
    """Whether a legacy SDK asks for its ingestion host."""
    return request.host.startswith("regionconfig.")


def decode(request: Request) -> Decoded:
    """The question and, once there is one, the answer."""
    key = _api_key(request)
    groups = [clean(name) for name in request.query.get("config_group", ())]
    keys = [clean(name) for name in request.query.get("config_keys", ())]
    contents: Json = {"api_key": key or None, "groups": groups, "keys": keys}
    for name, value in (
        ("session_id", request.asked("session_id")),
        ("library", clean(request.header("x-client-library"))),
        ("platform", clean(request.header("x-client-platform"))),
        ("app", clean(request.header("x-client-bundle-id"))),
    ):
        if value:
            contents[name] = value
    whom = ", ".join(groups or keys) or "everything"
    note = f"Asks for the remote configuration of {masked(key)}: {whom}."
    return Decoded(
        Kind.REMOTE_CONFIG,
        note=f"{note} {_told(request, contents)}".strip(),
        api_key=project(key),
        contents=contents,
    )


def dynamic(request: Request) -> Decoded:
    """The ingestion host that a legacy SDK is told."""
    answer = request.answer()
    host = answer.get("ingestionEndpoint") if isinstance(answer, dict) else None
    told = clean(host) if isinstance(host, str) else None
    note = "A legacy SDK asks which host takes its events."
    if told:
        note += f" The answer is {told}."
    contents = {"ingestion_endpoint": told}
    return Decoded(Kind.REMOTE_CONFIG, note=note, contents=contents)


def summary(configs: Json) -> Json:
    """What a configuration says, without the parts that repeat or run long."""
    found: Json = {}
    sdks = {
        name: value
        for name, value in _object(configs, "analyticsSDK").items()
        if name.endswith("SDK") and isinstance(value, dict)
    }
    for name, sdk in sdks.items():
        features = _object(sdk, "autocapture")
        if features:
            found.setdefault("autocapture", {})[name] = {
                feature: switched(value) for feature, value in features.items()
            }
        enrichment = _object(sdk, "customEnrichment")
        if enrichment:
            found["custom_enrichment"] = enrichment.get("enabled") is True
    actions = _object(configs, "analyticsSDK", "pageActions")
    if actions:
        found["labeled_events"] = len(_sized(actions.get("labeledEvents")))
        found["page_action_triggers"] = len(_sized(actions.get("triggers")))
    sampling = _object(configs, "sessionReplay", "sr_sampling_config")
    if sampling:
        found["session_replay"] = {
            "enabled": sampling.get("capture_enabled"),
            "sample_rate": sampling.get("sample_rate"),
        }
    diagnostics = _object(configs, "diagnostics")
    if diagnostics:
        found["diagnostics"] = {
            name: value.get("sampleRate") if value.get("enabled") is not False else 0
            for name, value in diagnostics.items()
            if isinstance(value, dict)
        }
    return found


def switched(value: Any) -> bool:
    """Whether a feature is on: true, or an object that does not say `enabled: false`."""
    if isinstance(value, dict):
        return value.get("enabled") is not False
    return value is True


def _api_key(request: Request) -> str:
    asked = request.asked("api_key")
    if asked:
        return asked
    tail = request.path.rpartition("/config/")
    if tail[1]:
        return clean(tail[2])
    return clean(request.header("authorization").removeprefix("Bearer ").strip())


def _told(request: Request, contents: Json) -> str:
    """Adds the answer to `contents`; returns what to say of it."""
    status = request.status
    if status is None:
        return ""
    contents["status"] = status
    answer = request.answer()
    configs = answer.get("configs") if isinstance(answer, dict) else None
    if not isinstance(configs, dict):
        return "" if status == 200 else f"The server answered {status}: the SDK goes on without."
    contents["configs"] = configs
    contents["summary"] = told = summary(configs)
    return _sentence(told) if configs else "Nothing is configured."


def _sentence(told: Json) -> str:
    parts = []
    on = sorted(
        {f for sdk in told.get("autocapture", {}).values() for f, is_on in sdk.items() if is_on}
    )
    off = sorted(
        {f for sdk in told.get("autocapture", {}).values() for f, is_on in sdk.items() if not is_on}
    )
    if on:
        parts.append(f"turns on {', '.join(map(clean, on))}")
    if off:
        parts.append(f"turns off {', '.join(map(clean, off))}")
    replay = told.get("session_replay")
    if replay:
        parts.append(f"Session Replay at a sample rate of {clean(str(replay['sample_rate']))}")
    if told.get("labeled_events"):
        parts.append(f"{told['labeled_events']} labeled events")
    if told.get("custom_enrichment"):
        parts.append("code that rewrites events before they leave")
    return f"The answer: {'; '.join(parts)}." if parts else ""


def _object(value: Json, *path: str) -> Json:
    found: Any = value
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _sized(value: Any) -> Any:
    return value if isinstance(value, dict | list) else ()
