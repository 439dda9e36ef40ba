"""
An instance's options as text for the clipboard.
"""

import json

from app.sdk.evidence import Evidence
from app.sdk.report import InstanceReport, exported_instance
from ui.pages.sdks import words


def as_json(report: InstanceReport) -> str:
    """Everything, as `eventscope sdks` prints it."""
    return json.dumps(exported_instance(report), ensure_ascii=False, indent=2)


def as_markdown(report: InstanceReport) -> str:
    """What is known, as a table."""
    lines = [
        f"## {_cell(words.instance_title(report))}",
        "",
        f"{_cell(words.where(report))} {words.amounts(report)}.".strip(),
        "",
        "| Option | Value | How it is known | Default |",
        "|---|---|---|---|",
    ]
    known = [one for one in report.options if one.evidence is not Evidence.UNKNOWN]
    for one in sorted(known, key=lambda one: one.differs is not True):
        cells = (one.option.name, words.value(one), words.badge(one)[0],
                 words.default(one))  # fmt: skip
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    unknown = [one.option.name for one in report.options if one.evidence is Evidence.UNKNOWN]
    if unknown:
        lines += ["", f"Not known: {', '.join(map(_cell, unknown))}."]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text from traffic must not become markup in the document it is pasted into."""
    for sign in "\\|`<>[]*_":
        text = text.replace(sign, f"\\{sign}")
    return text
