"""
A stand-in for Amplitude's Dashboard REST API on loopback, which answers as it is documented to.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "k" * 32, "s" * 32


class StandIn:
    """What it knows, how it is to fail, and what it was asked."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.events: dict[int, list[dict[str, Any]]] = {}
        self.fails: tuple[int, bytes] | None = None
        self.asked: list[str] = []
        self.held = threading.Event()
        self.held.set()
        self.address = ""

    @property
    def hosts(self) -> dict[str, str]:
        return {"US": self.address, "EU": self.address}

    def knows(self, text: str, number: int, *events: dict[str, Any]) -> None:
        """Somebody and what they did, newest first."""
        self.people[text] = {
            "user_id": text,
            "amplitude_id": number,
            "last_device_id": None,
            "platform": "Web",
            "country": "Norway",
            "last_seen": "2026-11-21",
        }
        self.events[number] = list(events)

    def answer(self, target: str, authorization: str) -> tuple[int, bytes]:
        """Status and body."""
        self.asked.append(target)
        self.held.wait(120)
        if self.fails:
            return self.fails
        wanted = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if authorization != f"Basic {wanted}":
            return 401, b"Unauthorized"
        address = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        said: dict[str, Any]
        if address.path == "/api/2/usersearch":
            found = self.people.get(asked["user"])
            kind = "match_user_or_device_id" if found else "nomatch"
            said = {"type": kind, "matches": [found] if found else []}
        else:
            events = self.events[int(asked["user"])][: int(asked["limit"])]
            said = {"userData": {"num_events": len(events)}, "events": events}
        return 200, json.dumps(said).encode()


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """It listens as long as this lasts."""
    made = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = made.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        made.held.set()
        server.shutdown()
        server.server_close()
        thread.join()
