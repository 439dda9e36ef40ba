"""
Events of older endpoints under the names of HTTP V2 (wire-format §1.7 to §1.12).

Each function takes an event as it was sent and returns it renamed; nothing is lost, only what is
null in a legacy event is left out, where it means "not known".
"""

from typing import Any

Fields = dict[str, Any]

IDENTIFY = "$identify"
GROUP_IDENTIFY = "$groupidentify"
USER_MAPPING = "$usermap"
"""Not a type of Amplitude's: a mapping is no event there. It has to be listed as something."""

_SDK_NAMES = {"timestamp": "time", "uuid": "insert_id", "version_name": "app_version"}
_API_NAMES = {
    "ios_idfa": "idfa",
    "ios_idfv": "idfv",
    "androidADID": "adid",
    "android_app_set_id": "android_app_set_id",
}


def unchanged(sent: Fields) -> Fields:
    """HTTP V1 and Attribution have the names of HTTP V2."""
    return sent


def sdk_event(sent: Fields) -> Fields:
    """An event of the legacy JavaScript, Android and iOS SDKs."""
    found = {
        _SDK_NAMES.get(key, key): value
        for key, value in sent.items()
        if value is not None and key != "api_properties"
    }
    library = sent.get("library")
    if isinstance(library, dict) and isinstance(library.get("name"), str):
        version = library.get("version")
        found["library"] = f"{library['name']}/{version}" if version else library["name"]
    details = sent.get("api_properties")
    if isinstance(details, dict):
        _spread(found, details)
    return found


def identify(sent: Fields) -> Fields:
    """An entry of the Identify API."""
    return {**sent, "event_type": IDENTIFY}


def group_identify(sent: Fields) -> Fields:
    """An entry of the Group Identify API: one group, and what is said of it."""
    rest = {key: value for key, value in sent.items() if key not in ("group_type", "group_value")}
    group = sent.get("group_type")
    groups = {group: sent.get("group_value")} if isinstance(group, str) else {}
    return {**rest, "event_type": GROUP_IDENTIFY, "groups": groups}


def user_mapping(sent: Fields) -> Fields:
    """An entry of the User Mapping API: whom a user id is mapped to, or that it no longer is."""
    rest = {key: value for key, value in sent.items() if key != "user_id"}
    found: Fields = {"event_type": USER_MAPPING, "event_properties": rest}
    if "user_id" in sent:
        found["user_id"] = sent["user_id"]
    return found


def _spread(found: Fields, details: Fields) -> None:
    """What legacy SDKs keep in `api_properties`, where HTTP V2 has it."""
    rest: Fields = {}
    for key, value in details.items():
        if key == "location" and isinstance(value, dict):
            for name in ("lat", "lng"):
                if name in value:
                    found.setdefault(f"location_{name}", value[name])
        elif key in _API_NAMES:
            found.setdefault(_API_NAMES[key], value)
        else:
            rest[key] = value
    if rest:
        found["api_properties"] = rest
