"""
Selectors at random, made of what is on a page and of what is nearly on it.
"""

import random

from app.label.hierarchy import Hierarchy, Node
from app.label.selector import escaped, quoted

_RARE = ("style", "value", "placeholder", "contenteditable", "onclick", "role", "data-none", "type")
_OPS = ("=", "^=", "$=", "*=", "~=", "|=")


def selectors(pages: list[Hierarchy], number: int, chance: random.Random) -> list[str]:
    """Different selectors, most of which match something."""
    found: dict[str, None] = {}
    while len(found) < number:
        chain = chance.choice(pages).nodes
        found[_complex(chain, chance)] = None
    return list(found)


def _complex(chain: tuple[Node, ...], chance: random.Random) -> str:
    places = sorted(chance.sample(range(len(chain)), min(len(chain), chance.choice([1, 1, 2, 3]))))
    said = ""
    for number, place in enumerate(places):
        part = _compound(chain[place], chance)
        if number == 0:
            said = part
        else:
            near = place == places[number - 1] + 1
            said = f"{part}{' > ' if near and chance.random() < 0.7 else ' '}{said}"
    if chance.random() < 0.07:
        said += f", {_compound(chance.choice(chain), chance)}"
    return said


def _compound(node: Node, chance: random.Random) -> str:
    parts = [_part(node, chance) for _ in range(chance.choice([1, 1, 2, 3]))]
    tag = chance.choice([node.tag, "", "", "*", node.tag.upper()])
    said = (escaped(tag) if tag not in {"", "*"} else tag) + "".join(parts)
    if node.prev_sib and chance.random() < 0.06:
        said = f"{escaped(node.prev_sib)} + {said}"
    return said


def _part(node: Node, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.25 and node.classes:
        return f".{escaped(chance.choice(node.classes))}"
    if kind < 0.33 and node.id:
        return f"#{escaped(node.id)}"
    if kind < 0.55:
        return _attribute(node, chance)
    if kind < 0.67:
        return f":nth-{chance.choice(['child', 'of-type'])}({_formula(node, chance)})"
    if kind < 0.72:
        return chance.choice([":first-child", ":first-of-type"])
    if kind < 0.86:
        inner = _simple(node, chance)
        return f":{chance.choice(['not', 'is', 'where'])}({inner})"
    return f".{chance.choice(['none', 'btn', 'active', 'row'])}" if kind < 0.9 else ""


def _simple(node: Node, chance: random.Random) -> str:
    options = [".none", "[data-none]", ":first-child", escaped(node.tag), "#none", ".a .b"]
    options += [f".{escaped(name)}" for name in node.classes]
    options += [f"[{escaped(name)}]" for name in node.attrs]
    return ", ".join(chance.sample(options, chance.choice([1, 2])))


def _attribute(node: Node, chance: random.Random) -> str:
    if chance.random() < 0.2 or not node.attrs:
        name = chance.choice(_RARE)
        value = chance.choice(["", "true", "button", "x"])
    else:
        name, value = chance.choice(list(node.attrs.items()))
    if chance.random() < 0.1:
        name, value = chance.choice([("id", node.id), ("class", " ".join(node.classes))])
    if chance.random() < 0.25:
        return f"[{escaped(name)}]"
    cut = value
    if len(value) > 1 and chance.random() < 0.6:
        start = chance.randrange(len(value))
        cut = value[start : start + chance.randint(1, len(value))]
    if chance.random() < 0.15:
        cut = cut.swapcase()
    flag = chance.choice(["", "", "", " i", " s"])
    return f"[{escaped(name)}{chance.choice(_OPS)}{quoted(cut)}{flag}]"


def _formula(node: Node, chance: random.Random) -> str:
    return chance.choice(
        [str((node.index or 0) + 1), "odd", "even", "2n+1", "-n+3", "n+2", "3n-1", "0n+1", "-2n+5"]
    )
