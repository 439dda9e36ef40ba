"""
Which hosts are opened: those listed, those added, nothing else.
"""

import re

import pytest

from app.errors import BadInput
from app.hosts import (
    ANALYTICS_HOSTS,
    is_analytics,
    opened_patterns,
    parse_host,
    parse_upstream,
)


def opened(address: str, *added: str) -> bool:
    """Whether mitmproxy would open this connection."""
    return any(re.search(pattern, address, re.IGNORECASE) for pattern in opened_patterns(added))


def test_analytics_hosts_are_opened() -> None:
    for host in ANALYTICS_HOSTS:
        assert is_analytics(host)
        assert opened(f"{host}:443")
    assert opened("API2.Amplitude.com:443")


@pytest.mark.parametrize(
    "address",
    [
        "amplitude.com:443",
        "analytics.amplitude.com:443",
        "api2.amplitude.com.evil.example:443",
        "xapi2.amplitude.com:443",
        "api2xamplitude.com:443",
        "bank.example:443",
    ],
)
def test_others_are_not(address: str) -> None:
    assert not opened(address)


def test_added_hosts() -> None:
    assert opened("shop.example:443", "shop.example")
    assert not opened("www.shop.example:443", "shop.example")
    assert opened("www.shop.example:443", "*.shop.example")
    assert opened("shop.example:443", "*.shop.example")
    assert not opened("evilshop.example:443", "*.shop.example")
    assert opened("localhost:8443", "localhost:8443")
    assert not opened("localhost:443", "localhost:8443")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("shop.example", "shop.example"),
        (" HTTPS://Shop.Example/path?x ", "shop.example"),
        ("*.shop.example", "*.shop.example"),
        ("localhost:3000", "localhost:3000"),
        ("", None),
        ("*", None),
        (".*", None),
        ("a b", None),
        ("shop.example|bank.example", None),
    ],
)
def test_as_typed(text: str, host: str | None) -> None:
    assert parse_host(text) == host


def test_an_upstream_is_scheme_host_and_path() -> None:
    assert parse_upstream(" https://api.example:8443/v1/ ") == ("https://api.example:8443", "/v1")


@pytest.mark.parametrize(
    "text",
    ["", "api2.amplitude.com", "ftp://a.example", "https://a b", "https://a:99999", "https://u@a"],
)
def test_what_is_no_upstream_is_said(text: str) -> None:
    with pytest.raises(BadInput, match="cannot forward"):
        parse_upstream(text)
