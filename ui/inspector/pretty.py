"""
JSON for reading: indented text, within limits, whatever the nesting.

Written without recursion, because what senders nest a thousand levels deep stops Python's own
encoders.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

INDENT = "  "


class Text(NamedTuple):
    """Text that may have been cut."""

    text: str
    is_cut: bool = False


def pretty(value: Any, most: int | None = None, longest: int | None = None) -> Text:
    """`value` as indented JSON: about `most` characters of it, each text in it at most
    `longest` characters."""
    parts: list[str] = []
    size = 0
    shortened = False

    def scalar(item: Any) -> str:
        nonlocal shortened
        if longest is not None and isinstance(item, str) and len(item) > longest:
            shortened = True
            rest = f"… ({len(item) - longest:,} more characters)"
            return json.dumps(item[:longest] + rest, ensure_ascii=False)
        return scalar_text(item)

    for part in _parts(value, scalar):
        parts.append(part)
        size += len(part)
        if most is not None and size > most:
            return Text("".join(parts)[:most], is_cut=True)
    return Text("".join(parts), shortened)


def scalar_text(item: Any) -> str:
    """One JSON value that holds no others, or holds none."""
    if isinstance(item, int) and not isinstance(item, bool) and item.bit_length() > 10_000:
        return hex(item)  # Python refuses to write so many decimal digits.
    return json.dumps(item, ensure_ascii=False)


def _parts(value: Any, scalar: Callable[[Any], str]) -> Iterator[str]:
    if not _holds_something(value):
        yield scalar(value)
        return
    opening, closing, entries = _opened(value)
    yield opening
    stack = [(entries, closing)]
    separator = "\n"
    while stack:
        entries, closing = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
            yield f"\n{INDENT * len(stack)}{closing}"
            separator = ",\n"
            continue
        prefix, item = entry
        yield f"{separator}{INDENT * len(stack)}{prefix}"
        if _holds_something(item):
            opening, closing, entries = _opened(item)
            yield opening
            stack.append((entries, closing))
            separator = "\n"
        else:
            yield scalar(item)
            separator = ",\n"


def _holds_something(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _opened(value: dict[str, Any] | list[Any]) -> tuple[str, str, Iterator[tuple[str, Any]]]:
    if isinstance(value, dict):
        named = ((f"{json.dumps(str(key), ensure_ascii=False)}: ", value[key]) for key in value)
        return "{", "}", named
    return "[", "]", (("", item) for item in value)
