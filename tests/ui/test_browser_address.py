"""What is typed into the address line of the built-in browser."""

import pytest

from ui.browser.address import parse_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://shop.example/a?b#c", "https://shop.example/a?b#c"),
        ("  shop.example  ", "https://shop.example"),
        ("shop.example:8443/x", "https://shop.example:8443/x"),
        ("localhost", "http://localhost"),
        ("localhost:3000/a b", "http://localhost:3000/a b"),
        ("my.localhost:3000", "http://my.localhost:3000"),
        ("192.168.1.7:8080", "http://192.168.1.7:8080"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("[::1]:3000/x", "http://[::1]:3000/x"),
        ("8.8.8.8", "https://8.8.8.8"),
        ("münchen.example", "https://münchen.example"),
        ("about:blank", "about:blank"),
        ("file:///tmp/page.html", "file:///tmp/page.html"),
        ("HTTPS://Shop.Example", "HTTPS://Shop.Example"),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    assert parse_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "hello",
        "two words",
        "what is amplitude?",
        "javascript:alert(1)",
        "data:text/html,hi",
        "view-source:https://a.example",
        "me@mail.example",
        "a.example\nb",
        ".",
        "?",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    assert parse_address(typed) is None
