"""
What the Problems page and the status bar read, beside the GUI thread, and how they say it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ui.plain import lines, plural

if TYPE_CHECKING:
    from app.lint.reading import Finding, Totals
    from app.store import Store

ICONS = {"error": "error", "warning": "warning", "info": "info"}
TONES = {"error": "bad", "warning": "warning", "info": "note"}
_LONG_WORD = re.compile(r"\S{24}(?=\S)")
WORDS = {"error": "Error", "warning": "Warning", "info": "Note"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """All findings, worst first, and how many uploads could not be understood."""

    findings: tuple[Finding, ...] = ()
    uploads: int = 0
    muted: int = 0

    @property
    def summary(self) -> str:
        """All in a line, which adds up to what the tabs and the status bar count."""
        counts = dict.fromkeys(ICONS, 0) | {"error": self.uploads}
        for one in self.findings:
            counts[one.rule.severity] += not one.is_muted
        parts = [counted(counts["error"], counts["warning"], counts["info"]) or "Nothing found"]
        if self.uploads and self.uploads != counts["error"]:
            parts.append(f"among them {plural(self.uploads, 'upload')} not understood")
        if self.muted:
            parts.append(f"{self.muted:,} muted")
        return "  ·  ".join(parts)


def read_all(store: Store, folder: Path) -> Loaded:
    """Everything that was found."""
    from app.lint.mutes import muted
    from app.lint.reading import all_findings

    found = tuple(all_findings(store, muted(folder)))
    return Loaded(found, store.uploads.problems(), sum(one.is_muted for one in found))


def read_totals(store: Store, folder: Path) -> Totals:
    """How much was found; an upload that could not be understood is an error."""
    from app.lint.mutes import muted
    from app.lint.reading import totals

    found = totals(store, muted(folder))
    return found._replace(errors=found.errors + store.uploads.problems())


def breakable(text: str) -> str:
    """`text` for a label that wraps: a label is as wide as the longest word in it, so that of
    words which are longer than a name the parts count as words."""
    return _LONG_WORD.sub("\\g<0>\u200b", lines(text))


def counted(errors: int, warnings: int, notes: int) -> str:
    """`1 error, 2 warnings, 3 notes`, without those that there are none of."""
    parts = ((errors, "error"), (warnings, "warning"), (notes, "note"))
    return ", ".join(plural(count, word) for count, word in parts if count)
