"""
What releases do to a page, one thing at a time, near an element (labeling §C8.3).

Each takes the body, the element and a source of chance, changes the body in place, and says
whether there was anything to change. The element keeps its identity, so what a definition should
match afterwards is known.
"""

import random
import re
from collections.abc import Callable

from app.label.stability import class_kind
from tests.bench.robustness.tree import Branch

type Mutation = Callable[[Branch, Branch, random.Random], bool]

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_HASHED = re.compile(r"^(css-|sc-|Page_\w+?__)[a-z0-9]+$")
_STATES = ("active", "is-open", "focus-visible", "hover", "selected")


def hash_churn(body: Branch, target: Branch, chance: random.Random) -> bool:
    """A build: every hashed class has a new hash."""
    made: dict[str, str] = {}
    for one in body.walk():
        new = [_rehashed(name, made, chance) for name in one.classes]
        if new != one.classes:
            one.attributes["class"] = " ".join(new)
    return bool(made)


def cloned_sibling(body: Branch, target: Branch, chance: random.Random) -> bool:
    """A further item: the element or one around it again, with texts, addresses and names of its
    own and without ids; classes, test hooks and everything else are the same."""
    around = target.chain()[: chance.choice([1, 2, 3])]
    one = around[-1]
    if one.parent is None:
        return False
    made = one.copy(one.parent)
    for inner in made.walk():
        inner.number = -1
        inner.attributes.pop("id", None)
        inner.attributes.pop("for", None)
        for name in ("href", "aria-label", "title", "name", "alt"):
            if inner.attributes.get(name, "#") not in {"", "#", "#!"}:
                inner.attributes[name] += f"-{_word(chance)}"
        inner.children = [
            f"{_word(chance)} {_word(chance)}" if isinstance(child, str) else child
            for child in inner.children
        ]
    one.parent.children.insert(one.place() + chance.choice([0, 1]), made)
    return True


def foreign_sibling(body: Branch, target: Branch, chance: random.Random) -> bool:
    """Something else is put before the element or one around it."""
    one = chance.choice(target.chain()[:3])
    if one.parent is None:
        return False
    tag = chance.choice(["div", "span", one.tag, "a", "button"])
    made = Branch(-1, tag, {"class": f"new-{_word(chance)}"}, [_word(chance)], one.parent)
    one.parent.children.insert(one.place(), made)
    return True


def wrapper(body: Branch, target: Branch, chance: random.Random) -> bool:
    """A new element is put around the element or one around it."""
    one = chance.choice(target.chain()[:3])
    parent = one.parent
    if parent is None:
        return False
    made = Branch(-1, "div", {"class": f"wrap-{_word(chance)}"}, [one], parent)
    parent.children[one.place()] = made
    one.parent = made
    return True


def text_change(body: Branch, target: Branch, chance: random.Random) -> bool:
    """Other words, and another accessible name."""
    changed = False
    for one in target.walk():
        if any(isinstance(child, str) for child in one.children):
            one.children = [_word(chance) if isinstance(c, str) else c for c in one.children]
            changed = True
    for name in ("aria-label", "title"):
        if name in target.attributes:
            target.attributes[name] = _word(chance)
            changed = True
    return changed


def reorder(body: Branch, target: Branch, chance: random.Random) -> bool:
    """The siblings of the element or of one around it change places."""
    around = [one for one in target.chain()[:4] if one.parent and len(one.parent.elements) > 1]
    if not around:
        return False
    parent = chance.choice(around).parent
    assert parent
    before = list(parent.children)
    chance.shuffle(parent.children)
    return before != parent.children


def state_toggle(body: Branch, target: Branch, chance: random.Random) -> bool:
    """It is open, selected, active: classes and attributes of a moment."""
    for one in target.chain()[:2]:
        if one.parent:
            name = chance.choice(_STATES)
            have = one.classes
            new = [x for x in have if x != name] if name in have else [*have, name]
            one.attributes["class"] = " ".join(new)
            one.attributes["aria-expanded"] = chance.choice(["true", "false"])
            one.attributes["data-state"] = chance.choice(["open", "closed"])
    return True


def class_rename(body: Branch, target: Branch, chance: random.Random) -> bool:
    """One class of the element or of one around it is called something else, on the whole page."""
    names = [name for one in target.chain()[:3] if one.parent for name in one.classes]
    names = [name for name in names if class_kind(name) == "semantic"] or names
    if not names:
        return False
    old, new = chance.choice(names), f"c-{_word(chance)}"
    for one in body.walk():
        if old in one.classes:
            one.attributes["class"] = " ".join(new if n == old else n for n in one.classes)
    return True


def sibling_removal(body: Branch, target: Branch, chance: random.Random) -> bool:
    """A sibling of the element or of one around it is gone."""
    around = [one for one in target.chain()[:4] if one.parent and len(one.parent.elements) > 1]
    if not around:
        return False
    one = chance.choice(around)
    assert one.parent
    gone = chance.choice([other for other in one.parent.elements if other is not one])
    one.parent.children = [child for child in one.parent.children if child is not gone]
    return True


def attribute_drop(body: Branch, target: Branch, chance: random.Random) -> bool:
    """An attribute of the element is gone."""
    names = [name for name in target.attributes if name not in {"id", "class", "type"}]
    if not names:
        return False
    target.attributes.pop(chance.choice(names))
    return True


def id_rename(body: Branch, target: Branch, chance: random.Random) -> bool:
    """The nearest id is another."""
    one = next((one for one in target.chain() if one.attributes.get("id")), None)
    if one is None:
        return False
    one.attributes["id"] = f"{_word(chance)}-{_word(chance)}"
    return True


def move(body: Branch, target: Branch, chance: random.Random) -> bool:
    """The element is put elsewhere on the page."""
    within = {id(one) for one in target.walk()}
    places = [
        one
        for one in body.walk()
        if one.tag in {"div", "section", "main", "header", "footer", "nav", "li"}
        and id(one) not in within
        and one is not target.parent
    ]
    if not places or target.parent is None:
        return False
    target.parent.children = [child for child in target.parent.children if child is not target]
    to = chance.choice(places)
    to.children.insert(chance.randint(0, len(to.children)), target)
    target.parent = to
    return True


def combination(body: Branch, target: Branch, chance: random.Random) -> bool:
    """A release: hashes, a foreign sibling, a state and one thing more."""
    more = chance.choice([reorder, sibling_removal, class_rename, text_change])
    done = [one(body, target, chance) for one in (hash_churn, foreign_sibling, state_toggle, more)]
    return any(done)


ALL: dict[str, Mutation] = {
    "hash churn": hash_churn,
    "cloned sibling": cloned_sibling,
    "foreign sibling": foreign_sibling,
    "wrapper": wrapper,
    "text change": text_change,
    "reorder": reorder,
    "state toggle": state_toggle,
    "class rename": class_rename,
    "sibling removal": sibling_removal,
    "attribute drop": attribute_drop,
    "id rename": id_rename,
    "move": move,
    "combination": combination,
}
HELD_OUT = ("attribute drop", "move")
"""Never looked at while costs were tuned."""


def _rehashed(name: str, made: dict[str, str], chance: random.Random) -> str:
    found = _HASHED.match(name)
    if not found:
        return name
    if name not in made:
        made[name] = found[1] + "".join(chance.choices(_LETTERS, k=6))
    return made[name]


def _word(chance: random.Random) -> str:
    pairs = ("ba", "ko", "li", "mu", "ne", "ri", "so", "ta", "ve", "zu")
    return "".join(chance.choices(pairs, k=3))
