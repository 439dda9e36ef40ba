"""Charts: what is drawn, what is under the cursor, and what a person can do with mouse and keys."""

import csv
import io
import math
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from ui.charts import Chart, ChartData, Point, PointAction, Series
from ui.charts.data import Limits, as_csv
from ui.charts.legend import short_names
from ui.charts.scale import scale_of
from ui.charts.ticks import full_text, span_text, time_ticks, value_text, value_ticks
from ui.theme import Theme
from ui.tokens import DARK, LIGHT, Tokens

from .test_tokens import contrast

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
MINUTE = 60_000
T0 = 1_795_284_000_000
"""A full hour, UTC."""


def data(*series: tuple[float, ...], partial: int | None = None) -> ChartData:
    count = len(series[0])
    edges = tuple(T0 + at * MINUTE for at in range(count + 1))
    named = [
        Series(f"s{number}", f"Series {number}", values, number)
        for number, values in enumerate(series)
    ]
    return ChartData(edges, tuple(named), partial)


@pytest.fixture(params=["bars", "lines"])
def chart(request: pytest.FixtureRequest, qtbot: QtBot) -> Chart:
    return shown(qtbot, Chart("Errors", request.param))


@pytest.fixture
def bars(qtbot: QtBot) -> Chart:
    return shown(qtbot, Chart("Errors"))


def shown(qtbot: QtBot, made: Chart) -> Chart:
    qtbot.addWidget(made)
    made.resize(500, 260)
    with qtbot.waitExposed(made):
        made.show()
    return made


def place(chart: Chart, at: int, value: float = 0.5) -> QPoint:
    return chart.plot.centre_of(at, value).toPoint()


def hover(qtbot: QtBot, chart: Chart, at: int) -> None:
    # Twice, because a mouse that is there already does not move.
    for offset in (QPoint(2, 0), QPoint(0, 0)):
        qtbot.mouseMove(chart.plot.viewport(), place(chart, at) + offset)


def pixels(chart: Chart, at: int) -> set[str]:
    """The colours from top to bottom in the middle of a bin."""
    picture = chart.plot.viewport().grab().toImage()
    scale = picture.devicePixelRatio()
    x = int(place(chart, at).x() * scale)
    return {picture.pixelColor(x, y).name().upper() for y in range(picture.height())}


def test_the_cursor_tells_values(qtbot: QtBot, chart: Chart) -> None:
    chart.show_data(data((1, 20_000, 3), (4, 5, 6)))
    assert chart.total.text() == "20,019"
    assert chart.legend.buttons["s0"].accessibleName() == "Series 0: 20,004"
    hover(qtbot, chart, 1)
    assert chart.legend.buttons["s0"].accessibleName() == "Series 0: 20,000"
    assert chart.legend.buttons["s1"].accessibleName() == "Series 1: 5"
    assert chart.when.text() == span_text(T0 + MINUTE, T0 + 2 * MINUTE)


def test_bars_have_the_colours_of_their_series(bars: Chart) -> None:
    bars.show_data(data((2, 0, 1), (1, 1, 0)))
    blue, orange = LIGHT.series[:2]
    assert {blue, orange} <= pixels(bars, 0)
    assert blue not in pixels(bars, 1)
    assert orange in pixels(bars, 1)


def test_other_colours_at_once(bars: Chart, theme: Theme) -> None:
    bars.show_data(data((2, 1)))
    assert LIGHT.series[0] in pixels(bars, 0)
    theme.choose("dark")
    found = pixels(bars, 0)
    assert DARK.series[0] in found
    assert DARK.surface in found
    assert LIGHT.series[0] not in found
    theme.choose("light")


def test_the_legend_switches_series(qtbot: QtBot, bars: Chart) -> None:
    bars.show_data(data((2, 0), (9, 1)))
    top = bars.plot.centre_of(0, 9).y()
    qtbot.mouseClick(bars.legend.buttons["s1"], LEFT)
    assert LIGHT.series[1] not in pixels(bars, 0)
    assert bars.plot.centre_of(0, 9).y() < top
    bars.legend.buttons["s1"].setFocus()
    qtbot.keyClick(bars.legend.buttons["s1"], Qt.Key.Key_Space)
    assert LIGHT.series[1] in pixels(bars, 0)
    qtbot.keyClick(bars.legend.buttons["s1"], Qt.Key.Key_Return)
    assert bars.legend.hidden == {"s1"}
    # It stays off when new numbers come.
    bars.show_data(data((2, 0), (9, 2)))
    assert bars.legend.hidden == {"s1"}
    assert LIGHT.series[1] not in pixels(bars, 0)


def test_names_are_short_where_there_is_little_room(qtbot: QtBot, bars: Chart) -> None:
    titles = ("400 bad request", "413 too large", "429 throttled", "500 server error", "No answer")
    series = tuple(Series(title, title, (1_000.0,), at) for at, title in enumerate(titles))
    bars.resize(700, 260)
    bars.show_data(ChartData((0, 1), series))
    buttons = list(bars.legend.buttons.values())
    assert [one.text() for one in buttons] == list(titles)
    bars.resize(270, 260)
    short = ["400", "413", "429", "500", "No answer"]
    qtbot.waitUntil(lambda: [one.text() for one in buttons] == short)
    qtbot.waitUntil(lambda: bars.legend.height() <= 60)
    assert buttons[0].accessibleName() == "400 bad request: 1,000"
    bars.resize(700, 260)
    qtbot.waitUntil(lambda: buttons[0].text() == titles[0])


def test_names_that_begin_alike_are_told_apart(qtbot: QtBot, bars: Chart) -> None:
    kinds = ("Page Viewed", "Element Clicked", "Element Changed")
    titles = [f"[Amplitude] {kind}" for kind in kinds]
    titles.append("Bought")
    series = tuple(Series(title, title, (1_000.0,), at) for at, title in enumerate(titles))
    bars.resize(360, 260)
    bars.show_data(ChartData((0, 1), series))
    buttons = list(bars.legend.buttons.values())
    short = ["…Page Viewed", "…Element Clic…", "…Element Chan…", "Bought"]
    qtbot.waitUntil(lambda: [one.text() for one in buttons] == short)


@given(st.lists(st.text("ab ", max_size=30), min_size=1, max_size=6))
def test_short_names_are_short(names: list[str]) -> None:
    found = short_names(names, 8)
    assert all(len(one) <= 10 for one in found)
    alike = len({one[:8] for one in names}) < len({name.strip() for name in names})
    if not alike:
        pairs = zip(names, found, strict=True)
        assert all(name.startswith(one.removesuffix("…")) for name, one in pairs)


def test_dots_on_the_first_and_the_last_line_are_whole(qtbot: QtBot) -> None:
    lines = shown(qtbot, Chart("Errors", "lines"))
    lines.show_data(data((0, 4, 0, 4)))
    picture = lines.plot.viewport().grab().toImage()

    def is_blue(at: int, value: float, down: int) -> bool:
        colour = picture.pixelColor(place(lines, at, value) + QPoint(0, down))
        return colour.blue() - colour.red() > 20

    assert all(is_blue(0, 0, down) for down in (0, 1))
    assert all(is_blue(1, 4, down) for down in (0, -1))


def test_limits_end_what_is_drawn(qtbot: QtBot) -> None:
    lines = shown(qtbot, Chart("Errors", "lines"))
    limited = replace(data((4, 40, 4)), limits=Limits(0, 10, outside=True))
    lines.show_data(limited)
    picture, area = lines.plot.viewport().grab().toImage(), lines.plot.plot_area()
    above = {picture.pixelColor(x, area.top() - 3).name() for x in range(area.left(), area.right())}
    assert above == {LIGHT.surface.lower()}


def test_no_label_is_cut_off(qtbot: QtBot, chart: Chart) -> None:
    days = 30
    edges = tuple(T0 + at * 24 * 60 * MINUTE for at in range(days + 1))
    chart.show_data(ChartData(edges, (Series("s", "Some", (1.0,) * days, 0),)))
    chart.show_zone(UTC)
    for width in range(300, 720, 12):
        chart.resize(width, 260)
        picture = chart.plot.viewport().grab().toImage()
        bottom = range(chart.plot.plot_area().bottom() + 4, picture.height())
        edge = {picture.pixelColor(picture.width() - 1, y).name() for y in bottom}
        assert edge == {LIGHT.surface.lower()}, width


def test_a_chart_keeps_its_width_under_the_mouse(qtbot: QtBot, bars: Chart) -> None:
    bars.show_data(data((1, 2, 3), partial=2))
    before = bars.minimumSizeHint().width()
    hover(qtbot, bars, 2)
    assert bars.when.text()
    assert bars.minimumSizeHint().width() == before


def test_only_what_is_not_over_is_drawn_again(chart: Chart) -> None:
    chart.show_data(data((4, 4, 1), (0, 3, 0), partial=2))
    before = chart.plot.full_draws
    chart.show_data(data((4, 4, 2), (0, 3, 1), partial=2))
    assert chart.plot.full_draws == before
    assert chart.legend.buttons["s0"].accessibleName() == "Series 0: 10"
    # An earlier bin changed, or there is no room above: everything.
    chart.show_data(data((4, 3, 2), (0, 3, 1), partial=2))
    assert chart.plot.full_draws == before + 1
    chart.show_data(data((4, 3, 200), (0, 3, 1), partial=2))
    assert chart.plot.full_draws == before + 2


def test_what_is_not_over_looks_so(qtbot: QtBot, bars: Chart) -> None:
    bars.show_data(data((5, 5), partial=1))
    picture = bars.plot.viewport().grab().toImage()
    area = bars.plot.plot_area()

    def full(at: int) -> float:
        colours = [
            picture.pixelColor(int(place(bars, at).x()) + dx, y).name().upper()
            for y in range(area.center().y(), area.bottom() - 10)
            for dx in range(-10, 10)
        ]
        return colours.count(LIGHT.series[0]) / len(colours)

    assert full(0) == 1
    assert 0.2 < full(1) < 0.8
    hover(qtbot, bars, 1)
    assert "not over yet" in bars.when.text()


def test_a_click_says_which_series_and_when(qtbot: QtBot, bars: Chart) -> None:
    bars.show_data(data((3, 0), (2, 1)))
    for value, key in ((1, "s0"), (4, "s1")):
        with qtbot.waitSignal(bars.picked) as told:
            qtbot.mouseClick(bars.plot.viewport(), LEFT, NONE, place(bars, 0, value))
        assert told.args == [Point(key, 0, T0, T0 + MINUTE, {"s0": 3, "s1": 2}[key])]


def menu_of(qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_a_click_opens_the_menu_of_the_point(qtbot: QtBot) -> None:
    done: list[Point] = []
    actions = [
        PointAction("Never", done.append, is_enabled=lambda point: point.value > 99),
        PointAction("Do & see", done.append, "zoom"),
    ]
    chart = shown(qtbot, Chart("Errors", actions=lambda _point: actions))
    chart.show_data(data((3, 7)))
    qtbot.mouseClick(chart.plot.viewport(), LEFT, NONE, place(chart, 1))
    menu = menu_of(qtbot)
    head, _, never, see = menu.actions()
    assert head.text() == f"Series 0: 7, {span_text(T0 + MINUTE, T0 + 2 * MINUTE)}"
    assert not head.isEnabled()
    assert not never.isEnabled()
    assert menu.activeAction() is see
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert [point.bin for point in done] == [1]


def test_drawing_a_range(qtbot: QtBot, chart: Chart) -> None:
    chart.show_data(data((1, 2, 3, 4, 5)))
    view = chart.plot.viewport()
    qtbot.mousePress(view, LEFT, NONE, place(chart, 3))
    qtbot.mouseMove(view, place(chart, 2))
    qtbot.mouseMove(view, place(chart, 1))
    with qtbot.waitSignal(chart.brushed) as told:
        qtbot.mouseRelease(view, LEFT, NONE, place(chart, 1))
    assert told.args == [(T0 + MINUTE, T0 + 4 * MINUTE)]
    assert chart.plot.brush == (1, 3)
    chart.plot.setFocus()
    with qtbot.waitSignal(chart.brushed) as told:
        qtbot.keyClick(chart.plot, Qt.Key.Key_Escape)
    assert told.args == [None]
    assert chart.plot.brush is None


def test_a_drawn_range_stays_with_its_times(qtbot: QtBot, bars: Chart) -> None:
    bars.show_data(data((1, 2, 3, 4)))
    bars.plot.show_brush((1, 2))
    later = data((2, 3, 4, 5))
    edges = tuple(edge + MINUTE for edge in later.edges)
    bars.show_data(ChartData(edges, later.series))
    assert bars.plot.brush == (0, 1)
    bars.show_data(ChartData(tuple(edge + MINUTE for edge in edges), later.series))
    assert bars.plot.brush is None


def test_all_of_it_with_keys(qtbot: QtBot, chart: Chart) -> None:
    chart.show_data(data((1, 2, 3), (4, 5, 6)))
    plot = chart.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: plot.cursor == 2)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.cursor == 1
    when = span_text(T0 + MINUTE, T0 + 2 * MINUTE)
    assert plot.accessibleDescription() == f"Series 0: 2, {when}"
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert plot.accessibleDescription() == f"Series 1: 5, {when}"
    with qtbot.waitSignal(chart.picked) as told:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert told.args[0][:2] == ("s1", 1)
    with qtbot.waitSignal(chart.brushed) as told:
        qtbot.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == [(T0 + MINUTE, T0 + 3 * MINUTE)]
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot.cursor == 0
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert plot.cursor == 2


def test_copying(qtbot: QtBot, bars: Chart) -> None:
    bars.show_data(data((1, 2.5), (0, 7)))
    qtbot.mouseClick(bars.more, LEFT)
    menu = menu_of(qtbot)
    titles = [entry.text() for entry in menu.actions() if entry.text()]
    assert titles == ["Copy as picture", "Copy as CSV", "Save as picture…", "Save as CSV…"]
    menu.actions()[1].trigger()
    menu.close()
    rows = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text())))
    assert rows[0] == ["start", "end", "Series 0", "Series 1"]
    assert rows[2] == ["2026-11-21T18:01:00Z", "2026-11-21T18:02:00Z", "2.5", "7"]
    bars.copy_picture()
    assert QGuiApplication.clipboard().image().width() >= 500


@pytest.mark.parametrize("kind", ["picture", "CSV"])
def test_saving(qtbot: QtBot, bars: Chart, tmp_path: Path, kind: str) -> None:
    bars.show_data(data((1, 2), (0, 7)))
    qtbot.mouseClick(bars.more, LEFT)
    menu = menu_of(qtbot)
    next(entry for entry in menu.actions() if entry.text() == f"Save as {kind}…").trigger()
    menu.close()
    dialog = bars.findChild(QFileDialog)
    assert dialog is not None
    assert not dialog.isModal()
    with qtbot.waitSignal(bars.told) as told:
        dialog.fileSelected.emit(str(tmp_path / "saved"))
    dialog.close()
    assert told.args == ["Errors: saved as saved."]
    written = (tmp_path / "saved").read_bytes()
    assert written.startswith(b"\x89PNG" if kind == "picture" else b"start,end,Series 0")


def test_what_cannot_be_saved_is_said(qtbot: QtBot, bars: Chart, tmp_path: Path) -> None:
    bars.show_data(data((1,)))
    for save in (bars.save_csv, bars.save_picture):
        with qtbot.waitSignal(bars.told) as told:
            save(tmp_path / "nowhere" / "x")
        assert told.args[0].startswith("x was not saved: ")


def test_names_of_series_are_no_formulas_and_no_markup(bars: Chart) -> None:
    hostile = "=1+1<b>x</b>\u202e\n" + "x" * 1_000_000
    bars.show_data(ChartData((0, 1), (Series("k", hostile, (1,)),)))
    assert len(bars.legend.buttons["k"].text()) < 50
    assert as_csv(bars.data).splitlines()[0].startswith("start,end,\"'=1+1")


@pytest.mark.parametrize("values", [(), (0, 0), (10**15, 1), (0.001, 0.002)])
def test_odd_numbers(chart: Chart, values: tuple[float, ...]) -> None:
    chart.show_data(data(values) if values else ChartData())
    assert chart.nothing.isVisible() is (not any(values))
    assert not chart.grab().isNull()


# Axes


@given(st.floats(0, 1e15))
def test_marks_reach_above_the_highest(top: float) -> None:
    marks = value_ticks(top)
    assert marks[0] == 0
    assert marks[-1] >= top * 0.999
    assert 2 <= len(marks) <= 6


@given(
    st.lists(st.floats(-1e9, 1e9) | st.just(math.nan), min_size=1, max_size=5),
    st.none() | st.floats(-1e6, 1e6),
    st.none() | st.floats(-1e6, 1e6),
)
def test_an_axis_has_its_ends_and_few_marks(
    values: list[float], low: float | None, high: float | None
) -> None:
    if low is not None and high is not None and low >= high:
        low = None
    found = scale_of([values], stacked=False, limits=Limits(low, high))
    assert found.low < found.top
    assert low is None or high is not None or found.low == low
    assert high is None or low is not None or found.top == high
    assert list(found.marks) == sorted(found.marks)
    assert all(found.low - 1e-6 <= mark <= found.top + 1e-6 for mark in found.marks)
    assert 2 <= len(found.marks) <= 12


def test_what_lies_outside_is_left_out_only_where_that_is_wanted(chart: Chart) -> None:
    series = Series("a", "A", (1.0, 5.0, 9.0))
    shown = ChartData((0, 1, 2, 3), (series,), limits=Limits(2, 8))
    chart.show_data(shown)
    assert chart.plot.drawn(series) == (1.0, 5.0, 9.0)
    chart.show_data(replace(shown, limits=Limits(2, 8, outside=False)))
    drawn = chart.plot.drawn(series)
    assert (math.isnan(drawn[0]), drawn[1], math.isnan(drawn[2])) == (True, 5.0, True)


def test_marks_of_counts_are_whole() -> None:
    assert value_ticks(1) == [0, 1]
    assert value_ticks(3) == [0, 1, 2, 3]
    assert value_ticks(9) == [0, 5, 10]


@pytest.mark.parametrize(
    ("value", "axis", "full"),
    [(0, "0", "0"), (1234, "1,234", "1,234"), (12_500, "12.5k", "12,500"),
     (2_000_000, "2M", "2,000,000"), (0.5, "0.5", "0.5"),
     (6e21, "6e+21", "6,000,000,000,000,000,000,000")],
)  # fmt: skip
def test_numbers(value: float, axis: str, full: str) -> None:
    assert (value_text(value), full_text(value)) == (axis, full)


ZONES = [UTC, timezone(timedelta(hours=5, minutes=45)), ZoneInfo("America/New_York"), None]


@given(
    st.integers(-(2**45), 2**53),
    st.integers(1, 2**45),
    st.integers(1, 12),
    st.sampled_from(ZONES),
)
def test_times_are_marked_within(start: int, length: int, most: int, zone: Any) -> None:
    marks = time_ticks(start, start + length, most, zone)
    assert all(start <= at <= start + length for at, _ in marks)
    assert [at for at, _ in marks] == sorted(at for at, _ in marks)
    assert len(marks) <= 2 * most + 2
    assert all(text for _, text in marks)


def test_times_are_round_in_their_zone() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    marks = time_ticks(T0, T0 + 6 * 60 * MINUTE, 6, india)
    assert [text for _, text in marks] == ["22 Nov", "01:00", "02:00", "03:00", "04:00", "05:00"]


def test_a_day_of_25_hours() -> None:
    zone = ZoneInfo("America/New_York")
    start = 1_793_505_600_000  # 2026-11-01 00:00 there; clocks go back at 02:00.
    marks = time_ticks(start, start + 25 * 60 * MINUTE, 30, zone)
    texts = [text for _, text in marks]
    assert len({at for at, _ in marks}) == len(marks) == 25
    assert texts[:4] == ["1 Nov", "01:00", "01:00", "02:00"]


def test_spans_in_words() -> None:
    assert span_text(T0, T0 + MINUTE, UTC) == "21 Nov 18:00 – 18:01"
    assert span_text(T0, T0 + 10_000, UTC) == "21 Nov 18:00:00 – 18:00:10"
    day = T0 // 86_400_000 * 86_400_000
    assert span_text(T0, T0 + 3 * 86_400_000, UTC) == "21 Nov 2026 18:00 – 24 Nov 18:00"
    assert span_text(T0, T0 + 60 * 86_400_000, UTC) == "21 Nov 2026 18:00 – 20 Jan 2027 18:00"
    assert span_text(day, day + 86_400_000, UTC) == "Sat 21 Nov 2026"
    assert span_text(day, day + 7 * 86_400_000, UTC) == "21 Nov – 27 Nov 2026"
    assert span_text(day, day + 60 * 86_400_000, UTC) == "21 Nov 2026 – 19 Jan 2027"
    assert span_text(2**62, 2**62 + 1) == f"{2**62} – {2**62 + 1}"


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda one: one.name)
def test_series_can_be_seen(colours: Tokens) -> None:
    for colour in colours.series:
        assert contrast(colour, colours.surface) >= 3
    assert len(set(colours.series)) == len(colours.series)


MATRICES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}  # fmt: skip
"""How linear RGB is seen by those who cannot tell red from green (Machado 2009)."""


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda one: one.name)
@pytest.mark.parametrize("eyes", MATRICES)
def test_series_can_be_told_apart(colours: Tokens, eyes: str) -> None:
    seen = [lab(colour, MATRICES[eyes]) for colour in colours.series]
    for at, one in enumerate(seen):
        for other in seen[at + 1 :]:
            assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= 12


def lab(colour: str, matrix: Any) -> tuple[float, float, float]:
    """CIELAB of a colour as it is seen."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    seen = [
        max(0.0, min(1.0, sum(m * part for m, part in zip(row, linear, strict=True))))
        for row in matrix
    ]
    red, green, blue = seen
    xyz = (
        (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
        0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
        (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("known", [(), (0,), (3, 4), (9,)])
@pytest.mark.parametrize("kind", ["lines", "areas", "bars"])
def test_numbers_that_are_missing(qtbot: QtBot, kind: str, known: tuple[int, ...]) -> None:
    """Conversion on days on which nobody came is no number; nothing is drawn for it."""
    values = tuple(50.0 if at in known else math.nan for at in range(10))
    series = Series("a", "Conversion", values, whole=math.nan, unit="%")
    chart = Chart("Conversion", kind)
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    with qtbot.waitExposed(chart):
        chart.show()
    for partial in (None, 9, 5):
        chart.show_data(ChartData(tuple(range(0, 11 * 86_400_000, 86_400_000)), (series,), partial))
        assert not chart.grab().isNull()
    assert chart.legend.buttons["a"].accessibleName() == "Conversion: –"
    assert as_csv(chart.data).splitlines()[3].endswith(",")
