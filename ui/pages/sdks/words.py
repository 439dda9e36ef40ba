"""
Options, values and evidence in words.
"""

import json
from typing import Any

from app.sdk.evidence import Confidence, Evidence
from app.sdk.facts import fact
from app.sdk.identify import Family
from app.sdk.options import Option
from app.sdk.report import InstanceReport, SourceReport
from app.sdk.resolve import Resolved
from ui.plain import one_line, plural, short_key

LONGEST = 160
EVIDENCE = {
    Evidence.CONFIGURED: ("Told by the page", "accent"),
    Evidence.WIRE: ("Seen on the wire", "good"),
    Evidence.REMOTE_CONFIG: ("Remote configuration", "note"),
    Evidence.COOKIE: ("Cookie", "good"),
    Evidence.INFERRED: ("Inferred", "note"),
    Evidence.DEFAULT: ("Default", "muted"),
    Evidence.UNKNOWN: ("Not known", "faint"),
}
"""What a badge says, and the colour of its dot."""
_SURE = {Confidence.LOW: ", not sure", Confidence.MEDIUM: ", likely", Confidence.HIGH: ""}


def badge(one: Resolved) -> tuple[str, str]:
    """How it is known, and the colour for that."""
    text, tone = EVIDENCE[one.evidence]
    if one.evidence is Evidence.INFERRED:
        text += _SURE.get(one.confidence, "")
    return text, tone


def value(one: Resolved) -> str:
    """The value as it is shown in a row."""
    if one.evidence is Evidence.UNKNOWN:
        return "—"
    return plain(one.value, one.option)


def default(one: Resolved) -> str:
    """The default as it is shown in a row. There is none for a key."""
    if fact(one.option.name, Family.OTHER) in ("apiKey", "deploymentKey"):
        return "—"
    return plain(one.option.default, one.option)


def plain(found: Any, option: Option | None = None) -> str:
    """A JSON value on one line; with its unit where that is known."""
    if option is not None and type(found) is int and _is_milliseconds(option):
        return span(found) if found >= 60_000 else f"{found:,} ms"
    if found is None or found == "":
        return "not set"
    if found is True:
        return "on"
    if found is False:
        return "off"
    if isinstance(found, dict) and found.keys() == {"at_least_ms", "below_ms"}:
        return f"{span(found['at_least_ms'])} to {span(found['below_ms'])}"
    if isinstance(found, str):
        return one_line(found, LONGEST)
    return one_line(json.dumps(found, ensure_ascii=False), LONGEST)


def _is_milliseconds(option: Option) -> bool:
    return option.name.endswith("Millis") or "in ms" in option.about or "_millis" in option.name


def span(milliseconds: int) -> str:
    """A span of time in one unit."""
    for size, unit in ((3_600_000, "h"), (60_000, "min"), (1000, "s")):
        if milliseconds >= size:
            return f"{milliseconds / size:.1f} {unit}".replace(".0 ", " ")
    return f"{milliseconds:,} ms"


def full(found: Any) -> str:
    """A JSON value as it is copied."""
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=2)


def source_title(source: SourceReport) -> str:
    """A project by its name or its key."""
    if source.name:
        return one_line(source.name, 60)
    return f"Project {short_key(source.api_key)}" if source.api_key else "No project"


def instance_title(report: InstanceReport) -> str:
    """SDK and version, and what wraps it."""
    sdk = report.instance.sdk
    wrapper = f" in {sdk.wrapper}" if sdk.wrapper else ""
    return one_line(f"{sdk.title}{wrapper}", 80)


def where(report: InstanceReport) -> str:
    """The page, app or kind of build."""
    instance = report.instance
    parts = [instance.place, instance.app_version and f"app {instance.app_version}"]
    parts.append(instance.sdk.build and f"{instance.sdk.build} build")
    return one_line(" · ".join(part for part in parts if part), 120)


def amounts(report: InstanceReport) -> str:
    """How much came from how many."""
    instance = report.instance
    exact = "" if instance.device_count < 1024 else "about "
    return f"{plural(instance.events, 'event')}, {exact}{plural(instance.device_count, 'device')}"
