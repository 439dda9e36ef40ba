"""
What is taken out of events before they are shared: keys, e-mail addresses, IP addresses, chosen
properties. What is taken out leaves a word in its place, so that nobody takes it for missing.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

KEY, EMAIL, ADDRESS, VALUE = "[API key]", "[e-mail]", "[IP address]", "[redacted]"
DEEPEST = 200
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:])")


@dataclass(frozen=True, slots=True)
class Redaction:
    """What to take out. `properties` are names at any depth, ignoring case."""

    keys: bool = True
    emails: bool = True
    addresses: bool = True
    properties: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.keys or self.emails or self.addresses or bool(self.properties)


NOTHING = Redaction(keys=False, emails=False, addresses=False)


def redacted(events: Iterable[dict[str, Any]], what: Redaction) -> Iterator[dict[str, Any]]:
    """Events as `store.events.export` yields them, without what is to be taken out."""
    for event in events:
        key = event.get("api_key")
        redactor = Redactor.of(what, key if isinstance(key, str) else None)
        found = redactor.value(event) if what else event
        yield {**found, "api_key": KEY} if redactor.secret else found


@dataclass(frozen=True, slots=True)
class Redactor:
    """Goes through one event, or whatever else is JSON or text."""

    what: Redaction
    names: frozenset[str]
    secret: str

    @classmethod
    def of(cls, what: Redaction, key: str | None) -> Self:
        """For what was sent with this key."""
        names = frozenset(name.casefold() for name in what.properties)
        return cls(what, names, key if what.keys and key and len(key) > 3 else "")

    def value(self, value: Any, depth: int = 0) -> Any:
        """A JSON value without what is to be taken out."""
        if depth > DEEPEST:
            return VALUE
        if isinstance(value, dict):
            return {self.text(name): self._entry(name, item, depth) for name, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, depth + 1) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _entry(self, name: str, item: Any, depth: int) -> Any:
        return VALUE if name.casefold() in self.names else self.value(item, depth + 1)

    def text(self, text: str) -> str:
        """A text without what is to be taken out."""
        if self.secret:
            text = text.replace(self.secret, KEY)
        if self.what.emails and "@" in text:
            text = _EMAIL.sub(EMAIL, text)
        if self.what.addresses:
            text = _IPV4.sub(_address, text)
            if text.count(":") > 1:
                text = _IPV6.sub(_address, text)
        return text


def _address(found: "re.Match[str]") -> str:
    """Only what is an address: 1.2.3.400 and 10:30:15 are none."""
    try:
        ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]
    return ADDRESS
