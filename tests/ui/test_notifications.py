"""Messages: stacked, never in the way, with details to copy."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import notifications as module
from ui.notifications import LARGEST, Notifications

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made).addWidget(QLineEdit())
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


@pytest.fixture
def messages(window: QWidget) -> Iterator[Notifications]:
    made = Notifications()
    made.show_in(window)
    yield made
    made.clear()


def test_cards_stack_in_the_lower_right_corner(messages: Notifications, window: QWidget) -> None:
    messages.info("One.")
    messages.warn("Two.")
    first, second = messages.cards
    assert first.geometry().bottom() < second.geometry().top()
    assert window.rect().contains(first.geometry())
    assert window.width() - second.geometry().right() < 24
    window.resize(QSize(700, 500))
    assert window.rect().contains(second.geometry())


def test_cards_leave_room_for_a_panel_at_the_right_edge(window: QWidget) -> None:
    taken = 0
    made = Notifications()
    made.show_in(window, right=lambda: taken)
    taken = 300
    made.info("Beside it.")
    assert made.cards[0].geometry().right() < window.width() - 300
    taken = 700
    made.info("As far as there is room.")
    assert window.rect().contains(made.cards[1].geometry())
    made.clear()


def test_information_goes_by_itself_and_trouble_stays(
    qtbot: QtBot,
    messages: Notifications,
    window: QWidget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "INFO_MS", 30)
    messages.info("Done.")
    messages.error("Broken.")
    # Wherever the pointer was: a card that is being read stays.
    qtbot.mouseMove(messages.cards[0])
    qtbot.mouseMove(window, QPoint(5, 5))
    qtbot.waitUntil(lambda: [card.notice.text for card in messages.cards] == ["Broken."])


def test_a_card_is_not_taken_for_being_read_where_it_never_was(
    qtbot: QtBot, messages: Notifications, window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "INFO_MS", 30)
    # A new widget begins in the upper left corner.
    qtbot.mouseMove(window, QPoint(5, 5))
    messages.info("Done.")
    qtbot.waitUntil(lambda: not messages.cards)


def test_details_are_copied(qtbot: QtBot, messages: Notifications) -> None:
    messages.error("Broken.", "Traceback: …")
    qtbot.mouseClick(messages.cards[0].copy, LEFT)
    assert QGuiApplication.clipboard().text() == "Broken.\n\nTraceback: …"
    assert messages.cards[0].copy.text() == "Copied"


def test_what_is_settled_goes(messages: Notifications) -> None:
    messages.error("Port taken.", about="capture")
    messages.warn("Disk full.")
    messages.warn("Starting again.", "why", about="capture")
    assert [card.notice.text for card in messages.cards] == ["Disk full.", "Starting again."]
    messages.settled("capture")
    assert [card.notice.text for card in messages.cards] == ["Disk full."]


def test_no_two_cards_say_the_same(messages: Notifications) -> None:
    messages.warn("Disk full.")
    messages.error("Disk full.", "with details")
    assert [card.times.text() for card in messages.cards] == ["2 times"]


def test_the_button_acts_and_closes(qtbot: QtBot, messages: Notifications) -> None:
    done: list[str] = []
    messages.warn("Stopped.", action=("Try again", lambda: done.append("again")))
    button = next(
        one for one in messages.cards[0].findChildren(QPushButton) if one.text() == "Try again"
    )
    qtbot.mouseClick(button, LEFT)
    assert done == ["again"]
    assert messages.cards == []


def test_the_same_again_is_counted(messages: Notifications) -> None:
    for _ in range(3):
        messages.warn("Disk full.")
    assert len(messages.cards) == 1
    assert messages.cards[0].times.text() == "3 times"


def test_too_many_cards_push_out_the_least_important(messages: Notifications) -> None:
    messages.error("Broken.")
    for number in range(LARGEST):
        messages.info(f"Note {number}.")
    assert len(messages.cards) == LARGEST
    assert messages.cards[0].notice.text == "Broken."


def test_the_focus_is_left_alone(qtbot: QtBot, messages: Notifications, window: QWidget) -> None:
    box = window.findChild(QLineEdit)
    assert isinstance(box, QLineEdit)
    window.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    messages.error("Broken.")
    qtbot.keyClicks(box, "still here")
    qtbot.waitUntil(box.hasFocus)
    assert box.text() == "still here"


def test_markup_is_shown_as_text_and_length_is_bounded(messages: Notifications) -> None:
    messages.warn("<b>" + "x" * 100_000)
    card = messages.cards[0]
    assert card.text.textFormat() == Qt.TextFormat.PlainText
    assert card.text.text().startswith("<b>x")
    assert card.height() < 400


def test_messages_wait_for_a_window(window: QWidget) -> None:
    early = Notifications()
    early.warn("Early.")
    assert early.cards == []
    early.show_in(window)
    assert [card.notice.text for card in early.cards] == ["Early."]
    early.clear()
