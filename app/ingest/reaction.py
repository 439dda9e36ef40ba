"""
What the SDK does after an answer: which events it drops, which it sends again, when, how often.

Pure, from the documented behaviour of each SDK (wire-format §4.3) and from what real ones were
seen to do. What an SDK was told (another number of retries, an explicit flush, which retries
nothing in some) is not known here, so times are "about".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.decode.forms import LEGACY_SDK
from app.decode.request import answer_bytes, answer_json
from app.model import Capture, Upload
from app.sdk.identify import Family, identify

SECOND = 1000
THROTTLED_MS = 30 * SECOND

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reaction:
    """The next step, in a sentence. `drops` are places of events that are given up; `again` is how
    many are sent again, after about `after_ms`, or None when that depends on what happens next."""

    sentence: str
    drops: tuple[int, ...] = ()
    again: int = 0
    after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a family of SDKs deals with refusals. `most` sendings, or None for no end."""

    most: int | None
    wait_ms: Callable[[int], int | None]
    """The pause after the n-th sending that got no useful answer."""
    keeps_lost: bool = True
    """Whether it sends again when the connection was lost."""
    sorts: bool = True
    """Whether it drops the events that a refusal names and sends the others again."""


_STEPS = (100, 100, 200, 200, 400, 400, 800, 800, 1600, 1600, 3200, 3200)
_KOTLIN = (1, 8, 32, 128, 300)


def _by_attempts(attempt: int) -> int:
    return attempt * SECOND


def _by_steps(attempt: int) -> int:
    return _STEPS[min(attempt, len(_STEPS)) - 1]


_TYPESCRIPT = frozenset({Family.BROWSER_2, Family.BROWSER_1, Family.REACT_NATIVE, Family.NODE})
_HABITS: dict[Family, _Habits] = {
    Family.BROWSER_2: _Habits(5, _by_attempts),
    Family.BROWSER_1: _Habits(5, _by_attempts),
    Family.REACT_NATIVE: _Habits(5, _by_attempts),
    # Seen of 1.5: it reports code 0 to the caller, and that was all.
    Family.NODE: _Habits(12, _by_attempts, keeps_lost=False),
    Family.LEGACY_NODE: _Habits(13, _by_steps),
    Family.JAVA: _Habits(13, _by_steps),
    # Seen of 1.1: the thread that sends dies with the connection.
    Family.PYTHON: _Habits(13, lambda n: 100 * 2 ** ((n - 1) // 2), keeps_lost=False),
    Family.GO: _Habits(13, lambda _: 10 * SECOND),
    Family.SWIFT: _Habits(6, lambda n: min(60, 2 ** (n - 1)) * SECOND),
    Family.KOTLIN: _Habits(5, lambda n: _KOTLIN[min(n, len(_KOTLIN)) - 1] * SECOND),
    # They keep everything until it is taken, and try with the next event or at the next interval.
    Family.LEGACY_JS: _Habits(None, lambda _: None, sorts=False),
    Family.LEGACY_ANDROID: _Habits(None, lambda _: None, sorts=False),
    Family.LEGACY_IOS: _Habits(None, lambda _: None, sorts=False),
}


def reaction(upload: Upload, capture: Capture, attempt: int = 1) -> Reaction:
    """What the sender of this upload does next. `attempt` is the number of this sending."""
    if upload.transport == "beacon":
        return Reaction("Sent while the page was closed: nobody reads the answer.")
    if capture.response is None and not capture.failure:
        return Reaction("Waits for the answer.")
    family = identify(upload.library or "").family
    habits = _HABITS.get(family)
    document = answer_json(capture)
    status = _status(capture, document)
    if family in _TYPESCRIPT and document is not None and not isinstance(document, dict):
        sentence = f"Drops {_them(len(upload.events))}: an answer like this is an error to it."
        return Reaction(sentence, _every(upload))
    if _is_success(upload, capture, status, document):
        return Reaction("Done: the SDK takes it as delivered.")
    if habits is None:
        return Reaction("Depends on the program that sent it: its library is not one we know.")
    if not upload.events:
        return Reaction("Nothing: there is no event to send again.")
    given = document if isinstance(document, dict) else {}
    if status == 413:
        return _halved(upload, family)
    if status == 400 and habits.sorts:
        return _sorted_out(upload, given, family)
    if status == 429 and habits.sorts:
        return _throttled(upload, given)
    if capture.response is None and not habits.keeps_lost:
        return Reaction(
            f"Gives up: this SDK was seen to send nothing again when the connection is lost."
            f" {_all(upload)} {_is(upload)} lost.",
            _every(upload),
        )
    return _again(upload, habits, attempt)


def _status(capture: Capture, document: Any) -> int:
    """SDKs of today go by the code in the body, and by the HTTP status where it is no JSON."""
    if capture.response is None:
        return 0
    if isinstance(document, dict):
        code = document.get("code")
        return code if type(code) is int else 0
    return capture.response.status


def _is_success(upload: Upload, capture: Capture, status: int, document: Any) -> bool:
    if upload.endpoint == LEGACY_SDK:
        taken = capture.response is not None and capture.response.status == 200
        return taken and answer_bytes(capture).strip() == b"success"
    if isinstance(document, dict) and "code" not in document and _reads_status(upload):
        return capture.response is not None and 200 <= capture.response.status < 300
    return 200 <= status < 300


def _reads_status(upload: Upload) -> bool:
    """Whether the sender goes by the HTTP status alone: the mobile SDKs and plain HTTP."""
    return identify(upload.library or "").family in (Family.SWIFT, Family.KOTLIN, Family.OTHER)


def _again(upload: Upload, habits: _Habits, attempt: int) -> Reaction:
    if habits.most is not None and attempt >= habits.most:
        return Reaction(
            f"Gives up: this was attempt {attempt}, and by default there are no more than"
            f" {habits.most}. {_all(upload)} {_is(upload)} lost.",
            _every(upload),
        )
    count = len(upload.events)
    wait = habits.wait_ms(attempt)
    if wait is None:
        sentence = f"Keeps {_them(count)}, and sends {_it(count)} again with the next event."
        return Reaction(sentence, again=count)
    of = "" if habits.most is None else f" of at most {habits.most}"
    sentence = f"Sends {_them(count)} again in about {_time(wait)}, as attempt {attempt + 1}{of}."
    return Reaction(sentence, again=count, after_ms=wait)


def _halved(upload: Upload, family: Family) -> Reaction:
    count = len(upload.events)
    if count == 1:
        return Reaction("Drops the event: it is too large on its own.", (0,))
    half = f"at most {(count + 1) // 2} in an upload"
    if family in _TYPESCRIPT:
        # Seen of 2.48: what it halves is the size of its queue.
        half = "with its flushQueueSize halved"
    sentence = f"Sends all {count} events again at once, {half}."
    return Reaction(sentence, again=count, after_ms=0)


def _sorted_out(upload: Upload, document: Json, family: Family) -> Reaction:
    """400: the events that it names are dropped, the others sent again."""
    error = document.get("error")
    is_key = isinstance(error, str) and error.startswith("Invalid API key")
    if document.get("missing_field") or is_key:
        why = "the API key is not valid" if is_key else "the upload lacks a field"
        sentence = f"Drops {_them(len(upload.events))}, because {why}."
        return Reaction(sentence, _every(upload))
    named = _named(
        document,
        len(upload.events),
        ("events_with_invalid_fields", "events_with_missing_fields"),
        ("events_with_invalid_id_lengths",),
        ("silenced_events",),
    )
    if not named and family in (Family.KOTLIN, Family.SWIFT):
        return Reaction(
            f"Sends {_them(len(upload.events))} again later: the refusal names no event.",
            again=len(upload.events),
        )
    return _without(upload, named, "at its next flush", 0)


def _throttled(upload: Upload, document: Json) -> Reaction:
    """429: what is beyond the daily quota is dropped, what is throttled waits."""
    users = _keys(document, "exceeded_daily_quota_users")
    devices = _keys(document, "exceeded_daily_quota_devices")
    dropped = [
        place
        for place, event in enumerate(upload.events)
        if event.user_id in users or event.device_id in devices
    ]
    return _without(upload, dropped, f"in about {_time(THROTTLED_MS)}", THROTTLED_MS)


def _without(upload: Upload, dropped: Iterable[int], when: str, after_ms: int) -> Reaction:
    drops = tuple(sorted(set(dropped)))
    rest = len(upload.events) - len(drops)
    if not rest:
        return Reaction(f"Drops {_them(len(drops))}.", drops)
    if not drops:
        return Reaction(f"Sends {_them(rest)} again {when}.", again=rest, after_ms=after_ms)
    others = "the other one" if rest == 1 else f"the other {rest}"
    sentence = f"Drops {_places(drops)} and sends {others} again {when}."
    return Reaction(sentence, drops, rest, after_ms)


def _named(document: Json, count: int, *keys: tuple[str, ...]) -> set[int]:
    """Places of events in index maps and lists."""
    found: set[int] = set()
    for key in (key for group in keys for key in group):
        value = document.get(key)
        lists = value.values() if isinstance(value, dict) else [value]
        for items in lists:
            if isinstance(items, list):
                found |= {item for item in items if type(item) is int and 0 <= item < count}
    return found


def _keys(document: Json, name: str) -> set[str]:
    value = document.get(name)
    return set(value) if isinstance(value, dict) else set()


def _every(upload: Upload) -> tuple[int, ...]:
    return tuple(range(len(upload.events)))


def _places(places: tuple[int, ...]) -> str:
    """Events as a person counts them, from 1."""
    numbers = [str(place + 1) for place in places]
    if len(numbers) == 1:
        return f"event {numbers[0]}"
    if len(numbers) > 4:
        return f"{len(numbers)} events"
    return f"events {', '.join(numbers[:-1])} and {numbers[-1]}"


def _all(upload: Upload) -> str:
    count = len(upload.events)
    return "The event" if count == 1 else f"All {count} events"


def _is(upload: Upload) -> str:
    return "is" if len(upload.events) == 1 else "are"


def _them(count: int) -> str:
    return "the event" if count == 1 else f"all {count} events"


def _it(count: int) -> str:
    return "it" if count == 1 else "them"


def _time(ms: int) -> str:
    if ms < SECOND:
        return f"{ms} ms"
    return f"{ms // SECOND} s" if ms % SECOND == 0 else f"{ms / SECOND:.1f} s"
