"""
What pages told of the options that their SDKs run with, kept beside what was captured.

Only a page can tell some of them (wire-format §3.5). The newest word of each project and origin is
kept among the definitions, so that it is there when the page is long closed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.agentwords import Options
from app.store import Store
from app.store.definitions import FILE, Definitions

KIND = "configured"
MOST = 500

type Json = dict[str, Any]
type Configured = Mapping[tuple[int | None, str], Mapping[str, Any]]
"""What pages told of their SDKs: options by name, by project and origin."""

_LEVELS = ("None", "Error", "Warn", "Verbose", "Debug")
_NESTED = ("cookieOptions", "trackingOptions", "remoteConfig")
_LEFT_OUT = frozenset(
    {
        # Who it is now, and what was worked out, are no options.
        *("apiKey", "deviceId", "userId", "sessionId", "pageCounter", "lastEventId"),
        *("lastEventTime", "version", "library", "topLevelDomain", "unsentKey"),
        *("unsentIdentifyKey", "defaultTracking", "requestMetadata"),
    }
)
_USUAL_ADDRESSES = (
    "https://api2.amplitude.com/2/httpapi",
    "https://api2.amplitude.com/batch",
    "https://api.eu.amplitude.com/2/httpapi",
    "https://api.eu.amplitude.com/batch",
)


def options_in(config: Mapping[str, Any]) -> Json:
    """The options of an SDK's configuration, by the names under which people know them."""
    found: Json = {}
    for name, value in config.items():
        if name.startswith("_") or name in _LEFT_OUT:
            continue
        if name in _NESTED and isinstance(value, dict):
            found.update({f"{name}.{inner}": one for inner, one in value.items()})
        elif name == "autocapture":
            found.update(_autocapture(value))
        elif name == "logLevel" and isinstance(value, int) and 0 <= value < len(_LEVELS):
            found[name] = _LEVELS[value]
        elif name != "serverUrl" or value not in _USUAL_ADDRESSES:
            found[name] = value
    if isinstance(config.get("_optOut"), bool):
        found["optOut"] = config["_optOut"]
    return found


def keep(folder: Path, said: Options) -> bool:
    """Keep what a page told. Returns whether it was news. Raises StoreUnavailable."""
    origin = origin_of(said.page_url)
    if not origin:
        return False
    is_news = False
    with Definitions(folder) as definitions:
        known = {one.name: one for one in definitions.all(KIND)}
        for config in said.configs:
            name = f"{config['apiKey'][:100]} {origin}"
            body = {"options": options_in(config)}
            old = known.get(name)
            if (old and old.body == body) or (not old and len(known) >= MOST):
                continue
            known[name] = definitions.save(KIND, name, body, old.id if old else None)
            is_news = True
    return is_news


def configured(store: Store) -> Configured:
    """What is kept beside a store, by project and origin. Raises StoreUnavailable."""
    folder = workspace_of(store)
    if not (folder / FILE).exists():
        return {}
    numbers = source_numbers(store)
    found: dict[tuple[int | None, str], Json] = {}
    with Definitions(folder) as definitions:
        for one in definitions.all(KIND):
            key, _, origin = one.name.partition(" ")
            options = one.body.get("options")
            if key in numbers and isinstance(options, dict):
                found[numbers[key], origin] = options
    return found


def workspace_of(store: Store) -> Path:
    """The folder that a store lies in."""
    databases = store.connection.execute("PRAGMA database_list").fetchall()
    return next(Path(path) for _, name, path in databases if name == "main").parent


def source_numbers(store: Store) -> dict[str, int]:
    """Projects by their key."""
    rows = store.connection.execute("SELECT id, api_key FROM sources")
    return {key: number for number, key in rows}


def _autocapture(value: object) -> Json:
    if isinstance(value, dict):
        return {f"autocapture.{name}": one for name, one in value.items()}
    if value is False:
        names = ("attribution", "fileDownloads", "formInteractions", "pageViews", "sessions")
        return {f"autocapture.{name}": False for name in names}
    return {}


def origin_of(url: str) -> str:
    """The origin of a page, or nothing for what is no web page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""
