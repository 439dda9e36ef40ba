"""
Journeys on real workspaces: the worked cases of semantics §11, and a second opinion.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.query import BadDefinition, Charts, Warehouse, read
from app.query.journeys import JourneysFigure
from tests.app.query.small import CLOCK, DAY, DAYS, HOUR, MIDNIGHT, did, workspace

START = MIDNIGHT - DAY
DROPPED = "Dropped off"


def ask(folder: Path, **fields: Any) -> JourneysFigure:
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        chart = read({"kind": "journeys", "range": DAYS, **fields})
        return Charts(warehouse, CLOCK).journeys(chart)  # type: ignore[arg-type]


def counts(figure: JourneysFigure) -> dict[tuple[str, ...], int]:
    return {node.way: node.count for node in figure.nodes}


def steps(user: str, kinds: str, **more: Any) -> list[dict[str, Any]]:
    return [did(user, kind, START + i * 1000, **more) for i, kind in enumerate(kinds)]


def people(*kinds: str) -> list[dict[str, Any]]:
    return [event for i, one in enumerate(kinds) for event in steps(str(i), one)]


def test_the_first_start_counts_and_no_later_one(tmp_path: Path) -> None:
    first = START + 9 * HOUR
    events = [did("1", "A", first), did("1", "A", first + HOUR)]
    events.append(did("1", "B", first + DAY + HOUR // 2))
    folder = workspace(tmp_path, events)
    found = ask(folder, start="A", end="B")
    assert counts(found) == {("A",): 1, ("A", "A"): 1, ("A", "A", DROPPED): 1}
    assert not any(path.converted for path in found.paths)
    wider = ask(folder, start="A", end="B", window_s=2 * 86400)
    assert counts(wider) == {("A",): 1, ("A", "A"): 1, ("A", "A", "B"): 1}
    assert [(path.converted, path.seconds) for path in wider.paths] == [(True, 88_200)]


def test_shares_are_of_all_who_begin(tmp_path: Path) -> None:
    found = ask(workspace(tmp_path, people("ABC", "ABD", "AC", "A")), start="A", levels=3)
    shares = {node.way: node.share for node in found.nodes}
    assert shares == {
        ("A",): 1,
        ("A", "B"): 0.5,
        ("A", "C"): 0.25,
        ("A", DROPPED): 0.25,
        ("A", "B", "C"): 0.25,
        ("A", "B", "D"): 0.25,
        ("A", "C", DROPPED): 0.25,
    }
    assert {n.way: n.of_parent for n in found.nodes}["A", "B", "C"] == 0.5


def test_repeats_can_be_collapsed(tmp_path: Path) -> None:
    folder = workspace(tmp_path, people("ABBBC"))
    found = ask(folder, start="A", collapse=True)
    assert ("A", "B", "C", DROPPED) in counts(found)
    assert ("A", "B", "B", "B", "C") in counts(ask(folder, start="A"))


def test_totals_count_every_path(tmp_path: Path) -> None:
    folder = workspace(tmp_path, people("ABAB"))
    assert counts(ask(folder, start="A", count="totals"))["A", "B"] == 2
    assert counts(ask(folder, start="A"))["A", "B"] == 1


def test_before_an_event(tmp_path: Path) -> None:
    found = ask(workspace(tmp_path, people("ABC", "BC", "C", "XABCC")), end="C", levels=3)
    assert counts(found) == {
        ("C",): 4,
        ("C", "B"): 3,
        ("C", "Did not perform an event"): 1,
        ("C", "B", "A"): 2,
        ("C", "B", "Did not perform an event"): 1,
    }


def test_hiding_and_showing_only(tmp_path: Path) -> None:
    folder = workspace(tmp_path, people("AXBYC"))
    hidden = ask(folder, start="A", hide=["X", "Y"], levels=3)
    assert ("A", "B", "C") in counts(hidden)
    only = ask(folder, start="A", only=["C"], levels=3)
    assert ("A", "C", DROPPED) in counts(only)
    including = ask(folder, start="A", include=["Z"])
    assert including.total == 0
    assert including.nodes == ()


def test_expanded_by_a_property(tmp_path: Path) -> None:
    events = [did("1", "A", START), did("1", "B", START + 1, {"p": "x"})]
    found = ask(workspace(tmp_path, events), start="A", expand=["p"])
    assert ("A · (none)", "B · x", DROPPED) in counts(found)


def test_within_a_session(tmp_path: Path) -> None:
    events = [did("1", kind, START + i, session_id=START) for i, kind in enumerate("AB")]
    events.append(did("1", "C", START + 9, session_id=START + 9))
    found = ask(workspace(tmp_path, events), start="A", session=True)
    assert ("A", "B", DROPPED) in counts(found)


def test_the_largest_branches_and_the_rest(tmp_path: Path) -> None:
    found = ask(workspace(tmp_path, people("AB", "AB", "AC", "AD")), start="A", top=1, levels=2)
    assert counts(found) == {("A",): 4, ("A", "B"): 2, ("A", "Other"): 2}


def test_a_segment(tmp_path: Path) -> None:
    folder = workspace(tmp_path, people("AB", "AC", "AD"))
    segment = {"performed": [{"event": "C"}]}
    assert ask(folder, start="A", segments=[segment]).total == 1


def test_journeys_need_an_end() -> None:
    with pytest.raises(BadDefinition, match="'start'"):
        read({"kind": "journeys"})


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 30)), min_size=1, max_size=7),
        min_size=10,
        max_size=30,
    )
)
def test_beside_plain_loops(
    tmp_path_factory: pytest.TempPathFactory, histories: list[list[tuple[str, int]]]
) -> None:
    window, levels = 10, 4
    events = [
        did(f"u{number:03}", kind, START + at * 1000)
        for number, of in enumerate(histories)
        for kind, at in of
    ]
    expected: Counter[tuple[str, ...]] = Counter()
    holding: Counter[tuple[str, ...]] = Counter()
    for of in histories:
        ordered = sorted(of, key=lambda one: one[1])  # Stable: ties in order of receipt.
        first = next((i for i, (kind, _) in enumerate(ordered) if kind == "A"), None)
        if first is None:
            continue
        since = ordered[first][1]
        whole = [kind for kind, at in ordered[first:] if at - since <= window]
        way = whole[:levels] + ([DROPPED] if len(whole) < levels else [])
        ways = [tuple(way[:depth]) for depth in range(1, len(way) + 1)]
        expected.update(ways)
        holding.update(ways if {"B", "C"} <= set(whole) else [])
    folder = workspace(tmp_path_factory.mktemp("journeys"), events)
    found = ask(folder, start="A", window_s=window, levels=levels, top=50)
    assert counts(found) == dict(expected)
    found = ask(folder, start="A", window_s=window, levels=levels, top=50, include=["B", "C"])
    assert counts(found) == dict(holding)
