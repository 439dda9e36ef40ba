"""
Ids as such: too short, placeholders, odd letters, e-mail addresses (LNT-01, 02, 03, 06).

What an id looks like is found out when it is first seen. Remembers the newest 20 000 ids.
"""

import re
from typing import ClassVar

from app.ingest.identity import PLACEHOLDERS, SHORTEST_ID, shortest_id
from app.lint.look import GROUP_IDENTIFY, Family, Group, Look
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, error, info, warning
from app.lint.words import shown

NO_ID = error(
    "LNT-01",
    "No usable id",
    "Send a device_id or a user_id of at least 5 characters, or lower options.min_id_length."
    " Amplitude refuses the event otherwise.",
)
PLACEHOLDER = error(
    "LNT-02",
    "An id that stands for nobody, or for many",
    "Leave the user id out until somebody has logged in, and clear it when they log out. Otherwise"
    " different people become one.",
)
ODD_ID = warning(
    "LNT-03",
    "An id with odd characters, or nearly the same as another",
    "Send ids trimmed, without quotes, and always in the same case: Amplitude compares them letter"
    " by letter, so two spellings are two people.",
)
E_MAIL = info(
    "LNT-06",
    "E-mail address as user id",
    "Prefer an id that never changes and names nobody: an address changes with its owner, a user"
    " id cannot.",
)

MOST_IDS = 20_000
_PLACEHOLDER, _ODD, _TWIN, _E_MAIL, _SEEN = 1, 2, 4, 8, 16
_ODD_LETTERS = re.compile(r"""["'`“”‘’\s]""")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Ids(Family):
    """Looks at each id once, and at each pair of ids of an upload."""

    rules: ClassVar[tuple[Rule, ...]] = (NO_ID, PLACEHOLDER, ODD_ID, E_MAIL)

    def __init__(self) -> None:
        self.known: Recent[tuple[int, str, str], int] = Recent(MOST_IDS)
        self.spellings: Recent[tuple[int, str, str], str] = Recent(MOST_IDS)

    def take(self, look: Look, report: Report) -> None:
        for group in look.groups:
            for kind, value in (("user_id", group.user), ("device_id", group.device)):
                if value is not None:
                    flags = self._flags(look.source, kind, value)
                    if flags != _SEEN:
                        self._say(look.source, kind, value, flags, group, report)
            self._length(look, group, report)

    def _length(self, look: Look, group: Group, report: Report) -> None:
        user, device = group.user, group.device
        if (device and len(device) >= SHORTEST_ID) or (user and len(user) >= SHORTEST_ID):
            return
        least = shortest_id(look.upload.options) if look.upload else SHORTEST_ID
        if max(len(user or ""), len(device or "")) >= max(least, 1):
            return
        events = [one for one in group.fresh if one.event.type != GROUP_IDENTIFY]
        if events:
            report.add(
                NO_ID,
                events[-1].event.type,
                f"{shown(events[-1].event.type)} has user_id {shown(user)} and device_id"
                f" {shown(device)}: neither has {least} characters, so it belongs to nobody.",
                events,
            )

    def _flags(self, source: int, kind: str, value: str) -> int:
        found = self.known.peek((source, kind, value))
        if found is None:
            found = self._first_look(source, kind, value)
            self.known.put((source, kind, value), found)
        return found

    def _first_look(self, source: int, kind: str, value: str) -> int:
        flags = _SEEN
        if value.strip().lower() in PLACEHOLDERS:
            return flags | _PLACEHOLDER
        if _ODD_LETTERS.search(value):
            flags |= _ODD
        if kind == "user_id" and "@" in value[:200] and _ADDRESS.fullmatch(value[:200]):
            flags |= _E_MAIL
        key = (source, kind, _ODD_LETTERS.sub("", value[:200]).casefold())
        first = self.spellings.peek(key)
        if first is None:
            self.spellings.put(key, value[:200])
        elif first != value[:200]:
            flags |= _TWIN
        return flags

    def _say(
        self, source: int, kind: str, value: str, flags: int, group: Group, report: Report
    ) -> None:
        quoted = shown(value)
        if flags & _PLACEHOLDER:
            sentence = (
                f"The {kind} is {quoted}, which is no id: everybody who sends it is one person."
            )
            report.add(PLACEHOLDER, f"{kind} {value}", sentence, group.fresh)
        if flags & _TWIN:
            first = self.spellings.peek(
                (source, kind, _ODD_LETTERS.sub("", value[:200]).casefold())
            )
            sentence = (
                f"The {kind} {quoted} and {shown(first)} are nearly the same, yet two people."
            )
            report.add(ODD_ID, f"{kind} {value}", sentence, group.fresh)
        elif flags & _ODD:
            sentence = f"The {kind} {quoted} has quotes or spaces in it."
            report.add(ODD_ID, f"{kind} {value}", sentence, group.fresh)
        if flags & _E_MAIL:
            sentence = f"The user_id is an e-mail address, such as {quoted}."
            report.add(E_MAIL, "user_id", sentence, group.fresh)
