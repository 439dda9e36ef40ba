"""
`eventscope chart` as it is typed.
"""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.study import Study
from tests.app.query.small import DAYS, NOON, did, figure, totals, workspace
from tests.factories import filled, upload


def run(tmp_path: Path, folder: Path, definition: object, *more: str) -> int:
    file = tmp_path / "definition.json"
    file.write_text(definition if isinstance(definition, str) else json.dumps(definition))
    return main(["chart", "--workspace", str(folder), str(file), "--now", str(NOON), *more])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return workspace(tmp_path / "workspace", [did("1", "A", NOON), did("2", "A", NOON)])


def test_a_chart_is_answered_as_json(
    tmp_path: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, folder, {"events": ["A"], "range": DAYS}) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["buckets"][0] == "2026-11-15"
    assert found["series"][0]["points"] == [0, 0, 0, 0, 0, 0, 2]
    assert found["partial"] == [6]


def test_files_may_begin_with_a_mark(
    tmp_path: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As editors on Windows write them; it is no part of the first id either."""
    assert run(tmp_path, folder, "\ufeff" + json.dumps({"events": ["A"], "range": DAYS})) == 0
    capfd.readouterr()
    assert run(tmp_path, folder, "\ufeffuser-1\nuser-3\n", "--cohort", "--ids", "user") == 0
    assert json.loads(capfd.readouterr().out)["size"] == 1


@pytest.mark.parametrize(
    "dialect", ["duckdb", "snowflake", "bigquery", "clickhouse", "spark", "postgres"]
)
def test_its_sql_is_said_in_other_dialects(
    tmp_path: Path, folder: Path, capfd: pytest.CaptureFixture[str], dialect: str
) -> None:
    definition = {"events": [{"event": "A", "by": ["p"]}], "range": DAYS}
    assert run(tmp_path, folder, definition, "--sql", dialect) == 0
    text = capfd.readouterr().out
    assert "GROUP BY" in text
    assert "'A'" in text


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "object in braces"),
        ({"events": ["A"], "measure": "median"}, "'property'"),
        ({"events": ["A"], "range": {"since": "yesterday"}}, "neither a date"),
        ({"events": ["A"], "range": {"since": "2027-01-01"}}, "after now"),
        ({"events": ["A"], "segments": [{"cohorts": [{"cohort": 9}]}]}, "no cohort 9"),
        ({"version": 7, "events": ["A"]}, "newer version"),
    ],
)
def test_bad_input_is_a_sentence(
    tmp_path: Path, folder: Path, capfd: pytest.CaptureFixture[str], definition: object, says: str
) -> None:
    assert run(tmp_path, folder, definition) == 1
    output = capfd.readouterr()
    assert says in output.err
    assert output.out == ""


def test_a_time_zone_that_does_not_exist(
    tmp_path: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, folder, {"events": ["A"]}, "--zone", "Mars/Olympus") == 1
    assert "no time zone" in capfd.readouterr().err


def test_events_by_the_version_of_the_sdk(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old, new = "amplitude-ts/2.11.0", "amplitude-ts/2.12.0"
    sent = [
        upload(did("1", "A", NOON, library=old), did("2", "A", NOON, library=old)),
        upload(did("1", "A", NOON, library=new)),
        upload(did("3", "A", NOON)),
    ]
    folder = tmp_path / "workspace"
    filled(folder, sent)
    with Study(folder) as study:
        study.catch_up()
    library = {"property": "library", "scope": "field"}

    def counted(event: dict[str, object]) -> dict[str, float]:
        definition = {"events": [event], "measure": "totals", "range": DAYS}
        assert run(tmp_path, folder, definition) == 0
        found = json.loads(capfd.readouterr().out)["series"]
        return {one["name"]: one["total"] for one in found}

    assert counted({"event": "A", "by": [library]}) == {
        f"A; {old}": 2,
        f"A; {new}": 1,
        "A; (none)": 1,
    }
    assert counted({"event": "A", "where": [library | {"values": [new]}]}) == {"A": 1}
    older = library | {"op": "does not contain", "values": ["2.12"]}
    assert counted({"event": "A", "where": [older]}) == {"A": 3}


def test_libraries_of_later_uploads(tmp_path: Path) -> None:
    folder, by = tmp_path / "workspace", {"property": "library", "scope": "field"}
    chart = {"events": [{"event": "A", "by": [by]}], "measure": "totals", "range": DAYS}
    for number in (1, 2, 3):
        filled(folder, [upload(did("1", "A", NOON, library=f"own/{number % 2}"))])
        with Study(folder) as study:
            study.catch_up()
        found = totals(figure(folder, chart))
    assert found == {("own/1",): 2, ("own/0",): 1}


def test_what_is_done_needs_a_place(
    tmp_path: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, folder, {"events": ["A"]}, "--action", "streams") == 1
    output = capfd.readouterr()
    assert "which --point names" in output.err
    assert output.out == ""
    point = ("--point", '{"bucket": 6}')
    assert run(tmp_path, folder, {"events": ["A"], "range": DAYS}, *point) == 0
    assert len(json.loads(capfd.readouterr().out)["users"]) == 2
    release = (*point, "--action", "release", "--text", "One", "--app-version", "9")
    assert run(tmp_path, folder, {"events": ["A"], "range": DAYS}, *release) == 1
    assert capfd.readouterr().err.startswith("--app-version names")
