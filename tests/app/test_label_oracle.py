"""The matcher against what Chromium answered on the very elements that were clicked."""

import json

import pytest

from app.errors import BadInput
from app.label.selector import parse
from app.label.verdict import Reason
from tests.app.labeling import hierarchy
from tests.factories import DATA

ORACLE = json.loads((DATA / "label" / "oracle.json").read_text("utf-8"))
OF_HTML = frozenset({"[data-theme] button"})
"""Selectors that name an attribute of <html>, which is not recorded (labeling §C2)."""


def test_no_decided_answer_differs_from_the_browser() -> None:
    wrong, decided, unknown = [], 0, []
    for row in (row for row in ORACLE["rows"] if "results" in row):
        recorded = hierarchy(row["fixture"].replace("autocapture/", "captures/")[:-5], row["event"])
        for text, *truth in row["results"]:
            if "invalid" in truth or text in OF_HTML:
                continue
            try:
                chosen = parse(text)
            except BadInput:
                continue
            answers = [chosen.matches(recorded), chosen.closest(recorded)]
            for answer, true in zip(answers, truth, strict=True):
                if isinstance(answer, Reason):
                    unknown.append((answer, text))
                    continue
                decided += 1
                if answer is not true:
                    wrong.append((row["fixture"], text, answer, true))
    assert wrong == []
    assert decided > 4_000
    assert len(unknown) < 0.1 * decided
    assert {reason for reason, _ in unknown} >= {Reason.DROPPED, Reason.SENSITIVE, Reason.MASKED}


@pytest.mark.parametrize("text", ORACLE["selectors"])
def test_what_the_browser_knows_and_we_cannot_is_refused_in_words(text: str) -> None:
    needs_more = (":has", "~ ", ".price +", ":only", ":nth-last", ":enabled", ":checked", ":focus")
    if any(part in text for part in needs_more) or "of ." in text:
        with pytest.raises(BadInput) as refused:
            parse(text)
        assert refused.value.sentence.endswith(".")
    else:
        assert parse(text).text == text
