"""
`[name="value"]` over what SDKs keep of attributes (labeling §A2), and why a value cannot be known:
never recorded, left out on form fields and editors, masked, or cut after 128 units.
"""

from collections.abc import Callable

from app.label.hierarchy import MASK, VALUE_UNITS, Node
from app.label.selector.syntax import Attribute, words
from app.label.verdict import Reason, Verdict

DROPPED = words(
    "style value onclick onchange oninput onblur onsubmit onfocus onkeydown onkeyup onkeypress"
    " data-reactid data-react-checksum data-reactroot data-amp-mask-attributes data-amp-mask"
    " data-amp-internal-shadow"
)
"""Attributes that SDKs never record (labeling §A2)."""
FIELDS = frozenset({"input", "select", "textarea"})
DRAWINGS = frozenset({"svg", "path", "g"})
TRACKED = frozenset({"a", "button", "input", "select", "textarea", "label", "video", "audio"})
"""Tags that SDKs report by themselves; any other subject may be an editor without attributes."""
FOLDED = words(
    "accept accept-charset align alink axis bgcolor charset checked clear codetype color compact"
    " declare defer dir direction disabled enctype face frame hreflang http-equiv lang language"
    " link media method multiple nohref noresize noshade nowrap readonly rel rev rules scope"
    " scrolling selected shape target text type valign valuetype vlink"
)
"""Attributes whose values HTML compares without regard to case."""

HTML = Node("html", 0, 0)
"""The element around every page, of which only the tag is known."""

type Test = Callable[[Node, int, bool], Verdict]
"""(node, its place in the chain, whether classes were recorded) → verdict."""


def no_class(node: Node) -> Verdict:
    """What is known of a class when none were recorded."""
    return False if node is HTML else Reason.NO_CLASSES


def attribute_test(part: Attribute) -> Test:
    """The test of one attribute."""
    name = part.name.lower()
    if name == "id":
        return lambda node, *_: _rebuilt(part, node.id)
    if name == "class":
        return lambda node, _, known: (
            _rebuilt(part, " ".join(node.classes)) if known else no_class(node)
        )
    fold = part.flag == "i" or (part.flag != "s" and name in FOLDED)
    wanted = _folded(part.value) if fold else part.value

    def test(node: Node, place: int, _: bool) -> Verdict:
        held = node.attrs.get(name)
        if held is None:
            held = node.attrs.get(part.name)
        if held is None or name in DROPPED:
            return _hidden(name, node, place) or False
        if not part.op:
            return True
        if MASK in held:
            return Reason.MASKED
        return _compared(part.op, _folded(held) if fold else held, wanted, _is_cut(held))

    return test


def _hidden(name: str, node: Node, place: int) -> Reason | None:
    """Why an attribute may be there though it was not recorded, or None."""
    if name in DROPPED:
        return Reason.DROPPED
    if node.tag in DRAWINGS or (node.tag in FIELDS and name != "type"):
        return Reason.SENSITIVE
    if node.attrs.keys() <= {"type"} and name != "type" and node is not HTML:
        # An editor keeps nothing but its type, not even what makes it one.
        is_subject = place == 0 and node.tag not in TRACKED
        if name == "contenteditable" or (is_subject and "amp-default-track" not in node.classes):
            return Reason.SENSITIVE
    return None


def _rebuilt(part: Attribute, held: str) -> Verdict:
    """`[id…]` and `[class…]`, of which an empty value looks like none at all."""
    if not held:
        empty = not part.op or (part.op in {"=", "|="} and not part.value)
        return Reason.EMPTY if empty else False
    if not part.op:
        return True
    if part.flag == "i":
        return _compared(part.op, _folded(held), _folded(part.value), False)
    return _compared(part.op, held, part.value, False)


def _is_cut(held: str) -> bool:
    if len(held) < VALUE_UNITS // 2:
        return False
    units = len(held) + sum(character > "\uffff" for character in held)
    return units >= VALUE_UNITS


def _compared(op: str, held: str, wanted: str, cut: bool) -> Verdict:
    """One comparison of CSS; of a cut value only the beginning is known."""
    match op:
        case "=":
            found = held == wanted
            later = wanted.startswith(_whole(held))
        case "~=":
            words = _words(held)
            usable = bool(wanted) and not _words(wanted)[1:] and wanted == wanted.strip(" \t\n\r\f")
            found = usable and wanted in words
            if cut and found:
                # The last word may go on.
                found = wanted in words[:-1] or held[-1:].isspace()
            later = usable
        case "|=":
            found = held.startswith(f"{wanted}-") or (held == wanted and not cut)
            later = f"{wanted}-".startswith(_whole(held))
        case "^=":
            found = bool(wanted) and held.startswith(wanted)
            later = bool(wanted) and wanted.startswith(_whole(held))
        case "$=":
            found = bool(wanted) and held.endswith(wanted) and not cut
            later = bool(wanted)
        case _:
            found = bool(wanted) and wanted in held
            later = bool(wanted)
    if not cut:
        return found
    if found and op != "=":
        return True
    return Reason.CUT if later else False


def _whole(held: str) -> str:
    """A cut value without the half of a character at its end."""
    return held[:-1] if held[-1:] == "\ufffd" or "\ud800" <= held[-1:] <= "\udfff" else held


def _words(text: str) -> list[str]:
    for blank in "\t\n\r\f":
        text = text.replace(blank, " ")
    return text.split(" ") if text else []


def _folded(text: str) -> str:
    """Lower case of ASCII alone, as CSS compares."""
    if text.isascii():
        return text.lower()
    return "".join(one.lower() if one.isascii() else one for one in text)
