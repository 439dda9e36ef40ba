"""
Labels: agreement with the browser, survival of releases beside other generators, repair, speed.

Pages and generators come from npm (tests/bench/robustness/package.json) on the first run; without
npm those rows are left out and said so. Speed is in processor time, which other programs on the
machine do not change as much; nothing here waits for anything.
"""

import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson

from app.ingest.outcome import ACCEPTED
from app.label.element import Action, Element
from app.label.evaluate import Judge
from app.label.events import Condition, Definition, LabeledEvent, Op
from app.label.hierarchy import Hierarchy, Node
from app.label.labels import Labels
from app.label.matching import Clicks
from app.label.repair import candidates
from app.label.suggest import evidence, suggest
from app.model import Capture, Decoded, Event, Kind, Outcome, Upload
from app.store.studyfile import make_tables
from app.study.arrival import Arrival, Arrived
from app.study.labels import LabelFollower
from tests.bench import agent, exactness, frames
from tests.bench.robustness import measure, releases
from tests.bench.table import Row

SEEDS = 5
SELECTORS = 120
CLICKS = 1_000_000
DIFFERENT = 10_000
LABELS = 200
ARRIVING = 1_000
BATCH = 5_000


def rows() -> list[Row]:
    """All rows; the million clicks take about a minute to make."""
    return [
        *_pages(),
        *_suggestion(),
        *agent.rows(),
        frames.row(),
        *_repair(),
        *_live(),
        *_arriving(),
        *_million(),
    ]


def _pages() -> list[Row]:
    if not _installed():
        print("label: no npm, so pages of packages are left out", file=sys.stderr)
        return []
    return [_exactness(), *_robustness(), *_releases()]


def _installed() -> bool:
    wanted = orjson.loads((measure.HERE / "package.json").read_bytes())["dependencies"]
    if all((measure.HERE / "node_modules" / name).is_dir() for name in wanted):
        return True
    if not shutil.which("npm"):
        return False
    command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    return subprocess.run(command, cwd=measure.HERE, check=False).returncode == 0


def _exactness() -> Row:
    files = {**measure.TUNED, **measure.UNSEEN}.values()
    found = exactness.run([measure.HERE / "node_modules" / one for one in files], SELECTORS)
    asked = found.decided + sum(found.unknown.values())
    reasons = ", ".join(f"{name} {100 * n / asked:.2f} %" for name, n in found.unknown.items())
    return Row(
        "selectors: answers that differ from Chromium's",
        f"{len(found.wrong)} of {found.decided}",
        f"{found.triples} triples; unknown: {reasons}",
        "",
        "0 of ≥ 20 000",
        not found.wrong and found.triples >= 20_000,
    )


def _robustness() -> list[Row]:
    result = measure.Result()
    for sample in measure.samples():
        measure.measure(sample, range(SEEDS), result)
    made = []
    for group, recall, precision in (
        ("unmutated, all", 100, 100),
        ("mutated, identifiable", 95, 98),
        ("mutated, all", 84, 92),
        ("unseen pages, identifiable", 95, 98),
        ("unseen pages, all", 84, 92),
        ("held-out mutations, identifiable", 95, 98),
        ("held-out mutations, all", 84, 92),
        ("unseen pages, held-out mutations, identifiable", 95, 98),
    ):
        ours = result.scores[measure.OURS, group]
        others = "; ".join(
            f"{name} {score.recall:.0f}/{score.precision:.0f}"
            for name in measure.OTHERS
            if (score := result.scores[name, group]).trials
        )
        made.append(
            Row(
                f"labels, recall/precision: {group} ({ours.trials})",
                f"{ours.recall:.1f}/{ours.precision:.1f}",
                others,
                "",
                f">= {recall}/{precision}",
                ours.recall >= recall and ours.precision >= precision,
            )
        )
    both = "unseen pages, held-out mutations"
    for group in ("all", "tuned mutations", "unseen pages", "held-out mutations", both):
        first, third = result.repaired(group, 1), result.repaired(group, 3)
        made.append(
            Row(
                f"repair, first/first three: {group} ({len(result.repairs[group])})",
                f"{first:.1f}/{third:.1f}",
                "",
                "",
                ">= 65/80",
                first >= 65 and third >= 80,
            )
        )
    return made


def _releases() -> list[Row]:
    made = []
    for found in releases.measure():
        ours, hidden = found.score, found.way.name
        what = f"real releases, {hidden}, recall/precision ({ours.trials})"
        good = ours.recall >= 80 and ours.precision >= 92
        said = f"{ours.recall:.1f}/{ours.precision:.1f}"
        made.append(Row(what, said, "", "", ">= 80/92", good))
        first, third = found.repaired(1), found.repaired(3)
        what = f"real releases, {hidden}, repair, first/first three ({len(found.repairs)})"
        good = first >= 65 and third >= 80
        made.append(Row(what, f"{first:.1f}/{third:.1f}", "", "", ">= 65/80", good))
    return made


def _suggestion() -> list[Row]:
    page = [_element(place) for place in range(2000)]
    spent = _median(lambda: suggest(page[777], page), 9)
    return [_speed("suggestion among 2 000 elements", spent, 50)]


def _repair() -> list[Row]:
    page = [_element(place) for place in range(2000)]
    lost = Definition(Action.CLICKED, (), evidence=evidence(page[777]))
    gone = replace(lost, conditions=(Condition("tag", Op.IS, ("gone",)),))
    now = [(replace(one, text=f"{one.text} now"), 1) for one in page]
    spent = _median(lambda: candidates(gone, now, page), 5)
    return [_speed("a lost element among 2 000, all of them reworded", spent, 1000)]


def _arriving() -> list[Row]:
    """What the study spends on a thousand clicks, which may arrive in every second: a tenth of
    them on elements that were never seen."""
    with tempfile.TemporaryDirectory() as folder:
        with Labels(Path(folder)) as labels:
            labels.save_all(map(_own_label, range(LABELS)))
        follower = LabelFollower()
        db = sqlite3.connect(Path(folder) / "study.sqlite", isolation_level=None)
        make_tables(db, [follower])
        follower.begin(db)
        _take(db, follower, [_event(place) for place in range(900)], 0)
        ids = iter(range(1, 1_000))

        def second() -> None:
            new = next(ids)
            places = [*range(900), *range(900 + 100 * new, 1000 + 100 * new)]
            events = [_event(place) for place in places]
            for start in range(0, ARRIVING, 100):
                _take(db, follower, events[start::10], new * ARRIVING + start)

        made = _median(lambda: [_event(place) for place in range(ARRIVING)], 5)
        spent = _median(second, 5) - made
        assert db.execute("SELECT count(*) FROM label_matches").fetchone()[0] > ARRIVING
        db.close()
    return [_speed(f"{LABELS} labels, 1 000 clicks arriving in a second", spent, 1000)]


def _take(db: sqlite3.Connection, follower: LabelFollower, events: list[Event], first: int) -> None:
    """Let a batch of events arrive."""
    upload = Upload("/2/httpapi", "key")
    arrived = tuple(
        Arrived(first + at + 1, at, event, Outcome.ACCEPTED, None, True, first + at, 1)
        for at, event in enumerate(events)
    )
    db.execute("BEGIN")
    capture, decoded = Capture(0, "POST", "/2/httpapi"), Decoded(Kind.UPLOAD, upload)
    follower.take(Arrival(first, 1, capture, decoded, ACCEPTED, arrived))
    follower.save()
    db.execute("COMMIT")


def _live() -> list[Row]:
    judges = [Judge(_label(number)) for number in range(LABELS)]
    elements = [_element(place) for place in range(500)]
    started = time.process_time()
    for element in elements:
        for judge in judges:
            for one in judge.definitions:
                one.of_element(element)
    spent = (time.process_time() - started) / len(elements) * 1000
    return [_speed(f"{LABELS} labels judged for one new click", spent, 1)]


def _million() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.sqlite"
        _fill(path)
        db = sqlite3.connect(":memory:", isolation_level=None)
        db.execute("ATTACH ? AS study", (str(path),))
        started = time.process_time()
        clicks = Clicks(db)
        clicks.update()
        found = clicks.found(Judge(_label(3)))
        first = (time.process_time() - started) * 1000
        assert found.events > 0
        numbers = iter(range(4, 100))
        after = _median(lambda: _again(clicks, next(numbers)), 5)
        db.close()
    return [
        _speed("one label over a million clicks, first", first, 1000),
        _speed("one label over a million clicks, after", after, 300),
    ]


def _again(clicks: Clicks, number: int) -> None:
    clicks.update()
    clicks.found(Judge(_label(number)))


def _fill(path: Path) -> None:
    """A million clicks on ten thousand different elements, few of them often."""
    chance = random.Random(7)
    follower = LabelFollower()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    make_tables(db, [follower])
    follower.begin(db)
    events = [_event(place) for place in range(DIFFERENT)]
    weights = [1 / (place + 1) for place in range(DIFFERENT)]
    chosen = chance.choices(range(DIFFERENT), weights, k=CLICKS)
    for start in range(0, CLICKS, BATCH):
        _take(db, follower, [events[place] for place in chosen[start : start + BATCH]], start)
    db.close()


def _event(place: int) -> Event:
    element = _element(place)
    properties = {
        "[Amplitude] Element Hierarchy": element.hierarchy.as_json(),
        "[Amplitude] Element Tag": element.tag,
        "[Amplitude] Element Text": element.text,
        "[Amplitude] Page URL": f"https://shop.test/p/{place % 300}",
    }
    fields = {"event_properties": properties}
    return Event(Action.CLICKED.event_type, 0, "u", "d", 1, None, fields, fields)


def _element(place: int) -> Element:
    row, of, page = place % 50, place // 50 % 40, place // 2000
    nodes = (
        Node("button", 2, 0, "p", "", ("btn", "add", f"kind-{place % 7}"), {"type": "button"}),
        Node("div", 1, 0, "img", "", ("actions", "flex", "px-4")),
        Node("li", row, row, "li" if row else None, "", ("card",), {"data-row": str(row)}),
        Node("ul", of, of, "ul" if of else None, "", ("list", f"list-{'abcdefgh'[of % 8]}")),
        Node("section", 1, 0, "header", f"part-{'abcde'[page % 5]}"),
        Node("main", 1, 0, "header", "content", (), {"role": "main"}),
        Node("body", 1, 0, "head", "", ("page",)),
    )
    return Element(Action.CLICKED, Hierarchy(nodes), tag="button", text=f"Add item {place}")


def _label(number: int) -> LabeledEvent:
    """Different labels, of the kinds that people make."""
    kinds = (
        (Condition("selector", Op.CSS_MATCH, (f".list-{'abcdefgh'[number % 8]} .add",)),),
        (Condition("selector", Op.CSS_MATCH, (f"#part-a .card .kind-{number % 7}",)),),
        (Condition("text", Op.IS, (f"Add item {number}",)),),
        (
            Condition("tag", Op.IS, ("button",)),
            Condition("selector", Op.CSS_MATCH, (f'[data-row="{number % 50}"] > .actions .btn',)),
        ),
        (
            Condition("text", Op.CONTAINS, ("item",)),
            Condition("selector", Op.CSS_MATCH, (f"ul:nth-of-type({number % 40 + 1}) button",)),
        ),
    )
    return LabeledEvent(
        f"label {number}", (Definition(Action.CLICKED, kinds[number % len(kinds)]),), id=number
    )


def _own_label(number: int) -> LabeledEvent:
    """One of them with a definition that no other has, as saving asks for."""
    label = _label(number)
    own = Condition("text", Op.NOT_CONTAINS, (f"never {number}",))
    made = replace(label.definitions[0], conditions=(*label.definitions[0].conditions, own))
    return replace(label, id=None, definitions=(made,))


def _median(work: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        started = time.process_time()
        work()
        spent.append((time.process_time() - started) * 1000)
    return sorted(spent)[times // 2]


def _speed(what: str, spent_ms: float, bar_ms: float) -> Row:
    return Row(
        what,
        f"{spent_ms:.2f} ms",
        "",
        f"{spent_ms / bar_ms:.2f}",
        f"<= {bar_ms:g} ms",
        spent_ms <= bar_ms,
    )
