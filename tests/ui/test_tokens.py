"""Colours can be read: text has a contrast of 4.5:1 on everything that it stands on."""

import pytest

from ui.tokens import DARK, LIGHT, Tokens

WORDS = ("text", "muted", "accent", "good", "warning", "bad", "note")
GROUNDS = ("ground", "surface", "raised")


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda one: one.name)
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read(colours: Tokens, word: str, ground: str) -> None:
    assert contrast(getattr(colours, word), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda one: one.name)
@pytest.mark.parametrize("word", ["text", "muted", "accent"])
def test_words_can_be_read_on_what_is_hovered(colours: Tokens, word: str) -> None:
    assert contrast(getattr(colours, word), colours.hover) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda one: one.name)
def test_words_can_be_read_on_what_is_selected(colours: Tokens) -> None:
    assert contrast(colours.text, colours.selected) >= 4.5
    assert contrast(colours.accent, colours.selected) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda one: one.name)
@pytest.mark.parametrize("dot", ["good", "warning", "bad", "note", "muted"])
def test_dots_can_be_seen_on_a_selected_row(colours: Tokens, dot: str) -> None:
    assert contrast(getattr(colours, dot), colours.selected) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda one: one.name)
def test_filled_buttons_can_be_read(colours: Tokens) -> None:
    assert contrast(colours.on_accent, colours.accent) >= 4.5
