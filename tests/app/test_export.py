"""Events into files: redacted, whole or not at all, and back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode import decode
from app.errors import StoreUnavailable
from app.exchange import import_file
from app.exchange.exporting import Format, export_file
from app.exchange.redaction import NOTHING, Redaction, redacted
from app.filter import Filter
from app.model import Capture, Response
from app.store import Store

KEY = "0123456789abcdef0123456789abcdef"
EVENTS = [
    {"event_type": "Buy", "user_id": "ada@shop.example", "ip": "203.0.113.7",
     "event_properties": {"note": f"key {KEY}, mail bob+x@mail.shop.example!", "price": 12}},
    {"event_type": "=1+1", "device_id": "d-1", "event_properties": {"Card": {"n": 4},
     "t": "10:30:15", "v6": "from 2001:db8::1", "version": "1.2.3.400"}},
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    capture = Capture(
        1_795_281_104_973,
        "POST",
        "https://api2.amplitude.com/2/httpapi",
        (("Content-Type", "application/json"),),
        json.dumps({"api_key": KEY, "events": EVENTS}).encode(),
        Response(200, (), b'{"code":200}'),
    )
    with Store.write(tmp_path / "w") as writer:
        writer.writer.add([(capture, decode(capture))])
    with Store.read(tmp_path / "w") as reader:
        yield reader


def test_what_is_shared_names_nobody(store: Store) -> None:
    found = list(redacted(store.events.export(Filter()), Redaction(properties=("card",))))
    text = json.dumps(found, ensure_ascii=False)
    for secret in (KEY, "ada@", "bob+x", "203.0.113.7", "2001:db8", '"n": 4'):
        assert secret not in text, secret
    assert "10:30:15" in text
    assert "1.2.3.400" in text
    assert found[0]["user_id"] == "[e-mail]"
    assert found[0]["event"]["event_properties"]["price"] == 12
    assert found[1]["event"]["event_properties"]["Card"] == "[redacted]"
    assert found[0]["api_key"] == "[API key]"


def test_nothing_taken_out_is_the_same(store: Store) -> None:
    assert list(redacted(store.events.export(Filter()), NOTHING)) == list(
        store.events.export(Filter())
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(json_values)
def test_any_value_can_be_redacted(value: Any) -> None:
    event = {"api_key": KEY, "event": {"x": value, KEY: value}}
    (found,) = redacted([event], Redaction())
    assert KEY not in json.dumps(found)


@pytest.mark.parametrize("form", [Format.NDJSON, Format.UPLOADS])
def test_what_was_exported_is_imported_again(store: Store, tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"out.{form.lower()}.ndjson"
    assert export_file(path, store.events.export(Filter()), form, NOTHING) == 2
    assert path.stat().st_mode & 0o077 == 0
    with Store.write(tmp_path / "again") as writer:
        assert import_file(writer.writer, path).events == 2
    with Store.read(tmp_path / "again") as reader:
        assert [one["event"] for one in reader.events.export(Filter())] == EVENTS


def test_a_selection_as_csv_runs_no_formula(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert export_file(path, store.events.exported([2]), Format.CSV, Redaction()) == 1
    lines = path.read_bytes().decode().split("\r\n")
    assert "'=1+1" in lines[1]
    assert KEY not in lines[1]


def test_a_file_is_there_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    path.write_text("before")

    def broken() -> Iterator[dict[str, Any]]:
        yield from store.events.export(Filter())
        raise InterruptedError

    with pytest.raises(StoreUnavailable):
        export_file(path, broken(), Format.NDJSON, NOTHING)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir() if "part" in one.name] == []
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        export_file(tmp_path / "no" / "x", iter(()), Format.NDJSON, NOTHING)
