"""
Which hosts carry Amplitude traffic (wire-format §1.1), and which of those are opened.

Only these hosts and those that a person adds have their TLS opened; every other connection
passes through the proxy as it came.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.errors import BadInput

ANALYTICS_HOSTS = (
    "api.amplitude.com",
    "api2.amplitude.com",
    "api.eu.amplitude.com",
    "regionconfig.amplitude.com",
    "regionconfig.eu.amplitude.com",
    "sr-client-cfg.amplitude.com",
    "sr-client-cfg.eu.amplitude.com",
    "sr-client-cfg.stag2.amplitude.com",
    "diagnostics.prod.us-west-2.amplitude.com",
    "diagnostics.prod.eu-central-1.amplitude.com",
    "api-sr.amplitude.com",
    "api-sr.eu.amplitude.com",
    "api-sr.stag2.amplitude.com",
    "api.lab.amplitude.com",
    "api.lab.eu.amplitude.com",
    "flag.lab.amplitude.com",
    "flag.lab.eu.amplitude.com",
    "gs.amplitude.com",
    "gs.eu.amplitude.com",
    "profile-api.amplitude.com",
    "cdn.amplitude.com",
)
"""Hosts that SDKs talk to, US, EU and staging."""

INGESTION_HOSTS = frozenset({"api.amplitude.com", "api2.amplitude.com", "api.eu.amplitude.com"})
"""Hosts that take events, in whatever form."""

ASSET_HOSTS = frozenset({"cdn.amplitude.com"})
"""Hosts that serve SDK code. A page without its SDK sends nothing, so these always forward."""

PROBE_HOST = "check.eventscope.test"
"""Answered by the proxy itself, over TLS: the "it works" check. `.test` is never registered."""
SHOP_HOST = "shop.eventscope.test"
"""The demo shop, served and answered by the proxy itself."""
OWN_HOSTS = frozenset({PROBE_HOST, SHOP_HOST})

_HOST = re.compile(r"^(\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?(:\d{1,5})?$")


def is_analytics(host: str) -> bool:
    """Whether `host` belongs to Amplitude's ingestion, configuration or experiment services."""
    return host.lower().rstrip(".") in _KNOWN


_KNOWN = frozenset(ANALYTICS_HOSTS)


def parse_host(text: str) -> str | None:
    """A host as a person types it (`https://Shop.example/`, `*.shop.example`), or None."""
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower()).split("/", 1)[0]
    return bare if _HOST.match(bare) else None


def parse_upstream(text: str) -> tuple[str, str]:
    """Scheme with host, and path, of the address that the endpoint stands in for. Raises
    BadInput."""
    problem = BadInput(
        f"The endpoint cannot forward to {text[:200]!r}.",
        "Write it like https://api2.amplitude.com.",
    )
    try:
        url = urlsplit(text.strip())
        port = f":{url.port}" if url.port else ""
    except ValueError:
        raise problem from None
    if url.scheme not in ("http", "https") or url.query or url.fragment or url.username:
        raise problem
    if not re.fullmatch(r"[a-zA-Z0-9._-]+", url.hostname or ""):
        raise problem
    return f"{url.scheme}://{url.hostname}{port}", url.path.rstrip("/")


def opened_patterns(added: Iterable[str]) -> list[str]:
    """mitmproxy `allow_hosts` patterns, matched against `host:port`, for what may be opened."""
    return [_pattern(host) for host in (*ANALYTICS_HOSTS, *sorted(OWN_HOSTS), *added)]


def matches(hosts: Iterable[str], host: str, port: int) -> bool:
    """Whether one of the hosts that a person named is this one."""
    address = f"{host.lower().rstrip('.')}:{port}"
    return any(re.search(_pattern(one), address) for one in hosts)


def _pattern(host: str) -> str:
    name, _, port = host.partition(":")
    if name.startswith("*."):
        body = r"(?:[^:]+\.)?" + re.escape(name[2:])
    else:
        body = re.escape(name)
    return rf"^{body}:{port or r'\d+'}$"
