"""
The colours of the product, light and dark (design §2).

Each text colour has a contrast of at least 4.5:1 on what it stands on; a test computes it.
Colour means something or is not there.
"""

from typing import NamedTuple


class Tokens(NamedTuple):
    """Colours by what they are for, as `#rrggbb`."""

    name: str
    ground: str
    """Behind everything."""
    surface: str
    """Tables, fields, cards."""
    raised: str
    """What floats: menus, palette, notifications."""
    line: str
    """Hairlines."""
    edge: str
    """Borders of what can be typed into or pressed."""
    text: str
    muted: str
    faint: str
    """Disabled, and decoration that says nothing by itself."""
    hover: str
    selected: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str
    note: str
    series: tuple[str, ...]
    """Of charts: told apart without telling red from green, 3:1 on the surface."""


LIGHT = Tokens(
    name="light",
    ground="#FBFBFD",
    surface="#FFFFFF",
    raised="#FFFFFF",
    line="#E3E5EA",
    edge="#CDD1DA",
    text="#1B1F24",
    muted="#667085",
    faint="#A3AAB8",
    hover="#F5F6FA",
    selected="#ECECFB",
    accent="#5B5BD6",
    on_accent="#FFFFFF",
    good="#1A7F4B",
    warning="#B25E02",
    bad="#C5303A",
    note="#2A6FDB",
    series=(
        "#3C70B4",
        "#DC760D",
        "#20734F",
        "#C5498D",
        "#4999C4",
        "#7B6304",
        "#5F4EC3",
        "#545560",
    ),
)

DARK = Tokens(
    name="dark",
    ground="#14161A",
    surface="#1C1F25",
    raised="#23272E",
    line="#2B2F37",
    edge="#3C424D",
    text="#E6E8EC",
    muted="#98A1AE",
    faint="#5E6673",
    hover="#252931",
    selected="#292B46",
    accent="#8B8BF5",
    on_accent="#14161A",
    good="#4CC38A",
    warning="#F1A10D",
    bad="#FF6369",
    note="#70B8FF",
    series=(
        "#7AADF0",
        "#E0882E",
        "#36B78A",
        "#D580B8",
        "#80D2F1",
        "#E7D15C",
        "#8781EC",
        "#C8C3C7",
    ),
)
