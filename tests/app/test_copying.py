"""An event as text for somewhere else; what runs is run."""

import http.server
import json
import subprocess
import sys
import threading
from typing import Any

import pytest

from app.copying import as_json, as_markdown, as_python, as_track
from app.decode import decode
from app.model import Capture, Event, Outcome, Response

EVENT = {
    "event_type": "Buy </script> | *now*",
    "user_id": "ada",
    "time": 1_795_281_104_973,
    "insert_id": "i-1",
    "event_properties": {"price": 12.5, "ok": True, "none": None, "text": 'it\'s "é"\n```'},
}


def captured(event: dict[str, Any], url: str = "https://api2.amplitude.com/2/httpapi") -> Capture:
    body = {"api_key": "k" * 32, "events": [event]}
    headers = (("Content-Type", "application/json"), ("Content-Length", "7"), ("Host", "x"))
    return Capture(1, "POST", url, headers, json.dumps(body).encode(), Response(200))


@pytest.fixture
def event() -> Event:
    upload = decode(captured(EVENT)).upload
    assert upload
    return upload.events[0]


def test_json_is_what_was_sent(event: Event) -> None:
    assert json.loads(as_json(event)) == EVENT


def test_a_track_call_runs_and_says_the_same(event: Event) -> None:
    call = as_track(event)
    assert "</script" not in call
    script = f"const amplitude = {{track: (...all) => console.log(JSON.stringify(all))}};\n{call}"
    ran = subprocess.run(["node", "-e", script], capture_output=True, check=True, timeout=120)
    assert json.loads(ran.stdout) == [
        EVENT["event_type"],
        EVENT["event_properties"],
        {"user_id": "ada", "time": 1_795_281_104_973, "insert_id": "i-1"},
    ]


def test_the_python_program_sends_the_same_body() -> None:
    got: list[Any] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            got.append(json.loads(self.rfile.read(size)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        capture = captured(EVENT, f"http://127.0.0.1:{server.server_port}/2/httpapi")
        # httpx takes the same words as requests, which is not a dependency of ours.
        program = as_python(capture).replace("import requests", "import httpx as requests")
        subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
        thread.join()
    assert got == [{"api_key": "k" * 32, "events": [EVENT]}]


def test_markdown_reads_nothing_into_names(event: Event) -> None:
    text = as_markdown(event, captured(EVENT), Outcome.REJECTED, "Missing | field")
    lines = text.split("\n")
    assert lines[0] == r"### Buy \</script\> \| \*now\*"
    assert r"| Outcome | rejected: Missing \| field |" in lines
    fences = [line for line in lines if line.startswith("````")]
    assert fences == ["````json", "````"]
