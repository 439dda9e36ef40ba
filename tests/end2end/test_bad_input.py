"""
What the world does to a capture: bodies that are no bodies, disks that are full, folders that
cannot be used. Each is a clear sentence, nothing is lost, other traffic goes on.
"""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import zstandard

from app.store import Store
from app.store.schema import FILE
from tests.end2end.capturing import TIMEOUT, Capturing, capturing, eventscope, printed
from tests.end2end.upstream import upstream

KEY = "0123456789abcdef0123456789abcdef"
GOOD = {"api_key": KEY, "events": [{"event_type": "Good", "user_id": "user-1"}]}
MB = 1 << 20

BODIES = {
    "empty": (b"", {}),
    "invalid UTF-8": (b'{"api_key":"\xff\xfe","events":[]}', {}),
    "truncated JSON": (json.dumps(GOOD).encode()[:-5], {}),
    "truncated gzip": (gzip.compress(json.dumps(GOOD).encode())[:-9], {"Content-Encoding": "gzip"}),
    "not gzip": (b"\x00\x01\x02", {"Content-Encoding": "gzip"}),
    "gzip bomb": (gzip.compress(b"0" * (600 * MB), 1), {"Content-Encoding": "gzip"}),
    "zstd bomb": (zstandard.compress(b"0" * (600 * MB)), {"Content-Encoding": "zstd"}),
    "deflate": (zlib.compress(b"nothing"), {"Content-Encoding": "deflate"}),
    "unknown encoding": (b"abc", {"Content-Encoding": "rot13"}),
    "a list": (b"[1,2,3]", {}),
    "a number": (b"42", {}),
    "null": (b"null", {}),
    "events is text": (json.dumps({"api_key": KEY, "events": "all"}).encode(), {}),
    "events of anything": (json.dumps({"api_key": KEY, "events": [1, None, "x", []]}).encode(), {}),
    "deep nesting": (b'{"api_key":"k","events":' + b"[" * 100_000 + b"]" * 100_000 + b"}", {}),
    "api_key is a number": (b'{"api_key":1,"events":[]}', {}),
}


@pytest.mark.parametrize("name", BODIES)
def test_hostile_body_is_kept_with_a_sentence(tmp_path: Path, name: str) -> None:
    content, headers = BODIES[name]
    with capturing(tmp_path, "--delivery", "local") as capture:
        url = f"{capture.endpoint}/2/httpapi"
        # Through the proxy the host says what it should be, whatever the body is.
        with httpx.Client(proxy=f"http://{capture.proxy}") as client:
            answer = client.post(
                "http://api2.amplitude.com/2/httpapi", content=content, headers=headers
            )
            assert answer.status_code in (200, 400, 413)
        assert httpx.post(url, json=GOOD).json()["events_ingested"] == 1
    uploads = printed("uploads", tmp_path)
    assert [entry["event_type"] for entry in printed("events", tmp_path)][-1] == "Good"
    if content:
        assert uploads[0]["problem"].endswith(".")
        assert len(uploads) == 2
        with Store.read(tmp_path) as store:
            stored = store.captures.get(uploads[0]["id"])
            assert stored
            assert stored.capture.body == content


def test_odd_values_keep_their_place(tmp_path: Path) -> None:
    events = (
        '[{"event_type":"\\ud800 half","user_id":12,"device_id":true,"time":1e400},'
        '{"event_type":["x"],"user_id":{"a":1},"session_id":99999999999999999999999,'
        '"event_properties":{"n":NaN,"big":123456789012345678901234567890,"t":"\\udfff"}},'
        '{"event_type":null,"insert_id":5,"event_properties":[1,2]},'
        '{"event_type":"last","user_id":"\\u0000\\u202e<b>"}]'
    )
    content = f'{{"api_key":"{KEY}","events":{events}}}'.encode()
    with capturing(tmp_path, "--delivery", "local") as capture:
        # Refused as Amplitude would refuse it, and kept as it was sent.
        assert httpx.post(f"{capture.endpoint}/2/httpapi", content=content).status_code == 400
    stored = printed("events", tmp_path)
    assert [entry["position"] for entry in stored] == [0, 1, 2, 3]
    assert stored[0]["user_id"] == "12"
    assert stored[1]["session_id"] is None
    assert stored[0]["event_type"] == "? half"
    assert stored[1]["event"]["event_properties"]["big"] == 123456789012345678901234567890
    assert stored[3]["user_id"] == "\0\u202e<b>"


def test_body_of_50_mb_and_traffic_beside_it(tmp_path: Path) -> None:
    event = {"event_type": "Big", "user_id": "user-1", "event_properties": {"x": "y" * 1000}}
    content = json.dumps({"api_key": KEY, "events": [event] * 50_000}).encode()
    assert len(content) > 50 * MB
    with capturing(tmp_path, "--delivery", "local") as capture:
        url = f"{capture.endpoint}/2/httpapi"
        answers: list[int] = []
        big = threading.Thread(
            target=lambda: answers.append(httpx.post(url, content=content).status_code)
        )
        big.start()
        with httpx.Client(timeout=30) as client:
            while big.is_alive():
                assert client.post(url, json=GOOD).status_code == 200
                time.sleep(0.01)
        big.join()
        assert answers == [413]
    uploads = printed("uploads", tmp_path)
    (large,) = [upload for upload in uploads if upload["wire_bytes"] > 50 * MB]
    assert "larger than" in large["problem"]
    with Store.read(tmp_path) as store:
        stored = store.captures.get(large["id"])
        assert stored
        assert stored.capture.body == content


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    """A file system of its own, which needs root."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if (
        not shutil.which("mount")
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "size=3m") as folder:
        with capturing(folder, "--delivery", "local") as capture:
            url = f"{capture.endpoint}/2/httpapi"
            accepted = fill_up(url, 20_000) + fill_up(url, 10)
            assert "full" in capture.message("trouble")["sentence"]
            subprocess.run(["mount", "-o", "remount,size=30m", str(folder)], check=True)
            assert httpx.post(url, json=GOOD).status_code == 200
            troubles = capture.message("trouble")["sentence"]
            while "again" not in troubles:
                troubles = capture.message("trouble")["sentence"]
        assert len(printed("events", folder)) == accepted + 1


def fill_up(url: str, size: int) -> int:
    """Upload until the disk refuses; returns how many were answered 200."""
    accepted = 0
    while True:
        events = [{"event_type": "N", "user_id": os.urandom(size).hex()}]
        status = httpx.post(url, json={"api_key": KEY, "events": events}).status_code
        if status != 200:
            assert status == 503
            return accepted
        accepted += 1


def test_forward_with_full_disk_sends_nothing_on_unrecorded(tmp_path: Path) -> None:
    with upstream() as far, small_disk(tmp_path / "small", "size=3m") as folder:
        with capturing(folder, "--endpoint-upstream", far.url) as capture:
            accepted = fill_up(f"{capture.endpoint}/2/httpapi", 20_000)
        assert len(far.seen) == accepted


def test_read_only_folder(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "size=1m,ro") as folder:
        refused(folder, "cannot be")


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file" / "workspace", "cannot be used")


def test_damaged_workspace(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"SQLite format 3\0" + os.urandom(20_000))
    refused(tmp_path, "damaged")


def test_file_that_is_no_workspace(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE something (x)")
    other.close()
    refused(tmp_path, "is not an Eventscope workspace")


def test_newer_workspace(tmp_path: Path) -> None:
    Store.write(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as later:
        later.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('eventscope', 'm999_later', '2030-01-01')"
        )
    later.close()
    refused(tmp_path, "newer version")
    result = eventscope("events", "--workspace", str(tmp_path))
    assert result.returncode == 1
    assert "newer version" in result.stderr


def test_second_instance(tmp_path: Path) -> None:
    with capturing(tmp_path) as capture:
        sentence = refused(tmp_path, "in use")
        assert str(capture.process.pid) in sentence


def test_no_workspace_yet(tmp_path: Path) -> None:
    result = eventscope("events", "--workspace", str(tmp_path / "nothing"))
    assert result.returncode == 1
    assert result.stderr.startswith("There is no workspace in")


def test_wrong_usage() -> None:
    assert eventscope("events", "--format", "xml").returncode == 2
    assert eventscope("capture", "--proxy-port", "99999").returncode == 2
    assert eventscope("nonsense").returncode == 2


def test_damaged_settings_are_set_aside(tmp_path: Path, home: Path) -> None:
    (home / "settings.json").write_text("{not json")
    with capturing(tmp_path):
        assert (home / "settings.damaged.json").read_text() == "{not json"


def test_workspace_is_pruned_to_its_cap(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local", "--cap-mb", "2") as capture:
        for _ in range(30):
            noise = [{"event_type": "N", "user_id": os.urandom(50_000).hex()}]
            body = {"api_key": KEY, "events": noise}
            assert httpx.post(f"{capture.endpoint}/2/httpapi", json=body).status_code == 200
        removed = capture.message("removed")
        assert removed["first_event"] > 1
    assert printed("events", tmp_path)[0]["id"] >= removed["first_event"]


def refused(folder: Path, words: str) -> str:
    """Capturing there ends at once with status 1 and one sentence, which is returned."""
    process = Capturing(folder)
    assert process.wait() == 1
    sentence = process.stderr.strip()
    assert words in sentence
    assert "Traceback" not in sentence
    assert len(sentence.splitlines()) == 1
    return sentence


def test_usage_errors_are_not_tracebacks(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "proxy", "--host", "not a host", "--workspace", str(tmp_path)],
        capture_output=True,
        check=False,
        text=True,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode == 1
    assert "is not a host name" in result.stderr


def test_a_folder_keeps_the_mode_its_owner_gave_it(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with capturing(folder, "--delivery", "local") as capture:
        httpx.post(f"{capture.endpoint}/2/httpapi", json=GOOD)
        assert folder.stat().st_mode & 0o777 == 0o755
        files = list(folder.iterdir())
        assert {f"{FILE}-wal", FILE} <= {path.name for path in files}
        assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_damage_in_the_middle_is_a_sentence(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        events = [{"event_type": f"E{n}", "user_id": os.urandom(50).hex()} for n in range(2000)]
        body = {"api_key": KEY, "events": events}
        assert httpx.post(f"{capture.endpoint}/2/httpapi", json=body).status_code == 200
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(300_000))
    for command in ("events", "uploads"):
        result = eventscope(command, "--workspace", str(tmp_path))
        assert result.returncode == 1
        assert "damaged" in result.stderr
        assert "Traceback" not in result.stderr


def test_one_bad_file_does_not_stop_an_import(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("nothing")
    (tmp_path / "good.json").write_text(json.dumps(GOOD))
    files = [str(tmp_path / name) for name in ("bad.txt", "missing.json", "good.json")]
    result = eventscope("import", "--workspace", str(tmp_path / "ws"), *files)
    assert result.returncode == 1
    assert [entry["event_type"] for entry in printed("events", tmp_path / "ws")] == ["Good"]


def test_the_log_of_changes_starts_over_under_load(tmp_path: Path) -> None:
    """The WAL begins anew while traffic goes on; otherwise it would grow until the disk is full."""
    events = [{"event_type": "N", "user_id": os.urandom(20_000).hex()} for _ in range(10)]
    log = tmp_path / f"{FILE}-wal"
    begun: set[bytes] = set()
    written = 0
    with capturing(tmp_path, "--delivery", "local") as capture, httpx.Client() as client:
        while len(begun) < 4:
            events[0]["user_id"] = os.urandom(20_000).hex()
            content = json.dumps({"api_key": KEY, "events": events}).encode()
            client.post(f"{capture.endpoint}/2/httpapi", content=content)
            written += len(content)
            assert written < 3000 * MB
            begun.add(salts(log))
        assert log.stat().st_size < written


def salts(log: Path) -> bytes:
    """What SQLite draws anew whenever a WAL begins."""
    with log.open("rb") as file:
        return file.read(24)[16:]
