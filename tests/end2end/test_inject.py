"""
The page agent in other people's browsers: what the proxy changes, byte by byte, and who may talk.
"""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
import zstandard

from app.injecting import SCRIPT
from tests.end2end.capturing import Capturing, capturing

PAGE = b"<!doctype html><html><head><title>Shop</title></head><body>\xc3\xbc</body></html>"
PACKED = {
    "": lambda body: body,
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
OTHERS: dict[str, tuple[str, bytes]] = {
    "/app.js": ("text/javascript", b"if (x < 1) document.write('<html><head></head></html>')"),
    "/data.json": ("application/json", b'{"html":"<html><head></head></html>"}'),
    "/part.html": ("text/html", b"<li>one</li>"),
    "/image.png": ("image/png", bytes(range(256)) * 40),
    "/bomb": ("text/html", gzip.compress(b"<html><head>" + bytes(300 << 20), 1)),
    "/odd": ("text/html; charset=utf-16", "<html><head></head></html>".encode("utf-16")),
}
CSP = "default-src 'none'; script-src 'nonce-page1'; connect-src https://api.example"


class Site(BaseHTTPRequestHandler):
    """A page in every encoding, and what is no page."""

    def do_GET(self) -> None:
        kind, body = OTHERS.get(self.path.partition("?")[0], ("text/html; charset=utf-8", PAGE))
        encoding = self.path.partition("encoding=")[2]
        if self.path.startswith("/part.html"):
            encoding = ""
        is_packed = self.path == "/bomb" or self.path.startswith("/lie")
        if self.path == "/lie":
            body = PAGE  # Which it says is packed, and is not.
        body = PACKED[encoding](body)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", CSP)
        if encoding or is_packed:
            self.send_header("Content-Encoding", encoding or "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Capturing]:
    with capturing(tmp_path / "workspace", "--delivery", "local") as made:
        yield made


def get(running: Capturing, url: str, **headers: str) -> httpx.Response:
    with httpx.Client(proxy=f"http://{running.proxy}", trust_env=False) as client:
        return client.get(url, headers={"Sec-Fetch-Dest": "document", **headers})


def label(running: Capturing, *hosts: str) -> None:
    running.send(type="set_labeled", hosts=list(hosts))


def until_injected(running: Capturing, url: str) -> httpx.Response:
    for _ in range(200):
        found = get(running, url)
        if SCRIPT.encode() in found.content:
            return found
    raise AssertionError("the agent never came")


@pytest.mark.parametrize("encoding", PACKED)
def test_a_page_of_a_chosen_site_gets_the_agent_and_nothing_else(
    running: Capturing, encoding: str
) -> None:
    with site() as address:
        label(running, address)
        found = until_injected(running, f"http://{address}/?encoding={encoding}")
    tag = f'<script src="{SCRIPT}" nonce="page1"></script>'.encode()
    assert found.content == PAGE.replace(b"<head>", b"<head>" + tag)
    assert found.headers["content-security-policy"] == f"{CSP} 'self'"


def test_everything_else_is_the_same_to_the_byte(running: Capturing) -> None:
    with site() as address, httpx.Client(trust_env=False) as client:
        other = address.replace("127.0.0.1", "localhost")
        label(running, address)
        until_injected(running, f"http://{address}/")
        for path in OTHERS:
            direct = client.get(f"http://{address}{path}")
            through = get(running, f"http://{address}{path}")
            assert through.content == direct.content
            assert through.headers["content-security-policy"] == CSP
        # What a script fetches, and sites that were not chosen.
        assert get(running, f"http://{address}/", **{"Sec-Fetch-Dest": "empty"}).content == PAGE
        assert get(running, f"http://{other}/").content == PAGE
        label(running)
        for _ in range(200):
            if get(running, f"http://{address}/").content == PAGE:
                break
        else:
            raise AssertionError("the agent stayed")


def test_only_the_page_itself_may_talk(running: Capturing) -> None:
    with site() as address:
        label(running, address)
        until_injected(running, f"http://{address}/")
        code = get(running, f"http://{address}{SCRIPT}").text
        token = json.loads(code.rpartition("connectAgent(")[2].partition(")")[0])["token"]
        said = {"page": "p1", "messages": [{"say": "leave"}]}

        def say(**headers: str) -> httpx.Response:
            with httpx.Client(proxy=f"http://{running.proxy}", trust_env=False) as client:
                return client.post(f"http://{address}/__eventscope/say", json=said, headers=headers)

        assert say().status_code == 403
        assert say(**{"X-Eventscope-Token": "guess"}).status_code == 403
        mine = {"X-Eventscope-Token": token}
        assert say(**mine, Origin="https://evil.example").status_code == 403
        assert say(**mine, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert say(**mine, Origin=f"http://{address}").json() == {"asked": []}
        heard: Any = running.message("agent_said")
        assert (heard["page"], json.loads(heard["text"])) == ("p1", {"say": "leave"})
        running.send(type="ask_agent", page="p1", text='{"do":"up"}')
        for _ in range(200):
            if say(**mine).json() == {"asked": [{"do": "up"}]}:
                break
        else:
            raise AssertionError("never asked")


def raw(running: Capturing, url: str) -> bytes:
    """The bytes of an answer, not unpacked."""
    with (
        httpx.Client(proxy=f"http://{running.proxy}", trust_env=False) as client,
        client.stream("GET", url, headers={"Sec-Fetch-Dest": "document"}) as answer,
    ):
        return b"".join(answer.iter_raw())


def test_bombs_and_lies_pass_as_they_came(running: Capturing) -> None:
    with site() as address:
        label(running, address)
        until_injected(running, f"http://{address}/")
        assert raw(running, f"http://{address}/bomb") == OTHERS["/bomb"][1]
        assert raw(running, f"http://{address}/lie") == PAGE
        memory = Path(f"/proc/{running.process.pid}/status")
        if memory.exists():
            (peak,) = [line for line in memory.read_text().splitlines() if "VmHWM" in line]
            assert int(peak.split()[1]) < 250_000


def test_a_page_that_never_stops_talking_is_cut_off_and_nothing_else_is(running: Capturing) -> None:
    with site() as address:
        label(running, address)
        until_injected(running, f"http://{address}/")
        code = get(running, f"http://{address}{SCRIPT}").text
        token = json.loads(code.rpartition("connectAgent(")[2].partition(")")[0])["token"]
        where = f"http://{address}/__eventscope/say"
        message = {"say": "page", "page_url": "x" * 2_000_000, "page_title": ""}
        body = json.dumps({"page": "p", "messages": [message]}).encode()
        deep = b'{"page":"p","messages":[' + b"[" * 600 + b"]" * 600 + b"]}"
        mine = {"X-Eventscope-Token": token}
        with httpx.Client(proxy=f"http://{running.proxy}", trust_env=False) as client:
            assert client.post(where, content=deep, headers=mine).status_code == 400
            statuses = {
                client.post(where, content=body, headers=mine).status_code for _ in range(60)
            }
            assert statuses == {200, 429}
            for bad in (b"\xff\xfe", b"http://[::1", b"null"):
                odd = [(b"X-Eventscope-Token", token.encode()), (b"Origin", bad)]
                assert client.post(where, content=b"{}", headers=odd).status_code == 403
            odd = [(b"X-Eventscope-Token", b"\xff")]
            assert client.post(where, content=b"{}", headers=odd).status_code == 403
            foreign = {"Sec-Fetch-Site": "cross-site"}
            assert client.get(f"http://{address}{SCRIPT}", headers=foreign).status_code == 403
        # Commands are still heard, and answered.
        running.send(type="set_delivery", delivery="block")
        assert running.message("changed")["delivery"] == "block"
    assert "Traceback" not in running.stderr
