"""
Exposures to variants: without an assignment, jumping, fallback, named off (LNT-37).

Assignments are seen in the answers of Experiment and in `[Experiment] Assignment` events. A flag of
which none was ever seen is evaluated elsewhere, and then nothing is said about its exposures.
Remembers the newest 10 000 pairs of person and flag, and 1 000 flags.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import Family, Look, properties
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import shown
from app.model import Kind

if TYPE_CHECKING:
    from app.study.arrival import Arrived

EXPOSURE = warning(
    "LNT-37",
    "An exposure that spoils the experiment",
    "Track an exposure only after the variant was fetched for the same user and device, and never"
    " for a fallback. Do not call a real variant off.",
)

EXPOSURES = frozenset({"$exposure", "[Experiment] Exposure"})
ASSIGNMENTS = frozenset({"[Experiment] Assignment", "$assignment"})
MOST_PAIRS = 10_000
MOST_FLAGS = 1000
MOST_VARIANTS = 200
_KINDS = EXPOSURES | ASSIGNMENTS


class Experiments(Family):
    """Keeps who was assigned what, and who was exposed to what."""

    rules: ClassVar[tuple[Rule, ...]] = (EXPOSURE,)

    def __init__(self) -> None:
        # By user or device, not by source: deployments have keys of their own.
        self.assigned: Recent[tuple[str, str], list[str]] = Recent(MOST_PAIRS)
        self.flags: Recent[str, int] = Recent(MOST_FLAGS)
        self.exposed: Recent[tuple[int, int, str], list[Any]] = Recent(MOST_PAIRS)

    def take(self, look: Look, report: Report) -> None:
        if look.arrival.decoded.kind is Kind.EXPERIMENT:
            self._answered(look.arrival.decoded.contents)
        for one in look.counted:
            if one[2][0] in _KINDS:
                values = properties(one[2][7], "event_properties")
                if one[2][0] in ASSIGNMENTS:
                    self._assignment(values, one)
                else:
                    self._exposure(look.source, values, one, report)

    def _answered(self, contents: dict[str, Any]) -> None:
        variants, user = contents.get("variants"), contents.get("user")
        if not isinstance(variants, dict) or not isinstance(user, dict):
            return
        for flag, variant in list(variants.items())[:MOST_VARIANTS]:
            self._assign(flag, variant, user.get("user_id"), user.get("device_id"))

    def _assignment(self, values: dict[str, Any], one: Arrived) -> None:
        for name, value in values.items():
            if name.endswith(".variant"):
                flag = name.removesuffix(".variant").removeprefix("[Experiment] ")
                self._assign(flag, value, one.event.user_id, one.event.device_id)

    def _assign(self, flag: str, variant: Any, *ids: Any) -> None:
        if not isinstance(variant, str):
            return
        self.flags.put(flag[:200], 1)
        for who in ids:
            if isinstance(who, str) and who:
                kept = self.assigned.peek((who[:200], flag[:200])) or []
                if variant not in kept:
                    self.assigned.put((who[:200], flag[:200]), [*kept[-9:], variant[:200]])

    def _exposure(self, source: int, values: dict[str, Any], one: Arrived, report: Report) -> None:
        flag, variant = _exposed(values)
        if not flag:
            return
        for what in self._wrong(flag, variant, values, one):
            report.add(EXPOSURE, flag, what, [one])
        if not variant:
            return
        key = (source, one.person, flag)
        before = self.exposed.peek(key)
        if before and before[0] != variant:
            sentence = (
                f"{_who(one)} was exposed to {shown(before[0])} of {shown(flag)} and then to"
                f" {shown(variant)}: the variant jumped."
            )
            report.add(EXPOSURE, flag, sentence, [one], also=before[1])
        self.exposed.put(key, [variant, one.id])

    def _wrong(
        self, flag: str, variant: str, values: dict[str, Any], one: Arrived
    ) -> Iterator[str]:
        exposed = f"{_who(one)} was exposed to {shown(variant)} of {shown(flag)}"
        details = values.get("metadata")
        if isinstance(details, dict) and details.get("default") is True:
            yield f"{exposed}, which is only the fallback."
        if variant.lower() == "off":
            yield f"{exposed}: off means that nobody sees anything."
            return
        if not variant or self.flags.peek(flag) is None:
            return
        given: list[str] = []
        for who in (one.event.user_id, one.event.device_id):
            given += self.assigned.peek((who[:200], flag)) or [] if who else []
        if variant not in given:
            what = f"was assigned {shown(given[-1])}" if given else "was assigned nothing"
            yield f"{exposed}, but {what}."


def _exposed(values: dict[str, Any]) -> tuple[str, str]:
    """The flag and the variant of an exposure, under the names of SDKs or of the server."""
    flag = values.get("flag_key", values.get("[Experiment] Flag Key"))
    variant = values.get("variant", values.get("[Experiment] Variant"))
    return (
        flag[:200] if isinstance(flag, str) else "",
        variant[:200] if isinstance(variant, str) else "",
    )


def _who(one: Arrived) -> str:
    return shown(one.event.user_id or one.event.device_id)
