"""
Which SDK sent this: name, version, build and wrapper from every form of `library` (wire-format
§3.1), and from the fingerprint of the envelope where there is none.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MOST_TEXT = 200
"""Of a library; hostile senders write novels."""


class Family(StrEnum):
    """SDKs that share a list of options."""

    BROWSER_2 = "browser-2"
    BROWSER_1 = "browser-1"
    LEGACY_JS = "legacy-js"
    NODE = "node"
    LEGACY_NODE = "legacy-node"
    REACT_NATIVE = "react-native"
    LEGACY_REACT_NATIVE = "legacy-react-native"
    SWIFT = "swift"
    KOTLIN = "kotlin"
    LEGACY_ANDROID = "legacy-android"
    LEGACY_IOS = "legacy-ios"
    PYTHON = "python"
    GO = "go"
    JAVA = "java"
    SESSION_REPLAY = "session-replay"
    EXPERIMENT = "experiment"
    OTHER = "other"
    """Another library, or a program of somebody's own."""


IN_BROWSERS = frozenset(
    {Family.BROWSER_2, Family.BROWSER_1, Family.LEGACY_JS, Family.SESSION_REPLAY, Family.EXPERIMENT}
)
IN_APPS = frozenset(
    {
        Family.REACT_NATIVE,
        Family.LEGACY_REACT_NATIVE,
        Family.SWIFT,
        Family.KOTLIN,
        Family.LEGACY_ANDROID,
        Family.LEGACY_IOS,
    }
)


@dataclass(frozen=True, slots=True)
class Sdk:
    """The sender. `library` is what it calls itself, empty when it says nothing and was told by
    how it writes; `because` says how then. `build` and `wrapper` are empty when plain."""

    family: Family
    name: str
    version: str = ""
    build: str = ""
    wrapper: str = ""
    library: str = ""
    because: str = ""

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".strip()


_NAMES: dict[str, tuple[Family, str, str]] = {
    "amplitude-ts": (Family.BROWSER_2, "Browser SDK", "npm"),
    "amplitude-ts-sdk-script": (Family.BROWSER_2, "Browser SDK", "script"),
    "amplitude-ts-gtm": (Family.BROWSER_2, "Browser SDK", "Google Tag Manager"),
    "amplitude-ma-ts": (Family.BROWSER_1, "Marketing Analytics SDK", "npm"),
    "amplitude-node-ts": (Family.NODE, "Node SDK", ""),
    "amplitude-node": (Family.LEGACY_NODE, "Node SDK (legacy)", ""),
    "amplitude-react-native-ts": (Family.REACT_NATIVE, "React Native SDK", ""),
    "amplitude-react-native": (Family.LEGACY_REACT_NATIVE, "React Native SDK (legacy)", ""),
    "amplitude-python": (Family.PYTHON, "Python SDK", ""),
    "amplitude-go": (Family.GO, "Go SDK", ""),
    "amplitude-java": (Family.JAVA, "Java SDK", ""),
    "amplitude-swift": (Family.SWIFT, "Swift SDK", ""),
    "amplitude-analytics-android": (Family.KOTLIN, "Android Kotlin SDK", ""),
    "amplitude-kotlin": (Family.KOTLIN, "Kotlin SDK (JVM core)", ""),
    "amplitude-js": (Family.LEGACY_JS, "JavaScript SDK (legacy)", ""),
    "amplitude-android": (Family.LEGACY_ANDROID, "Android SDK (legacy)", ""),
    "amplitude-ios": (Family.LEGACY_IOS, "iOS SDK (legacy)", ""),
}
_UNIFIED = re.compile(r"amplitude-ts-unified/(.+?)-(amplitude-[a-z-]+)/(.+)\Z", re.DOTALL)
_WRAPPERS = {"amplitude-flutter": "Flutter", "amplitude-unity": "Unity"}


@lru_cache(maxsize=1024)
def identify(library: str) -> Sdk:
    """The SDK of a `library` in its text form, `name/version` and its compositions."""
    library = library[:MOST_TEXT]
    unified = _UNIFIED.match(library)
    if unified:
        inner = _single(f"{unified[2]}/{unified[3]}")
        return _wrapped(inner, f"Unified SDK {unified[1]}", library)
    if "_" in library:
        outer, inner_text = library.split("_", 1)
        name, _, version = outer.partition("/")
        if name in _WRAPPERS:
            inner = identify(inner_text.rpartition("_")[2])
            return _wrapped(inner, f"{_WRAPPERS[name]} {version}".strip(), library)
    return _single(library)


def major(version: str) -> int:
    """The first number of a version, or 0."""
    return number_of(version)[0]


def number_of(version: str) -> tuple[int, int, int]:
    """A version to compare with; a pre-release counts as what it precedes."""
    found = re.match(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", version)
    if not found:
        return (0, 0, 0)
    return (int(found[1]), int(found[2] or 0), int(found[3] or 0))


def _single(library: str) -> Sdk:
    name, slash, version = library.rpartition("/")
    if not slash:
        name, version = library, ""
    known = _NAMES.get(name)
    if known is None:
        title = _WRAPPERS.get(name, name or "(unnamed)")
        return Sdk(Family.OTHER, title, version, library=library)
    family, title, build = known
    if family is Family.BROWSER_2:
        if version and major(version) < 2:
            family = Family.BROWSER_1
        title = "Browser SDK"
    if name == "amplitude-kotlin":
        # Always says 0.0.1, whatever it is.
        version = "" if version == "0.0.1" else version
    return Sdk(family, title, version, build, library=library)


def _wrapped(inner: Sdk, wrapper: str, library: str) -> Sdk:
    return Sdk(inner.family, inner.name, inner.version, inner.build, wrapper, library)
