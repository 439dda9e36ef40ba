"""CSV out: complete, and never a formula."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode import decode
from app.exchange import csv_rows
from app.exchange.csvtext import COLUMNS, cell
from app.filter import Filter
from app.store import Store
from tests.factories import event, upload


def table(events: list[dict[str, Any]]) -> list[dict[str, str]]:
    text = "".join(csv_rows(iter(events)))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_what_is_stored_comes_out(tmp_path: Path) -> None:
    capture = upload(event("=1+1", user_id="+49 123", event_properties={"b": [1, "ü"], "a": None}))
    with Store.write(tmp_path) as store:
        store.writer.add([(capture, decode(capture))])
        (row,) = table(list(store.events.export(Filter())))
    assert tuple(row) == COLUMNS
    assert row["event_type"] == "'=1+1"
    assert row["user_id"] == "'+49 123"
    assert row["event_properties"] == '{"b":[1,"ü"],"a":null}'
    assert row["time_ms"] == "1795281100000"
    assert row["insert_id"] == ""
    assert row["outcome"] == "accepted"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\0="])
def test_text_that_would_run_gets_an_apostrophe(start: str) -> None:
    assert cell(f"{start}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize(
    ("value", "text"), [(-1, "-1"), (1.5, "1.5"), (None, ""), (True, "True"), ("a=b", "a=b")]
)
def test_what_is_harmless_stays(value: object, text: str) -> None:
    assert cell(value) == text


def test_nothing_but_names_for_no_events() -> None:
    assert "".join(csv_rows(iter(()))) == ",".join(COLUMNS) + "\r\n"


@given(st.text(), st.text())
def test_any_text_stays_in_its_cell(kind: str, value: str) -> None:
    (row,) = table([{"event_type": kind, "event": {"event_properties": {"key": value}}}])
    assert row["event_type"].removeprefix("'") == kind.replace("\0", "").removeprefix("'")
    assert not row["event_type"].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
