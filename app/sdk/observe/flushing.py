"""
How long events wait and how many go at once, from when uploads leave (wire-format §3.3).

A timer never fires early: the time from an upload's oldest event to its sending is the interval or
a little more, unless something else made it go. So the smallest value that many uploads share is
the interval. An upload was cut short when the next one holds events that were there before it left;
then its size is the size of the queue.
"""

from bisect import bisect_right
from collections.abc import Iterator
from statistics import median

from app.sdk.evidence import Because, Confidence, Finding, inferred, unknown
from app.sdk.facts import fact
from app.sdk.identify import Family, Sdk
from app.sdk.observe.observer import Observer, Seen, Tally, because, counted
from app.sdk.options import options_of

SAMPLES = 48
LONGEST_WAIT_MS = 600_000
FEW = 3
"""Uploads that must agree on an interval."""
BEFORE_MS = 15
"""An event this much older than an upload that left without it had to wait for the next."""
LATE_MS = 50
WITH_MS = 150
"""What leaves so soon after a full queue was the rest of it."""
REST_MS = 10_000
"""The rest of a queue leaves as soon as what was cut off it was answered."""
LONGEST_REST_MS = 120_000
"""Events that are older were not waiting: somebody sends what happened long ago."""
PAST = frozenset(
    {
        "session_end",
        "[Amplitude] Rage Click",
        "[Amplitude] Dead Click",
        "[Amplitude] Error Click",
        "[Amplitude] Thrashed Cursor",
        "[Amplitude] Main Thread Block",
        "[Amplitude] Network Request",
        "[Amplitude] Web Vitals",
    }
)
"""Events whose time is that of something earlier (wire-format §2.2, §5.1)."""
STEPS = (60_000, 30_000, 10_000, 5000, 1000, 500, 250, 100, 50, 10, 5)


CHUNKING = frozenset({Family.BROWSER_2, Family.BROWSER_1, Family.NODE, Family.REACT_NATIVE})
"""In these a full queue makes nothing go; it only cuts what goes (wire-format §0.12)."""


class FlushingObserver(Observer):
    """The newest waits, and the sizes of uploads that were cut."""

    def __init__(self) -> None:
        self.waits: list[list[int]] = []
        """Milliseconds, events, capture, when it left."""
        self.largest: Tally = [0, 0, 0]
        self.cuts: dict[str, Tally] = {}
        self.previous: list[int] = []
        """When the upload before left, its events, its capture."""
        self.device: str = ""
        self.shrunk = 0
        """The capture that was answered 413, after which SDKs send less at once."""
        self.uploads = 0
        self.is_own_clock = False

    def take(self, seen: Seen) -> None:
        """Uploads that are sent again say nothing of when they were due."""
        if seen.is_again or not seen.events:
            return
        if seen.code == 413 and not self.shrunk:
            self.shrunk = seen.capture_id
        times = [
            one.event.time_ms
            for one in seen.events
            if one.event.time_ms is not None and one.event.type not in PAST
        ]
        if not times:
            return
        self.uploads += 1
        size, oldest = len(seen.events), min(times)
        wait = seen.sent_ms - oldest
        if 0 <= wait < LONGEST_WAIT_MS:
            self.waits.append([wait, size, seen.capture_id, seen.sent_ms])
            del self.waits[:-SAMPLES]
        if size >= self.largest[0]:
            self.largest = [size, seen.capture_id, seen.capture_id]
        device = (seen.events[0].event.device_id or "")[:100]
        if self.previous and device == self.device and not self.shrunk:
            left, events, capture = self.previous
            is_rest = 0 <= seen.sent_ms - left < REST_MS and wait < LONGEST_REST_MS
            if is_rest and oldest < left - BEFORE_MS:
                self._cut(events, capture)
                if self.waits and self.waits[-1][2] == seen.capture_id:
                    self.waits.pop()  # The rest of a cut left with it, and waited for nothing.
        self.device = device
        self.is_own_clock = seen.is_own_clock
        self.previous = [seen.sent_ms, size, seen.capture_id]

    def _cut(self, size: int, capture: int) -> None:
        found = self.cuts.setdefault(str(size), [0, capture, capture])
        found[0] += 1
        found[2] = capture
        if len(self.cuts) > 8:
            del self.cuts[min(self.cuts, key=lambda key: self.cuts[key][0])]

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """flushIntervalMillis, flushQueueSize, batchEvents."""
        if not self.uploads:
            return
        if sdk.family is Family.LEGACY_JS:
            yield from self._legacy_js(sdk)
            return
        yield self._interval(sdk)
        yield self._size(sdk)

    def _interval(self, sdk: Sdk, option: str = "flushIntervalMillis") -> Finding:
        waits = self._timed(sdk)
        cluster = common_wait(waits)
        if cluster is None:
            text = "No upload is known to have left by a timer."
            if waits:
                text = f"{counted(len(waits), 'upload')} may have left by a timer; too few agree."
            return unknown(option, Because(text, tuple(self.waits[-1][2:3]) if self.waits else ()))
        value = self._value(min(cluster), sdk)
        is_seconds = sdk.family is Family.LEGACY_NODE
        captures = tuple(sorted(one[2] for one in self.waits if one[0] in cluster))[:4]
        text = (
            f"{len(cluster):,} of {counted(len(waits), 'upload')} left {min(cluster):,} to"
            f" {max(cluster):,} ms after their oldest event (median {round(median(cluster)):,} ms)."
        )
        confidence = Confidence.MEDIUM if len(cluster) < 8 else Confidence.HIGH
        return inferred(option, value / 1000 if is_seconds else value, confidence,
                        Because(text, captures))  # fmt: skip

    def _value(self, wait: int, sdk: Sdk) -> int:
        """The default, when this is that and a little late: pages are busy."""
        usual = _default(sdk)
        if usual <= wait <= 1.1 * usual + LATE_MS:
            return usual
        return even(wait)

    def _timed(self, sdk: Sdk) -> list[int]:
        """The waits of uploads that no full queue made go."""
        filled = self._filled(sdk)
        full = {int(size) for size in self.cuts} | {filled}
        with_full = [one[3] for one in self.waits if filled and one[1] == filled]
        return [
            wait
            for wait, size, _, left in self.waits
            if size not in full and all(abs(left - one) > WITH_MS for one in with_full)
        ]

    def _filled(self, sdk: Sdk) -> int:
        """The size at which uploads go at once, where a full queue makes them go; or 0. Then the
        largest come often, and long before others do."""
        size = self.largest[0]
        if sdk.family in CHUNKING or size < 2:
            return 0
        full = [one[0] for one in self.waits if one[1] == size]
        others = [one[0] for one in self.waits if one[1] < size]
        if len(full) >= FEW and others and max(full) * 3 < median(others):
            return size
        return 0

    def _size(self, sdk: Sdk, option: str = "flushQueueSize") -> Finding:
        largest = self.largest
        filled = self._filled(sdk)
        if filled:
            text = (
                f"Uploads of {counted(filled, 'event')} leave at once, smaller ones wait, and none"
                " was larger."
            )
            return inferred(option, filled, Confidence.HIGH, because(text, largest))
        captures = tuple(dict.fromkeys(largest[1:]))
        best = max(self.cuts, key=lambda key: self.cuts[key][0], default=None)
        enough = 1 if self.is_own_clock else FEW
        if best is not None and int(best) == largest[0] and self.cuts[best][0] >= enough:
            often = self.cuts[best]
            text = (
                f"{counted(often[0], 'upload')} stopped at {counted(int(best), 'event')} although"
                " more were waiting, and none was larger."
            )
            confidence = Confidence.HIGH if often[0] >= FEW else Confidence.MEDIUM
            return inferred(option, int(best), confidence, because(text, often))
        text = f"The largest upload so far has {counted(largest[0], 'event')}, so it is no less."
        texts = [Because(text, captures)]
        if self.shrunk:
            texts.append(Because("A 413 made the SDK send less at once.", (self.shrunk,)))
        return unknown(option, *texts)

    def _legacy_js(self, sdk: Sdk) -> Iterator[Finding]:
        """Without batching each event goes at once; others wait only for an answer."""
        late = [one for one in self.waits if one[1] > 1 and one[0] > 400]
        if len(late) >= 1 and len(late) * 2 >= len([one for one in self.waits if one[1] > 1]):
            captures = tuple(one[2] for one in late)[:3]
            text = f"{counted(len(late), 'upload')} held events back for {late[0][0]:,} ms or so."
            yield inferred("batchEvents", True, Confidence.MEDIUM, Because(text, captures))
            yield self._interval(sdk)
            yield self._size(sdk)
        else:
            captures = tuple(one[2] for one in self.waits)[:3]
            text = f"{counted(self.uploads, 'upload')} left as soon as the one before was answered."
            yield inferred("batchEvents", False, Confidence.MEDIUM, Because(text, captures))
            off = Because("It counts only when events are collected.", captures)
            yield unknown("flushIntervalMillis", off)
            yield unknown("flushQueueSize", off)


def _default(sdk: Sdk) -> int:
    """The interval that nobody set, in ms."""
    for option in options_of(sdk):
        if fact(option.name, sdk.family) == "flushIntervalMillis":
            scale = 1000 if option.name == "uploadIntervalInSec" else 1
            return int(option.default) * scale
    return 0


def common_wait(waits: list[int]) -> list[int] | None:
    """The waits that agree on the smallest interval that a good part of them share, or None."""
    if len(waits) < FEW:
        return None
    ordered = sorted(waits)
    needed = max(FEW, round(len(ordered) * 0.4))
    for share, room in ((1.03, 12), (1.12, 30)):
        for start, wait in enumerate(ordered):
            cluster = ordered[start : bisect_right(ordered, wait * share + room)]
            if len(cluster) >= needed:
                return cluster
    return None


def even(wait: int) -> int:
    """The round number that a wait of this length was most likely asked for."""
    for step in STEPS:
        rest = (wait + 2) % step
        if wait >= step and rest <= min(0.3 * step, max(12, 0.02 * wait)):
            return wait + 2 - rest
    return max(0, wait)
