"""
How often a definition still means its element after a release, ours beside those of others.

A trial is one element, one mutation, one seed: a definition hits when it matches the element, and
every other element that it matches is a false one. Recall is hits of trials, precision hits of all
matches. An element is identifiable when no other has its tag, id, text and attributes.
"""

import json
import random
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import BadInput
from app.label.element import Action, Element
from app.label.evaluate import DefinitionJudge
from app.label.events import Condition, Definition, Op
from app.label.repair import candidates
from app.label.selector import converted
from app.label.suggest import Suggestion, suggest
from tests.bench.robustness.mutations import ALL, HELD_OUT
from tests.bench.robustness.tree import Branch, Report, branch

HERE = Path(__file__).parent
OURS, SELECTOR_ONLY = "ours", "ours, without backup"
OTHERS = ("@medv/finder", "css-selector-generator", "SDK, legacy", "SDK, new engine")
BEGIN = "startbootstrap-"
TUNED = {
    "agency": f"{BEGIN}agency/dist/index.html",
    "blog": f"{BEGIN}clean-blog/dist/index.html",
    "business": f"{BEGIN}modern-business/dist/index.html",
    "pricing": f"{BEGIN}modern-business/dist/pricing.html",
    "admin2": f"{BEGIN}sb-admin-2/index.html",
    "buttons": f"{BEGIN}sb-admin-2/buttons.html",
    "form": "gentelella/dist/production/form.html",
    "orders": "gentelella/dist/production/orders.html",
    "inbox": "gentelella/dist/production/inbox.html",
}
UNSEEN = {
    "creative": f"{BEGIN}creative/dist/index.html",
    "freelancer": f"{BEGIN}freelancer/dist/index.html",
    "grayscale": f"{BEGIN}grayscale/dist/index.html",
    "resume": f"{BEGIN}resume/dist/index.html",
    "admin": f"{BEGIN}sb-admin/dist/index.html",
    "landing": f"{BEGIN}landing-page/dist/index.html",
    "shop": f"{BEGIN}shop-homepage/dist/index.html",
    "portfolio": f"{BEGIN}stylish-portfolio/dist/index.html",
    "uikit": "uikit/tests/card.html",
}
TARGETS = 12
KNOWN = 0.5
"""How much of a page was clicked on while a definition still matched."""


@dataclass(frozen=True)
class Sample:
    """A page with elements to be found again. `suggested`: number of element to selectors."""

    name: str
    variant: str
    unseen: bool
    body: Branch
    suggested: dict[int, dict[str, str | None]]


@dataclass
class Score:
    """Counts of trials."""

    trials: int = 0
    hits: int = 0
    false: int = 0
    right: int = 0

    def add(self, hit: bool, false: int) -> None:
        """One trial."""
        self.trials += 1
        self.hits += hit
        self.false += false
        self.right += hit and not false

    @property
    def recall(self) -> float:
        """Hits of trials, in percent."""
        return 100 * self.hits / self.trials if self.trials else 100.0

    @property
    def precision(self) -> float:
        """Hits of matches, in percent."""
        matched = self.hits + self.false
        return 100 * self.hits / matched if matched else 100.0


@dataclass
class Result:
    """Scores by (generator, group), where a group is `identifiable`, `all` and the like."""

    scores: dict[tuple[str, str], Score] = field(default_factory=lambda: defaultdict(Score))
    repairs: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Where the lost element was among the candidates for a repair, from 1; 0: not there."""

    def repaired(self, group: str, within: int) -> float:
        """How often it was among the first so many, in percent."""
        places = self.repairs[group]
        return 100 * sum(0 < one <= within for one in places) / len(places) if places else 100.0


def samples(names: Iterable[str] = (), targets: int = TARGETS) -> Iterator[Sample]:
    """The pages, plain and with hashed classes; needs Node and the packages."""
    files = {**TUNED, **UNSEEN}
    wanted = [f"{name}={files[name]}" for name in (names or files)]
    command = ["node", str(HERE / "pages.mjs"), str(targets), *wanted]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        data: dict[str, Any] = json.loads(line)
        yield Sample(
            data["name"],
            data["variant"],
            data["name"] in UNSEEN,
            branch(data["tree"]),
            {one.pop("n"): one for one in data["targets"]},
        )


def definition(selector: str | None) -> Definition | None:
    """What another generator's selector means, or None where it has none that can be used."""
    if not selector:
        return None
    # Paths from `:scope` begin at the root that was given, which is the body.
    whole = re.sub(r"^:scope\b", "body", converted(selector))
    chosen = Condition("selector", Op.CSS_MATCH, (whole,))
    made = Definition(Action.CLICKED, (chosen,))
    try:
        DefinitionJudge(made)
    except BadInput:
        return None
    return made


def measure(sample: Sample, seeds: Iterable[int], into: Result) -> None:
    """All trials on one page."""
    report = Report(sample.body)
    place = {one.number: at for at, one in enumerate(report.tracked)}
    keys = [_key(one) for one in report.elements]
    for number, others in sample.suggested.items():
        if number not in place:
            continue
        target = report.elements[place[number]]
        kind = "identifiable" if keys.count(_key(target)) == 1 else "twin"
        best = suggest(target, report.elements, most=1)
        judges = _judges(best, others)
        _score(into, sample, judges, report, number, ("unmutated", kind))
        for seed in seeds:
            for name, mutate in ALL.items():
                chance = random.Random(f"{sample.name} {sample.variant} {number} {name} {seed}")
                body = sample.body.copy()
                moved = next(one for one in body.walk() if one.number == number)
                if not mutate(body, moved, chance):
                    continue
                groups = ["held-out mutations" if name in HELD_OUT else "tuned mutations", name]
                after = Report(body)
                hit = _score(into, sample, judges, after, number, (*groups, "mutated", kind))
                if not hit and best and kind == "identifiable":
                    known = [one for one in report.elements if chance.random() < KNOWN]
                    at = _repaired(best[0].definition, after, known, number)
                    pages = "unseen pages" if sample.unseen else "tuned pages"
                    for group in ("all", groups[0], pages, f"{pages}, {groups[0]}", name):
                        into.repairs[group].append(at)


def _repaired(lost: Definition, report: Report, known: list[Element], number: int) -> int:
    found = candidates(lost, [(one, 1) for one in report.elements], known)
    pairs = zip(report.elements, report.tracked, strict=True)
    of = {id(element): one.number for element, one in pairs}
    places = (at for at, one in enumerate(found, 1) if of[id(one.element)] == number)
    return next(places, 0)


def _judges(
    best: list[Suggestion], others: dict[str, str | None]
) -> dict[str, list[DefinitionJudge]]:
    made: dict[str, list[Definition]] = {
        OURS: list(best[0].definitions) if best else [],
        SELECTOR_ONLY: [best[0].definition] if best else [],
    }
    for name in OTHERS:
        one = definition(others.get(name))
        made[name] = [one] if one else []
    return {name: [DefinitionJudge(one) for one in of] for name, of in made.items()}


def _score(
    into: Result,
    sample: Sample,
    judges: dict[str, list[DefinitionJudge]],
    report: Report,
    number: int,
    groups: tuple[str, ...],
) -> bool:
    """Count one trial; whether ours hit."""
    kind = groups[-1]
    pages = "unseen pages" if sample.unseen else "tuned pages"
    ours = False
    for name, of in judges.items():
        hit, false = False, 0
        for one, element in zip(report.tracked, report.elements, strict=True):
            if any(judge.of_element(element) is True for judge in of):
                if one.number == number:
                    hit = True
                else:
                    false += 1
        ours = ours or (hit and name == OURS)
        for group in groups[:-1]:
            for part in (kind, "all"):
                into.scores[name, f"{group}, {part}"].add(hit, false)
                if group == "mutated":
                    into.scores[name, f"{pages}, {part}"].add(hit, false)
                    into.scores[name, f"{pages}, {groups[0]}, {part}"].add(hit, false)
    return ours


def _key(one: Element) -> object:
    node = one.hierarchy.nodes[0]
    attributes = {"class": node.classes, **node.attrs}
    return one.tag, node.id, one.text, tuple(sorted(attributes.items(), key=str))
