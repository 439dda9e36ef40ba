"""
Two of what there should be one of on a device: SDK versions and API keys (WIRE-09, 12).

Remembers the newest 10 000 devices.
"""

from typing import Any, ClassVar

from app.lint.look import Family, Look, Sdk
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import shown

TWO_VERSIONS = warning(
    "WIRE-09",
    "Two versions of an SDK at once",
    "Load the SDK once: two copies have queues, sessions and event ids of their own, and both"
    " track what happens on the page.",
)
TWO_KEYS = warning(
    "WIRE-12",
    "One device sends to two projects",
    "If it is not meant, one part of the app has the API key of another environment.",
)

MOST_DEVICES = 10_000
_LIBRARY, _AT, _BEFORE = range(3)
AT_ONCE_MS = 600_000


class Mixture(Family):
    """Keeps the SDK and the project of each device."""

    rules: ClassVar[tuple[Rule, ...]] = (TWO_VERSIONS, TWO_KEYS)

    def __init__(self) -> None:
        self.libraries: Recent[tuple[int, str], list[Any]] = Recent(MOST_DEVICES)
        self.sources: Recent[str, int] = Recent(MOST_DEVICES)

    def take(self, look: Look, report: Report) -> None:
        if look.sdk not in (Sdk.WEB, Sdk.MOBILE) or not look.source:
            # Servers speak for many devices, also those that have an SDK.
            return
        for group in look.groups:
            if group.device is None or not group.fresh:
                continue
            source = self.sources.peek(group.device)
            if source is None:
                self.sources.put(group.device, look.source)
            elif source != look.source:
                sentence = f"Device {shown(group.device)} sends to more than one project."
                report.add(TWO_KEYS, group.device, sentence, group.fresh)
            self._library(look, group.device, group.fresh, report)

    def _library(self, look: Look, device: str, events: Any, report: Report) -> None:
        """An update changes the version once; two copies take turns."""
        key = (look.source, device)
        kept, at_ms = self.libraries.get(key), look.arrival.capture.at_ms
        if kept is None:
            self.libraries.put(key, [look.library, at_ms, ""])
            return
        if kept[_LIBRARY] != look.library:
            if kept[_BEFORE] == look.library and at_ms - kept[_AT] < AT_ONCE_MS:
                sentence = (
                    f"Device {shown(device)} sends with {shown(kept[_LIBRARY])} and"
                    f" {shown(look.library)} in turns."
                )
                report.add(TWO_VERSIONS, device, sentence, events)
            kept[_BEFORE] = kept[_LIBRARY]
            kept[_LIBRARY] = look.library
        kept[_AT] = at_ms
