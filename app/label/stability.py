"""
How likely each part of an element is to survive the next release, as a cost (labeling §C4).

A test hook is made to stay, a class that a build tool hashed is gone tomorrow. Parts that are
known to change are not offered at all. The costs were tuned on half of the pages of
`tests/bench/robustness`; lower is better.
"""

import re
from functools import lru_cache
from itertools import islice

from app.label.hierarchy import MASK, VALUE_UNITS, Node
from app.label.selector.attributes import DROPPED
from app.label.selector.syntax import escaped, quoted, words

HOOK, ID, CUSTOM_TAG, NAME, TAG = 0.05, 0.12, 0.15, 0.18, 0.25
HREF, HREF_PATH, TYPE, ACTION, ARIA, ROLE = 0.30, 0.32, 0.35, 0.35, 0.38, 0.40
CLASS, DATA, CONTAINER, STEM, TITLE, REFERENCE = 0.48, 0.42, 0.45, 0.50, 0.50, 0.60
NUMBERED_HREF = 1.1
LOOKS, HASHED, PRESENT, NUMBERED_ID, GENERIC_TAG, POSITION, LEVEL = (
    1.0,
    1.8,
    0.70,
    0.90,
    1.20,
    2.0,
    0.5,
)
LONGEST_VALUE = 60
MOST_DIGITS = 2
MOST_LOOKED_AT = 50
"""Classes and attributes of one element that are considered; nobody writes more by hand."""

_HOOK = re.compile(
    r"data-(?:testid|test|cy|qa|pw|e2e|automation|component|section|element|role|action"
    r"|(?:test|qa|cy|track|analytics|amp-track)[-a-z]*|testid[-a-z]*)"
)
_AUTO_ID = re.compile(
    r"radix-|headlessui-|mui-[0-9]|mat-[a-z-]+-[0-9]|ember[0-9]|ext-gen|yui_|gwt-|react-aria|ui-id-"
    r"|react-select-[0-9]|:r[0-9a-z]*:|«r|rc[-_]|cdk-|base-ui|downshift-|tippy-|popper|aria-"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9]+$|.*[0-9]{3}|.*[:_-]r[0-9a-z]+:?$",
    re.IGNORECASE,
)
_HASHED = re.compile(
    r"css-[a-z0-9]{4,}(?:-[\w-]+)?$|sc-[a-zA-Z0-9]{5,}$|jsx-[0-9]+|svelte-[a-z0-9]{5,}$|jss[0-9]+$"
    r"|emotion-[0-9]+|[a-zA-Z]+-[a-zA-Z]+-[0-9]+$|astro-[A-Za-z0-9]{6,}|e[a-z0-9]{6,}[0-9]$"
)
_MODULE = re.compile(r"((?:[A-Za-z][\w-]*?)_[A-Za-z][\w-]*?_{1,2})[A-Za-z0-9+/-]{5,8}(?:_[0-9]+)?$")
_STATES = words(
    "active selected open opened show showing shown collapsed collapse collapsing disabled enabled"
    " hover hovered focus focused focus-visible current visited loading loaded hidden visible"
    " checked expanded in out fade dragging dragged error invalid valid closed touched untouched"
    " pristine dirty pressed sticky-on animated ready first last odd even highlight highlighted"
    " amp-visual-tagging-selector-highlight no-js js uk-active uk-open uk-disabled menu-open"
    " was-validated current-page current-menu-item sorting sorting_asc sorting_desc"
)
_STATE = re.compile(r"(?:is|has|was)-[a-z]|.*(?:--|-|_)(?:active|selected|open|current|disabled)$")
_UTILITY_WORDS = words(
    "flex grid block inline inline-block inline-flex hidden static fixed absolute relative sticky"
    " container container-fluid row col truncate uppercase lowercase capitalize italic underline"
    " border rounded shadow transition visible invisible clearfix float-left float-right pull-left"
    " pull-right antialiased small lead mark initialism blockquote h1 h2 h3 h4 h5 h6"
    " table-responsive sr-only visually-hidden stretched-link text-center img-fluid w-auto"
    " img-responsive h-auto"
    " btn-sm btn-lg btn-xs btn-block no-underline wow animated fadeIn uk-inline uk-clearfix"
    " position-relative position-absolute position-fixed"
)
_UTILITY = re.compile(
    r"(?:[a-z0-9-]+(?:\[[^\]]*\])?:)+.|!|-?(?:m|p)(?:[tblrsexy])?-(?:[a-z]{2}-)?(?:[0-9n]|auto|px|\[)"
    r"|-?(?:w|h|min-w|min-h|max-w|max-h|size|inset|top|left|right|bottom|z|order|basis|gap|gap-x"
    r"|gap-y|space-x|space-y|leading|tracking|opacity|scale|rotate|translate-x|translate-y|duration"
    r"|delay|ring|stroke|fill|grow|shrink|columns|aspect)-(?:[0-9]|full|auto|screen|px|none|min|max"
    r"|fit|\[)"
    r"|(?:text|bg|border|from|to|via|font|rounded|shadow|divide|outline|align|justify|items|self"
    r"|content|place|object|overflow|whitespace|break|cursor|select|pointer-events|flex|grid|col|row"
    r"|float|clear|position|display|visible|d|g|gx|gy|g[xy]?|offset|fs|fw|lh|order|link|bg-gradient"
    r"|bg-opacity|text-bg|border-[tblrse]|rounded-[a-z]+|flex-[a-z]+|align-items|align-self"
    r"|justify-content|col-[a-z]{2,3}|me|ms|vstack|hstack|start|end|animate|transition|ease)-"
    r"|(?:col|row|fa|h|w|m|p|mb|mt|ml|mr|gutter)-?[0-9x]+$"
    r"|uk-(?:margin|padding|width|height|text|flex|grid|child|position|align|light|dark|visible"
    r"|hidden|background|border|box|column|cover|display|float|inline|invisible|overflow|responsive"
    r"|transform|animation|scope|section|container|inverse|tile)(?:-|$)"
)
_VOLATILE = words(
    "aria-expanded aria-selected aria-pressed aria-checked aria-labelledby"
    " aria-describedby aria-activedescendant aria-hidden aria-current aria-busy aria-disabled"
    " aria-owns aria-valuenow aria-setsize aria-posinset data-state data-active data-key data-index"
    " data-id data-selected data-open data-focus data-hover data-headlessui-state src srcset sizes"
    " target rel width height tabindex draggable spellcheck autocomplete maxlength minlength min"
    " max step rows cols colspan rowspan loading decoding alt content disabled checked selected"
    " hidden"
    " readonly required multiple open inert contenteditable crossorigin integrity nonce d viewBox"
    " fill stroke transform x y cx cy r points xmlns part slot is"
)
_SKIPPED_DATA = re.compile(
    r"data-(?:bs-|radix|headlessui|react|v-|n-|turbo|astro|svelte|emotion|styled|aos|wow|ng|nprogress"
    r"|toggle|target|dismiss|ride|slide|parent|placement|original|spy|offset)|_ng|ng-|v-|uk-|x-|\(|\[|@|:|#"
)
_CONTAINERS = words(
    "main nav header footer aside section form table thead tbody tfoot dialog article fieldset menu"
    " figure details"
)
_LISTS = words("ul ol li tr td th p dl dt dd h1 h2 h3 h4 h5 h6")
_DIGITS = re.compile(r"[0-9]")
_COMMON = words(
    "btn button link nav-link nav-item item list-item menu-item card input form-control control"
    " field icon label dropdown-item tab form-label form-select form-check-input form-check-label"
    " page-link list-group-item accordion-button dropdown-toggle"
)
_VARIANT = re.compile(
    r"(?:(?:\w+-)*?(?:btn|button|badge|chip|tag|alert|link|icon)(?:-+outlined?)?-+)?(?:primary|secondary|tertiary"
    r"|success|danger|warning|error|info|light|dark|white|black|gr[ae]y|default|outlined?|solid"
    r"|ghost|flat|plain|text|split|circle|round|rounded|pill|small|medium|large|xs|sm|md|lg|xl)$"
)

type Token = tuple[str, float]
"""A simple selector and its cost."""


def tokens(node: Node, is_target: bool) -> tuple[Token, ...]:
    """What can be said of an element, cheapest first, without what is known to change."""
    found = [*_identity(node), *_classes(node)]
    for name, value in islice(node.attrs.items(), MOST_LOOKED_AT):
        found += _attribute(name, value, is_target)
    found.append((escaped(node.tag), _tag(node.tag, is_target)))
    return tuple(sorted(found, key=lambda token: token[1]))


def weak_tokens(node: Node) -> tuple[Token, ...]:
    """What more can be said where names that stay do not suffice: classes about looks, and those
    that a tool made from them, which last as long as the looks do."""
    kinds = ((f".{escaped(name)}", class_kind(name)) for name in node.classes[:MOST_LOOKED_AT])
    costs = {"utility": LOOKS, "hashed": HASHED}
    return tuple((text, costs[kind]) for text, kind in kinds if kind in costs)


def stable_classes(node: Node) -> frozenset[str]:
    """Classes that are neither hashed nor utilities nor states."""
    some = node.classes[:MOST_LOOKED_AT]
    return frozenset(name for name in some if class_kind(name) == "semantic")


def is_hook(attribute: str) -> bool:
    """Whether developers write this attribute so that something can be found by it."""
    return bool(_HOOK.fullmatch(attribute.lower()))


@lru_cache(maxsize=50_000)
def class_kind(name: str) -> str:
    """`semantic`, `utility`, `state`, `hashed`, or the stem of a name that a bundler hashed."""
    if name.lower() in _STATES or _STATE.match(name):
        return "state"
    if module := _MODULE.match(name):
        return module[1]
    if _HASHED.match(name) or _looks_random(name):
        return "hashed"
    if name in _UTILITY_WORDS or _UTILITY.match(name) or len(name) > LONGEST_VALUE:
        return "utility"
    return "semantic"


def is_generic(name: str) -> bool:
    """Whether a class is one of every element of its kind, or says how it looks: a page soon has
    more of it."""
    return name in _COMMON or bool(_VARIANT.match(name))


@lru_cache(maxsize=50_000)
def is_auto_id(name: str) -> bool:
    """Whether a library counted this id up, or made it from chance."""
    return bool(_AUTO_ID.match(name)) or len(name) > LONGEST_VALUE or _looks_random(name)


def _identity(node: Node) -> list[Token]:
    if not node.id or is_auto_id(node.id):
        return []
    numbered = bool(_DIGITS.search(node.id[-1:]))
    return [(f"#{escaped(node.id)}", NUMBERED_ID if numbered else ID)]


def _classes(node: Node) -> list[Token]:
    found = []
    for name in node.classes[:MOST_LOOKED_AT]:
        kind = class_kind(name)
        if kind == "semantic":
            numbered = len(_DIGITS.findall(name)) > 0
            found.append((f".{escaped(name)}", CLASS + 0.15 * numbered))
        elif kind not in {"utility", "state", "hashed"}:
            found.append((f"[class*={quoted(kind)}]", STEM))
    return found


def _attribute(name: str, value: str, is_target: bool) -> list[Token]:
    low = name.lower()
    if low in _VOLATILE or low in DROPPED or low.startswith("on") or not _is_name(low):
        return []
    usable = (
        bool(value)
        and MASK not in value
        and len(value) <= LONGEST_VALUE < VALUE_UNITS
        and len(_DIGITS.findall(value)) <= MOST_DIGITS
        and "\n" not in value
        and not _looks_random(value)
        and not (low == "aria-controls" and is_auto_id(value))
    )
    if low == "href":
        return _href(value)
    cost = _cost(low)
    if cost is None:
        return []
    text = f"[{escaped(low)}={quoted(value)}]"
    if usable:
        return [(text, cost)]
    if low.startswith("data-") and is_target and not _SKIPPED_DATA.match(low):
        return [(f"[{escaped(low)}]", PRESENT)]
    return []


def _cost(name: str) -> float | None:
    if is_hook(name):
        return HOOK
    if name in {"data-target", "data-bs-target", "aria-controls"}:
        return REFERENCE
    if name.startswith("data-"):
        return None if _SKIPPED_DATA.match(name) else DATA
    return {
        "name": NAME,
        "type": TYPE,
        "action": ACTION,
        "for": NAME,
        "aria-label": ARIA,
        "role": ROLE,
        "title": TITLE,
        "placeholder": TITLE,
        "itemprop": DATA,
        "method": TITLE + 0.2,
    }.get(name)


def _href(value: str) -> list[Token]:
    path = value.partition("?")[0].partition("#")[0]
    is_empty = value in {"", "#", "#!", "/", "./"} or value.lower().startswith("javascript:")
    if is_empty or MASK in value or len(value) > LONGEST_VALUE * 2:
        return []
    if len(value) >= VALUE_UNITS // 2:
        return []
    if len(_DIGITS.findall(path)) > MOST_DIGITS:
        return [(f"[href={quoted(value)}]", NUMBERED_HREF)]
    if "?" in value and len(path) > 1:
        return [(f"[href^={quoted(path)}]", HREF_PATH)]
    return [(f"[href={quoted(value)}]", HREF)]


def _tag(tag: str, is_target: bool) -> float:
    if "-" in tag:
        return CUSTOM_TAG
    if is_target:
        return TAG
    if tag in _CONTAINERS:
        return CONTAINER
    return GENERIC_TAG if tag not in _LISTS else 0.9


def _is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[a-z][a-z0-9-]*", name)) and len(name) < LONGEST_VALUE


def _looks_random(name: str) -> bool:
    """Letters and digits in turn, as in `a1b2c3`, or a long run without vowels."""
    turns = len(re.findall(r"(?<=[a-zA-Z])[0-9]+(?=[a-zA-Z])", name))
    if turns >= 2 and len(name) >= 6:
        return True
    bare = re.sub(r"[^A-Za-z]", "", name)
    mixed = bool(re.search(r"[a-z][A-Z][a-z]?[A-Z]|[A-Z]{2}[a-z][A-Z]", name)) and "_" not in name
    return (
        len(bare) >= 6 and not re.search(r"[aeiouyAEIOUY]", bare[:6]) and (mixed or len(bare) > 7)
    )
