"""Importing files: each kind, what is wrong with files, and arbitrary bytes."""

import base64
import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.decode import decode
from app.errors import BadInput
from app.exchange import ImportReport, Progress, Skipped, captures_from, import_file, opened
from app.filter import Filter
from app.model import Capture, Event, Kind, Via
from app.store import Store
from tests.factories import DATA, KEY

FILES = DATA / "exchange"
HAR = FILES / "session.har"


def events_of(captures: list[Capture]) -> list[Event]:
    uploads = [decode(capture).upload for capture in captures]
    return [event for upload in uploads if upload for event in upload.events]


def written(tmp_path: Path, data: bytes, name: str = "file") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def event(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {"event_type": f"E{number}", "device_id": "device-1", "time": 1000 + number, **fields}


def imported(tmp_path: Path, path: Path, **more: Any) -> tuple[ImportReport, list[dict[str, Any]]]:
    with Store.write(tmp_path / "workspace") as store:
        report = import_file(store.writer, path, **more)
    with Store.read(tmp_path / "workspace") as store:
        return report, list(store.events.export(Filter()))


# --- HAR --------------------------------------------------------------------------------------


def test_a_har_gives_the_exchanges_that_concern_us_in_order_of_time() -> None:
    found = list(captures_from(HAR))
    kinds = [decode(capture).kind for capture in found]
    assert kinds == [Kind.REMOTE_CONFIG, Kind.UPLOAD, Kind.UPLOAD, Kind.UPLOAD]
    assert [capture.at_ms for capture in found] == [
        1795280949000,
        1795280950250,
        1795280954900,
        1795280972565,
    ]
    assert {capture.via for capture in found} == {Via.IMPORT}
    assert found[1].duration_ms == 49


def test_a_har_keeps_headers_and_packed_bodies() -> None:
    packed = list(captures_from(HAR))[2]
    assert packed.header("content-encoding") == "gzip"
    assert packed.header("content-length") == "1068"
    assert len(packed.body) == 1068
    assert all(not name.startswith(":") for name, _ in packed.headers)
    upload = decode(packed).upload
    assert upload
    assert upload.compression == "gzip"
    assert len(upload.events) == 12


def test_a_har_keeps_answers_unpacked() -> None:
    packed = list(captures_from(HAR))[2]
    assert packed.response
    assert packed.response.status == 200
    assert json.loads(packed.response.body)["events_ingested"] == 12
    assert packed.response.headers == (("Content-Type", "application/json"),)


def test_a_har_says_why_there_was_no_answer() -> None:
    beacon = list(captures_from(HAR))[3]
    assert beacon.response is None
    assert beacon.failure == "The archive holds no answer (net::ERR_CONNECTION_RESET)."


def test_a_har_holds_a_packed_body_as_text_too(tmp_path: Path) -> None:
    """Chromium writes one character for each byte."""
    archive = json.loads(HAR.read_text())
    post = archive["log"]["entries"][0]["request"]["postData"]
    post["text"] = base64.b64decode(post.pop("encoding") and post["text"]).decode("latin-1")
    path = written(tmp_path, json.dumps(archive).encode())
    assert len(events_of(list(captures_from(path)))) == 12 + 1 + 1


def test_a_har_may_call_plain_text_base64(tmp_path: Path) -> None:
    archive = json.loads(HAR.read_bytes())
    answers = [entry["response"]["content"] for entry in archive["log"]["entries"]]
    for content in answers:
        content |= {"text": "café", "encoding": "base64"}
    found = list(captures_from(written(tmp_path, json.dumps(archive).encode(), "a.har")))
    assert {one.response.body for one in found if one.response} == {"café".encode()}


def test_a_packed_har_and_one_that_starts_with_a_mark(tmp_path: Path) -> None:
    expected = list(captures_from(HAR))
    packed = written(tmp_path, gzip.compress(HAR.read_bytes()), "a.har.gz")
    marked = written(tmp_path, b"\xef\xbb\xbf" + HAR.read_bytes(), "b.har")
    assert list(captures_from(packed)) == expected
    assert list(captures_from(marked)) == expected


def test_a_har_without_uploads_is_said(tmp_path: Path) -> None:
    archive = json.loads(HAR.read_text())
    archive["log"]["entries"] = archive["log"]["entries"][4:]
    path = written(tmp_path, json.dumps(archive).encode(), "page.har")
    with pytest.raises(BadInput, match=r"None of the 2 requests in page\.har is an upload"):
        list(captures_from(path))


def test_an_entry_that_is_none_is_counted(tmp_path: Path) -> None:
    archive = json.loads(HAR.read_text())
    archive["log"]["entries"] += [None, {"request": {"method": 5}}]
    path = written(tmp_path, json.dumps(archive).encode(), "odd.har")
    report, rows = imported(tmp_path, path)
    assert (report.uploads, report.events, report.skipped) == (3, 14, 2)
    assert report.problem == (
        "Entry 7 of odd.har is not an exchange. 2 parts were left out in all."
    )
    assert len(rows) == 14


# --- bodies and events ------------------------------------------------------------------------


def test_a_body_is_kept_byte_for_byte() -> None:
    path = FILES / "body.json"
    (found,) = captures_from(path)
    assert found.body == path.read_bytes().strip()
    assert found.at_ms == 1795281363536
    assert found.response is None
    assert found.failure
    assert [item.type for item in events_of([found])] == [
        "Node Event",
        "$identify",
        "$groupidentify",
        "$identify",
        "revenue_amount",
        "Full",
    ]


def test_an_indented_body(tmp_path: Path) -> None:
    document = json.loads((FILES / "body.json").read_bytes())
    path = written(tmp_path, json.dumps(document, indent=2).encode())
    (found,) = captures_from(path)
    assert found.body == path.read_bytes()
    assert [item.raw for item in events_of([found])] == document["events"]


def test_an_array_of_events() -> None:
    path = FILES / "events.json"
    (found,) = captures_from(path)
    upload = decode(found).upload
    assert upload
    assert upload.api_key == "imported"
    assert upload.problem == ""
    assert [item.raw for item in upload.events] == json.loads(path.read_bytes())


def test_events_one_a_line_keep_their_bytes() -> None:
    path = FILES / "events.ndjson"
    (found,) = captures_from(path)
    text = path.read_bytes().splitlines()
    assert len(text) == 17
    assert found.body == b'{"api_key":"imported","events":[' + b",".join(text) + b"]}"


@pytest.mark.parametrize("name", ["body.json", "events.json", "events.ndjson", "session.har"])
def test_gzip_changes_nothing(tmp_path: Path, name: str) -> None:
    plain = written(tmp_path, (FILES / name).read_bytes(), "plain")
    packed = written(tmp_path, gzip.compress(plain.read_bytes()), "packed.gz")
    first, second = (
        [(c.url, c.headers, c.body, c.response) for c in captures_from(path)]
        for path in (plain, packed)
    )
    assert first == second


def test_events_are_grouped_by_key_and_number(tmp_path: Path) -> None:
    values = [event(n, api_key="one" if n % 3 else "two") for n in range(2500)]
    found = list(captures_from(written(tmp_path, lines(*values))))
    uploads = [decode(capture).upload for capture in found]
    sizes = [(upload.api_key, len(upload.events)) for upload in uploads if upload]
    assert sizes == [("one", 1000), ("two", 834), ("one", 666)]
    assert found[0].at_ms == 1000 + max(n for n in range(1501) if n % 3)


def test_many_keys_take_little_memory(tmp_path: Path) -> None:
    values = [event(n, api_key=f"key-{n}") for n in range(200)]
    found = list(captures_from(written(tmp_path, lines(*values))))
    assert [item.type for item in events_of(found)] == [f"E{n}" for n in range(200)]


def test_bodies_one_a_line(tmp_path: Path) -> None:
    bodies = [{"api_key": KEY, "events": [event(n)]} for n in range(3)]
    found = list(captures_from(written(tmp_path, lines(*bodies))))
    assert [capture.body for capture in found] == lines(*bodies).splitlines()


def test_what_events_printed_comes_back_as_it_was(tmp_path: Path) -> None:
    with Store.write(tmp_path / "first") as store:
        import_file(store.writer, HAR)
        import_file(store.writer, FILES / "body.json")
    with Store.read(tmp_path / "first") as store:
        printed = list(store.events.export(Filter()))
    path = written(tmp_path, lines(*printed), "printed.ndjson")
    report, rows = imported(tmp_path, path)
    assert report == ImportReport(4, 20, 0)
    same = ("position", "received_ms", "api_key", "event_type", "status", "endpoint", "event")
    assert [[row[key] for key in same] for row in rows] == [
        [row[key] for key in same] for row in printed
    ]
    assert {row["via"] for row in rows} == {"import"}


def test_odd_values_survive(tmp_path: Path) -> None:
    text = (
        b'{"event_type":"Odd","device_id":"d-1",'
        b'"event_properties":{"n":NaN,"big":%d,"s":"\\ud83d"}}'
    )
    path = written(tmp_path, text % 10**30)
    report, rows = imported(tmp_path, path)
    assert (report.events, report.problem) == (1, "")
    assert rows[0]["event"]["event_properties"]["big"] == 10**30


# --- what is left out is said -----------------------------------------------------------------


def test_bad_lines_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    data = lines(event(1)) + b"{oops\n\n[1]\n" + b'{"event_type":"\xff"}\n' + lines(event(2))
    report, rows = imported(tmp_path, written(tmp_path, data, "mixed.ndjson"))
    assert [row["event_type"] for row in rows] == ["E1", "E2"]
    assert report.skipped == 3
    assert report.problem == (
        "Line 2 of mixed.ndjson is not valid JSON. 3 parts were left out in all."
    )


def test_without_a_place_to_count_a_bad_line_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, lines(event(1)) + b'{"no": "event"}\n')
    found = []
    with pytest.raises(BadInput, match="Line 2 of file is JSON, but not an event"):
        found.extend(captures_from(path))


def test_a_bad_first_line_does_not_hide_good_ones(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, written(tmp_path, b"# my events\n" + lines(event(1))))
    assert [row["event_type"] for row in rows] == ["E1"]
    assert report.problem == "Line 1 of file is not valid JSON."


def test_a_line_that_is_too_long_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "LINE_LIMIT", 2000)
    data = lines(event(1), event(2, event_properties={"x": "y" * 5000}), event(3))
    report, rows = imported(tmp_path, written(tmp_path, data))
    assert [row["event_type"] for row in rows] == ["E1", "E3"]
    assert report.skipped == 1
    assert "Line 2 of file is longer than" in report.problem


def test_a_gzip_that_is_cut_short_gives_what_came_before(tmp_path: Path) -> None:
    values = [event(n, insert_id=f"{n * 7919:x}") for n in range(30_000)]
    data = gzip.compress(lines(*values))
    path = written(tmp_path, data[: len(data) * 2 // 3], "cut.gz")
    report, rows = imported(tmp_path, path)
    assert 10_000 < report.events == len(rows) < 30_000
    assert "cut.gz is cut short after line" in report.problem
    assert report.problem.endswith("What came before is stored.")


def test_stopping_keeps_what_was_read(tmp_path: Path) -> None:
    told: list[Progress] = []
    values = [{"api_key": KEY, "events": [event(n)]} for n in range(350)]
    path = written(tmp_path, lines(*values))
    report, rows = imported(
        tmp_path,
        path,
        progress=told.append,
        cancelled=lambda: len(told) == 2,
    )
    assert report.events == len(rows) == 200
    assert report.problem.startswith("The import was stopped")
    assert all(0 < one.read <= one.size == path.stat().st_size for one in told)
    assert [one.events for one in told] == [100, 200]


# --- files that cannot be used ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "file is empty"),
        (b" \n\t\n", "file is empty"),
        (b"hello\n", "file is not valid JSON"),
        (b"{", "file is not valid JSON"),
        (b'{"a": 1}', "is JSON, but neither events nor an upload nor a HAR"),
        (b"null", "is JSON, but neither"),
        (b"[]", "file holds no events"),
        (b"[1, 2]", "Entry 1 of file is not an event"),
        (b'{"log": {}}', "is a HAR file without entries"),
        (b'{"log": []}', "is JSON, but neither"),
        (b'{"event_type": "\xff"}', "file is not UTF-8 text .byte 16"),
        ("{}".encode("utf-16"), "file is UTF-16 text"),
        (b"PK\x03\x04rest", "ZIP archive file is damaged"),
        (b"\x1f\x8b", "The gzip file file is cut short"),
        (b"\x1f\x8bnonsense", "The gzip file file is damaged"),
        (
            gzip.compress(b'{"event_type":"a"}' * 99, mtime=0)[:-9],
            "The gzip file file is cut short",
        ),
        (gzip.compress(b"", mtime=0), "file is empty"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_used_is_said(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(BadInput, match=sentence):
        imported(tmp_path, path)


def test_no_file_a_folder_and_a_name_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        list(captures_from(tmp_path / "missing"))
    with pytest.raises(BadInput, match="is a folder"):
        list(captures_from(tmp_path))
    with pytest.raises(BadInput, match="is not the name of a file"):
        list(captures_from(Path("a\0b")))
    with pytest.raises(BadInput, match="cannot be opened"):
        list(captures_from(tmp_path / ("x" * 400)))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is not a regular file"):
        list(captures_from(tmp_path / "pipe"))


def test_what_must_be_read_whole_has_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "WHOLE_LIMIT", 1 << 20)
    path = written(tmp_path, gzip.compress(b"[" + b" " * (2 << 20) + b"]"))
    with pytest.raises(BadInput, match="larger than 1 MB"):
        list(captures_from(path))


def test_lines_take_little_memory_however_many(tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    with path.open("wb") as file:
        for number in range(60_000):
            file.write(lines(event(number, event_properties={"text": "x" * 400})))
    skipped = Skipped()
    tracemalloc.start()
    count = sum(len(capture.body) for capture in captures_from(path, skipped))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert skipped.count == 0
    assert count > 28_000_000
    assert peak < 8_000_000


# --- anything at all --------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        "log", "entries", "request", "response", "method", "url", "postData", "text", "encoding",
        "headers", "name", "value", "startedDateTime", "time", "status", "content", "api_key",
        "events", "event_type", "event", "upload", "position", "received_ms", "endpoint",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=25,
)


def read_all(path: Path) -> None:
    try:
        for capture in captures_from(path, Skipped()):
            decode(capture)
    except BadInput as error:
        assert str(error)  # noqa: PT017 - most arbitrary files are refused, and that is right


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400), pack=st.booleans())
def test_arbitrary_bytes_are_read_or_refused(tmp_path: Path, data: bytes, pack: bool) -> None:
    read_all(written(tmp_path, gzip.compress(data) if pack else data))


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(JSON, min_size=1, max_size=4), as_har=st.booleans())
def test_arbitrary_json_is_read_or_refused(tmp_path: Path, values: list[Any], as_har: bool) -> None:
    if as_har:
        read_all(written(tmp_path, lines({"log": {"entries": values}})))
    read_all(written(tmp_path, lines(*values)))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["session.har", "body.json", "events.ndjson"]))
    content = bytearray((FILES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_all(written(tmp_path, bytes(content)))
