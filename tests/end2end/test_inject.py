"""
The page agent in other people's browsers: what the proxy changes, byte by byte, and who may talk.
"""

import gzip
import itertools
import json
import queue
import re
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
import zstandard

import resources
from app.demo.site import respond
from app.hosts import SHOP_HOST
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
TAG = f'<script src="{SCRIPT}" nonce="page1"></script>'.encode()
CSP = "default-src 'none'; script-src 'nonce-page1'; connect-src https://api.example"


class Site(BaseHTTPRequestHandler):
    """A page in every encoding, and what is no page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/slow"):
            self.stream(self.path.partition("encoding=")[2])
            return
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

    def stream(self, encoding: str) -> None:
        """A page in pieces, of which the next comes when the test has the last."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Transfer-Encoding", "chunked")
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        packer = PACKERS[encoding]()
        for piece in itertools.chain(iter(PIECES.get, None), [None]):
            data = packer.finish() if piece is None else packer.pack(piece)
            if data:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        pass


PIECES: queue.Queue[bytes | None] = queue.Queue()
"""Of the page at /slow; at last None."""


class Packer:
    """Packs pieces so that each can be read at once."""

    def pack(self, piece: bytes) -> bytes:
        return piece

    def finish(self) -> bytes:
        return b""


class Gzip(Packer):
    def __init__(self) -> None:
        self._packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)

    def pack(self, piece: bytes) -> bytes:
        return self._packer.compress(piece) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._packer.flush()


class Zstd(Packer):
    def __init__(self) -> None:
        self._packer = zstandard.ZstdCompressor().compressobj()

    def pack(self, piece: bytes) -> bytes:
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return self._packer.compress(piece) + self._packer.flush(flush)

    def finish(self) -> bytes:
        return self._packer.flush()


class Brotli(Packer):
    def __init__(self) -> None:
        self._packer = brotli.Compressor()

    def pack(self, piece: bytes) -> bytes:
        return bytes(self._packer.process(piece) + self._packer.flush())

    def finish(self) -> bytes:
        return bytes(self._packer.finish())


PACKERS: dict[str, type[Packer]] = {"": Packer, "gzip": Gzip, "zstd": Zstd, "br": Brotli}


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


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Capturing]:
    folder = tmp_path_factory.mktemp("injecting")
    with capturing(folder / "workspace", "--delivery", "local") as made:
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
    assert found.content == PAGE.replace(b"<head>", b"<head>" + TAG)
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


SHOP = f"https://{SHOP_HOST}"
CHANGED = {"content-length", "cache-control", "content-security-policy"}


@pytest.mark.parametrize("cookies", ["", "release=2"])
def test_of_the_demo_shop_only_its_pages_are_added_to(running: Capturing, cookies: str) -> None:
    def fetched(path: str, destination: str) -> tuple[bytes, dict[str, str]]:
        headers = {"Sec-Fetch-Dest": destination, "Cookie": cookies}
        found = client.get(f"{SHOP}{path}", headers=headers)
        return found.content, {name.lower(): value for name, value in found.headers.items()}

    def agrees(path: str, destination: str, *, is_chosen: bool) -> bool:
        _, listed, body = respond(path, cookies)
        found, headers = fetched(path, destination)
        told = {name.lower(): value for name, value in listed}
        if not is_chosen:
            return found == body and told.items() <= headers.items()
        rest, tag, end = found.partition(b"<head>" + shop_tag(headers))
        kept = {name: value for name, value in told.items() if name not in CHANGED}
        return bool(tag) and rest + b"<head>" + end == body and kept.items() <= headers.items()

    trust = ssl.create_default_context(cafile=running.first["certificate"])
    with httpx.Client(proxy=f"http://{running.proxy}", verify=trust, trust_env=False) as client:
        label(running)
        for _ in range(200):
            if SCRIPT.encode() not in fetched("/", "document")[0]:
                break
        pages = ("/", "/cart", "/p/traverse-45", "/help/repairs?x=1")
        files = [f"/{one.name}" for one in sorted(resources.path("shop").iterdir())]
        assert all(agrees(page, "document", is_chosen=False) for page in pages)
        label(running, SHOP_HOST)
        for _ in range(200):
            if SCRIPT.encode() in fetched("/", "document")[0]:
                break
        assert all(agrees(page, "document", is_chosen=True) for page in pages)
        # What the page is made of, and what its scripts fetch.
        assert all(agrees(file, "empty", is_chosen=False) for file in files)
        label(running)


def shop_tag(headers: dict[str, str]) -> bytes:
    """The agent's script, with the nonce that the page's policy allows now."""
    found = re.search(r"'nonce-([^']+)'", headers["content-security-policy"])
    assert found
    return f'<script src="{SCRIPT}" nonce="{found[1]}"></script>'.encode()


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


@contextmanager
def opened(running: Capturing, url: str) -> Iterator[Iterator[bytes]]:
    """The pieces of a document as they arrive."""
    with (
        httpx.Client(proxy=f"http://{running.proxy}", trust_env=False) as client,
        client.stream("GET", url, headers={"Sec-Fetch-Dest": "document"}) as answer,
    ):
        assert "content-encoding" not in answer.headers
        assert answer.headers["content-security-policy"] == f"{CSP} 'self'"
        yield answer.iter_raw()


@pytest.mark.parametrize("encoding", PACKERS)
def test_a_document_without_a_length_goes_on_while_it_comes(
    running: Capturing, encoding: str
) -> None:
    with site() as address:
        label(running, address)
        until_injected(running, f"http://{address}/")
        PIECES.put(b"<!doctype html><html><head><title>A")
        with opened(running, f"http://{address}/slow?encoding={encoding}") as pieces:
            # The rest of the page is not even made yet.
            assert next(pieces) == b"<!doctype html><html><head>" + TAG + b"<title>A"
            PIECES.put(b"</title></head><body>One")
            assert next(pieces) == b"</title></head><body>One"
            PIECES.put(None)
            assert b"".join(pieces) == b""


def peak_kb(running: Capturing) -> int:
    """The most memory that the process had; nothing where that cannot be read."""
    memory = Path(f"/proc/{running.process.pid}/status")
    if not memory.exists():
        return 0
    (peak,) = [line for line in memory.read_text().splitlines() if "VmHWM" in line]
    return int(peak.split()[1])


def test_a_document_without_an_end_takes_no_memory(running: Capturing) -> None:
    block = b"<p>x</p>" * (1 << 17)
    with site() as address:
        label(running, address)
        until_injected(running, f"http://{address}/")
        before = peak_kb(running)
        for piece in (b"<html><head></head>", *[block] * 30, None):
            PIECES.put(piece)
        with opened(running, f"http://{address}/slow") as pieces:
            size = sum(map(len, pieces))
        assert size == 30 * len(block) + len(b"<html><head></head>") + len(TAG)
        assert peak_kb(running) - before < 20_000
        # What unpacks to far more than any page has an end here.
        for piece in (b"<html><head></head>", *[bytes(1 << 20)] * 100, None):
            PIECES.put(piece)
        with opened(running, f"http://{address}/slow?encoding=gzip") as pieces:
            assert sum(map(len, pieces)) < 80 << 20
        assert peak_kb(running) - before < 40_000


def test_bombs_and_lies_pass_as_they_came(running: Capturing) -> None:
    with site() as address:
        label(running, address)
        until_injected(running, f"http://{address}/")
        assert raw(running, f"http://{address}/bomb") == OTHERS["/bomb"][1]
        assert raw(running, f"http://{address}/lie") == PAGE
        assert peak_kb(running) < 250_000


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
