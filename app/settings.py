"""
Settings: one table that gives the JSON file, the settings window and the README its rows.

Stored as one JSON file, written whole and atomically. Unknown keys are kept, so that an older
version does not lose a newer version's settings.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.delivery import Delivery
from app.errors import BadInput, StoreUnavailable


@dataclass(frozen=True, slots=True, eq=False)
class Setting[T]:
    """One setting: its key in the file, its default, and what a person reads about it.

    Compared by identity, because each setting exists once.
    """

    key: str
    default: T
    label: str
    help: str
    choices: tuple[T, ...] = ()
    minimum: int = 0
    maximum: int = 0
    restart: bool = False
    hidden: bool = False
    """Remembered state rather than a choice; not shown in the settings window."""

    def accepts(self, value: object) -> bool:
        """Whether `value` may be stored under this setting."""
        if type(value) is not type(self.default):
            return False
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, int) and self.maximum:
            return self.minimum <= value <= self.maximum
        if isinstance(value, list):
            return all(isinstance(item, str) for item in value)
        return True


THEME = Setting(
    "window.theme",
    "system",
    "Appearance",
    "Light, dark, or as the system.",
    choices=("system", "light", "dark"),
)
DELIVERY = Setting(
    "capture.delivery",
    str(Delivery.FORWARD),
    "Delivery",
    "Forward passes uploads on; local answers them here; block lets them fail.",
    choices=tuple(str(mode) for mode in Delivery),
)
PROXY_PORT = Setting(
    "capture.proxy_port",
    8899,
    "Proxy port",
    "Where the HTTP(S) proxy listens. The next free port is taken when it is in use.",
    minimum=1,
    maximum=65535,
    restart=True,
)
ENDPOINT_PORT = Setting(
    "capture.endpoint_port",
    8898,
    "Endpoint port",
    "Where an SDK's serverUrl can point. The next free port is taken when it is in use.",
    minimum=1,
    maximum=65535,
    restart=True,
)
NETWORK = Setting(
    "capture.network",
    False,
    "Let other devices connect",
    "Phones in the same network can then send through Eventscope. Otherwise only this machine can.",
    restart=True,
)
UPSTREAM = Setting(
    "capture.endpoint_upstream",
    "https://api2.amplitude.com",
    "Endpoint forwards to",
    "The ingestion host behind the endpoint.\nFor EU projects: https://api.eu.amplitude.com",
    restart=True,
)
HOSTS: Setting[list[str]] = Setting(
    "capture.hosts",
    [],
    "Further hosts to open",
    "Your own collection domains, one a line. Everything not listed passes through unopened.",
)
LABELED: Setting[list[str]] = Setting(
    "label.hosts",
    [],
    "Sites to label in your own browser",
    "One a line. Their pages get a script of Eventscope; every other page stays as it is.",
    hidden=True,
)
CAP_MB = Setting(
    "workspace.cap_mb",
    2048,
    "Size cap (MB)",
    "When the workspace grows beyond this, its oldest captures go.",
    minimum=50,
    maximum=1_000_000,
)
INGESTION: Setting[dict[str, Any]] = Setting(
    "capture.ingestion",
    {},
    "Rules of local ingestion",
    "Known API keys, thresholds and silenced devices of each source, when delivery is local.",
    hidden=True,
)
FAULTS: Setting[list[str]] = Setting(
    "capture.faults",
    [],
    "Prepared faults",
    "Faults that were added. They are off until they are switched on.",
    hidden=True,
)
AUTOSTART = Setting(
    "capture.autostart", True, "Start capturing at launch", "Listen as soon as the window opens."
)
FOLLOW = Setting("live.follow", True, "Follow new events", "Keep the newest event in view.")
HIDDEN_TYPES: Setting[list[str]] = Setting(
    "live.hidden_types", [], "Hidden event types", "Types left out of Live.", hidden=True
)
FILTER_HISTORY: Setting[list[str]] = Setting(
    "live.filter_history", [], "Recent filters", "The last filters of Live.", hidden=True
)
LAYOUT = Setting("window.layout", "", "Window layout", "Size and splits.", hidden=True)
BROWSER_HOME = Setting(
    "browser.home", "", "Built-in browser starts at", "Empty: the demo shop.", hidden=True
)
TOASTS = Setting(
    "browser.toasts",
    False,
    "Events over pages",
    "Shows events as they fire, over the page that sent them in the built-in browser.",
    hidden=True,
)

ALL: tuple[Setting[Any], ...] = (
    THEME,
    AUTOSTART,
    DELIVERY,
    PROXY_PORT,
    ENDPOINT_PORT,
    NETWORK,
    UPSTREAM,
    HOSTS,
    LABELED,
    CAP_MB,
    INGESTION,
    FAULTS,
    FOLLOW,
    HIDDEN_TYPES,
    FILTER_HISTORY,
    LAYOUT,
    BROWSER_HOME,
    TOASTS,
)


class Settings:
    """Typed access to the settings file. A damaged file is set aside, never overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        """A sentence when the file could not be used; the window shows it once."""
        self._values: dict[str, Any] = self._load()

    def get[T](self, setting: Setting[T]) -> T:
        """The stored value, or the default when none or an unusable one is stored."""
        value = self._values.get(setting.key, setting.default)
        return value if setting.accepts(value) else setting.default

    def set[T](self, setting: Setting[T], value: T) -> None:
        """Store `value` at once. Raises BadInput or StoreUnavailable."""
        self.update({setting: value})

    def update(self, values: Mapping[Setting[Any], Any]) -> None:
        """Store several values in one write. Raises BadInput or StoreUnavailable."""
        for setting, value in values.items():
            if not setting.accepts(value):
                raise BadInput(f"{setting.label} cannot be {value!r}.")
        self._values |= {setting.key: value for setting, value in values.items()}
        self._save()

    def _load(self) -> dict[str, Any]:
        try:
            data = json.loads(self.path.read_text("utf-8"))
            if not isinstance(data, dict):
                raise TypeError("not an object")  # noqa: TRY301 - one place sets the file aside
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.problem = f"Settings cannot be read ({error.strerror}); defaults are used."
            return {}
        except (ValueError, TypeError, RecursionError):
            kept = self.path.with_suffix(".damaged.json")
            self.problem = (
                f"The settings file was damaged. Defaults are used; it is kept as {kept}."
            )
            try:
                self.path.replace(kept)
            except OSError:
                self.problem = (
                    "The settings file is damaged and cannot be moved; defaults are used."
                )
            return {}
        return data

    def _save(self) -> None:
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary.write_text(json.dumps(self._values, indent=2, sort_keys=True), "utf-8")
            temporary.replace(self.path)
        except OSError as error:
            raise StoreUnavailable(
                f"Settings cannot be saved: {error.strerror or error}."
            ) from error
