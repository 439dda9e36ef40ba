"""
What is tracked before it is known who somebody is (LNT-33).

Seen on devices of which the first session was captured from its start: events of their own, and
only then the first identify of that session. Remembers the newest 5 000 devices.
"""

from typing import Any, ClassVar

from app.lint.look import IDENTIFY, SESSION_STARTS, Family, Look, user_values
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, info
from app.lint.words import several, shown

TOO_EARLY = info(
    "LNT-33",
    "Events before the user was identified",
    "Set the user id and properties before the first track(), and initialise the SDK before"
    " everything: earlier events do not have them.",
)

MOST_DEVICES = 5000
_SESSION, _FIRST_TYPE, _FIRST_ID, _COUNT = range(4)
_CAMPAIGN = ("initial_", "utm_", "referr")


class Startup(Family):
    """Keeps, of each new device, the first event of its first session until it is identified."""

    rules: ClassVar[tuple[Rule, ...]] = (TOO_EARLY,)

    def __init__(self) -> None:
        # An empty list: everything is said about this device.
        self.devices: Recent[tuple[int, str], list[Any]] = Recent(MOST_DEVICES)

    def take(self, look: Look, report: Report) -> None:
        for group in look.groups:
            if group.device is None or not group.counted:
                continue
            key = (look.source, group.device)
            kept = self.devices.get(key)
            if kept is None:
                first = group.counted[0].event
                began = first.type in SESSION_STARTS and first.session_id is not None
                kept = [first.session_id, "", 0, 0] if began else []
                self.devices.put(key, kept)
            if kept and not self._follow(kept, group.counted, report):
                self.devices.put(key, [])

    def _follow(self, kept: list[Any], events: Any, report: Report) -> bool:
        """Whether there is still something to be seen."""
        for one in events:
            event = one[2]
            if event[4] != kept[_SESSION]:
                return False
            if event[0] == IDENTIFY:
                own = [name for name in user_values(event[7]) if not _is_campaign(name)]
                if not own:
                    continue
                if kept[_COUNT]:
                    sentence = (
                        f"{shown(kept[_FIRST_TYPE])} and {kept[_COUNT] - 1} more came before"
                        f" {several(own)} was set in a first session."
                    )
                    report.add(TOO_EARLY, kept[_FIRST_TYPE], sentence, [one], also=kept[_FIRST_ID])
                return False
            if event[0][:1] not in "[$" and event[0] not in SESSION_STARTS:
                kept[_COUNT] += 1
                if not kept[_FIRST_ID]:
                    kept[_FIRST_TYPE], kept[_FIRST_ID] = event[0][:200], one[0]
        return True


def _is_campaign(name: str) -> bool:
    return name.startswith(_CAMPAIGN) or name[:1] == "["
