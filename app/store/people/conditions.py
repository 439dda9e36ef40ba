"""
What a person types to find people, as a value, and back.

    ada@example.com          words are looked for in user ids, device ids and values of properties
    user:ada  device:9a5c  ip:203.0.113.7
    plan=pro  "Company Name"=acme  Platform=iOS      a property has this in its value
    plan=                                            a property has any value
    did:"Order Completed"    did:"Order Completed"@7d    -did:login@12h
    project:shop                                     a project's name or key

All must hold; a minus says that it must not. What is only half typed is no condition yet.
"""

import re
from dataclasses import dataclass

from app.decode.body import clean
from app.errors import BadInput

KINDS = ("user", "device", "ip", "did", "project")
WORD, PROPERTY = "word", "property"
LONGEST = 2_000
MOST = 20

_UNITS = {
    "s": 1_000,
    "min": 60_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 7 * 86_400_000,
}
_TIME = re.compile(r"(\d{1,6})\s*([a-z]+)")

OWN_NAMES = {
    "@platform": "Platform",
    "@os_name": "OS",
    "@os_version": "OS version",
    "@device_brand": "Device brand",
    "@device_manufacturer": "Device manufacturer",
    "@device_model": "Device type",
    "@carrier": "Carrier",
    "@country": "Country",
    "@region": "Region",
    "@city": "City",
    "@dma": "DMA",
    "@language": "Language",
    "@app_version": "Version",
    "@version_name": "Version name",
    "@start_version": "Start version",
    "@paying": "Paying",
    "@ip": "IP address",
    "@idfa": "IDFA",
    "@idfv": "IDFV",
    "@adid": "Advertising ID",
}
"""What people call Amplitude's own user properties."""
_WIRE_NAMES = {shown.casefold(): wire for wire, shown in OWN_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold of a person. `kind` is word, property or one of KINDS; `name` is
    that of a property; `text` what is looked for; `within_ms` how long ago at most, for `did`."""

    kind: str
    text: str
    name: str = ""
    within_ms: int | None = None
    negated: bool = False


def shown_name(name: str) -> str:
    """The name of a property as a person knows it."""
    return OWN_NAMES.get(name, name)


def wire_name(name: str) -> str:
    """The name under which a property is kept, for one that a person knows."""
    return _WIRE_NAMES.get(name.casefold(), name)


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions of a text. Raises BadInput with a sentence."""
    if len(text) > LONGEST:
        raise BadInput(f"A search has at most {LONGEST:,} characters.")
    found = [one for part in _parts(clean(text)) if (one := _condition(part)) is not None]
    if len(found) > MOST:
        raise BadInput(f"A search has at most {MOST} conditions.")
    return tuple(found)


def to_text(conditions: tuple[Condition, ...]) -> str:
    """A text that `parse` reads as these conditions."""
    return " ".join(_text(one) for one in conditions)


def span_text(length_ms: int) -> str:
    """A length of time as it is typed: `7d`, `90min`."""
    for unit in ("w", "d", "h", "min"):
        if length_ms % _UNITS[unit] == 0 and length_ms:
            return f"{length_ms // _UNITS[unit]}{unit}"
    return f"{length_ms // 1000}s"


def span_ms(text: str) -> int:
    """A length of time in milliseconds. Raises BadInput."""
    found = _TIME.fullmatch(text.strip().lower())
    if not found or found[2] not in _UNITS:
        raise BadInput(f"“{text[:40]}” is no length of time: write 30min, 12h or 7d.")
    return int(found[1]) * _UNITS[found[2]]


type _Part = list[tuple[str, bool]]
"""The characters of one part, each with whether it was quoted."""


def _parts(text: str) -> list[_Part]:
    parts: list[_Part] = []
    now: _Part = []
    is_quoted = has_quotes = is_escaped = False
    for letter in text:
        if is_escaped:
            now.append((letter, True))
            is_escaped = False
        elif letter == "\\" and is_quoted:
            is_escaped = True
        elif letter == '"':
            is_quoted = not is_quoted
            has_quotes = True
        elif letter.isspace() and not is_quoted:
            if now or has_quotes:
                parts.append(now)
            now, has_quotes = [], False
        else:
            now.append((letter, is_quoted))
    if now or has_quotes:
        parts.append(now)
    return parts


def _condition(part: _Part) -> Condition | None:
    negated = len(part) > 1 and part[0] == ("-", False)
    rest = part[1:] if negated else part
    cut = next((at for at, one in enumerate(rest) if one in ((":", False), ("=", False))), None)
    whole = _joined(rest)
    if cut is not None and cut > 0:
        name, value, sign = _joined(rest[:cut]), rest[cut + 1 :], rest[cut][0]
        if sign == ":" and name.lower() in KINDS:
            return _keyed(name.lower(), value, negated)
        if sign == "=":
            return Condition(PROPERTY, _joined(value), wire_name(name), None, negated)
    return Condition(WORD, whole, "", None, negated) if whole not in ("", "-") else None


def _keyed(kind: str, value: _Part, negated: bool) -> Condition | None:
    within = None
    if kind == "did":
        cut = max((at for at, one in enumerate(value) if one == ("@", False)), default=None)
        if cut is not None:
            length = _joined(value[cut + 1 :])
            within = span_ms(length) if length else None
            value = value[:cut]
    text = _joined(value)
    return Condition(kind, text, "", within, negated) if text else None


def _joined(part: _Part) -> str:
    return "".join(letter for letter, _ in part)


def _text(one: Condition) -> str:
    sign = "-" if one.negated else ""
    if one.kind == PROPERTY:
        return f"{sign}{_quoted(shown_name(one.name))}={_quoted(one.text) if one.text else ''}"
    if one.kind == WORD:
        return f"{sign}{_quoted(one.text)}"
    within = f"@{span_text(one.within_ms)}" if one.within_ms else ""
    return f"{sign}{one.kind}:{_quoted(one.text)}{within}"


def _quoted(text: str) -> str:
    if text and not re.search(r'[\s":=@\\]|^-', text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Typed:
    """The part of a search that is being typed: where it begins, and what it is so far."""

    start: int
    kind: str
    text: str
    name: str = ""
    negated: bool = False


def being_typed(text: str) -> Typed:
    """What is being typed at the end of a text."""
    start, is_quoted = 0, False
    for at, letter in enumerate(text):
        if letter == '"' and (at == 0 or text[at - 1] != "\\" or not is_quoted):
            is_quoted = not is_quoted
        elif letter.isspace() and not is_quoted:
            start = at + 1
    parts = _parts(text[start:])
    part = parts[0] if parts else []
    negated = len(part) > 1 and part[0] == ("-", False)
    rest = part[1:] if negated else part
    cut = next((at for at, one in enumerate(rest) if one in ((":", False), ("=", False))), None)
    if cut is not None and cut > 0:
        name, value, sign = _joined(rest[:cut]), _joined(rest[cut + 1 :]), rest[cut][0]
        if sign == ":" and name.lower() in KINDS:
            return Typed(start, name.lower(), value, "", negated)
        if sign == "=":
            return Typed(start, PROPERTY, value, wire_name(name), negated)
    return Typed(start, WORD, _joined(rest), "", negated)
