"""
The public options of every SDK, with their defaults (wire-format §3.2, §3.6).

Names are those of the SDK's own documentation; options inside options have a dot. Defaults are
those of the newest version, and `options_of` corrects them for older ones.
"""

from dataclasses import replace
from functools import lru_cache

from app.sdk.identify import Family, Sdk, number_of
from app.sdk.options import browser, legacy, mobile, products, server
from app.sdk.options.option import Group, Option, Shows

__all__ = ["Group", "Option", "Shows", "options_of"]

_ALL: dict[Family, tuple[Option, ...]] = {
    Family.BROWSER_2: browser.BROWSER_2,
    Family.BROWSER_1: browser.BROWSER_1,
    Family.REACT_NATIVE: browser.REACT_NATIVE,
    Family.LEGACY_JS: legacy.LEGACY_JS,
    Family.LEGACY_ANDROID: legacy.LEGACY_ANDROID,
    Family.LEGACY_IOS: legacy.LEGACY_IOS,
    Family.LEGACY_REACT_NATIVE: legacy.LEGACY_REACT_NATIVE,
    Family.NODE: server.NODE,
    Family.LEGACY_NODE: server.LEGACY_NODE,
    Family.PYTHON: server.PYTHON,
    Family.GO: server.GO,
    Family.JAVA: server.JAVA,
    Family.SWIFT: mobile.SWIFT,
    Family.KOTLIN: mobile.KOTLIN,
    Family.SESSION_REPLAY: products.SESSION_REPLAY,
    Family.EXPERIMENT: products.EXPERIMENT,
    Family.OTHER: products.OTHER,
}
_BEFORE: tuple[tuple[Family, str, str, object], ...] = (
    # Family, option, the version that changed its default, what it was before.
    (Family.BROWSER_2, "remoteConfig.fetchRemoteConfig", "2.16.1", False),
    (Family.BROWSER_2, "autocapture.pageUrlEnrichment", "2.29", False),
)
_OLD_NAMES = "2.10"
"""Before this the Browser SDK spelled `autocapture` as `defaultTracking`."""


@lru_cache(maxsize=512)
def _options(family: Family, version: str) -> tuple[Option, ...]:
    found = _ALL[family]
    if not version:
        return found
    number = number_of(version)
    changed = {
        option: value
        for of, option, since, value in _BEFORE
        if of is family and number < number_of(since)
    }
    kept = (one for one in found if not one.since or number >= number_of(one.since))
    renewed = (replace(one, default=changed.get(one.name, one.default)) for one in kept)
    if family is Family.BROWSER_2 and number < number_of(_OLD_NAMES):
        renewed = (replace(one, name=_old(one.name)) for one in renewed)
    return tuple(renewed)


def _old(name: str) -> str:
    return name.replace("autocapture.", "defaultTracking.")


def options_of(sdk: Sdk) -> tuple[Option, ...]:
    """The options that this version has, in the order of their groups."""
    order = list(Group)
    found = _options(sdk.family, sdk.version)
    return tuple(sorted(found, key=lambda one: order.index(one.group)))
