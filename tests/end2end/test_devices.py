"""Other devices: none from elsewhere is heard unless told, and then no more than a phone needs."""

import http.server
import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mitmproxy.connection import Client

from app.certificate import read
from proxy.devices import DevicesAddon
from tests.end2end.capturing import Capturing, capturing, eventscope
from tests.factories import event
from tests.network import own_address

OWN = own_address()
needs_network = pytest.mark.skipif(
    not OWN, reason="this machine cannot be reached by an address of a local network"
)


def client(capture: Capturing, host: str, *, proxied: bool) -> httpx.Client:
    """A program that reaches us at this address, by the proxy or at once."""
    port = capture.proxy.rpartition(":")[2]
    return httpx.Client(
        proxy=f"http://{host}:{port}" if proxied else None, trust_env=False, timeout=20
    )


def endpoint(capture: Capturing, host: str) -> str:
    return f"http://{host}:{capture.endpoint.rpartition(':')[2]}"


@pytest.fixture(scope="module")
def open_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Capturing]:
    """A capture that lets other devices connect."""
    workspace = tmp_path_factory.mktemp("open") / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVENTSCOPE_HOME", str(workspace.parent / "home"))
        with capturing(workspace, "--delivery", "local", "--network") as made:
            yield made


@pytest.fixture
def closed_machine() -> Iterator[str]:
    """Something that listens for this machine alone."""

    class Secret(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"secret")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Secret)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@needs_network
def test_only_this_machine_is_heard_unless_told_otherwise(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        assert capture.first["network"] is False
        for address in (capture.proxy, capture.endpoint):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((OWN, int(address.rpartition(":")[2])), 5)


@needs_network
def test_a_phone_finds_the_proxy_and_the_certificate(open_one: Capturing) -> None:
    assert open_one.first["network"] is True
    assert open_one.proxy.startswith("127.0.0.1:")
    with client(open_one, OWN, proxied=False) as phone:
        page = phone.get(f"{endpoint(open_one, OWN)}/phone")
        certificate = phone.get(f"{endpoint(open_one, OWN)}/phone/eventscope.crt")
        named = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert {phone.get(endpoint(open_one, OWN) + path).status_code for path in named} == {200}
    assert f"<dd>{OWN}</dd>" in page.text
    assert f"<dd>{open_one.proxy.rpartition(':')[2]}</dd>" in page.text
    assert read(Path(open_one.certificate)).sha256 in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "$" not in page.text
    assert certificate.content == Path(open_one.certificate).read_bytes()
    assert certificate.headers["content-type"] == "application/x-x509-ca-cert"


@needs_network
def test_what_a_phone_sends_is_stored_once(open_one: Capturing) -> None:
    ways = {"endpoint": False, "proxy": True}
    for name, proxied in ways.items():
        with client(open_one, OWN, proxied=proxied) as phone:
            body = {"api_key": "k" * 32, "events": [event(f"by {name}")]}
            answer = phone.post(f"{endpoint(open_one, OWN)}/2/httpapi", json=body)
            assert answer.json()["events_ingested"] == 1
    printed = eventscope("events", "--workspace", str(open_one.workspace)).stdout
    stored = [json.loads(line) for line in printed.splitlines()]
    assert [(one["event_type"], one["via"]) for one in stored] == [
        ("by endpoint", "endpoint"),
        ("by proxy", "endpoint"),
    ]
    captures = eventscope("captures", "--workspace", str(open_one.workspace)).stdout
    assert "/phone" not in captures


@needs_network
def test_a_phone_does_not_get_to_what_is_for_this_machine_alone(
    open_one: Capturing, closed_machine: str
) -> None:
    with client(open_one, "127.0.0.1", proxied=True) as program:
        assert program.get(closed_machine).text == "secret"
    with client(open_one, OWN, proxied=True) as phone:
        answer = phone.get(closed_machine)
    assert answer.status_code == 502
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("address", "is_heard"),
    [
        ("127.0.0.1", True),
        ("192.168.1.9", True),
        ("10.1.2.3", True),
        ("169.254.1.1", True),
        ("fe80::1%eth0", True),
        ("::ffff:192.168.1.9", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2001:4860:4860::8888", False),
    ],
)
def test_only_the_local_network_is_heard(tmp_path: Path, address: str, is_heard: bool) -> None:
    found = Client(peername=(address, 4), sockname=("0.0.0.0", 5), timestamp_start=0)
    DevicesAddon(tmp_path / "none.pem").client_connected(found)
    assert (found.error is None) == is_heard
