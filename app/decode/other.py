"""
What Amplitude's other hosts are asked for: SDK code, Guides and Surveys, profiles and exports.
"""

import re
from typing import Any

from app.decode.body import clean
from app.decode.request import Request, masked, project
from app.model import Decoded, Kind

Json = dict[str, Any]

_LIBRARY = re.compile(
    r"/libs/(?P<name>[a-z][a-z0-9.-]*?)-(?P<version>\d+\.\d+\.\d+[a-z0-9.-]*?)[-.]min\b"
)
_SCRIPT = re.compile(r"/script/(?P<key>[0-9A-Za-z]{1,64})\.(?:(?P<part>[a-z]+)\.)?(?:js|html)")
_ENGAGEMENT = re.compile(r"/engagement-browser/(?P<channel>[a-z]+)/")
_PARTS = {
    None: "the SDK of project {key}, with its settings",
    "experiment": "Web Experiment of project {key}",
    "engagement": "Guides and Surveys of project {key}",
    "relay": "the Web Experiment preview of project {key}",
}
_DASHBOARD_HOSTS = ("amplitude.com", "analytics.amplitude.com", "analytics.eu.amplitude.com")


def asset(request: Request) -> Decoded:
    """SDK code, with its name and version where the path tells them."""
    library = _LIBRARY.search(request.path)
    if library:
        name, version = library["name"], library["version"]
        contents = {"library": name, "version": version}
        return Decoded(Kind.ASSET, note=f"Loads {name} {version}.", contents=contents)
    script = _SCRIPT.search(request.path)
    if script and script["part"] in _PARTS:
        key, part = script["key"], script["part"]
        return Decoded(
            Kind.ASSET,
            note=f"Loads {_PARTS[part].format(key=masked(key))}.",
            api_key=project(key),
            contents={"library": part or "script", "project": key},
        )
    engagement = _ENGAGEMENT.search(request.path)
    if engagement:
        contents = {"library": "engagement-browser", "channel": engagement["channel"]}
        return Decoded(Kind.ASSET, note="Loads Guides and Surveys.", contents=contents)
    name = clean(request.path.rpartition("/")[2][:200])
    return Decoded(Kind.ASSET, note=f"Loads {name}." if name else "", contents={"file": name})


def is_guides(request: Request) -> bool:
    """Whether this is the service behind Guides and Surveys."""
    return request.host.startswith("gs.") and request.host.endswith(".amplitude.com")


def guides(request: Request) -> Decoded:
    """A call of Guides and Surveys: what it is, and for which project."""
    key = request.header("authorization").removeprefix("Api-Key ").strip()
    call = clean(request.path.removeprefix("/sdk")[:200]) or "/"
    note = f"Guides and Surveys: {call.lstrip('/')}"
    if project(key):
        note += f" for project {masked(key)}"
    contents: Json = {"call": call, "project": project(key), "status": request.status}
    return Decoded(Kind.GUIDES, note=f"{note}.", api_key=project(key), contents=contents)


def is_rest(request: Request) -> bool:
    """Whether this asks Amplitude for what it has stored."""
    if request.host == "profile-api.amplitude.com":
        return True
    return request.host in _DASHBOARD_HOSTS and request.path.startswith("/api/")


def rest(request: Request) -> Decoded:
    """A question to Amplitude's own interfaces. They take a secret, which is not repeated."""
    name = "User Profile" if request.host.startswith("profile-api.") else "Dashboard REST"
    asked = {
        clean(key): clean(values[0])
        for key, values in request.query.items()
        if "secret" not in key.lower() and "key" not in key.lower()
    }
    contents: Json = {"interface": name, "path": clean(request.path), "query": asked}
    note = f"{name} API: {clean(request.path[:200])}"
    if request.status is not None:
        contents["status"] = request.status
        note += f", answered {request.status}"
    return Decoded(Kind.REST, note=f"{note}.", contents=contents)
