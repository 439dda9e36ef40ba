"""
Ways to find an element again, as they are offered: what would break each, and where it may be now.
"""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.label.labels import Labels
from tests.ui.test_label_kept import Desk, click, desk  # noqa: F401

LEFT = Qt.MouseButton.LeftButton


def inside(clicked: dict[str, Any], *around: dict[str, Any]) -> dict[str, Any]:
    """The same click, with more around what was clicked."""
    clicked["event_properties"]["[Amplitude] Element Hierarchy"][1:1] = around
    return clicked


def box(index: int) -> dict[str, Any]:
    return {"tag": "div", "index": index, "indexOfType": index, "classes": ["bar"]}


def test_what_would_break_a_way_is_said(desk: Desk, qtbot: QtBot) -> None:  # noqa: F811
    editor, choices = desk.page.editor, desk.page.editor.choices
    # Nothing but the words tells one from the other.
    clicks = [click("Order", "btn"), click("Help", "btn")]
    node = clicks[1]["event_properties"]["[Amplitude] Element Hierarchy"][0]
    node.update(index=1, indexOfType=1)
    desk.label_captured(desk.add(*clicks) - 1)
    said = [one.accessibleName().partition(":")[0] for one in choices.buttons]
    assert said[:2] == ["By its text “Order”", "By its text “Order”, or by its place on the page"]
    shown = [one.isVisible() for one in choices.reasons]
    assert shown == [True, *[False] * (len(said) - 1)]
    assert choices.reasons[0].text().startswith("Found by its words. Lasts until")
    qtbot.mouseClick(choices.buttons[1], LEFT)
    assert "Whatever else comes to stand there is counted" in choices.reasons[1].text()
    assert (choices.reasons[0].isVisible(), choices.reasons[1].isVisible()) == (False, True)
    assert editor.tabs.count() == 2
    desk.until(lambda: "1 event captured so far" in editor.count.text())
    qtbot.mouseClick(editor.save, LEFT)
    desk.until(lambda: desk.told == {"Order clicked": 1})
    assert [one.origin for one in desk.kept[0].definitions] == ["label", "backup"]
    # Its words change, and it is counted still.
    desk.add(click("Order now", "btn"))
    desk.until(lambda: desk.told == {"Order clicked": 2})


@pytest.mark.parametrize("has_text", [True, False])
def test_what_is_in_two_places_now_can_be_both(
    desk: Desk,  # noqa: F811
    qtbot: QtBot,
    has_text: bool,
) -> None:
    page = desk.page
    old = [click("Order", "cta", 10 + number / 10) for number in range(6)]
    desk.label_captured(desk.add(*old, click("Help", "quiet", 11)) - 1)
    draft = page.editor.draft.definitions[0]
    with Labels(desk.context.workspace) as labels:
        kept = labels.save(page.editor.draft)
    assert draft.value("text") == "Order"
    text = "Order now" if has_text else ""
    new = [inside(click(text, "wide"), box(at)) for at in (0, 1) for _ in range(2)]
    desk.add(*new, click("Help", "quiet"))
    page.repair(kept)
    desk.until(lambda: len(page.editor.choices.buttons) == 3)
    titles = [one.accessibleName().partition(":")[0] for one in page.editor.choices.buttons]
    if has_text:
        button = "The button “Order now”"
        assert titles == [
            f"{button}, in each of 2 places", f"{button}, place 1", f"{button}, place 2"
        ]  # fmt: skip
    else:
        assert titles[0] == "The button, by its style “wide”, in each of 2 places"
        assert [one.rpartition(", ")[2] for one in titles[1:]] == ["place 1", "place 2"]
    desk.until(lambda: "10 events captured so far" in page.editor.count.text())
    qtbot.mouseClick(page.editor.choices.buttons[2], LEFT)
    desk.until(lambda: "8 events captured so far" in page.editor.count.text())
    qtbot.mouseClick(page.editor.choices.buttons[0], LEFT)
    qtbot.mouseClick(page.editor.save, LEFT)
    desk.until(lambda: desk.told == {"Order clicked": 10})
