"""Text from traffic cannot act."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import Qt, QTextDocument

from ui import plain


@given(st.text(st.characters(codec=None)))
def test_one_line_is_one_short_line_that_qt_can_hold(text: str) -> None:
    shown = plain.one_line(text, 40)
    assert len(shown) <= 41
    assert not {"\n", "\r", "\t", "\0", "\u2028", "\u202e", "\u2066"} & set(shown)
    shown.encode("utf-8")


def test_control_characters_become_visible() -> None:
    assert plain.one_line("a\nb\tc\0d\x7f") == "a↵b⇥c\ufffdd\ufffd"


def test_direction_marks_and_half_surrogates_are_replaced() -> None:
    assert plain.one_line("a\u202eb\ud800") == "a\ufffdb?"


def test_other_scripts_stay_as_they_are() -> None:
    assert plain.one_line("Ünïcödé عربى 日本 👩‍🚀") == "Ünïcödé عربى 日本 👩‍🚀"


def test_long_text_is_cut() -> None:
    assert plain.one_line("x" * 1_000_000) == "x" * 300 + "…"


@given(st.text(st.characters(codec=None), max_size=200))
def test_a_tooltip_shows_the_text_and_not_its_markup(text: str) -> None:
    shown = plain.tooltip(f"<b>{text}</b>")
    assert Qt.mightBeRichText(shown)
    document = QTextDocument()
    document.setHtml(shown)
    assert document.toPlainText().startswith("<b>")
    assert document.toPlainText().rstrip().endswith("</b>")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_copied_cell_is_no_formula(text: str) -> None:
    assert plain.cell(text) == f"'{text}"


def test_a_copied_cell_is_one_cell() -> None:
    assert plain.cell("a\tb\nc") == "a b c"


def test_the_clock_shows_the_day_only_when_it_is_another() -> None:
    noon = datetime(2026, 11, 21, 12, 0, 0).astimezone()
    at_ms = round(noon.timestamp() * 1000) + 7
    assert plain.clock(at_ms, noon) == "12:00:00.007"
    assert plain.clock(at_ms - 86_400_000, noon) == "20 Nov 12:00:00.007"
    assert plain.clock(at_ms - 365 * 86_400_000, noon) == "2025-11-21 12:00:00.007"


@pytest.mark.parametrize("at_ms", [10**18, -(10**18), 2**63 - 1])
def test_a_time_outside_of_any_calendar_is_a_number(at_ms: int) -> None:
    assert plain.clock(at_ms) == str(at_ms)
    assert plain.local_time(at_ms) == str(at_ms)
    assert plain.utc_time(at_ms) == str(at_ms)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (120, "2 min ago"),
        (7200, "2 h ago"),
        (-60, "1 min from now"),
        (600 * 86400, "600 d ago"),
        (20_779 * 86400, "57 y ago"),
        (-20_779 * 86400, "57 y from now"),
        (10**14, "ages ago"),
        (-(10**14), "far in the future"),
    ],
)
def test_relative_times(seconds: int, text: str) -> None:
    assert plain.ago(0, seconds * 1000) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(999, "999 B"), (1500, "1.5 kB"), (2_500_000, "2.5 MB"), (3_000_000_000, "3.0 GB")],
)
def test_sizes(count: int, text: str) -> None:
    assert plain.size(count) == text


def test_plurals() -> None:
    assert plain.plural(1, "event") == "1 event"
    assert plain.plural(2000, "event") == "2,000 events"
    assert plain.plural(2, "entry", "entries") == "2 entries"
