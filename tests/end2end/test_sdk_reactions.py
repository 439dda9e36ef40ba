"""
Real SDKs against local ingestion and faults. The SDK's own reaction is the judge: in the end
exactly the events that the documents promise are accepted, each once.
"""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.filter import Filter
from app.store import Store
from tests.end2end.capturing import ROOT, TIMEOUT, Capturing, capturing, printed

SDKS = ROOT / "tests" / "sdk"
API_KEY = "0123456789abcdef0123456789abcdef"

pytestmark = pytest.mark.sdk

NODE = pytest.param(
    ("node", "node_reaction.js"),
    id="node",
    marks=pytest.mark.skipif(
        not shutil.which("node") or not (SDKS / "node_modules" / "@amplitude").is_dir(),
        reason="node or the SDKs from npm are not installed",
    ),
)
PYTHON = pytest.param((sys.executable, "python_reaction.py"), id="python")
BOTH = pytest.mark.parametrize("sdk", [NODE, PYTHON])

type Sdk = tuple[str, str]


def events(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Events as they are tracked, of one person unless told otherwise."""
    person = {"user_id": "user-1", **fields}
    prefix = person["user_id"]
    return [
        {"event_type": "Reaction", "insert_id": f"{prefix}/{n}", **person} for n in range(count)
    ]


def run(
    sdk: Sdk,
    capture: Capturing,
    sent: list[dict[str, Any]],
    until: Callable[[], bool] = lambda: False,
    queue: int = 30,
    pause: int = 50,
) -> dict[str, int]:
    """Send with an SDK, which waits `pause` ms for more before it uploads, until it is done with
    all of it, or half a second after something is so that captures bring about. Returns what it
    told the caller, by insert id."""
    url = f"{capture.endpoint}/2/httpapi"
    given = {"apiKey": API_KEY, "serverUrl": url, "events": sent}
    given |= {"queue": queue, "wait": 500, "pause": pause}
    process = subprocess.Popen(
        [*sdk, json.dumps(given)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=SDKS, text=True,
    )  # fmt: skip
    try:
        while process.poll() is None and not until():
            capture.wait_for_more()
        output, errors = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, errors
    told = [json.loads(line) for line in output.splitlines()]
    assert len({entry["insert_id"] for entry in told}) == len(told)
    return {entry["insert_id"]: entry["code"] for entry in told}


def accepted(workspace: Path) -> list[str]:
    """The insert ids of events that were accepted, each as often as that happened."""
    with Store.read(workspace) as store:
        stored = list(store.events.export(Filter()))
    return sorted(entry["insert_id"] for entry in stored if entry["outcome"] == "accepted")


def has_arrived(workspace: Path) -> bool:
    """Whether there is anything so far."""
    with Store.read(workspace) as store:
        return store.events.count() > 0


def ids(sent: list[dict[str, Any]]) -> list[str]:
    return sorted(event["insert_id"] for event in sent)


def statuses(workspace: Path) -> list[int | None]:
    return [upload["status"] for upload in printed("uploads", workspace)]


@BOTH
@pytest.mark.parametrize("fault", ["500#2", "502#1", "503#1", "504#1"])
def test_server_errors_are_retried_until_all_is_there(tmp_path: Path, sdk: Sdk, fault: str) -> None:
    sent = events(4)
    with capturing(tmp_path, "--delivery", "local", "--fault", fault) as capture:
        told = run(sdk, capture, sent)
    assert told == dict.fromkeys(ids(sent), 200)
    assert accepted(tmp_path) == ids(sent)
    status, _, count = fault.partition("#")
    assert Counter(statuses(tmp_path))[int(status)] == int(count)


@BOTH
@pytest.mark.parametrize("fault", ["reset#1", "reset=after#1"])
def test_these_sdks_give_up_when_the_connection_is_lost(
    tmp_path: Path, sdk: Sdk, fault: str
) -> None:
    """Documents promise a retry. These two versions make none: Node reports code 0, Python dies
    in a thread. What is seen says so: one upload without an answer, nothing accepted."""
    sent = events(4)
    with capturing(tmp_path, "--delivery", "local", "--fault", fault) as capture:
        told = run(sdk, capture, sent, lambda: has_arrived(tmp_path), queue=4, pause=1000)
    assert told == (dict.fromkeys(ids(sent), 0) if sdk[0] == "node" else {})
    assert statuses(tmp_path) == [None]
    assert accepted(tmp_path) == []


@pytest.mark.parametrize("sdk", [NODE])
def test_an_answer_without_a_code_makes_it_send_again(tmp_path: Path, sdk: Sdk) -> None:
    sent = events(4)
    with capturing(tmp_path, "--delivery", "local", "--fault", "wrong-ok#2") as capture:
        told = run(sdk, capture, sent)
    assert told == dict.fromkeys(ids(sent), 200)
    assert statuses(tmp_path) == [200, 200, 200]
    assert set(accepted(tmp_path)) == set(ids(sent))


@BOTH
def test_too_large_is_sent_in_smaller_pieces(tmp_path: Path, sdk: Sdk) -> None:
    sent = events(8)
    with capturing(tmp_path, "--delivery", "local", "--fault", "413#1") as capture:
        told = run(sdk, capture, sent, queue=8, pause=1000)
    assert told == dict.fromkeys(ids(sent), 200)
    assert accepted(tmp_path) == ids(sent)
    first, *pieces = printed("uploads", tmp_path)
    assert (first["status"], first["events"]) == (413, 8)
    assert {piece["status"] for piece in pieces} == {200}
    assert max(piece["events"] for piece in pieces) <= 4


@BOTH
def test_events_named_in_a_400_are_dropped_the_rest_arrives(tmp_path: Path, sdk: Sdk) -> None:
    good, bad = events(4), events(2, user_id="abc")
    sent = [good[0], bad[0], good[1], good[2], bad[1], good[3]]
    with capturing(tmp_path, "--delivery", "local") as capture:
        told = run(sdk, capture, sent)
    assert told == dict.fromkeys(ids(good), 200) | dict.fromkeys(ids(bad), 400)
    assert accepted(tmp_path) == ids(good)
    # HTTP V2 names one event at a time. How many uploads carry the rest is up to the clock.
    found = statuses(tmp_path)
    assert found.count(400) == 2
    assert set(found) == {400, 200}


@BOTH
def test_silenced_devices_are_dropped(tmp_path: Path, sdk: Sdk) -> None:
    good = events(2, device_id="device-1")
    bad = events(2, user_id="user-2", device_id="device-2")
    with capturing(tmp_path, "--delivery", "local") as capture:
        silenced = {"sources": {API_KEY: {"silenced_devices": ["device-2"]}}}
        capture.send(type="set_ingestion", rules=silenced)
        told = run(sdk, capture, [bad[0], *good, bad[1]])
    assert told == dict.fromkeys(ids(good), 200) | dict.fromkeys(ids(bad), 400)
    assert accepted(tmp_path) == ids(good)
    assert set(statuses(tmp_path)) == {400, 200}


@BOTH
def test_an_unknown_api_key_ends_it(tmp_path: Path, sdk: Sdk) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        capture.send(type="set_ingestion", rules={"known_keys": ["another"]})
        sent = events(3)
        run(sdk, capture, sent, lambda: has_arrived(tmp_path), queue=3, pause=1000)
    assert accepted(tmp_path) == []
    assert set(statuses(tmp_path)) == {400}
    # Dropped, not sent again.
    assert sorted(entry["insert_id"] for entry in printed("events", tmp_path)) == sorted(ids(sent))


@BOTH
def test_users_beyond_their_daily_quota_are_dropped(tmp_path: Path, sdk: Sdk) -> None:
    good, bad = events(3), events(5, user_id="user-2")
    with capturing(tmp_path, "--delivery", "local") as capture:
        capture.send(type="set_ingestion", rules={"sources": {"*": {"daily_quota": 4}}})
        # All in one upload, however slow the machine is: two halves would both be in the quota.
        told = run(sdk, capture, [*good, *bad], pause=1000)
    assert told == dict.fromkeys(ids(good), 200) | dict.fromkeys(ids(bad), 429)
    assert accepted(tmp_path) == ids(good)
    assert set(statuses(tmp_path)) == {429, 200}


@BOTH
def test_throttled_events_wait(tmp_path: Path, sdk: Sdk) -> None:
    sent = events(5)
    with capturing(tmp_path, "--delivery", "local", "--fault", "429#1") as capture:
        told = run(sdk, capture, sent, lambda: has_arrived(tmp_path), queue=5, pause=1000)
    assert told == {}
    assert set(statuses(tmp_path)) == {429}
    assert accepted(tmp_path) == []


def test_others_go_on_while_one_is_throttled(tmp_path: Path) -> None:
    (sdk,) = PYTHON.values
    good, busy = events(2), events(4, user_id="user-2")
    with capturing(tmp_path, "--delivery", "local") as capture:
        slow = {"eps": 1, "window_seconds": 3}
        capture.send(type="set_ingestion", rules={"sources": {"*": slow}})
        sent = [*busy, *good]
        told = run(sdk, capture, sent, lambda: accepted(tmp_path) == ids(good), pause=1000)
    assert told == dict.fromkeys(ids(good), 200)
    assert accepted(tmp_path) == ids(good)


LEGACY = pytest.mark.parametrize(
    "sdk", [pytest.param(("node", "legacy_node_reaction.js"), id="legacy-node", marks=NODE.marks)]
)


@LEGACY
@pytest.mark.parametrize("fault", ["500#2", "503#1", "413#1", "reset#1", "wrong-ok#1"])
def test_the_legacy_sdk_sends_again_until_all_is_there(
    tmp_path: Path, sdk: Sdk, fault: str
) -> None:
    """It tells its caller the first answer, and goes on behind their back."""
    sent = events(4)
    with capturing(tmp_path, "--delivery", "local", "--fault", fault) as capture:
        run(sdk, capture, sent, lambda: set(accepted(tmp_path)) == set(ids(sent)))
    assert set(accepted(tmp_path)) == set(ids(sent))
    *refused, last = statuses(tmp_path)
    assert refused
    assert last == 200
    # Whatever is sent again is the same upload, not new events.
    attempts = [upload["attempt"] for upload in printed("uploads", tmp_path)]
    assert attempts == list(range(1, len(refused) + 2))


@LEGACY
def test_the_legacy_sdk_does_not_lose_the_good_with_the_bad(tmp_path: Path, sdk: Sdk) -> None:
    good, bad = events(4), events(2, user_id="abc")
    with capturing(tmp_path, "--delivery", "local") as capture:
        sent = [good[0], bad[0], good[1], good[2], bad[1], good[3]]
        run(sdk, capture, sent, lambda: accepted(tmp_path) == ids(good))
    assert accepted(tmp_path) == ids(good)
    assert set(statuses(tmp_path)) == {400, 200}
