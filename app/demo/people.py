"""
The people of the demo: who they are, what they carry, and whether the shop knows them yet.

Devices remember what an SDK keeps between sessions: the id, the event counter, the last session.
"""

import random
from dataclasses import dataclass, field

from app.demo.chance import between, pick, uuid4

WEB, IOS, ANDROID = "web", "ios", "android"


@dataclass(slots=True)
class Device:
    """One browser or phone."""

    id: str
    kind: str
    model: int
    """Which of the known browsers or phones of its kind."""
    language: str
    skew_ms: int = 0
    """How far its clock is off."""
    signed_in: bool = False
    event_id: int = 0
    session_id: int | None = None
    last_event_ms: int = 0
    sent_once: bool = False

    def next_event_id(self) -> int:
        """Browsers count from 0, phones from 1."""
        self.event_id += 1
        return self.event_id - 1 if self.kind == WEB else self.event_id


@dataclass(slots=True)
class Person:
    """Somebody who shops. Without an account there is no `user_id` and never a sign-in."""

    user_id: str | None
    country: str
    city: str
    plan: str
    club: str | None
    devices: list[Device] = field(default_factory=list)
    orders: int = 0


_PLACES = (
    ("Germany", "Leipzig", "de-DE"),
    ("Germany", "Hamburg", "de-DE"),
    ("Austria", "Innsbruck", "de-AT"),
    ("United Kingdom", "Sheffield", "en-GB"),
    ("Ireland", "Galway", "en-IE"),
    ("Norway", "Bergen", "nb-NO"),
    ("France", "Grenoble", "fr-FR"),
    ("Italy", "Bolzano", "it-IT"),
    ("Spain", "Jaca", "es-ES"),
    ("Poland", "Zakopane", "pl-PL"),
    ("Switzerland", "Chur", "de-CH"),
    ("United States", "Boulder", "en-US"),
    ("Japan", "Matsumoto", "ja-JP"),
)
CLUBS = ("harz-ramblers", "fjord-and-fell", "sunday-summits", "les-marmottes")
_KITS = ((WEB,), (WEB,), (IOS,), (ANDROID,), (WEB, IOS), (WEB, ANDROID))
_SKEWS = (-2_400_000, -65_000, 90_000, 10_800_000)


def person(rng: random.Random, number: int) -> Person:
    """The next person, who has never been to the shop."""
    country, city, language = pick(rng, _PLACES)
    has_account = rng.random() < 0.7
    found = Person(
        user_id=f"cust_{48_000 + number * 7}" if has_account else None,
        country=country,
        city=city,
        plan="plus" if has_account and rng.random() < 0.3 else "basic",
        club=pick(rng, CLUBS) if has_account and rng.random() < 0.15 else None,
    )
    found.devices = [_device(rng, kind, language) for kind in pick(rng, _KITS)]
    for device in found.devices:
        device.signed_in = has_account and rng.random() < 0.5
    return found


def _device(rng: random.Random, kind: str, language: str) -> Device:
    identity = uuid4(rng)
    if kind == IOS:
        identity = identity.upper()
    elif kind == ANDROID:
        # The Android SDK marks ids that it made up itself.
        identity += "R"
    skew = pick(rng, _SKEWS) if rng.random() < 0.02 else 0
    return Device(identity, kind, between(rng, 0, 1000), language, skew)
