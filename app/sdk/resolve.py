"""
From what observers found to one value for each option, and the record of inferences that later
traffic contradicted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.sdk.evidence import STRENGTH, Because, Confidence, Evidence, Finding
from app.sdk.facts import fact
from app.sdk.identify import Family
from app.sdk.instances import Instance
from app.sdk.observe import Surroundings
from app.sdk.observe.address import shown
from app.sdk.options import Option, Shows, options_of

Json = dict[str, Any]
MOST_WITHDRAWN = 3
FINE = 100
_ORDER = {evidence: at for at, evidence in enumerate(STRENGTH)}


@dataclass(frozen=True, slots=True)
class Resolved:
    """An option with its value, how it is known, and what was thought before. `differs` is None
    when the value is not known."""

    option: Option
    value: Any
    evidence: Evidence
    confidence: Confidence
    because: tuple[Because, ...]
    differs: bool | None
    withdrawn: tuple[str, ...] = ()


def found_by_option(
    instance: Instance, surroundings: Surroundings | None
) -> dict[str, list[Finding]]:
    """Everything that was found, by fact, strongest first."""
    found: dict[str, list[Finding]] = {}
    for one in instance.findings():
        found.setdefault(one.option, []).append(one)
    around = surroundings or Surroundings()
    for one in around.findings(
        instance.sdk, passes_here=instance.passes_here, began=instance.new_devices
    ):
        found.setdefault(one.option, []).append(one)
    for findings in found.values():
        findings.sort(key=lambda one: _ORDER[one.evidence])
    return found


def resolved(
    instance: Instance,
    surroundings: Surroundings | None,
    configured: Mapping[str, Any] | None = None,
) -> list[Resolved]:
    """Every option of the instance. `configured` is what the page itself says that it gave its
    SDK, by option."""
    found = found_by_option(instance, surroundings)
    return [
        _option(option, instance, found.get(fact(option.name, instance.sdk.family), []),
                configured or {})
        for option in options_of(instance.sdk)
    ]  # fmt: skip


def claimed(instance: Instance, surroundings: Surroundings | None) -> dict[str, Finding]:
    """What is known now of each fact that was or is inferred."""
    return {
        name: findings[0]
        for name, findings in found_by_option(instance, surroundings).items()
        if findings[0].evidence is Evidence.INFERRED
        or (name in instance.claims and findings[0].evidence is not Evidence.UNKNOWN)
    }


def note_changes(instance: Instance, claims: Mapping[str, Finding]) -> None:
    """Remember inferences that do not hold any more. One that only became narrower still does."""
    before, now = instance.claims, {name: _claim(one) for name, one in claims.items()}
    for name, was in before.items():
        found = now.get(name)
        if found is None or not _agrees(was["value"], found["value"]):
            kept = instance.withdrawn.setdefault(name, [])
            kept.append({**was, "capture": instance.last_capture})
            del kept[:-MOST_WITHDRAWN]
    instance.claims = now


def is_different(value: Any, default: Any) -> bool:
    """Whether a value is another one than the default. Not set and empty are the same."""
    if isinstance(value, dict) and "at_least_ms" in value and isinstance(default, int):
        return not value["at_least_ms"] <= default <= value["below_ms"]
    if value in (None, "", {}) and default in (None, "", {}):
        return False
    if isinstance(value, bool) != isinstance(default, bool):
        # True is not 1 here.
        return True
    return bool(value != default)


def _option(
    option: Option, instance: Instance, findings: list[Finding], configured: Mapping[str, Any]
) -> Resolved:
    withdrawn = _withdrawn(instance, fact(option.name, instance.sdk.family))
    if option.name in configured:
        told = Because("The SDK's own configuration in the page says so.")
        first = Finding(
            option.name, configured[option.name], Evidence.CONFIGURED, Confidence.CERTAIN, (told,)
        )
        findings = [first, *findings]
    if not findings:
        return _silent(option, withdrawn)
    best = findings[0]
    texts = [text for one in findings for text in one.because]
    if best.evidence is Evidence.UNKNOWN:
        value, differs = None, None
    elif best.evidence is Evidence.DEFAULT:
        value, differs = option.default, False
    else:
        value = best.value
        differs = is_different(value, option.default) and not _is_the_key(option)
    return Resolved(option, value, best.evidence, best.confidence,
                    tuple(dict.fromkeys(texts)), differs, withdrawn)  # fmt: skip


def _silent(option: Option, withdrawn: tuple[str, ...]) -> Resolved:
    text = {
        Shows.NEVER: "This never shows in traffic; only the page or app itself could tell.",
        Shows.WRITTEN: "It would be written in what is sent, and is not.",
        Shows.BEHAVIOUR: "Nothing that was seen so far tells.",
    }[option.shows]
    because = (Because(text),)
    if option.shows is Shows.WRITTEN:
        return Resolved(option, option.default, Evidence.DEFAULT, Confidence.HIGH, because, False,
                        withdrawn)  # fmt: skip
    return Resolved(option, None, Evidence.UNKNOWN, Confidence.LOW, because, None, withdrawn)


def _is_the_key(option: Option) -> bool:
    """Everybody has one of their own, which is no difference worth a word."""
    return fact(option.name, Family.OTHER) in ("apiKey", "deploymentKey")


def _withdrawn(instance: Instance, name: str) -> tuple[str, ...]:
    return tuple(
        f"It was thought to be {shown(was['value'])} until capture {was['capture']:,}"
        f" ({was['because']})"
        for was in instance.withdrawn.get(name, ())
    )


def _claim(one: Finding) -> Json:
    return {"value": one.value, "because": one.because[0].text if one.because else ""}


def _agrees(was: Any, now: Any) -> bool:
    if isinstance(was, dict) and isinstance(now, dict) and "at_least_ms" in was:
        low, high = was["at_least_ms"], was["below_ms"]
        return bool(low <= now.get("at_least_ms", 0) and now.get("below_ms", 0) <= high)
    if isinstance(was, int | float) and isinstance(now, int | float) and max(was, now) > FINE:
        # A measure that became more exact.
        return abs(was - now) <= 0.15 * max(was, now)
    return bool(was == now)
