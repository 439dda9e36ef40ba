"""
The capture process over real sockets: deliveries, what is opened, commands, how it ends.
"""

import gzip
import json
import signal
import socket
import ssl
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mitmproxy.certs import CertStore

from tests.end2end.capturing import (
    PATIENT,
    TIMEOUT,
    Capturing,
    capturing,
    eventscope,
    printed,
)
from tests.end2end.upstream import upstream

KEY = "0123456789abcdef0123456789abcdef"


def body(*types: str) -> dict[str, Any]:
    """A HTTP V2 body."""
    return {
        "api_key": KEY,
        "events": [
            {"event_type": kind, "user_id": "user-1", "time": 1795281104973, "insert_id": f"i{n}"}
            for n, kind in enumerate(types)
        ],
    }


def through(capture: Capturing) -> httpx.Client:
    """A client that goes through the proxy and trusts our authority."""
    context = ssl.create_default_context(cafile=capture.certificate)
    return httpx.Client(proxy=f"http://{capture.proxy}", verify=context)


def test_local_delivery_answers_as_documented(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture, through(capture) as client:
        for url in ("https://api2.amplitude.com/2/httpapi", "https://api.eu.amplitude.com/batch"):
            answer = client.post(url, json=body("A", "B")).json()
            assert answer["code"] == 200
            assert answer["events_ingested"] == 2
            assert answer["payload_size_bytes"] > 100
            assert abs(answer["server_upload_time"] - time.time() * 1000) < 60_000
    assert [upload["endpoint"] for upload in printed("uploads", tmp_path)] == ["HTTP V2", "Batch"]


@pytest.mark.parametrize(
    ("content", "error", "missing"),
    [
        (b"{nope", "Invalid JSON request body", None),
        (b'{"events":[]}', "Request missing required field", "api_key"),
        (b'{"api_key":"0123456789abcdef0123456789abcdef"}', "Request missing required field",
         "events"),
        (b'{"api_key":"k","events":[1]}', "Invalid event JSON", None),
    ],
)  # fmt: skip
def test_local_delivery_refuses_as_documented(
    tmp_path: Path, content: bytes, error: str, missing: str | None
) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture, through(capture) as client:
        answer = client.post("https://api2.amplitude.com/2/httpapi", content=content)
        assert answer.status_code == 400
        assert answer.json() == {
            "code": 400,
            "error": error,
            "missing_field": missing,
            "events_with_invalid_fields": {},
            "events_with_missing_fields": {},
        }
    (upload,) = printed("uploads", tmp_path)
    assert upload["problem"]
    assert upload["status"] == 400


def test_preflight_and_remote_configuration(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture, through(capture) as client:
        answer = client.options(
            "https://api2.amplitude.com/2/httpapi",
            headers={
                "Origin": "https://shop.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-encoding,content-type",
            },
        )
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert answer.headers["access-control-allow-headers"] == "content-encoding,content-type"
        config = client.get("https://sr-client-cfg.amplitude.com/config/k?config_group=browser")
        assert config.json() == {"configs": {}}
        assert config.headers["access-control-allow-origin"] == "*"


def test_forward_returns_the_answer_unchanged(tmp_path: Path) -> None:
    with upstream() as far:
        far.status, far.body = 400, b'{"code":400,"error":"Invalid API key"}'
        with capturing(tmp_path, "--endpoint-upstream", far.url) as capture:
            answer = httpx.post(f"{capture.endpoint}/my/own/path", json=body("A"))
            httpx.post(f"{capture.endpoint}/batch", json=body("B"))
        assert answer.status_code == 400
        assert answer.content == far.body
        assert answer.headers["x-upstream"] == "yes"
        assert [seen.path for seen in far.seen] == ["/2/httpapi", "/batch"]
        assert far.seen[0].headers["Host"] == far.url.removeprefix("http://")
    first, second = printed("uploads", tmp_path)
    assert first["url"].endswith("/my/own/path")
    assert first["status"] == 400
    assert first["outcomes"] == {"rejected": 1}
    assert second["endpoint"] == "Batch"
    assert first["duration_ms"] is not None


def test_forward_with_upstream_gone_is_the_failure_it_would_have_been(tmp_path: Path) -> None:
    with upstream() as far:
        gone = far.url
    with capturing(tmp_path, "--endpoint-upstream", gone) as capture:
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{capture.endpoint}/2/httpapi", json=body("A"))
        assert httpx.get(f"http://{capture.proxy}").status_code  # still serving
    (upload,) = printed("uploads", tmp_path)
    assert upload["status"] is None
    assert upload["failure"]
    assert upload["outcomes"] == {"unanswered": 1}


def test_upstream_that_hangs_up(tmp_path: Path) -> None:
    with upstream() as far:
        far.hang_up = True
        with (
            capturing(tmp_path, "--endpoint-upstream", far.url) as capture,
            pytest.raises(httpx.TransportError),
        ):
            httpx.post(f"{capture.endpoint}/2/httpapi", json=body("A"))
    (upload,) = printed("uploads", tmp_path)
    assert upload["outcomes"] == {"unanswered": 1}


def test_delivery_switches_while_running(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        url = f"{capture.endpoint}/2/httpapi"
        assert httpx.post(url, json=body("A")).status_code == 200
        capture.send(type="set_delivery", delivery="block")
        capture.message("changed", delivery="block")
        with pytest.raises(httpx.TransportError):
            httpx.post(url, json=body("B"))
        capture.send(type="set_delivery", delivery="nonsense")
        assert "nonsense" in capture.message("trouble")["sentence"]
        capture.send(type="set_delivery", delivery="local")
        capture.message("changed", delivery="local")
        assert httpx.post(url, json=body("C")).status_code == 200
    outcomes = [(entry["event_type"], entry["outcome"]) for entry in printed("events", tmp_path)]
    assert outcomes == [("A", "accepted"), ("B", "unanswered"), ("C", "accepted")]
    deliveries = [entry["delivery"] for entry in printed("uploads", tmp_path)]
    assert deliveries == ["local", "block", "local"]


def test_hosts_not_listed_are_never_opened(tmp_path: Path) -> None:
    with tls_server(tmp_path / "far") as (port, theirs), capturing(tmp_path / "ours") as capture:
        context = ssl.create_default_context(cafile=theirs)
        context.check_hostname = False
        with httpx.Client(proxy=f"http://{capture.proxy}", verify=context) as client:
            # Their authority, not ours: this handshake was with them.
            assert client.get(f"https://127.0.0.1:{port}/").text == "untouched"
        capture.send(type="set_hosts", hosts=["127.0.0.1"])
        assert capture.message("changed")["hosts"] == ["127.0.0.1"]
        with (
            httpx.Client(proxy=f"http://{capture.proxy}", verify=context) as client,
            pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            client.get(f"https://127.0.0.1:{port}/")
    assert printed("uploads", tmp_path / "ours") == []


def test_servers_that_speak_first_are_heard(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, capturing(tmp_path) as capture:
        server.settimeout(TIMEOUT)
        host, _, port = capture.proxy.partition(":")
        with socket.create_connection((host, int(port)), timeout=TIMEOUT) as client:
            client.sendall(f"CONNECT 127.0.0.1:{server.getsockname()[1]} HTTP/1.1\r\n\r\n".encode())
            far, _ = server.accept()
            with far:
                far.sendall(b"220 ready\r\n")
                received = b""
                while b"220 ready" not in received:
                    received += client.recv(1000)


def test_large_bodies_of_others_pass(tmp_path: Path) -> None:
    with upstream() as far, capturing(tmp_path, "--delivery", "local") as capture:
        far.body = b"d" * (30 << 20)
        content = b"u" * (80 << 20)
        with through(capture) as client:
            answer = client.post(f"{far.url}/file", content=content)
        assert answer.content == far.body
        assert far.seen[0].body == content
    assert printed("uploads", tmp_path) == []


def test_headers_of_any_bytes_do_not_open_a_way_out(tmp_path: Path) -> None:
    """An answer that cannot be made must not let an upload that was to stay here leave."""
    with upstream() as far, capturing(tmp_path, "--delivery", "local") as capture:
        host, _, port = capture.proxy.partition(":")
        content = json.dumps(body("A")).encode()
        head = (
            f"POST {far.url}/collect HTTP/1.1\r\nHost: {far.url[7:]}\r\nOrigin: http://".encode()
            + b"\xff\r\nConnection: close\r\n"
            + f"Content-Length: {len(content)}\r\n\r\n".encode()
        )
        with socket.create_connection((host, int(port)), timeout=TIMEOUT) as client:
            client.sendall(head + content)
            received = b""
            while chunk := client.recv(4096):
                received += chunk
        assert received.startswith(b"HTTP/1.1 200")
        assert far.seen == []
    assert len(printed("events", tmp_path)) == 1


@pytest.mark.parametrize(
    "content", [b"{nope", b'{"events":[]}', b'{"api_key":"k","events":null}', b"\x1f\x8bnothing"]
)
def test_endpoint_refuses_as_the_ingestion_host_would(tmp_path: Path, content: bytes) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        for path in ("/2/httpapi", "/any"):
            answer = httpx.post(f"{capture.endpoint}{path}", content=content)
            assert answer.status_code == answer.json()["code"] == 400
    assert all(upload["problem"] for upload in printed("uploads", tmp_path))


def test_upstream_with_a_path_of_its_own(tmp_path: Path) -> None:
    with upstream() as far:
        with capturing(tmp_path, "--endpoint-upstream", f"{far.url}/my/collector") as capture:
            httpx.post(f"{capture.endpoint}/batch", json=body("A"))
        assert [seen.path for seen in far.seen] == ["/my/collector"]


@pytest.mark.parametrize(
    "upstream_url", ["", "ftp://x", "https://", "http://a b", "https://h:99999", "https://u:p@h/"]
)
def test_upstream_that_is_none(tmp_path: Path, upstream_url: str) -> None:
    process = Capturing(tmp_path, f"--endpoint-upstream={upstream_url or 'x'}")
    assert process.wait() == 1
    assert process.stderr.startswith("The endpoint cannot forward to")


@contextmanager
def tls_server(folder: Path) -> Iterator[tuple[int, Path]]:
    """A TLS server of somebody else; its port, and the certificate to trust."""
    entry = CertStore.from_store(folder, "far", 2048).get_cert(
        "far.test", [x509.DNSName("far.test")]
    )
    key = entry.privatekey.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    (folder / "leaf.pem").write_bytes(key + entry.cert.to_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem")
    with upstream() as server:
        server.body = b"untouched"
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server.server_address[1], folder / "far-ca-cert.pem"


def test_plain_pages_pass_and_are_not_kept_but_first_party_uploads_are(tmp_path: Path) -> None:
    with upstream() as far:
        far.body = b"page"
        with capturing(tmp_path, "--delivery", "local") as capture, through(capture) as client:
            assert client.get(f"{far.url}/page").content == b"page"
            assert client.post(f"{far.url}/form", content=b"a=1").content == b"page"
            assert client.post(f"{far.url}/collect", json=body("A")).json()["code"] == 200
        assert [seen.path for seen in far.seen] == ["/page", "/form"]
    (upload,) = printed("uploads", tmp_path)
    assert upload["url"] == f"{far.url}/collect"


def test_unknown_requests_to_analytics_hosts_are_kept(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture, through(capture) as client:
        assert client.post("https://api2.amplitude.com/what", content=b"x").status_code == 200
        assert capture.message("captured")["last_capture"] == 1
    assert printed("uploads", tmp_path) == []


def test_gzip_and_beacons(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(body("Zipped")).encode())
    with capturing(tmp_path, "--delivery", "local") as capture:
        url = f"{capture.endpoint}/2/httpapi"
        httpx.post(url, content=packed, headers={"Content-Encoding": "gzip"})
        httpx.post(url, content=packed)  # the header lost on the way
        httpx.post(url, content=json.dumps(body("Beacon")), headers={"Content-Type": "text/plain"})
    uploads = printed("uploads", tmp_path)
    assert [upload["compression"] for upload in uploads] == ["gzip", "gzip", "none"]
    assert [upload["transport"] for upload in uploads] == ["http", "http", "beacon"]
    assert uploads[0]["wire_bytes"] == len(packed)
    assert uploads[0]["body_bytes"] == len(gzip.decompress(packed))


def test_authority_is_private_and_our_own(tmp_path: Path, home: Path) -> None:
    with capturing(tmp_path) as capture:
        certificate = Path(capture.certificate)
        assert certificate.is_relative_to(home)
        assert stat.S_IMODE(certificate.parent.stat().st_mode) == 0o700
        keys = [path for path in certificate.parent.iterdir() if "PRIVATE" in _text(path)]
        assert keys
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in keys)


def _text(path: Path) -> str:
    return path.read_bytes().decode("latin-1")


def test_listens_on_loopback_only(tmp_path: Path) -> None:
    with capturing(tmp_path) as capture:
        assert capture.proxy.startswith("127.0.0.1:")
        assert capture.endpoint.startswith("http://127.0.0.1:")
        own = Path(f"/proc/{capture.process.pid}/net/tcp")
        if own.exists():
            ports = {f"{int(a.rpartition(':')[2]):04X}" for a in (capture.proxy, capture.endpoint)}
            bound = [line.split()[1].split(":") for line in own.read_text().splitlines()[1:]]
            assert {address for address, port in bound if port in ports} == {"0100007F"}


def test_taken_port_moves_and_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with capturing(tmp_path, "--proxy-port", str(port)) as capture:
            assert not capture.proxy.endswith(f":{port}")
            assert f"Port {port} is in use" in capture.first["note"]


def test_neighbouring_ports_that_are_both_taken(tmp_path: Path) -> None:
    with capturing(tmp_path / "first") as first:
        proxy = int(first.proxy.rpartition(":")[2])
        arguments = ("--proxy-port", str(proxy), "--endpoint-port", str(proxy))
        arguments += ("--delivery", "local")
        with capturing(tmp_path / "second", *arguments) as second:
            found = {second.proxy.rpartition(":")[2], second.endpoint.rpartition(":")[2]}
            assert len(found) == 2
            assert str(proxy) not in found
            assert httpx.get(f"{second.endpoint}/x").status_code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        httpx.post(f"{capture.endpoint}/2/httpapi", json=body("A"))
        capture.process.send_signal(number)
        assert capture.wait() == 0
    assert len(printed("events", tmp_path)) == 1


def test_what_is_no_command_is_answered(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        assert capture.process.stdin
        for line in ("garbage", '{"type":"bogus"}', '{"type":"set_cap","megabytes":"5"}'):
            capture.process.stdin.write(f"{line}\n")
            capture.process.stdin.flush()
            assert capture.message("trouble")["sentence"] == f"Not a command: {line}"
        # What it says itself is no command either.
        capture.send(type="stopped")
        assert "stopped" in capture.message("trouble")["sentence"]
        capture.send(type="captured", last_capture=1, last_event=1)
        assert capture.message("trouble")["sentence"] == "Not a command: captured"
        capture.send(type="name_project", api_key="nobody", name="Shop")
        capture.send(type="set_delivery", delivery="block")
        capture.message("changed", delivery="block")


def test_stop_command_ends_it(tmp_path: Path) -> None:
    with capturing(tmp_path) as capture:
        capture.send(type="stop")
        assert capture.wait() == 0


def test_idle_connections_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with (
        capturing(tmp_path, "--delivery", "local", module=PATIENT) as capture,
        ExitStack() as held,
    ):
        host, _, port = capture.proxy.partition(":")
        for first in (b"", b"CONNECT 127.0.0.1:9 HTTP/1.1\r\n\r\n", b"POST /x HTTP/1.1\r\n"):
            held.enter_context(socket.create_connection((host, int(port)))).sendall(first)
        client = held.enter_context(httpx.Client())
        assert client.post(f"{capture.endpoint}/2/httpapi", json=body("A")).status_code == 200
        assert capture.stop() == 0
        assert capture.stderr == ""


def test_an_upload_on_its_way_gets_its_answer(tmp_path: Path) -> None:
    with upstream() as far:
        far.delay = 0.5
        with (
            capturing(tmp_path, "--endpoint-upstream", far.url, module=PATIENT) as capture,
            ThreadPoolExecutor() as pool,
        ):
            url = f"{capture.endpoint}/2/httpapi"
            answer = pool.submit(httpx.post, url, json=body("A"))
            capture.message("captured")
            assert capture.stop() == 0
            assert answer.result().status_code == 200
    assert printed("events", tmp_path)[0]["outcome"] == "accepted"


def test_clear_removes_everything_and_ids_go_on(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        url = f"{capture.endpoint}/2/httpapi"
        httpx.post(url, json=body("A", "B"))
        capture.send(type="clear")
        assert capture.message("removed") == {
            "type": "removed",
            "first_capture": 2,
            "first_event": 3,
        }
        httpx.post(url, json=body("C"))
    assert [(e["id"], e["event_type"]) for e in printed("events", tmp_path)] == [(3, "C")]


def test_command_line_is_the_same_process(tmp_path: Path) -> None:
    result = eventscope(
        "capture", "--workspace", str(tmp_path), "--proxy-port", "0", "--endpoint-port", "0"
    )
    assert result.returncode == 0, result.stderr  # standard input was at its end
    assert json.loads(result.stdout.splitlines()[0])["type"] == "listening"
