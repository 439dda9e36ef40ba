"""
How often a definition still means its element after a release, ours beside those of others.

A trial is one element, one mutation, one seed: a definition hits when it matches the element, and
every other element that it matches is a false one. Recall is hits of trials, precision hits of all
matches. An element is identifiable when no other has its tag, id, text and attributes.
"""

import json
import random
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import BadInput
from app.label.element import Action, Element, Page
from app.label.evaluate import DefinitionJudge
from app.label.events import Condition, Definition, Op
from app.label.selector import converted
from app.label.suggest import suggest
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
    first: int = 0
    third: int = 0
    broken: int = 0
    by_page: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))


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
    chosen = Condition("selector", Op.CSS_MATCH, (converted(selector),))
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
        judges = _judges(target, report.elements, others)
        _score(into, sample, judges, report, number, ("unmutated", kind))
        for seed in seeds:
            for name, mutate in ALL.items():
                chance = random.Random(f"{sample.name} {sample.variant} {number} {name} {seed}")
                body = sample.body.copy()
                moved = next(one for one in body.walk() if one.number == number)
                if not mutate(body, moved, chance):
                    continue
                groups = ["held-out mutations" if name in HELD_OUT else "tuned mutations", name]
                _score(into, sample, judges, Report(body), number, (*groups, "mutated", kind))


def _judges(
    target: Element, page: list[Element], others: dict[str, str | None]
) -> dict[str, list[DefinitionJudge]]:
    best = suggest(target, page, most=1)
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
) -> None:
    kind = groups[-1]
    pages = "unseen pages" if sample.unseen else "tuned pages"
    for name, of in judges.items():
        hit, false = False, 0
        for one, element in zip(report.tracked, report.elements, strict=True):
            if any(judge.of_element(element) is True for judge in of):
                if one.number == number:
                    hit = True
                else:
                    false += 1
        for group in groups[:-1]:
            for part in (kind, "all"):
                into.scores[name, f"{group}, {part}"].add(hit, false)
                if group == "mutated":
                    into.scores[name, f"{pages}, {part}"].add(hit, false)
                    into.scores[name, f"{pages}, {groups[0]}, {part}"].add(hit, false)


def _key(one: Element) -> object:
    node = one.hierarchy.nodes[0]
    attributes = {"class": node.classes, **node.attrs}
    return one.tag, node.id, one.text, tuple(sorted(attributes.items(), key=str))


PAGE = Page()
