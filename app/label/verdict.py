"""
Three answers: yes, no, and "cannot know" with its reason (labeling §C3).

A verdict is True, False or a `Reason`. A reason is never counted as a match and never as a miss.
Compare with `is True` and `is False`; a reason is truthy like any text.
"""

from collections.abc import Iterable
from enum import StrEnum


class Reason(StrEnum):
    """Why a question about an element cannot be answered from what was recorded."""

    NO_HIERARCHY = "no_hierarchy"
    TRUNCATED = "truncated"
    NO_CLASSES = "no_classes"
    NO_POSITION = "no_position"
    DROPPED = "dropped"
    SENSITIVE = "sensitive"
    MASKED = "masked"
    CUT = "cut"
    EMPTY = "empty"
    HTML = "html"

    @property
    def sentence(self) -> str:
        """The reason for a person."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.NO_HIERARCHY: "The event carries no element hierarchy.",
    Reason.TRUNCATED: "An older SDK cut the hierarchy, so the elements around it are not known.",
    Reason.NO_CLASSES: "The SDK was told not to record classes.",
    Reason.NO_POSITION: "The SDK did not record where the element stands among its siblings.",
    Reason.DROPPED: "SDKs never record this attribute.",
    Reason.SENSITIVE: "SDKs record no attributes but the type of form fields and editors,"
    " and none of drawings.",
    Reason.MASKED: "The value was masked before it was sent.",
    Reason.CUT: "SDKs record the first 128 characters of a value, and this one is longer.",
    Reason.EMPTY: "SDKs do not record whether an empty id or class is written.",
    Reason.HTML: "SDKs do not record the page's <html> element.",
}

type Verdict = bool | Reason


def negated(verdict: Verdict) -> Verdict:
    """NOT: what cannot be known stays so."""
    return verdict if isinstance(verdict, Reason) else not verdict


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """AND: a single no decides, else the first reason, else yes."""
    unknown: Reason | None = None
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is not True and unknown is None:
            unknown = verdict
    return True if unknown is None else unknown


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """OR: a single yes decides, else the first reason, else no."""
    unknown: Reason | None = None
    for verdict in verdicts:
        if verdict is True:
            return True
        if verdict is not False and unknown is None:
            unknown = verdict
    return False if unknown is None else unknown
