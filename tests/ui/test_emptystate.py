"""What an empty page says stands in its middle, and fits."""

import pytest
from pytestqt.qtbot import QtBot

from ui.pages.emptystate import MARGIN, WIDTH, EmptyState


@pytest.mark.parametrize("text", ["Short.", "A sentence of some words. " * 12])
@pytest.mark.parametrize("width", [1224, 520, 300])
def test_the_text_is_in_the_middle_and_whole(qtbot: QtBot, width: int, text: str) -> None:
    page = EmptyState("warning", "Nothing", text, [("Do something", page_is_done)])
    qtbot.addWidget(page)
    page.resize(width, 600)
    page.show()
    qtbot.waitUntil(lambda: abs(page.text.geometry().center().x() - width // 2) <= 1)
    assert page.text.width() == min(WIDTH, width - 2 * MARGIN)
    assert page.text.height() >= page.text.heightForWidth(page.text.width())


def page_is_done() -> None:
    """What the button does is not asked here."""
