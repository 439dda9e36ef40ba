"""
How often an upload is tried again, whether events wait out being offline, and whether the sender
may send at all (wire-format §3.3, §4.3).
"""

from collections.abc import Iterator

from app.sdk.evidence import Confidence, Finding, inferred, unknown
from app.sdk.identify import Sdk
from app.sdk.observe.observer import Observer, Seen, Tally, because, counted
from app.sdk.observe.sessions import spelled

CHAINS = 200
OLD_MS = 600_000


class RetryObserver(Observer):
    """Uploads that were sent again, by the event that they began with."""

    def __init__(self) -> None:
        self.chains: dict[str, int] = {}
        self.longest: Tally = [0, 0, 0]
        self.again = 0
        self.old: Tally = [0, 0, 0]
        self.oldest_ms = 0
        self.events: Tally = [0, 0, 0]

    def take(self, seen: Seen) -> None:
        """An upload is sent again when its first event is."""
        if not seen.events:
            return
        number, first = seen.capture_id, seen.events[0]
        self.events[0] += len(seen.events)
        self.events[1] = self.events[1] or number
        self.events[2] = number
        if first.repeat_of is not None and "delay" not in first.event.fields:
            key = str(first.repeat_of)
            tries = self.chains.pop(key, 0) + 1
            self.chains[key] = tries
            if len(self.chains) > CHAINS:
                del self.chains[next(iter(self.chains))]
            self.again += 1
            if tries >= self.longest[0]:
                self.longest = [tries, number, number]
            return
        time = first.event.time_ms
        if time is not None and OLD_MS < seen.sent_ms - time < 100 * OLD_MS:
            self.old[0] += 1
            self.old[1] = self.old[1] or number
            self.old[2] = number
            self.oldest_ms = max(self.oldest_ms, seen.sent_ms - time)

    def findings(self, sdk: Sdk) -> Iterator[Finding]:  # noqa: ARG002 - others need it
        """flushMaxRetries, offline, optOut."""
        if self.events[0]:
            text = f"{counted(self.events[0], 'event')} came, and who is opted out sends none."
            yield inferred("optOut", False, Confidence.HIGH, because(text, self.events))
        if self.longest[0]:
            text = (
                f"{counted(self.again, 'upload')} came again, one of them"
                f" {counted(self.longest[0], 'time')}, so it is no less."
            )
            found = unknown("flushMaxRetries", because(text, self.longest))
        else:
            found = unknown("flushMaxRetries", because("No upload came again yet.", self.events))
        yield found
        if self.old[0]:
            text = (
                f"{counted(self.old[0], 'upload')} held events of up to {spelled(self.oldest_ms)}"
                " before: they waited, offline or on a page that was closed."
            )
            yield unknown("offline", because(text, self.old))
