"""Flows that mitmproxy wrote: read with everything, and whatever is wrong with a file."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mitmproxy.io import FlowReader, FlowWriter, tnetstring
from mitmproxy.test import tflow

from app.decode import decode
from app.errors import BadInput
from app.exchange import Skipped, captures_from, import_file
from app.filter import Filter
from app.store import Store
from proxy.flows import flow_captures
from tests.effort import effort
from tests.factories import event, upload


def flows(count: int = 1, *, answered: bool = True) -> bytes:
    """A file with uploads, and a page that is nobody's business."""
    file = io.BytesIO()
    writer = FlowWriter(file)  # type: ignore[no-untyped-call]
    page = tflow.tflow(resp=True)
    writer.add(page)
    for number in range(count):
        flow = tflow.tflow(resp=answered, err=not answered)
        capture = upload(event(f"E{number}"))
        flow.request.method, flow.request.url = "POST", capture.url
        flow.request.raw_content = capture.body
        flow.request.headers["content-type"] = "application/json"
        flow.request.timestamp_start = 1_795_281_200.25
        if answered:
            flow.response.status_code = 200
            flow.response.timestamp_end = 1_795_281_200.30
        writer.add(flow)
    return file.getvalue()


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "traffic.flows"
    path.write_bytes(data)
    return path


def test_flows_are_imported(tmp_path: Path) -> None:
    path = written(tmp_path, flows(3))
    with Store.write(tmp_path / "w") as store:
        report = import_file(store.writer, path, flows=flow_captures)
    assert (report.uploads, report.events, report.problem) == (3, 3, "")
    with Store.read(tmp_path / "w") as store:
        rows = list(store.events.export(Filter()))
    assert [one["event_type"] for one in rows] == ["E0", "E1", "E2"]
    assert {(one["received_ms"], one["status"], one["via"]) for one in rows} == {
        (1_795_281_200_250, 200, "import")
    }


def test_a_flow_keeps_its_request_and_says_why_there_is_no_answer(tmp_path: Path) -> None:
    (found,) = captures_from(written(tmp_path, flows(answered=False)), flows=flow_captures)
    assert found.response is None
    assert found.failure == "The file holds no answer (error)."
    assert found.body == upload(event("E0")).body
    assert found.header("content-type") == "application/json"
    (found,) = captures_from(written(tmp_path, flows()), flows=flow_captures)
    assert found.duration_ms == 50


def test_a_cut_file_gives_what_came_before(tmp_path: Path) -> None:
    found = []
    with pytest.raises(BadInput, match=r"traffic\.flows is damaged after flow 3"):
        found.extend(captures_from(written(tmp_path, flows(3)[:-20]), flows=flow_captures))


@pytest.mark.parametrize(
    "number",
    [float("nan"), float("inf"), 1e300, 10**400, -1],
    ids=["nan", "inf", "far", "huge", "-1"],
)
def test_numbers_that_nothing_takes_are_left_out(tmp_path: Path, number: float) -> None:
    state = next(FlowReader(io.BytesIO(flows()[len(flows(0)) :])).stream()).get_state()
    state["request"]["timestamp_start"] = state["response"]["timestamp_end"] = number
    state["response"]["status_code"] = 10**30
    path = written(tmp_path, tnetstring.dumps(state))
    with Store.write(tmp_path / "w") as store:
        assert import_file(store.writer, path, flows=flow_captures).events == 1
        found = store.captures.get(1)
    assert found
    assert found.capture.at_ms == found.capture.duration_ms == 0
    assert found.capture.response
    assert found.capture.response.status == 0


@pytest.mark.parametrize("data", [b"999999999999:9:version;", b"9:1:a;1:b;}x", b"5:3:abc,,"])
def test_a_file_that_lies_about_its_size_is_refused(tmp_path: Path, data: bytes) -> None:
    with effort() as spent, pytest.raises(BadInput, match="is damaged after flow 0"):
        list(captures_from(written(tmp_path, data), flows=flow_captures))
    assert spent.counts < 400


def test_flows_without_uploads_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"None of the 1 flows in traffic\.flows is an upload"):
        list(captures_from(written(tmp_path, flows(0)), flows=flow_captures))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_flows_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(flows(2))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(32, 126))
    try:
        for capture in captures_from(written(tmp_path, bytes(content)), Skipped(), flow_captures):
            decode(capture)
    except BadInput as error:
        assert str(error)  # noqa: PT017 - most are refused, and that is right
