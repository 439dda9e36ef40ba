"""Names of what SDKs capture by themselves."""

from typing import Any

import pytest

from app.naming import generated_name


@pytest.mark.parametrize(
    ("kind", "properties", "name"),
    [
        ("Page Viewed", {"Page Title": "Checkout", "Page Path": "/c"}, "Viewed Checkout"),
        ("Page Viewed", {"Page Title": "", "Page Path": "/c"}, "Viewed /c"),
        ("Screen Viewed", {"Screen Name": "Cart"}, "Viewed Cart"),
        ("Page Viewed", {}, None),
        ("Element Clicked", {"Element Text": " Add\n to  cart ", "Element ID": "b"},
         "Clicked “Add to cart”"),
        ("Element Clicked", {"Element Aria Label": "Close"}, "Clicked “Close”"),
        ("Element Clicked", {"Element ID": "buy"}, "Clicked “#buy”"),
        ("Element Clicked", {"Element Class": "btn btn-big"}, "Clicked “.btn”"),
        ("Element Changed", {"Element Tag": "SELECT"}, "Changed “select”"),
        ("Element Clicked", {"Element Text": 7, "Element Tag": None}, None),
        ("Session Start", {"Element Text": "x"}, None),
    ],
)  # fmt: skip
def test_names(kind: str, properties: dict[str, Any], name: str | None) -> None:
    sent = {f"[Amplitude] {key}": value for key, value in properties.items()}
    assert generated_name(f"[Amplitude] {kind}", sent) == name
    assert generated_name(kind, sent) is None


def test_a_megabyte_of_text_is_cut() -> None:
    name = generated_name("[Amplitude] Element Clicked", {"[Amplitude] Element Text": "x" * 10**6})
    assert name == f"Clicked “{'x' * 80}”"
