"""The table model and view: ids in order, rows read when painted, cheap at a million."""

from array import array
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.model import Outcome, Via
from app.store.events import EventRow
from tests.effort import effort
from ui.table.columns import event_columns
from ui.table.delegate import PAD, elided
from ui.table.model import PagedTableModel
from ui.table.rows import CACHED
from ui.table.times import arrival, short_clock
from ui.table.view import EventTableView
from ui.theme import mono_font


class Rows:
    """Rows made up by id, and which were asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.outcome = Outcome.ACCEPTED
        self.gone: set[int] = set()
        self.name = "Event"

    def __call__(self, ids: Sequence[int]) -> list[EventRow]:
        self.asked += ids
        return [self.row(number) for number in ids if number not in self.gone]

    def row(self, number: int) -> EventRow:
        return EventRow(
            number, 1, 0, f"{self.name} {number}", None, "ada", None, None, 1, "sdk/1.0",
            self.outcome, 200, "", Via.PROXY, "",
        )  # fmt: skip


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def model(rows: Rows, qapp: object) -> PagedTableModel:
    return PagedTableModel(event_columns({1: "Shop"}), rows)


def shown(model: PagedTableModel) -> list[int]:
    return model.ids(0, len(model))


def test_the_row_below_an_id_that_is_not_shown(model: PagedTableModel) -> None:
    model.show_ids(array("q", [9, 5, 3]))
    model.prepend_newer(array("q", [12, 15]))
    assert shown(model) == [15, 12, 9, 5, 3]
    below = {20: 0, 15: 1, 14: 1, 12: 2, 9: 3, 4: 4, 3: 5, 1: 5}
    assert {number: model.row_below(number) for number in below} == below


def test_the_model_keeps_qts_rules(model: PagedTableModel, qtmodeltester: ModelTester) -> None:
    model.show_ids(array("q", [5, 3, 2]))
    qtmodeltester.check(model)
    model.prepend_newer(array("q", [6, 8]))
    model.append_older(array("q", [1]))
    model.drop_below(3)
    qtmodeltester.check(model)


def test_new_ids_arrive_on_top_and_old_ones_below(model: PagedTableModel) -> None:
    model.show_ids(array("q", [5, 4]))
    model.prepend_newer(array("q", [6, 7]))
    model.append_older(array("q", [3, 1]))
    model.prepend_newer(array("q", [9]))
    assert shown(model) == [9, 7, 6, 5, 4, 3, 1]


@pytest.mark.parametrize("first", [0, 1, 2, 4, 5, 6, 7, 9, 10])
def test_removed_ids_go_from_the_old_end(model: PagedTableModel, first: int) -> None:
    model.show_ids(array("q", [5, 4, 1]))
    model.prepend_newer(array("q", [6, 9]))
    model.drop_below(first)
    assert shown(model) == [number for number in (9, 6, 5, 4, 1) if number >= first]


def test_a_range_of_ids_can_be_cut_and_continued(model: PagedTableModel) -> None:
    model.show_ids(range(10, 0, -1))
    model.drop_below(8)
    model.prepend_newer(array("q", [11]))
    assert shown(model) == [11, 10, 9, 8]


def test_a_row_is_found_by_its_id(model: PagedTableModel) -> None:
    model.show_ids(range(10, 4, -1))
    model.prepend_newer(array("q", [12, 15]))
    assert [model.row_of(number) for number in (15, 12, 10, 5)] == [0, 1, 2, 7]
    assert [model.row_of(number) for number in (4, 11, 16)] == [-1, -1, -1]


def test_rows_are_read_around_what_is_painted_and_only_once(
    model: PagedTableModel, rows: Rows
) -> None:
    model.show_ids(range(1_000_000, 0, -1))
    assert model.text(500_000, "type") == "Event 500000"
    assert len(rows.asked) < 100
    before = len(rows.asked)
    assert model.text(500_010, "type") == "Event 499990"
    assert len(rows.asked) == before


def test_the_page_cache_stays_small(model: PagedTableModel) -> None:
    model.show_ids(range(1_000_000, 0, -1))
    for row in range(0, 20_000, 20):
        model.cells(row)
    assert len(model._cells) <= CACHED + 100


def test_a_row_that_is_gone_is_empty(model: PagedTableModel, rows: Rows) -> None:
    rows.gone = {2}
    model.show_ids(array("q", [3, 2, 1]))
    assert model.text(1, "type") == ""
    assert model.text(2, "type") == "Event 1"


def test_only_what_may_have_been_answered_is_read_again(model: PagedTableModel, rows: Rows) -> None:
    rows.outcome = Outcome.UNANSWERED
    model.show_ids(array("q", [2, 1]))
    assert model.text(0, "outcome") == "Unanswered"
    rows.outcome = Outcome.ACCEPTED
    model.look_again()
    assert model.text(0, "outcome") == "Accepted"
    asked = len(rows.asked)
    model.look_again()
    assert model.text(0, "outcome") == "Accepted"
    assert len(rows.asked) == asked


@pytest.fixture
def view(model: PagedTableModel, qtbot: QtBot) -> EventTableView:
    view = EventTableView(model)
    qtbot.addWidget(view)
    view.resize(1200, 600)
    view.show()
    return view


def test_a_million_rows_are_selected_and_counted_at_once(
    model: PagedTableModel, view: EventTableView, qtbot: QtBot
) -> None:
    model.show_ids(range(1_000_000, 0, -1))
    with effort() as spent:
        qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        view.grab()
        assert view.selected_count() == 1_000_000
        assert view.selected_ids(3) == [1_000_000, 999_999, 999_998]
    assert spent.counts < 120


def test_a_million_rows_arrive_at_once(model: PagedTableModel, view: EventTableView) -> None:
    with effort() as spent:
        model.show_ids(range(1_000_000, 0, -1))
        for last in range(1_000_000, 1_001_000, 100):
            model.prepend_newer(array("q", range(last + 1, last + 101)))
        view.repaint()
        assert len(model) == 1_001_000
    assert spent.counts < 120


def test_keys_move_through_the_rows(
    model: PagedTableModel, view: EventTableView, qtbot: QtBot
) -> None:
    model.show_ids(range(100, 0, -1))
    where = []
    for key in (Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(view, key)
        where.append(view.current_id())
    assert where == [100, 99, 100, 1, 100]


def test_enter_and_a_click_open_and_escape_leaves(
    model: PagedTableModel, view: EventTableView, qtbot: QtBot
) -> None:
    model.show_ids(range(100, 0, -1))
    opened: list[int] = []
    view.opened.connect(opened.append)
    view.go_to(4)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    place = view.visualRect(model.index(2, 1)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [96, 98]
    with qtbot.waitSignal(view.left):
        qtbot.keyClick(view, Qt.Key.Key_Escape)


def test_new_rows_keep_the_selection_and_the_current_row(
    model: PagedTableModel, view: EventTableView
) -> None:
    model.show_ids(range(100, 0, -1))
    view.go_to(3)
    model.prepend_newer(array("q", range(101, 111)))
    assert view.current_id() == 97
    assert view.selected_ids(10) == [97]


def test_columns_that_say_least_go_when_there_is_no_room(
    model: PagedTableModel, view: EventTableView
) -> None:
    def visible() -> list[str]:
        return [
            column.key for at, column in enumerate(model.columns) if not view.isColumnHidden(at)
        ]

    assert visible() == [column.key for column in model.columns]
    view.resize(760, 600)
    assert visible() == ["time", "type", "user", "device", "project", "outcome"]
    view.resize(560, 600)
    assert visible() == ["time", "type", "user", "outcome"]
    view.resize(1200, 600)
    assert visible() == [column.key for column in model.columns]
    assert view.horizontalHeader().length() == view.viewport().width()


def widths(view: EventTableView, model: PagedTableModel) -> dict[str, int]:
    return {column.key: view.columnWidth(at) for at, column in enumerate(model.columns)}


@pytest.mark.parametrize("width", [440, 470, 560, 700, 860, 1000, 1200, 1600, 2400])
def test_all_columns_fit_and_outcome_is_in_view(
    model: PagedTableModel, view: EventTableView, width: int
) -> None:
    model.show_ids(range(100, 0, -1))
    view.resize(width, 300)
    outcome = [column.key for column in model.columns].index("outcome")
    assert view.columnViewportPosition(outcome) + 112 <= view.viewport().width()
    assert view.horizontalHeader().length() == view.viewport().width()
    assert widths(view, model)["time"] == 132


def test_spare_room_is_shared(model: PagedTableModel, view: EventTableView) -> None:
    view.resize(1200, 600)
    before = widths(view, model)
    view.resize(1400, 600)
    after = widths(view, model)
    grown = {key for key in after if after[key] > before[key]}
    # An outcome may tell how often it was tried.
    assert grown == {"type", "device", "sdk", "outcome"}


def test_ids_become_narrow_before_a_column_goes(
    model: PagedTableModel, view: EventTableView
) -> None:
    view.resize(1000, 600)
    narrow = widths(view, model)
    assert 88 <= narrow["user"] < 130
    assert 88 <= narrow["device"] < 130
    assert narrow["via"] == 80


def test_a_width_that_was_chosen_stays(model: PagedTableModel, view: EventTableView) -> None:
    view.resize(1400, 600)
    device = [column.key for column in model.columns].index("device")
    for width in (200, 199, 160):
        view.setColumnWidth(device, width)
        assert view.columnWidth(device) == width
        assert view.horizontalHeader().length() == view.viewport().width()
    view.resize(860, 600)
    assert view.columnWidth(device) == 160
    view.resize(500, 600)
    assert view.isColumnHidden(device)
    view.resize(1400, 600)
    assert view.columnWidth(device) == 160


def test_a_long_id_is_cut_in_the_middle(qapp: QApplication) -> None:
    text = "0123456789abcdef-0123456789abcdef"
    shown = elided(text, qapp.font().key(), 100, Qt.TextElideMode.ElideMiddle)
    assert shown[0] == "0"
    assert shown[-1] == "f"
    assert "…" in shown
    cut = {column.key for column in event_columns({}) if column.cuts_middle}
    assert cut == {"user", "device", "sdk"}


def test_the_time_is_never_longer_than_its_column() -> None:
    now = datetime(2026, 11, 21, 12).astimezone()
    for at, expected in (
        (now, "12:00:00.000"),
        (now - timedelta(days=1), "20 Nov 12:00:00"),
        (now - timedelta(days=400), "17 Oct 2025"),
    ):
        shown = short_clock(int(at.timestamp() * 1000), now)
        assert shown[:11] == expected[:11]
        metrics = QFontMetrics(mono_font())
        assert metrics.horizontalAdvance(shown) + 2 * PAD <= event_columns({})[0].width


def test_a_time_that_is_still_to_come_is_said_in_words() -> None:
    now = datetime(2026, 11, 21, 12).astimezone()
    metrics = QFontMetrics(mono_font())
    for ahead, expected in (
        (timedelta(minutes=59), "59 min from now"),
        (timedelta(days=3), "3 d from now"),
        (timedelta(days=800), "2 y from now"),
        (timedelta(days=366 * 1500), "in the future"),
    ):
        cell = arrival(int((now + ahead).timestamp() * 1000), now)
        assert cell.text == expected
        assert cell.tone == "warning"
        assert "still to come" in cell.help
        width = metrics.horizontalAdvance(cell.text) + 2 * PAD
        assert width <= event_columns({})[0].width
    # Clocks differ a little.
    soon = arrival(int((now + timedelta(seconds=50)).timestamp() * 1000), now)
    assert (soon.text, soon.tone) == ("12:00:50.000", "muted")


def test_hostile_names_take_one_row_each(
    model: PagedTableModel, view: EventTableView, rows: Rows
) -> None:
    rows.name = "<b>x</b>\n\0\u202e" + "y" * 1_000_000
    model.show_ids(range(50, 0, -1))
    with effort() as spent:
        view.grab()
    assert spent.counts < 200
    assert view.rowHeight(0) == 24
    assert len(model.text(0, "type")) <= 301
    assert model.text(0, "type").startswith("<b>x</b>↵\ufffd\ufffd")


def test_scattered_selections_are_read_from_the_top(
    model: PagedTableModel, view: EventTableView
) -> None:
    model.show_ids(range(100, 0, -1))
    flag = QItemSelectionModel.SelectionFlag
    for row in (7, 2, 5):
        view.selectionModel().select(model.index(row, 0), flag.Select | flag.Rows)
    assert view.selected_ids(10) == [98, 95, 93]
    assert view.selected_ids(2) == [98, 95]


def test_marks_piled_up_on_letters_stay_in_their_row(
    rows: Rows, model: PagedTableModel, qtbot: QtBot
) -> None:
    """So-called zalgo text, which is drawn far above and below its line."""
    rows.name = (
        "Z\u0351\u036b\u0313\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349"
        "\u035a\u032f\u031e\u0320\u034dA\u0334\u0335\u031c\u0330\u0354\u036b\u0357\u0362"
        "L\u0320\u0368\u0367\u0369\u0358G\u0334\u033b\u0348\u034d\u0354\u0339\u0311"
        "\u0357\u030e\u0305\u035b\u0301\u01ea\u0335\u0339\u033b\u031d\u0333\u0342\u030c\u030c"
        "\u0358!\u0356\u032c\u0330\u0319\u0317\u033f\u030b\u0365\u0365\u0302\u0363\u0310"
        "\u0301\u0301\u035c\u035e"
    )
    view = EventTableView(model)
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.show()
    model.show_ids(array("q", [2]))
    qtbot.wait(0)
    picture = view.viewport().grab().toImage()
    scale = picture.devicePixelRatio()
    below = round((view.rowHeight(0) + 2) * scale)
    ground = picture.pixelColor(picture.width() - 2, picture.height() - 2)
    seen = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(below, picture.height())
    }
    assert seen == {ground.name()}
