"""
What a person types into the address line, as an address.

Nothing typed is ever sent to a search engine: what is not an address is said to be none.
"""

import ipaddress
import re

_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_HOST = re.compile(r"^[^\s/?#@]+$")
ALLOWED = frozenset({"http", "https", "file", "about"})


def parse_address(text: str) -> str | None:
    """A full address, or None when `text` is not one."""
    text = text.strip()
    if not text or any(ord(char) < 32 for char in text):
        return None
    scheme = _SCHEME.match(text)
    if scheme:
        return text if scheme[1].lower() in ALLOWED else None
    host = re.split(r"[/?#]", text, maxsplit=1)[0]
    name = _name(host)
    if not _HOST.match(host) or not _is_host(name):
        return None
    return f"{'http' if is_local(name) else 'https'}://{text}"


def is_local(name: str) -> bool:
    """Whether a host name means this machine or a private network, where TLS is rare."""
    if name == "localhost" or name.endswith((".localhost", ".local")):
        return True
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return False
    return found.is_private


def _name(host: str) -> str:
    """A host without its port, in lower case and without brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_host(name: str) -> bool:
    if is_local(name):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." in name.strip(".")
    return True
