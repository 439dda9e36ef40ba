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

    def total(self, key: str, now_ms: int) -> int:
        """How many events of an id the window holds."""
        self._slot(now_ms)
        return self._totals.get(key, 0)

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


class Meter:
    """How much each user and each device sent, over one length of time."""

    def __init__(self, slot_ms: int, slots: int) -> None:
        self.users = Window(slot_ms, slots)
        self.devices = Window(slot_ms, slots)

    def add(self, users: Counts, devices: Counts, now_ms: int) -> None:
        """Count an accepted upload."""
        self.users.add(users, now_ms)
        self.devices.add(devices, now_ms)


class Limits:
    """The counts of one source."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.rates: dict[str, Meter] = {}
        self.quota = Meter(HOUR_MS, 24)

    def rate(self, endpoint: str) -> Meter:
        """The meter of an endpoint; HTTP V2 and Batch are counted apart."""
        if endpoint not in self.rates:
            self.rates[endpoint] = Meter(1000, self.rules.window_seconds)
        return self.rates[endpoint]

    def refusal(self, upload: Upload, now_ms: int) -> tuple[int, dict[str, object]] | None:
        """The refusal of an upload that goes beyond a limit, or None, and then it is counted."""
        rules = self.rules
        if rules.silenced_devices and (body := self._silenced(upload)):
            return 400, body
        users, devices = _counts(upload)
        rate = self.rate(upload.endpoint)
        allowed = rules.threshold(upload.endpoint) * rules.window_seconds
        throttled = (
            _beyond(rate.users, users, allowed, now_ms),
            _beyond(rate.devices, devices, allowed, now_ms),
        )
        exceeded = (
            _beyond(self.quota.users, users, rules.daily_quota, now_ms),
            _beyond(self.quota.devices, devices, rules.daily_quota, now_ms),
        )
        if any(throttled) or any(exceeded):
            return 429, self._throttled(upload, throttled, exceeded)
        rate.add(users, devices, now_ms)
        self.quota.add(users, devices, now_ms)
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

    def _throttled(
        self, upload: Upload, throttled: tuple[Counts, Counts], exceeded: tuple[Counts, Counts]
    ) -> dict[str, object]:
        users = throttled[0].keys() | exceeded[0].keys()
        devices = throttled[1].keys() | exceeded[1].keys()
        seconds = self.rules.window_seconds
        return throttled_body(
            self._threshold(upload),
            users={key: ceil(count / seconds) for key, count in throttled[0].items()},
            devices={key: ceil(count / seconds) for key, count in throttled[1].items()},
            quota_users=exceeded[0],
            quota_devices=exceeded[1],
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


def _counts(upload: Upload) -> tuple[Counts, Counts]:
    """Events by user and by device. Most uploads are of one pair of them."""
    users: Counts = {}
    devices: Counts = {}
    for (user, device), count in Counter(map(_ids, upload.events)).items():
        if user is not None:
            users[user] = users.get(user, 0) + count
        if device is not None:
            devices[device] = devices.get(device, 0) + count
    return users, devices


def _beyond(window: Window, counts: Counts, allowed: int, now_ms: int) -> Counts:
    """The ids that would be beyond what is allowed, with their totals."""
    found = {}
    for key, count in counts.items():
        total = window.total(key, now_ms) + count
        if total > allowed:
            found[key] = total
    return found
