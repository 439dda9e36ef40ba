"""
Faults as they happen on the connection: waiting, closing, cutting short, dripping.

mitmproxy sends an answer at once. One that drips is served from a small server of our own on
loopback, to which the exchange is sent on.
"""

import asyncio
import contextlib
import secrets

import httpx
from mitmproxy import http

from app.ingest.faults import FaultRule
from app.model import Response

LOOPBACK = "127.0.0.1"
UPSTREAM_SECONDS = 30.0
_HOP = frozenset({b"connection", b"content-length", b"proxy-connection", b"transfer-encoding"})


class FaultyLine:
    """Makes faults happen. Everything that waits here ends with `close`."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()
        self._dripping: dict[str, tuple[Response, int]] = {}
        self._server: asyncio.Server | None = None

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the capture."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def drip(self, flow: http.HTTPFlow, response: Response, rule: FaultRule) -> None:
        """Let this response go back a byte at a time."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        token = secrets.token_hex(16)
        self._dripping[token] = response, rule.number
        flow.request.scheme = "http"
        flow.request.host, flow.request.port = self._server.sockets[0].getsockname()[:2]
        # What was sent has been read; the server needs no more than to know what to say.
        flow.request.method, flow.request.path = "GET", f"/{token}"
        flow.request.raw_content = b""

    def close(self) -> None:
        """Let go of everything that waits."""
        self._closing.set()
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            _, _, rest = head.partition(b"/")
            found = self._dripping.pop(rest.partition(b" ")[0].decode("ascii", "replace"), None)
            if found:
                await self._write_slowly(writer, *found)
        writer.close()

    async def _write_slowly(
        self, writer: asyncio.StreamWriter, response: Response, pause_ms: int
    ) -> None:
        lines = [f"HTTP/1.1 {response.status} Dripping"]
        lines += [
            f"{name}: {value}"
            for name, value in response.headers
            if name.lower().encode() not in _HOP
        ]
        lines += [f"Content-Length: {len(response.body)}", "Connection: close", "", ""]
        writer.write("\r\n".join(lines).encode("utf-8", "surrogateescape"))
        for byte in response.body:
            if not self._closing.is_set():
                await self.pause(pause_ms / 1000)
            writer.write(bytes([byte]))
            await writer.drain()


def cut_short(response: http.Response) -> None:
    """Half of the body, though the head promises all of it; then the connection is closed."""
    body = response.raw_content or b""
    response.headers["content-length"] = str(len(body))
    response.headers["connection"] = "close"
    response.raw_content = body[: len(body) // 2]


async def fetched(flow: http.HTTPFlow) -> Response | None:
    """The upstream's answer to a request that will then be answered slowly. None: no answer."""
    request = flow.request
    headers = [(name, value) for name, value in request.headers.fields if name.lower() not in _HOP]
    try:
        async with httpx.AsyncClient(timeout=UPSTREAM_SECONDS, trust_env=False) as client:
            answer = await client.request(
                request.method, request.url, headers=headers, content=request.raw_content or b""
            )
    except httpx.HTTPError:
        return None
    # httpx has unpacked the body.
    kept = _HOP | {b"content-encoding"}
    return Response(
        answer.status_code,
        tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in answer.headers.raw
            if name.lower() not in kept
        ),
        answer.content,
    )
