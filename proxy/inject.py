"""
Brings the page agent to sites that a person chose, in whatever browser they use.

HTML documents of those sites get one script; everything else passes byte for byte. A document
whose length is not told goes on while it comes: it may have no end. The script and its messages
are at an address of the site itself, which the proxy answers, so that neither mixed content nor
local network rules are in the way. Whoever talks there must know the token that was put into the
page, and come from the very site.
"""

import asyncio
import hmac
import logging
import secrets
import time
from base64 import b64encode
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from hashlib import sha256
from urllib.parse import urlsplit

import orjson
from mitmproxy import http

from app.agentwords import LONGEST_MESSAGE
from app.decode.body import Unpacker, unpacked
from app.hosts import matches
from app.injecting import (
    FOLDER,
    LARGEST,
    SCRIPT,
    Passing,
    injected,
    is_document,
    is_sandboxed,
    nonce_of,
    relaxed,
)
from proxy.config import State
from resources import path

log = logging.getLogger(__name__)

CSP = ("content-security-policy", "content-security-policy-report-only")
MOST_PAGES = 50
MOST_ASKED = 100
MOST_MESSAGES = 100
"""In one request."""
MOST_BYTES = 2 * LONGEST_MESSAGE
BYTES_A_SECOND = 8 << 20
COST_OF_MESSAGE = 4096
"""What a request costs that says nothing."""
_LONG_AGO_S = 60.0
_SILENT_S = 3.0
"""A page with the agent that is seen speaks more often."""
_SOON_S = 1.5
_OF_A_PAGE = ("script", "style", "serviceworker")
"""What browsers fetch when a page opens; a service worker is looked at anew each time."""

type Told = Callable[[str, str, str], None]
"""Page, its host, and what it said."""


class Asking:
    """The hook that comes before the addon that captures, which leaves answered flows alone."""

    def __init__(self, request: Callable[[http.HTTPFlow], None]) -> None:
        self.request = request


class InjectAddon:
    """mitmproxy hooks for answers; `asking` is the one for requests."""

    def __init__(self, state: State, told: Told) -> None:
        self._state = state
        self._told = told
        self._token = secrets.token_urlsafe(24)
        self._asked: OrderedDict[str, deque[str]] = OrderedDict()
        self._seen: dict[str, float] = {}
        self._hosts: dict[str, float] = {}
        self._workers: set[str] = set()
        self._allowance = Allowance()
        self._script: bytes | None = None
        self.asking = Asking(self._request)

    def ask(self, page: str, text: str) -> None:
        """Have a page told something when it next asks; every page when none is named."""
        for one in [page] if page else self.pages():
            self._asked.setdefault(one, deque(maxlen=MOST_ASKED)).append(text)

    def pages(self) -> list[str]:
        """Pages that asked lately."""
        now = time.monotonic()
        return [page for page, at in self._seen.items() if now - at < _LONG_AGO_S]

    def _request(self, flow: http.HTTPFlow) -> None:
        """Answer what is meant for the agent; ask sites for documents that can be read."""
        if flow.response or not self._is_chosen(flow):
            return
        if flow.request.path.startswith(FOLDER):
            self._hosts[flow.request.pretty_host] = time.monotonic()
            flow.response = self._answer(flow.request)
        elif _is_navigation(flow.request):
            # A page that was cached before would come back without its body.
            for name in ("if-none-match", "if-modified-since", "range"):
                flow.request.headers.pop(name, None)
        elif flow.request.headers.get("sec-fetch-dest") in _OF_A_PAGE:
            self._watch(flow.request)

    def _watch(self, request: http.Request) -> None:
        """Something of a page is fetched: about now its agent should speak."""
        host = request.pretty_host
        if request.headers.get("sec-fetch-site") != "same-origin":
            return
        if request.headers.get("sec-fetch-dest") == "serviceworker" and len(self._workers) < 100:
            self._workers.add(host)
        if not self._spoke(host):
            asyncio.get_running_loop().call_later(_SOON_S, self._tell_outside, host)

    def _tell_outside(self, host: str) -> None:
        """Say that there is a page without the agent: one that was open before, or came from a
        service worker, which never asked us."""
        has_worker = host in self._workers
        # A page in the background says nothing, and may still fetch something.
        if self._spoke(host) or (host in self._hosts and not has_worker):
            return
        said = {"say": "outside", "has_worker": has_worker}
        self._told("", host, orjson.dumps(said).decode())

    def _tell_sandboxed(self, host: str) -> None:
        """Say that there is a page that no script gets into: it stays as it is."""
        said = {"say": "outside", "has_worker": False, "is_sandboxed": True}
        self._told("", host, orjson.dumps(said).decode())

    def _spoke(self, host: str) -> bool:
        return time.monotonic() - self._hosts.get(host, -_SILENT_S) < _SILENT_S

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """A document that tells its length is held in memory to be added to; others pass."""
        response = flow.response
        if response is None or not response.stream or not self._wants(flow):
            return
        if is_sandboxed(response.headers.get_all(CSP[0])):
            self._tell_sandboxed(flow.request.pretty_host)
        elif "content-length" not in response.headers:
            self._let_pass(response)
        elif _declared(response) <= LARGEST:
            response.stream = False

    def response(self, flow: http.HTTPFlow) -> None:
        """Add the agent to a document."""
        if flow.response and self._wants(flow) and not flow.response.stream:
            if is_sandboxed(flow.response.headers.get_all(CSP[0])):
                self._tell_sandboxed(flow.request.pretty_host)
                return
            try:
                self._inject(flow.response)
            except ValueError as error:
                # An encoding that we cannot read: the page goes on as it came.
                log.warning("the page agent cannot be added: %s", error)

    def _is_chosen(self, flow: http.HTTPFlow) -> bool:
        return bool(self._state.labeled) and matches(
            self._state.labeled, flow.request.pretty_host, flow.request.port
        )

    def _wants(self, flow: http.HTTPFlow) -> bool:
        response = flow.response
        if response is None or not self._is_chosen(flow) or flow.request.method != "GET":
            return False
        destination = flow.request.headers.get("sec-fetch-dest", "")
        mode = flow.request.headers.get("sec-fetch-mode", "")
        kind = response.headers.get("content-type", "")
        return is_document(kind, destination, response.status_code, mode)

    def _inject(self, response: http.Response) -> None:
        body = _unpacked(response)
        nonce = _nonce(response)
        added = injected(body, nonce, self._digest(response)) if body else None
        if added is not None:
            _relax(response, nonce)
            response.content = added

    def _let_pass(self, response: http.Response) -> None:
        """Add the agent to a document while it comes."""
        try:
            unpacker = Unpacker(response.headers.get("content-encoding", ""))
        except ValueError as error:
            log.warning("the page agent cannot be added: %s", error)
            return
        nonce = _nonce(response)
        _relax(response, nonce)
        response.stream = Stream(unpacker, Passing(nonce, self._digest(response))).take

    # The agent's own address

    def _answer(self, request: http.Request) -> http.Response:
        name = request.path.partition("?")[0]
        if name == SCRIPT and request.method == "GET":
            # It holds the token: not for other sites that name its address.
            site = request.headers.get("sec-fetch-site", "same-origin")
            return self._code() if site == "same-origin" else http.Response.make(403)
        if name == f"{FOLDER}say" and request.method == "POST":
            return self._hear(request)
        return http.Response.make(404)

    def _digest(self, response: http.Response) -> str:
        """What the agent's script is, where a page allows only scripts of which that is told."""
        if "integrity-policy" not in response.headers:
            return ""
        return f"sha256-{b64encode(sha256(self._text()).digest()).decode()}"

    def _code(self) -> http.Response:
        headers = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-store"}
        return http.Response.make(200, self._text(), headers)

    def _text(self) -> bytes:
        if self._script is None:
            parts = [path(f"agent/{one}.js").read_text("utf-8") for one in _PARTS]
            setting = orjson.dumps({"token": self._token, "say": f"{FOLDER}say"}).decode()
            text = "(() => {\n" + "\n".join(parts) + f"\nconnectAgent({setting});\n}})();"
            self._script = text.encode()
        return self._script

    def _hear(self, request: http.Request) -> http.Response:
        if not self._is_trusted(request):
            return http.Response.make(403)
        # As it came: the agent never packs, and whoever does might pack a bomb.
        body = request.raw_content or b""
        if not self._allowance.takes(len(body)):
            return http.Response.make(429)
        try:
            said = orjson.loads(body)
            page, messages = str(said["page"])[:64], said["messages"]
            if not isinstance(messages, list):
                return http.Response.make(400)
            texts = [orjson.dumps(message).decode() for message in messages[:MOST_MESSAGES]]
        except (ValueError, KeyError, TypeError):
            return http.Response.make(400)
        self._remember(page)
        for text in texts:
            self._told(page, request.pretty_host, text)
        asked = self._asked.pop(page, deque())
        body = orjson.dumps({"asked": [orjson.loads(one) for one in asked]})
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        return http.Response.make(200, body, headers)

    def _is_trusted(self, request: http.Request) -> bool:
        token = request.headers.get("x-eventscope-token", "")
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        return (
            hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self._token.encode())
            and (origin is None or _host(origin) == request.pretty_host)
            and site == "same-origin"
        )

    def _remember(self, page: str) -> None:
        self._seen[page] = time.monotonic()
        while len(self._seen) > MOST_PAGES:
            oldest = min(self._seen, key=lambda one: self._seen[one])
            del self._seen[oldest]
            self._asked.pop(oldest, None)


class Stream:
    """A document that goes on while it comes, unpacked and with the agent in it. `take` gets its
    pieces and at last nothing, as mitmproxy has it."""

    def __init__(self, unpacker: Unpacker, passing: Passing) -> None:
        self._unpacker = unpacker
        self._passing = passing
        self._is_lost = False

    def take(self, piece: bytes) -> Iterator[bytes]:
        """What goes on for it."""
        if self._is_lost:
            return
        if not piece:
            yield self._passing.end()
            return
        try:
            for unpacked_piece in self._unpacker.take(piece):
                yield self._passing.take(unpacked_piece)
        except ValueError as error:
            # What went on cannot be taken back: the page ends here, as in a browser of its own.
            log.warning("a page was cut short: %s", error)
            self._is_lost = True


class Allowance:
    """How much pages may say: what a large page needs at once, and then so much a second. A page
    that never stops would keep the window busy."""

    def __init__(self, most: float = MOST_BYTES, refill: float = BYTES_A_SECOND) -> None:
        self._most = most
        self._refill = refill
        self._left = most
        self._at = time.monotonic()

    def takes(self, size: int) -> bool:
        """Whether so many bytes may be said now."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._refill)
        self._at = now
        cost = size + COST_OF_MESSAGE
        if cost > self._left:
            return False
        self._left -= cost
        return True


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None


def _nonce(response: http.Response) -> str:
    policies = [one for name in CSP for one in response.headers.get_all(name)]
    return nonce_of(policies) or secrets.token_urlsafe(12)


def _relax(response: http.Response, nonce: str) -> None:
    """Let the agent in. The document is not packed again: it goes over loopback."""
    response.headers.pop("content-encoding", None)
    for name in CSP:
        found = response.headers.get_all(name)
        if found:
            response.headers.set_all(name, [relaxed(one, nonce) for one in found])
    response.headers["cache-control"] = "no-store"


def _declared(response: http.Response) -> int:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _unpacked(response: http.Response) -> bytes:
    """The document, and no more of it than is reasonable. Raises ValueError."""
    body = response.raw_content or b""
    encoding = response.headers.get("content-encoding", "")
    return unpacked(body, encoding)[0] if encoding else body


_PARTS = ("own", "describe", "bars", "agent", "options", "dropped", "wire")


def _is_navigation(request: http.Request) -> bool:
    destination = request.headers.get("sec-fetch-dest", "")
    return request.method == "GET" and (
        destination in ("document", "iframe", "frame")
        or request.headers.get("sec-fetch-mode") == "navigate"
        or (not destination and "text/html" in request.headers.get("accept", ""))
    )
