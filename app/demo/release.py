"""
The next release of the demo shop, for seeing which labels last.

Made from the files of the first one as a build and a small redesign would: every class has another
name, as bundlers make them, and a few ids and words are others. A browser that has the cookie
`release=2`, which the page's own switch sets, gets this one.
"""

import hashlib
import re

import orjson

IDS = {"popular": "loved", "add-to-cart": "buy-now", "checkout": "to-checkout"}
WORDS = {
    "Popular this week": "Loved this week",
    "Add to cart": "Put in basket",
    "Check out": "To the till",
}
_IN_STYLE = re.compile(r"\.([A-Za-z][\w-]*)")
_IN_PAGE = re.compile(r'(?<=\sclass=")[^"]*')
_IN_SCRIPT = re.compile(r'\bel\(\s*"[a-z0-9-]+([^"\s]*)"')

type Files = dict[str, tuple[str, bytes]]
"""Type and content by name."""


def is_next(cookies: str) -> bool:
    """Whether a browser with these cookies has asked for the next release."""
    return any(one.strip() == "release=2" for one in cookies.split(";"))


def rebuilt(files: Files) -> Files:
    """The files of the next release."""
    classes = {name: class_name(name) for name in sorted(_classes(files))}
    made = dict(files)
    for name, (kind, body) in files.items():
        text = body.decode("utf-8")
        if name.endswith(".css"):
            text = _IN_STYLE.sub(lambda found: f".{classes[found[1]]}", text)
        elif name.endswith(".html"):
            text = _IN_PAGE.sub(lambda found: _renamed(found[0], classes), text)
        elif name == "release.js":
            text = _names(classes)
        made[name] = kind, text.encode()
    return made


def class_name(name: str) -> str:
    """What the next build calls a class, whichever file it is in."""
    return f"css-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"


def _classes(files: Files) -> set[str]:
    style, page, script = (
        files[name][1].decode("utf-8") for name in ("style.css", "index.html", "shop.js")
    )
    found = set(_IN_STYLE.findall(style))
    for names in _IN_PAGE.findall(page):
        found.update(names.split())
    for rest in _IN_SCRIPT.findall(script):
        found.update(_IN_STYLE.findall(rest))
    return found


def _renamed(names: str, classes: dict[str, str]) -> str:
    return " ".join(classes[name] for name in names.split())


def _names(classes: dict[str, str]) -> str:
    told = {"RELEASE": 2, "CLASSES": classes, "IDS": IDS, "WORDS": WORDS}
    return "".join(
        f"export const {name} = {orjson.dumps(value).decode()};\n" for name, value in told.items()
    )
