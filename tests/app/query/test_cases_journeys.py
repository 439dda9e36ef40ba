"""
Worked cases of journeys (semantics §11), as `eventscope chart` answers.

A case is called after the id of the worked case that it is (JRN-T1), or else in a word; after a
slash, which part of it. Journeys of labeled events are in `test_names`.
"""

import json
from typing import Any

import pytest

from tests.app.query.cases import Asking, Case, ran, ways
from tests.app.query.small import DAY, DAYS, HOUR, MIDNIGHT, NOON, did

START = NOON - 3 * DAY


def paths(**more: Any) -> dict[str, Any]:
    return {"kind": "journeys", "start": "A", "range": DAYS, **more}


def users(*histories: str) -> tuple[dict[str, Any], ...]:
    """A user for each history, whose events are a second apart."""
    return tuple(
        event
        for n, kinds in enumerate(histories, 1)
        for event in ran(str(n), START, " ".join(f"{kind}{at}" for at, kind in enumerate(kinds)))
    )


def shares(found: dict[str, Any]) -> dict[str, float]:
    return {" > ".join(one["way"]): one["share"] for one in found["nodes"]}


MORNING = MIDNIGHT - 2 * DAY + 9 * HOUR
LEGACY = (
    did("1", "A", MORNING),
    did("1", "A", MORNING + HOUR),
    did("1", "B", MORNING + DAY + HOUR // 2),
)
BRANCHES = users("ABC", "ABD", "AC", "A")
REPEATS = users("ABBBC")
PAIRS = users("ABAB")
BEFORE = users("XYZ", "YZ", "Z")
PLACES = tuple(
    did(user, kind, START + at * 1000, {"page": page})
    for user, visits in (("1", ("/a", "/b")), ("2", ("/a", "/c")), ("3", ("/a", "/b")))
    for at, (kind, page) in enumerate((("A", visits[0]), ("B", visits[1])))
)
LONG = users("ABXXC", "ACB", "AXB", "ABAC")
SESSIONS = (
    *(did("1", kind, START + n, session_id=START) for n, kind in enumerate("AB")),
    did("1", "C", START + 9000, session_id=START + 9000),
)
FAR = users("ABCDE", "AX")
HOSTILE = (did("1", "A", START), did("1", "B\x1fC · 😀", START + 1000))
PAGE = {"expand": ["page"]}

CASES = [
    Case(
        "JRN-T1",
        LEGACY,
        paths(end="B"),
        ways,
        {"A": 1, "A > A": 1, "A > A > Dropped off": 1},
    ),
    Case(
        "JRN-T1/longer window",
        LEGACY,
        paths(end="B", window_s=25 * 3600),
        ways,
        {"A": 1, "A > A": 1, "A > A > B": 1},
    ),
    Case("JRN-T1/dropped", LEGACY, paths(end="B"), lambda f: f["paths"][0]["converted"], False),
    Case(
        "JRN-T2",
        BRANCHES,
        paths(levels=3),
        shares,
        {
            "A": 1,
            "A > B": 0.5,
            "A > C": 0.25,
            "A > Dropped off": 0.25,
            "A > B > C": 0.25,
            "A > B > D": 0.25,
            "A > C > Dropped off": 0.25,
        },
    ),
    Case(
        "JRN-T2/of parent",
        BRANCHES,
        paths(levels=3),
        lambda f: next(n["of_parent"] for n in f["nodes"] if n["way"] == ["A", "B", "C"]),
        0.5,
    ),
    Case(
        "JRN-T3",
        REPEATS,
        paths(collapse=True),
        lambda f: f["paths"][0]["way"],
        ["A", "B", "C", "Dropped off"],
    ),
    Case("JRN-T4", PAIRS, paths(end="B", count="totals", levels=2), ways, {"A": 2, "A > B": 2}),
    Case("JRN-T4/uniques", PAIRS, paths(end="B", levels=2), ways, {"A": 1, "A > B": 1}),
    Case(
        "JRN-T4/all of a user",
        PAIRS,
        paths(count="totals", levels=2),
        ways,
        {"A": 2, "A > B": 2},
    ),
    Case(
        "sessions",
        SESSIONS,
        paths(session=True),
        ways,
        {"A": 1, "A > B": 1, "A > B > Dropped off": 1},
    ),
    Case(
        "sessions/by the clock",
        SESSIONS,
        paths(),
        ways,
        {"A": 1, "A > B": 1, "A > B > C": 1, "A > B > C > Dropped off": 1},
    ),
    Case(
        "JRN-T2/the largest and the rest",
        BRANCHES,
        paths(levels=2, top=1),
        ways,
        {"A": 4, "A > B": 2, "A > Other": 1, "A > Dropped off": 1},
    ),
    # What a path must hold may be beyond the levels that are shown.
    Case("beyond", FAR, paths(levels=2, include=["E"]), ways, {"A": 1, "A > B": 1}),
    Case("beyond/none of it", FAR, paths(levels=2, include=["Z"]), lambda f: f["total"], 0),
    Case("beyond/two", FAR, paths(levels=2, include=["E", "X"]), lambda f: f["total"], 0),
    Case(
        "beyond/not after the end",
        FAR,
        paths(end="D", levels=3, include=["E"]),
        lambda f: f["total"],
        0,
    ),
    Case(
        "beyond/before the end",
        FAR,
        {"kind": "journeys", "end": "E", "range": DAYS, "levels": 2, "include": ["A"]},
        ways,
        {"E": 1, "E > D": 1},
    ),
    Case(
        "beyond/time to complete",
        FAR,
        paths(end="D", levels=5),
        lambda f: [one["seconds"] for one in f["paths"] if one["converted"]],
        [3],
    ),
    Case("nine levels", FAR, paths(levels=9), lambda f: len(f["paths"]), 2),
    Case(
        "called",
        FAR,
        paths(
            levels=3,
            called=[{"combined": ["B", "X"], "name": "B or X"}],
        ),
        ways,
        {
            "A": 2,
            "A > B or X": 2,
            "A > B or X > C": 1,
            "A > B or X > Dropped off": 1,
        },
    ),
    Case(
        "ends",
        BEFORE,
        {"kind": "journeys", "end": "Z", "range": DAYS, "levels": 3},
        ways,
        {
            "Z": 3,
            "Z > Y": 2,
            "Z > Did not perform an event": 1,
            "Z > Y > X": 1,
            "Z > Y > Did not perform an event": 1,
        },
    ),
    Case(
        "expanded",
        PLACES,
        paths(levels=2, **PAGE),
        ways,
        {"A · /a": 3, "A · /a > B · /b": 2, "A · /a > B · /c": 1},
    ),
    Case(
        "expanded/a type must be there",
        PLACES,
        paths(levels=2, include=["B"], **PAGE),
        lambda f: f["total"],
        3,
    ),
    Case(
        "expanded/a value must be there",
        PLACES,
        paths(levels=2, include=["B · /c"], **PAGE),
        lambda f: f["total"],
        1,
    ),
    Case(
        "expanded/left out by a property",
        PLACES,
        paths(
            levels=2,
            exclude=[{"event": "B", "where": [{"property": "page", "values": ["/c"]}]}],
            **PAGE,
        ),
        ways,
        {"A · /a": 3, "A · /a > B · /b": 2, "A · /a > Dropped off": 1},
    ),
    Case(
        "between",
        LONG,
        paths(end="C", levels=5),
        lambda f: sorted(" ".join(one["way"]) for one in f["paths"] if one["converted"]),
        ["A B A C", "A B X X C", "A C"],
    ),
    Case(
        "between/hidden",
        LONG,
        paths(end="C", levels=5, hide=["X"]),
        lambda f: sorted(" ".join(one["way"]) for one in f["paths"] if one["converted"]),
        ["A B A C", "A B C", "A C"],
    ),
    Case(
        "between/only",
        LONG,
        paths(end="C", levels=5, only=["X", "B"], hide=["B"]),
        lambda f: sorted(" ".join(one["way"]) for one in f["paths"] if one["converted"]),
        ["A A C", "A C", "A X X C"],
    ),
    # What is hidden is so after the first event, too; that one and the end stay.
    Case(
        "between/hidden start",
        LONG,
        paths(end="C", levels=5, hide=["A", "X"]),
        lambda f: sorted(" ".join(one["way"]) for one in f["paths"] if one["converted"]),
        ["A B C", "A C"],
    ),
    Case(
        "between/hidden end",
        LONG,
        paths(end="C", levels=5, hide=["C", "X", "B"]),
        lambda f: sorted(" ".join(one["way"]) for one in f["paths"] if one["converted"]),
        ["A A C", "A C"],
    ),
    Case(
        "JRN-T4/hidden start",
        PAIRS,
        paths(hide=["A"]),
        ways,
        {"A": 1, "A > B": 1, "A > B > B": 1, "A > B > B > Dropped off": 1},
    ),
    Case(
        "JRN-T4/excluded end",
        PAIRS,
        {"kind": "journeys", "end": "B", "range": DAYS, "exclude": [{"event": "B"}]},
        ways,
        {"B": 1, "B > A": 1, "B > A > Did not perform an event": 1},
    ),
    Case(
        "hostile",
        HOSTILE,
        paths(levels=2),
        ways,
        {"A": 1, "A > B C · 😀": 1},
    ),
    Case(
        "inactive",
        BRANCHES,
        paths(levels=2, inactive=["B"]),
        ways,
        {"A": 4, "A > C": 2, "A > D": 1, "A > Dropped off": 1},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(ask: Asking, case: Case) -> None:
    ask.check(case)


@pytest.mark.parametrize(
    ("case", "way", "names"),
    [
        ("JRN-T2", ["A"], "1234"),
        ("JRN-T2", ["A", "B"], "12"),
        ("JRN-T2", ["A", "B", "D"], "2"),
        ("expanded", ["A · /a", "B · /b"], "13"),
    ],
)
def test_behind_a_node_are_those_who_came_there(
    ask: Asking, case: str, way: list[str], names: str
) -> None:
    chart = paths(levels=3, **(PAGE if case == "expanded" else {}))
    point = ("--point", json.dumps({"way": way}))
    found = ask(case, chart, *point)["users"]
    assert "".join(sorted(one["user_id"][-1] for one in found)) == names
    streams = ask(case, chart, *point, "--action", "streams")["streams"]
    assert len(streams) == len(names)
    for stream in streams:
        lit = [event["type"] for event in stream["events"] if event["is_highlighted"]]
        assert lit == [step.split(" · ")[0] for step in way]
    assert ask(case, chart, *point, "--action", "cohort")["body"]["type"] == "static"
    uploads = ask(case, chart, *point, "--action", "uploads")["uploads"]
    assert sum(one["events"] for one in uploads) == len(way) * len(names)


def test_nobody_is_behind_those_who_dropped_off(ask: Asking) -> None:
    """MIC-T7"""
    point = ("--point", '{"way": ["A", "Dropped off"]}')
    assert ask("JRN-T2", paths(levels=3), *point, "--action", "menu") == {"menu": []}
    for action in ("streams", "cohort", "users"):
        assert "Nobody is behind" in ask("JRN-T2", paths(levels=3), *point, "--action", action)
