"""
User Lookup with a hundred thousand people, and with one who did half a million things.

What a page asks until its first results are there: searching, opening a person with the first page
of what they did. Against bars of their own, not another program.
"""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from app.decode import decode
from app.model import Capture, Response
from app.store import Store
from app.store.people.activity import Wanted
from app.store.people.conditions import parse
from app.study import Study
from tests.bench.table import Row

PEOPLE = 100_000
BUSY_EVENTS = 500_000
BATCH = 100
T0 = 1_795_000_000_000
PLANS = ("free",) * 6 + ("pro",) * 3 + ("enterprise",)
SEARCHES = (
    "",
    "cust_4711",
    "someone_not_there",
    "example",
    "e",
    "device:00c0ffee",
    "plan=pro",
    "plan=enterprise country=NO",
    "Platform=iOS -plan=free",
    "company=acme-77",
    "did:Checkout@2h",
    "did:Checkout -did:Login",
    "cust_ did:Checkout plan=enterprise",
    "ip:10.1.2",
)


def rows() -> list[Row]:
    """Milliseconds, each the slowest of its kind but for one in twenty."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder)
        started = time.perf_counter()
        with Study(folder) as study:
            study.catch_up()
        rate = (PEOPLE * 2 + BUSY_EVENTS) / (time.perf_counter() - started)
        with Store.read(folder) as store:
            return [
                Row("study, 100 000 people", f"{rate:,.0f} events/s", "", "", "", good=True),
                _row("search, 100 000 people, p95", _searches(store), 100),
                _row("open a person", _openings(store, _anybody(store)), 150),
                _row("open one with 500 000 events", _openings(store, [_busy(store)]), 150),
                _row("their next page", _pages(store, _busy(store)), 100),
            ]


def _row(what: str, times: list[float], bar: float) -> Row:
    times.sort()
    value = times[min(len(times) - 1, int(len(times) * 0.95))]
    return Row(what, f"{value:.1f} ms", "", f"{value / bar:.2f}", f"<= {bar:.0f} ms", value <= bar)


def _searches(store: Store) -> list[float]:
    search = store.people.search
    return [
        _timed(lambda text=text: search.find(parse(text), T0 + PEOPLE * 100))
        for text in SEARCHES * 3
    ]


def _openings(store: Store, people: list[int]) -> list[float]:
    def opened(person: int) -> None:
        store.people.profiles.profile(person)
        store.people.activity.types(person)
        store.people.activity.quarters(person)
        page = store.people.activity.page(Wanted(person))
        store.people.activity.rows([line.event_id for line in page.lines[:40] if line.event_id])

    return [_timed(lambda person=person: opened(person)) for person in people * 3]


def _pages(store: Store, person: int) -> list[float]:
    times, after = [], store.people.activity.page(Wanted(person)).after
    for _ in range(40):
        assert after
        started = time.perf_counter()
        after = store.people.activity.page(Wanted(person), after).after
        times.append((time.perf_counter() - started) * 1000)
    return times


def _anybody(store: Store) -> list[int]:
    rng = random.Random(3)
    return [rng.randrange(1, store.people.search.count()) for _ in range(30)]


def _busy(store: Store) -> int:
    return store.people.search.by_id("busy-person")[0]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _fill(folder: Path) -> None:
    rng = random.Random(7)
    uploads = [_upload(_two(rng, first + at) for at in range(BATCH))
               for first in range(0, PEOPLE, BATCH)]  # fmt: skip
    uploads += [
        _upload([_busy_event(first + at)] for at in range(BATCH * 10))
        for first in range(0, BUSY_EVENTS, BATCH * 10)
    ]
    with Store.write(folder) as store:
        for start in range(0, len(uploads), 20):
            captures = uploads[start : start + 20]
            store.writer.add([(capture, decode(capture)) for capture in captures])


def _upload(groups: Any) -> Capture:
    events = [event for group in groups for event in group]
    body = orjson.dumps({"api_key": "0" * 32, "events": events})
    at_ms = events[-1]["time"]
    answer = Response(200, (), b'{"code":200}')
    return Capture(at_ms, "POST", "https://api2.amplitude.com/2/httpapi", (), body, answer, 1)


def _two(rng: random.Random, number: int) -> list[dict[str, Any]]:
    who: dict[str, Any] = {"device_id": f"{rng.getrandbits(64):016x}", "session_id": T0 + number}
    if number % 3:
        who["user_id"] = f"cust_{number}"
    first = {
        "event_type": "Login",
        "time": T0 + number * 100,
        "platform": rng.choice(("iOS", "Android", "Web")),
        "country": rng.choice(("NO", "DE", "US", "JP")),
        "ip": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
        "user_properties": {
            "plan": rng.choice(PLANS),
            "email": f"cust_{number}@example.com",
            "company": f"acme-{number % 5000}",
            "orders": rng.randrange(50),
        },
        **who,
    }
    kind = rng.choice(("Checkout", "Browse", "Search"))
    return [first, {"event_type": kind, "time": T0 + number * 100 + 50, **who}]


def _busy_event(number: int) -> dict[str, Any]:
    at_ms = T0 + number * 1000
    return {
        "event_type": ("Tick", "Tock")[number % 2],
        "user_id": "busy-person",
        "device_id": "busy-device",
        "time": at_ms,
        "session_id": at_ms - at_ms % 3_600_000 if number % 7 else -1,
        "user_properties": {"n": number} if number % 10 == 0 else {},
    }


if __name__ == "__main__":
    from tests.bench.table import show

    print(show(rows()))
