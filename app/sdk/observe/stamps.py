"""
What is written on every event and upload because an option says so (wire-format §1.17, §3.3).
"""

import json
from collections.abc import Iterator
from typing import Any

from app.sdk.evidence import Finding, default, unknown, wire
from app.sdk.identify import Family, Sdk
from app.sdk.observe.address import shown
from app.sdk.observe.observer import Observer, Seen, Tally, because, counted, newest, tally

LONGEST = 2000
FIELDS = {
    "app_version": "appVersion",
    "partner_id": "partnerId",
    "plan": "plan",
    "ingestion_metadata": "ingestionMetadata",
}
"""Keys of events, and the option behind them."""
_INGESTION = {"source_name": "sourceName", "source_version": "sourceVersion"}


class StampsObserver(Observer):
    """The values of options that are written out, and how many events carried them."""

    def __init__(self) -> None:
        self.events = 0
        self.uploads = 0
        self.last: Tally = [0, 0, 0]
        self.values: dict[str, dict[str, Tally]] = {name: {} for name in FIELDS.values()}
        self.min_id_length: dict[str, Tally] = {}
        self.platforms: dict[str, Tally] = {}

    def take(self, seen: Seen) -> None:
        """Runs of the same value are counted at once: nearly all events of an upload agree."""
        number = seen.capture_id
        self.uploads += 1
        self.events += len(seen.events)
        self.last = [self.events, self.last[1] or number, number]
        length = seen.upload.options.get("min_id_length")
        if length is not None:
            tally(self.min_id_length, _text(length), number)
        for field, option in FIELDS.items():
            values = [one[2][7].get(field) for one in seen.events]
            if values.count(None) < len(values):
                self._count(option, values, number)
        if seen.events:
            platform = seen.events[-1].event.fields.get("platform")
            if isinstance(platform, str):
                tally(self.platforms, platform[:50], number)

    def _count(self, option: str, values: list[Any], number: int) -> None:
        last: Any = None
        run = 0
        for value in values:
            if value is None:
                continue
            if run and value == last:
                run += 1
                continue
            if run:
                tally(self.values[option], _text(last), number, run)
            last, run = value, 1
        if run:
            tally(self.values[option], _text(last), number, run)

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """minIdLength, appVersion, partnerId, plan, ingestionMetadata."""
        if not self.uploads:
            return
        yield self._min_id_length()
        for option, values in self.values.items():
            yield self._stamp(option, values, sdk)
        if sdk.family is Family.LEGACY_JS:
            platform = newest(self.platforms)
            if platform:
                often = self.platforms[platform]
                yield wire("platform", platform, because("Written on events.", often))
            yield wire("library", sdk.library.partition("/")[0], because("On events.", self.last))

    def _min_id_length(self) -> Finding:
        value = newest(self.min_id_length)
        if value is None:
            often = counted(self.uploads, "upload")
            return default(
                "minIdLength", because(f"None of {often} says min_id_length.", self.last)
            )
        often_said = self.min_id_length[value]
        text = f"{counted(often_said[0], 'upload')} of {self.uploads:,} say it in their options."
        return wire("minIdLength", _value(value), because(text, often_said))

    def _stamp(self, option: str, values: dict[str, Tally], sdk: Sdk) -> Finding:
        value = newest(values)
        if value is None:
            text = f"None of {counted(self.events, 'event')} carries it."
            return default(option, because(text, self.last))
        often = values[value]
        if often[0] * 2 < self.events and sum(one[0] for one in values.values()) < self.events:
            text = (
                f"Only {often[0]:,} of {counted(self.events, 'event')} carry {_short(value)}, so"
                " it may be set on those events alone."
            )
            return unknown(option, because(text, often))
        texts = [because(f"{counted(often[0], 'event')} of {self.events:,} carry it.", often)]
        if len(values) > 1:
            more = ", ".join(_short(other) for other in values if other != value)
            texts.append(because(f"Others carry {more}.", *values.values()))
        found = _value(value)
        if option == "ingestionMetadata" and isinstance(found, dict) and _is_camel(sdk):
            found = {_INGESTION.get(key, key): part for key, part in found.items()}
        return wire(option, found, *texts)


def _is_camel(sdk: Sdk) -> bool:
    """Whether the SDK's own option spells it so; the wire never does."""
    return sdk.family not in (Family.PYTHON, Family.GO, Family.OTHER)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:LONGEST]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _short(text: str) -> str:
    return shown(_value(text))
