"""
Throttling, daily quota and silenced devices (wire-format §4.1, §4.2): the 429, and the 400 of
silenced devices.

Counts are kept per user and per device in rings of slots, so an upload costs the same however
much came before. Only what was accepted counts: a sender that waits as told is taken again.
"""

from collections import Counter
from collections.abc import Iterator
from math import ceil
from operator import itemgetter

from app.ingest.rules import Rules
from app.model import Upload

type Counts = dict[str, int]

USER, DEVICE = "user ", "device "
HOUR_MS = 3_600_000
MOST_IDS = 100_000
"""How many ids a window knows at most, against senders with a new one for every event."""

# Places in an `Event`: much faster than by name.
_ids = itemgetter(2, 3)


class Window:
    """Events per id over the last `slots` slots of time."""

    def __init__(self, slot_ms: int, slots: int) -> None:
        self.slot_ms = slot_ms
        self.slots = slots
        self._ring: dict[int, Counts] = {}
        self._totals: Counts = {}
        self._current = 0
        self.changed: set[int] = set()
        """Slots that `dump` was not asked for since they changed."""

    def add(self, counts: Counts, now_ms: int) -> None:
        """Count these events as of now."""
        slot = self._slot(now_ms)
        here = self._ring.setdefault(slot, {})
        totals = self._totals
        for key, count in counts.items():
            here[key] = here.get(key, 0) + count
            totals[key] = totals.get(key, 0) + count
        self.changed.add(slot)
        if len(totals) > MOST_IDS:
            self._drop(min(self._ring))

    def beyond(self, counts: Counts, allowed: int, now_ms: int) -> Counts:
        """The ids of which more would then be than is allowed, with how many that would be."""
        self._slot(now_ms)
        totals = self._totals
        found: Counts = {}
        for key, count in counts.items():
            total = totals.get(key, 0) + count
            if total > allowed:
                found[key] = total
        return found

    def dump(self) -> Iterator[tuple[int, Counts]]:
        """What changed since the last time, by slot."""
        changed, self.changed = self.changed, set()
        yield from ((slot, self._ring[slot]) for slot in changed if slot in self._ring)

    def load(self, slot: int, counts: Counts) -> None:
        """Take back what `dump` gave."""
        self._ring[slot] = counts
        for key, count in counts.items():
            self._totals[key] = self._totals.get(key, 0) + count

    def end_ms(self, slot: int) -> int:
        """When a slot leaves the window."""
        return (slot + self.slots) * self.slot_ms

    def _slot(self, now_ms: int) -> int:
        """The slot of this moment; what has grown too old is forgotten."""
        slot = now_ms // self.slot_ms
        if slot != self._current:
            # Both ways, because the clock of a computer can be set back.
            self._current = slot
            kept = range(slot - self.slots + 1, slot + 1)
            for old in [old for old in self._ring if old not in kept]:
                self._drop(old)
        return slot

    def _drop(self, slot: int) -> None:
        totals = self._totals
        for key, count in self._ring.pop(slot).items():
            left = totals[key] - count
            if left:
                totals[key] = left
            else:
                del totals[key]


class Limits:
    """The counts of one source. Users and devices share the windows, told apart by a prefix."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.rates: dict[str, Window] = {}
        self.quota = Window(HOUR_MS, 24)

    def rate(self, endpoint: str) -> Window:
        """The window of an endpoint; HTTP V2 and Batch are counted apart."""
        if endpoint not in self.rates:
            self.rates[endpoint] = Window(1000, self.rules.window_seconds)
        return self.rates[endpoint]

    def refusal(self, upload: Upload, now_ms: int) -> tuple[int, dict[str, object]] | None:
        """The refusal of an upload that goes beyond a limit, or None, and then it is counted."""
        rules = self.rules
        if rules.silenced_devices and (body := self._silenced(upload)):
            return 400, body
        counts = _counts(upload)
        rate = self.rate(upload.endpoint)
        allowed = rules.threshold(upload.endpoint) * rules.window_seconds
        throttled = rate.beyond(counts, allowed, now_ms)
        exceeded = self.quota.beyond(counts, rules.daily_quota, now_ms)
        if throttled or exceeded:
            return 429, self._throttled(upload, throttled, exceeded)
        rate.add(counts, now_ms)
        self.quota.add(counts, now_ms)
        return None

    def _silenced(self, upload: Upload) -> dict[str, object] | None:
        silenced = self.rules.silenced_devices
        indexes = [
            index for index, event in enumerate(upload.events) if event.device_id in silenced
        ]
        if not indexes:
            return None
        devices = {upload.events[index].device_id for index in indexes}
        return silenced_body(sorted(filter(None, devices)), indexes, self._threshold(upload))

    def _throttled(self, upload: Upload, throttled: Counts, exceeded: Counts) -> dict[str, object]:
        seconds = self.rules.window_seconds
        rates = {key: ceil(count / seconds) for key, count in throttled.items()}
        users = _only(USER, throttled) | _only(USER, exceeded)
        devices = _only(DEVICE, throttled) | _only(DEVICE, exceeded)
        return throttled_body(
            self._threshold(upload),
            users=_only(USER, rates),
            devices=_only(DEVICE, rates),
            quota_users=_only(USER, exceeded),
            quota_devices=_only(DEVICE, exceeded),
            indexes=[
                index
                for index, event in enumerate(upload.events)
                if event.user_id in users or event.device_id in devices
            ],
        )

    def _threshold(self, upload: Upload) -> int:
        return self.rules.threshold(upload.endpoint)


def throttled_body(
    threshold: int,
    *,
    users: Counts,
    devices: Counts,
    indexes: list[int],
    quota_users: Counts | None = None,
    quota_devices: Counts | None = None,
) -> dict[str, object]:
    """The body of a 429."""
    return {
        "code": 429,
        "error": "Too many requests for some devices and users",
        "eps_threshold": threshold,
        "throttled_devices": devices,
        "throttled_users": users,
        "exceeded_daily_quota_devices": quota_devices or {},
        "exceeded_daily_quota_users": quota_users or {},
        "throttled_events": indexes,
    }


def silenced_body(devices: list[str], indexes: list[int], threshold: int) -> dict[str, object]:
    """The body of a 400 for silenced devices."""
    return {
        "code": 400,
        "error": "Events silenced for device_id",
        "eps_threshold": threshold,
        "exceeded_daily_quota_devices": {},
        "silenced_devices": devices,
        "silenced_events": indexes,
        "throttled_devices": {},
        "throttled_events": [],
    }


def _counts(upload: Upload) -> Counts:
    """Events by user and by device. Most uploads are of one pair of them."""
    counts: Counts = {}
    for (user, device), count in Counter(map(_ids, upload.events)).items():
        if user is not None:
            key = USER + user
            counts[key] = counts.get(key, 0) + count
        if device is not None:
            key = DEVICE + device
            counts[key] = counts.get(key, 0) + count
    return counts


def _only(prefix: str, counts: Counts) -> Counts:
    """The users or the devices among counts."""
    skip = len(prefix)
    return {key[skip:]: count for key, count in counts.items() if key.startswith(prefix)}
