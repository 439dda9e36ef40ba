"""
What is inside properties: too long, too deep, too many, somebody's data (LNT-24, WIRE-03, 11).

Looks at no more than 5 000 values of an event, and remembers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import Family, Look
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

TOO_LONG = warning(
    "LNT-24",
    "A value that is too long or too deep",
    "Amplitude cuts texts after 1,024 characters and lists after 10,000, and takes objects 40"
    " levels deep. Send less, or split it.",
)
TOO_MANY_KEYS = warning(
    "WIRE-03",
    "More than 1,000 properties in one event",
    "SDKs refuse such an object as a whole. Send fewer properties.",
)
PERSONAL = warning(
    "WIRE-11",
    "Personal data in a property",
    "Remove or hash e-mail addresses, card numbers and social security numbers before they are"
    " sent.",
)

LONGEST_TEXT = 1024
LONGEST_LIST = 10_000
DEEPEST = 40
MOST_KEYS = 1000
MOST_VALUES = 5000
_SCOPES = ("event_properties", "user_properties", "group_properties")
_E_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+\.[\w.-]*[a-zA-Z]")
_NUMBER = re.compile(r"\d{3}-\d{2}-\d{4}|\d(?:[ -]?\d){12,18}")
_LONGEST_NUMBER = 37
_PLAIN = frozenset({int, float, bool, type(None)})


class Values(Family):
    """Looks at every value; numbers and short texts are passed at once."""

    rules: ClassVar[tuple[Rule, ...]] = (TOO_LONG, TOO_MANY_KEYS, PERSONAL)

    def take(self, look: Look, report: Report) -> None:
        for one in look.fresh:
            fields = one[2][7]
            for scope in _SCOPES:
                values = fields.get(scope)
                if values and type(values) is dict:
                    _look(values, one, report)


def _look(values: dict[str, Any], one: Arrived, report: Report) -> None:
    if len(values) > MOST_KEYS:
        sentence = f"{shown(one.event.type)} has {len(values):,} properties in one object."
        report.add(TOO_MANY_KEYS, one.event.type, sentence, [one])
    left = MOST_VALUES
    for name, value in values.items():
        kind = type(value)
        if kind is str:
            if len(value) > LONGEST_TEXT or "@" in value or value[:1].isdecimal():
                _text(name, value, one, report)
        elif kind not in _PLAIN:
            left -= _nested(name, value, left, one, report)
        if left <= 0:
            return


def _text(name: str, value: str, one: Arrived, report: Report) -> None:
    if len(value) > LONGEST_TEXT:
        _say_long(name, f"is a text of {len(value):,} characters", one, report)
    what = _personal(value)
    if what:
        # The value itself is not repeated: this is what should not be stored.
        sentence = f"{shown(name)} of {shown(one.event.type)} holds {what}."
        report.add(PERSONAL, f"{name}: {what}", sentence, [one])


def _personal(value: str) -> str:
    """What a text tells of somebody, or nothing."""
    if "@" in value and _E_MAIL.search(value[:LONGEST_TEXT]):
        return "an e-mail address"
    if not value[:1].isdecimal() or len(value) > _LONGEST_NUMBER:
        return ""
    if not _NUMBER.fullmatch(value):
        return ""
    digits = [int(letter) for letter in value if letter.isdecimal()]
    if len(digits) == 9:
        return "a social security number"
    return "a card number" if "-" in value or " " in value or _is_card(digits) else ""


def _is_card(digits: list[int]) -> bool:
    """By its check digit, and by how cards begin: times in milliseconds begin with a 1."""
    if digits[0] not in (3, 4, 5, 6) or len(digits) < 14:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _nested(name: str, value: Any, most: int, one: Arrived, report: Report) -> int:
    """Looks into a list or object; returns how many values were seen."""
    seen, length, deepest = 0, 0, 0
    for depth, item in _inside(value):
        seen += 1
        deepest = max(deepest, depth)
        if type(item) is str:
            length += len(item)
            if len(item) > LONGEST_TEXT or "@" in item:
                _text(name, item, one, report)
        else:
            length += 2
        if seen >= most:
            break
    if deepest > DEEPEST:
        _say_long(name, f"is nested more than {DEEPEST} levels deep", one, report)
    elif length > LONGEST_LIST and type(value) is list:
        _say_long(name, f"is a list of {length:,} characters", one, report)
    return seen


def _inside(value: Any) -> Iterator[tuple[int, Any]]:
    """Everything in a list or object with its depth. Without recursion, against hostile depth."""
    level, depth = [value], 1
    while level:
        below: list[Any] = []
        for container in level:
            for item in container.values() if type(container) is dict else container:
                yield depth, item
                if type(item) is dict or type(item) is list:
                    below.append(item)
        level, depth = below, depth + 1


def _say_long(name: str, what: str, one: Arrived, report: Report) -> None:
    report.add(TOO_LONG, name, f"{shown(name)} of {shown(one.event.type)} {what}.", [one])
