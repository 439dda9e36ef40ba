"""
What an event says beside its properties of what it was sent with and from where: platform,
version, device, place.

Filters look at it by a few keys; some stand for several fields, as `os` for name and version. It
is text here, cut where no real value is as long, so that filters and the study keep the same.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.decode.body import clean, json_text

LONGEST = 200
"""Letters of a value that are looked at."""


class Fields(NamedTuple):
    """The fields of one event, under their names in HTTP V2. `os` is name and version."""

    platform: str | None = None
    os: str | None = None
    os_name: str | None = None
    os_version: str | None = None
    app_version: str | None = None
    version_name: str | None = None
    device_model: str | None = None
    device_family: str | None = None
    device_type: str | None = None
    device_brand: str | None = None
    device_manufacturer: str | None = None
    carrier: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    dma: str | None = None
    language: str | None = None


NOTHING_SAID = Fields()
SENT = tuple(name for name in Fields._fields if name != "os")
"""The fields that are sent; `os` is made of two of them."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "platform": ("platform",),
    "os": ("os", "os_name", "os_version"),
    "version": ("app_version", "version_name"),
    "model": ("device_model", "device_family", "device_type"),
    "brand": ("device_brand", "device_manufacturer"),
    "carrier": ("carrier",),
    "country": ("country",),
    "region": ("region",),
    "city": ("city",),
    "dma": ("dma",),
    "language": ("language",),
}
"""Which of them each key looks at; the first one that is there is shown."""
KEY_OF = {name: key for key, names in COLUMNS.items() for name in names}
"""The key that looks at a field."""


def fields_of(sent: Mapping[str, Any]) -> Fields:
    """The fields of an event, given under the names of HTTP V2."""
    return of_values(tuple(map(sent.get, SENT)))


def of_values(values: tuple[Any, ...]) -> Fields:
    """The same, given the values of `SENT` in that order."""
    texts = [field_text(value) for value in values]
    if not any(texts):
        return NOTHING_SAID
    name, version = texts[1:3]
    return Fields(texts[0], " ".join(filter(None, (name, version))) or None, *texts[1:])


def field_text(value: Any) -> str | None:
    """A value as text; None for what is no text and no number, or empty."""
    if isinstance(value, str):
        return clean(value[:LONGEST]) or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json_text(value)[:LONGEST]
    return None


def texts(fields: Fields, key: str) -> tuple[str | None, ...]:
    """What a key looks at."""
    return tuple(getattr(fields, name) for name in COLUMNS[key])


def shown(fields: Fields, key: str) -> str:
    """What a table shows of a key."""
    return next(filter(None, texts(fields, key)), "")
