"""Archives in and out: Amplitude's export, our bundle, HAR, and archives that mean harm."""

import gzip
import json
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.decode import concerns_us, decode
from app.errors import BadInput
from app.exchange import Skipped, captures_from, import_file, opened
from app.exchange.exporting import Format, export_captures
from app.exchange.redaction import NOTHING, Redaction
from app.filter import Filter, parse
from app.model import Capture, Delivery, Response, Via
from app.store import Store
from app.store.captures import Stored
from tests.factories import DATA, KEY, event, filled, recorded, upload

ROW = {
    "$insert_id": "i-1", "amplitude_id": 700, "app": 187520, "event_type": "Add to Cart",
    "user_id": "ada", "device_id": "d-1", "session_id": 1_795_281_000_000, "uuid": "u-1",
    "client_event_time": "2026-11-21 17:00:00.000000",
    "client_upload_time": "2026-11-21 17:00:01.000000",
    "server_received_time": "2026-11-21 17:05:01.500000",
    "server_upload_time": "2026-11-21 17:05:02.000000",
    "event_time": "2026-11-21 17:05:00.500000", "ip_address": "203.0.113.7",
    "version_name": "4.2", "device_type": "Pixel 9", "dma": None, "library": "amplitude-ts/2.1",
    "event_properties": {"price": 12}, "user_properties": {"plan": "pro"}, "groups": {},
}  # fmt: skip


def row(**fields: Any) -> dict[str, Any]:
    return {**ROW, **fields}


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def imported(tmp_path: Path, path: Path) -> tuple[Any, list[dict[str, Any]]]:
    with Store.write(tmp_path / "again") as store:
        report = import_file(store.writer, path)
    with Store.read(tmp_path / "again") as store:
        return report, list(store.events.export(Filter()))


# --- what Amplitude exports -------------------------------------------------------------------


def test_an_export_becomes_the_events_that_were_sent(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "export.zip",
        {
            "187520/187520_2026-11-21_17#1.json.gz": gzip.compress(
                lines(ROW, row(**{"$insert_id": "i-2", "uuid": "u-2"}))
            ),
            "187520/187520_2026-11-21_18#0.json.gz": gzip.compress(
                lines(row(server_received_time="2026-11-21 18:00:00.1", event_type="Later"))
            ),
            "187520/empty.json.gz": b"",
            "readme.txt": b"no events",
        },
    )
    report, rows = imported(tmp_path, path)
    assert (report.uploads, report.events, report.skipped, report.problem) == (2, 3, 0, "")
    first = rows[0]
    assert first["event_type"] == "Add to Cart"
    assert first["insert_id"] == "i-1"
    assert first["api_key"] == "project 187520"
    assert first["time_ms"] == 1_795_280_700_500
    assert first["received_ms"] == 1_795_280_701_500
    assert first["outcome"] == "accepted"
    assert first["library"] == "amplitude-ts/2.1"
    sent = first["event"]
    assert (sent["ip"], sent["app_version"], sent["device_model"]) == (
        "203.0.113.7", "4.2", "Pixel 9",
    )  # fmt: skip
    assert sent["event_properties"] == {"price": 12}
    assert sent["amplitude_id"] == 700
    assert sent["client_event_time"] == ROW["client_event_time"]
    assert "dma" not in sent
    assert rows[2]["event_type"] == "Later"


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: data])
def test_one_hour_of_an_export(tmp_path: Path, pack: Any) -> None:
    path = tmp_path / "hour.json.gz"
    path.write_bytes(pack(lines(*(row(**{"$insert_id": f"i-{n}"}) for n in range(2500)))))
    report, rows = imported(tmp_path, path)
    assert (report.uploads, report.events) == (3, 2500)
    assert [one["insert_id"] for one in rows] == [f"i-{n}" for n in range(2500)]


def test_an_event_with_a_property_like_a_column_is_not_from_an_export(tmp_path: Path) -> None:
    sent = event("Mine", uuid="u", event_time="today", amplitude_id=3)
    path = tmp_path / "events.ndjson"
    path.write_bytes(lines(sent))
    _, rows = imported(tmp_path, path)
    assert rows[0]["event"] == sent


def test_a_damaged_member_takes_no_other_with_it(tmp_path: Path) -> None:
    good = gzip.compress(lines(ROW))
    path = zipped(tmp_path / "x.zip", {"a.json.gz": good[:-9], "b.json.gz": good, "c.json": b"{"})
    report, rows = imported(tmp_path, path)
    assert len(rows) >= 1
    assert report.skipped == 2
    assert "a.json.gz in x.zip is cut short" in report.problem


# --- archives that mean harm ------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/x.json", "C:\\x.json", "a/../../b.json"]
)
def test_an_archive_that_names_other_places_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "bad.zip", {name: lines(ROW)})
    with pytest.raises(BadInput, match=r"bad\.zip names files outside of itself"):
        list(captures_from(path))
    assert [one.name for one in tmp_path.iterdir()] == ["bad.zip"]


def test_what_unpacks_without_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "RATIO_COUNTS_FROM", 1 << 20)
    monkeypatch.setattr(opened, "LARGEST_RATIO", 20)
    bomb = gzip.compress(lines(ROW) + b'{"x":"%b"}\n' % (b" " * 1000) * 20_000)
    for path in (tmp_path / "bomb.json.gz", zipped(tmp_path / "bomb.zip", {"bomb.json.gz": bomb})):
        if path.suffix == ".gz":
            path.write_bytes(bomb)
        report, rows = imported(tmp_path / path.suffix, path)
        assert "far more than events do" in report.problem, report
        assert len(rows) <= 1


def test_an_archive_in_an_archive_and_an_encrypted_one(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.json": lines(ROW)}).read_bytes()
    with pytest.raises(BadInput, match="is a ZIP archive inside another"):
        list(captures_from(zipped(tmp_path / "outer.zip", {"a.json": inner})))
    data = bytearray(inner)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        data[data.index(mark) + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    path = tmp_path / "secret.zip"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"secret\.zip is encrypted"):
        list(captures_from(path))
    with pytest.raises(BadInput, match="holds no events"):
        list(captures_from(zipped(tmp_path / "none.zip", {"picture.png": b"x"})))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_archives_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "a.zip"
    if data.draw(st.booleans()):
        zipped(path, {"a.json.gz": gzip.compress(lines(ROW)), "b.json": lines(ROW, ROW)})
    else:
        export_captures(path, stored([recorded("browser-default.03")]), Format.BUNDLE, NOTHING)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            for capture in captures_from(path, Skipped()):
                decode(capture)
        except BadInput as error:
            assert str(error)  # noqa: PT017 - most are refused, and that is right


# --- our own bundle, and HAR ------------------------------------------------------------------


def stored(captures: Iterable[Capture]) -> list[Stored]:
    return [Stored(number, one, decode(one)) for number, one in enumerate(captures, 1)]


def real() -> list[Capture]:
    names = sorted(path.stem for path in (DATA / "requests").glob("*.json"))
    return [recorded(name) for name in names]


def test_a_bundle_loses_nothing(tmp_path: Path) -> None:
    odd = upload(event("Odd"), via=Via.ENDPOINT, delivery=Delivery.LOCAL, response=None,
                 failure="The connection was reset.", duration_ms=None,
                 headers=(("X-Odd", "\udcff\udc80"), ("X-Odd", "again")))  # fmt: skip
    binary = upload(event(), response=Response(200, (("A", "b"),), b"\xff\x00"))
    expected = [*real(), odd, binary, replace(odd, body=b"")]
    path = tmp_path / "shared.zip"
    assert export_captures(path, stored(expected), Format.BUNDLE, NOTHING) == len(expected)
    assert list(captures_from(path)) == expected
    assert path.stat().st_mode & 0o077 == 0


def test_a_bundle_of_a_filter_holds_the_uploads_of_its_events(tmp_path: Path) -> None:
    found = [upload(event("A"), event("B")), upload(event("C")), upload(event("A"))]
    folder = filled(tmp_path / "w", found)
    path = tmp_path / "a.zip"
    with Store.read(folder) as store:
        ids = store.events.uploads_with(Filter(parse("type:A")))
        assert list(ids) == [1, 3]
        assert list(store.events.uploads_of([4, 1, 2])) == [1, 3]
        assert export_captures(path, store.captures.each(ids), Format.BUNDLE, NOTHING) == 2
        before = list(store.events.export(Filter(parse("type:A or type:B"))))
    _, rows = imported(tmp_path, path)
    same = ("event", "outcome", "status", "received_ms", "api_key")
    assert [[one[k] for k in same] for one in rows] == [[one[k] for k in same] for one in before]


def test_a_har_of_ours_is_read_again(tmp_path: Path) -> None:
    expected = [one for one in real() if concerns_us(one, decode(one))]
    path = tmp_path / "out.har"
    assert export_captures(path, stored(expected), Format.HAR, NOTHING) == len(expected)
    log = json.loads(path.read_text("utf-8"))["log"]
    assert log["version"] == "1.2"
    assert len(log["entries"]) == len(expected)
    for entry in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        assert entry["startedDateTime"].endswith("Z")
    found = list(captures_from(path))
    key = [(one.method, one.url, one.body, one.at_ms) for one in found]
    assert key == [(one.method, one.url, one.body, one.at_ms) for one in expected]


@pytest.mark.parametrize("form", [Format.HAR, Format.BUNDLE])
def test_what_is_shared_names_nobody(tmp_path: Path, form: Format) -> None:
    secret = upload(
        event("Buy", user_id="ada@shop.example", ip="203.0.113.7",
              event_properties={"Card": {"number": 4}, "ref": f"?k={KEY}"}),
        url=f"https://shop.example/c?k={KEY}&mail=ada%40shop.example",
        headers=(("Authorization", "Basic c2VjcmV0"), ("Cookie", "id=secret"),
                 ("Referer", "https://shop.example/?m=ada%40shop.example"),
                 ("Content-Type", "application/json")),
        response=Response(200, (("Set-Cookie", "id=secret"),), b'{"from":"203.0.113.7"}'),
    )  # fmt: skip
    form_body = recorded("legacy-amplitude-js.03")
    path = tmp_path / "out"
    what = Redaction(properties=("card",))
    export_captures(path, stored([secret, form_body, *real()]), form, what)
    if form is Format.BUNDLE:
        with zipfile.ZipFile(path) as file:
            text = "".join(file.read(name).decode() for name in file.namelist())
        assert json.loads(zipfile.ZipFile(path).read("eventscope.json"))["redacted"] is True
    else:
        text = path.read_text("utf-8")
    for word in (KEY, "ada@", "ada%40", "203.0.113.7", "c2VjcmV0", "id=secret", '"number"'):
        assert word not in text, word
    found = list(captures_from(path, Skipped()))
    read = decode(found[0]).upload
    assert read
    assert read.events[0].user_id == "[e-mail]"
    assert read.api_key == "[API key]"
    legacy = decode(found[1]).upload
    assert legacy
    assert len(legacy.events) == len(decode(form_body).upload.events)  # type: ignore[union-attr]
