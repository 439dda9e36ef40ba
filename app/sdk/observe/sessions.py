"""
How long a pause ends a session: between the longest pause that did not and the shortest that did
(wire-format §2.2, §3.3).
"""

from collections.abc import Iterator

from app.sdk.evidence import Because, Confidence, Finding, inferred, unknown
from app.sdk.identify import IN_APPS, IN_BROWSERS, Sdk
from app.sdk.observe.observer import Observer, Seen

DEVICES = 400
"""Remembered at a time."""
ROOM_MS = 50
"""Clocks are read a little apart."""
MANY = 5


class SessionObserver(Observer):
    """Bounds of the pause, and for each recent device its last session and event."""

    def __init__(self) -> None:
        self.devices: dict[str, list[int]] = {}
        """Session, time of the last event, capture."""
        self.held: list[int] = []
        """The longest pause within a session, its capture."""
        self.ended: list[int] = []
        """The shortest pause that ended one, its capture."""
        self.sessions = 0
        self.early = 0
        """Sessions that began for another reason, before the pause was long enough."""

    def take(self, seen: Seen) -> None:
        """Events come in order within an upload, but for session_end, which is of the past."""
        devices = self.devices
        for one in seen.events:
            event = one.event
            session, time, device = event.session_id, event.time_ms, event.device_id
            if session is None or session <= 0 or time is None or device is None:
                continue
            if event.type == "session_end" or one.repeat_of is not None:
                continue
            last = devices.get(device)
            if last is None:
                if len(devices) >= DEVICES:
                    del devices[next(iter(devices))]
                devices[device[:100]] = [session, time, seen.capture_id]
                self.sessions += 1
            elif session == last[0]:
                pause = time - last[1]
                if pause > 0:
                    if not self.held or pause > self.held[0]:
                        self._hold(pause, seen.capture_id)
                    last[1] = time
            elif session > last[0]:
                self._begin(session - last[1], seen.capture_id)
                devices[device[:100]] = [session, max(time, session), seen.capture_id]

    def _hold(self, pause: int, capture: int) -> None:
        self.held = [pause, capture]
        if self.ended and pause > self.ended[0] + ROOM_MS:
            # That session ended for another reason: a campaign, or code of the page.
            self.ended = []
            self.early += 1

    def _begin(self, pause: int, capture: int) -> None:
        self.sessions += 1
        if pause <= 0 or (self.held and pause < self.held[0] - ROOM_MS):
            self.early += 1
        elif not self.ended or pause < self.ended[0]:
            self.ended = [pause, capture]

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """sessionTimeout."""
        if sdk.family not in IN_BROWSERS | IN_APPS or not self.sessions:
            return
        texts = []
        if self.held:
            text = f"A pause of {spelled(self.held[0])} did not end a session."
            texts.append(Because(text, (self.held[1],)))
        if self.ended:
            text = f"A new session began after a pause of {spelled(self.ended[0])}."
            texts.append(Because(text, (self.ended[1],)))
        if self.early:
            text = f"{self.early:,} sessions began earlier, for another reason."
            texts.append(Because(text))
        if not self.ended:
            texts.append(Because("No session has ended by a pause yet."))
            yield unknown("sessionTimeout", *texts)
            return
        least = self.held[0] if self.held else 0
        value = {"at_least_ms": least, "below_ms": self.ended[0]}
        is_tight = least * 2 > self.ended[0]
        confidence = Confidence.MEDIUM if is_tight else Confidence.LOW
        yield inferred("sessionTimeout", value, confidence, *texts)


def spelled(span_ms: int) -> str:
    """A span of time in one unit."""
    for size, unit in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")):
        if span_ms >= 2 * size:
            return f"{span_ms / size:.1f} {unit}".replace(".0 ", " ")
    return f"{span_ms:,} ms"
