"""
Labels across releases that really happened: templates before and after they were written anew for
another version of their framework, with other classes, attributes and structure.

Which element became which is known where both have the same text, or lead to the same place, and
no other element does. That is then hidden from both pages, so that nothing is found by it.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from app.label.element import Element
from app.label.evaluate import DefinitionJudge
from app.label.hierarchy import Hierarchy
from app.label.repair import candidates
from app.label.suggest import suggest
from tests.bench.robustness.measure import BEGIN, HERE, Score
from tests.bench.robustness.tree import Branch, Report, branch

PAGE = "dist/index.html"
PAIRS = {
    "agency, 2019": ("before-agency/index.html", f"{BEGIN}agency/{PAGE}"),
    "agency, 2021": (f"before-agency-6/{PAGE}", f"{BEGIN}agency/{PAGE}"),
    "blog": (f"before-clean-blog/{PAGE}", f"{BEGIN}clean-blog/{PAGE}"),
    "creative": (f"before-creative/{PAGE}", f"{BEGIN}creative/{PAGE}"),
    "freelancer": (f"before-freelancer/{PAGE}", f"{BEGIN}freelancer/{PAGE}"),
    "grayscale": (f"before-grayscale/{PAGE}", f"{BEGIN}grayscale/{PAGE}"),
    "resume": (f"before-resume/{PAGE}", f"{BEGIN}resume/{PAGE}"),
    "landing": (f"before-landing-page/{PAGE}", f"{BEGIN}landing-page/{PAGE}"),
    "shop": (f"before-shop-homepage/{PAGE}", f"{BEGIN}shop-homepage/{PAGE}"),
    "portfolio": ("before-stylish-portfolio/index.html", f"{BEGIN}stylish-portfolio/{PAGE}"),
    "admin, 2019": ("before-sb-admin/index.html", f"{BEGIN}sb-admin/{PAGE}"),
    "admin, 2021": (f"before-sb-admin-6/{PAGE}", f"{BEGIN}sb-admin/{PAGE}"),
    "admin2": ("before-sb-admin-2/index.html", f"{BEGIN}sb-admin-2/index.html"),
    "business": ("before-modern-business/index.html", f"{BEGIN}modern-business/{PAGE}"),
}

type Key = tuple[str | None, str] | None


@dataclass(frozen=True)
class Way:
    """How to know what became of an element, and how to hide that."""

    name: str
    key: Callable[[Element], Key]
    hidden: Callable[[Element], Element]


@dataclass
class Found:
    """What was hidden; how often definitions still meant their elements; and where those that were
    lost stood among the candidates for a repair, from 1; 0: not there."""

    way: Way
    score: Score = field(default_factory=Score)
    repairs: list[int] = field(default_factory=list)

    def repaired(self, within: int) -> float:
        """How many were among the first so many, in percent."""
        first = sum(0 < one <= within for one in self.repairs)
        return 100 * first / len(self.repairs) if self.repairs else 100.0


def measure() -> Iterator[Found]:
    """All pairs, in each way."""
    pairs = [[Report(tree).elements for tree in _read(pair)] for pair in PAIRS.values()]
    for way in WAYS:
        found = Found(way)
        for before, after in pairs:
            _compare(found, before, after)
        yield found


def _compare(found: Found, before: list[Element], after: list[Element]) -> None:
    way = found.way
    keys, places = list(map(way.key, before)), list(map(way.key, after))
    then, now = list(map(way.hidden, before)), list(map(way.hidden, after))
    for at, key in enumerate(keys):
        if key is None or keys.count(key) != 1 or places.count(key) != 1:
            continue
        true = places.index(key)
        best = suggest(then[at], then, most=1)
        judges = [DefinitionJudge(one) for one in (best[0].definitions if best else ())]
        matched = {
            number
            for number, element in enumerate(now)
            if any(judge.of_element(element) is True for judge in judges)
        }
        found.score.add(true in matched, len(matched - {true}))
        if best and true not in matched:
            seen = candidates(best[0].definition, [(one, 1) for one in now], then[::2])
            ranks = (rank for rank, one in enumerate(seen, 1) if one.element is now[true])
            found.repairs.append(next(ranks, 0))


def _read(pair: tuple[str, str]) -> list[Branch]:
    names = [f"{number}={file}" for number, file in enumerate(pair)]
    command = ["node", str(HERE / "pages.mjs"), "1", *names]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    read = [json.loads(line) for line in done.stdout.splitlines()]
    return [branch(one["tree"]) for one in read if one["variant"] == "plain"]


def _text(element: Element) -> Key:
    said = element.text or ""
    return (element.tag, said) if any(map(str.isalpha, said)) else None


def _without_text(element: Element) -> Element:
    return replace(element, text=None)


def _target(element: Element) -> Key:
    href = element.hierarchy.nodes[0].attrs.get("href", "")
    return (element.tag, href) if len(href) > 1 and not href.startswith("#!") else None


def _without_target(element: Element) -> Element:
    first, *around = element.hierarchy.nodes
    attrs = {name: value for name, value in first.attrs.items() if name != "href"}
    return replace(element, href=None, hierarchy=Hierarchy((replace(first, attrs=attrs), *around)))


WAYS = (
    Way("words hidden", _text, _without_text),
    Way("targets hidden", _target, _without_target),
)
