"""
The addon that turns flows into captures: decode, store, then release.

What is forwarded is stored when it arrives and completed by its answer, so that an upload is
neither lost nor sent on unrecorded when the process dies or the disk is full in between.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, replace

from mitmproxy import http

from app.decode import concerns_us, decode
from app.decode.http_v2 import BATCH, HTTP_V2
from app.demo.site import respond
from app.errors import StoreUnavailable
from app.hosts import ASSET_HOSTS, OWN_HOSTS, PROBE_HOST, is_analytics
from app.ingest import faults
from app.ingest.answer import unavailable
from app.ingest.faults import FaultRule
from app.ingest.local import LocalIngestion
from app.model import Capture, Decoded, Delivery, Kind, Response, Via
from app.sending import HEADER, asked
from proxy.config import State
from proxy.faults import FaultyLine, cut_short, fetched
from proxy.messages import captured, http_response, is_endpoint, now_ms, response_of
from proxy.writer import GroupWriter, failed, is_large

log = logging.getLogger(__name__)

BLOCKED = "Blocked by Eventscope: the connection was closed without an answer."
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_UPLOAD = 512 << 20
LARGEST_LOOKED_AT = 64 << 20
PENDING = "eventscope.pending"


@dataclass(slots=True)
class Pending:
    """A stored exchange that waits for its answer."""

    capture_id: int
    capture: Capture
    decoded: Decoded
    started: float
    fault: FaultRule | None = None
    """What shall happen to the answer."""


class CaptureAddon:
    """mitmproxy hooks. Each flow gets `request`, then exactly one of `response` and `error`."""

    def __init__(
        self,
        state: State,
        writer: GroupWriter,
        ingestion: LocalIngestion,
        upstream_path: str,
        endpoint_port: int,
    ) -> None:
        self._state = state
        self._ingestion = ingestion
        self.line = FaultyLine()
        self.endpoint_port = endpoint_port
        self._writer = writer
        self._upstream_path = upstream_path
        self._under_way = 0
        self.idle = asyncio.Event()
        """Set while no upload waits for its commit or its answer."""
        self.idle.set()

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """What is too large to be an upload is not held in memory: others' passes through, and
        what claims to be for us is refused."""
        length = _declared_length(flow.request)
        if self._is_listed(flow):
            if length > LARGEST_UPLOAD:
                flow.kill()
        elif length > LARGEST_LOOKED_AT:
            flow.request.stream = True

    async def request(self, flow: http.HTTPFlow) -> None:
        """Understand and store, then answer here, close, or let it go on. When we fail, nothing
        goes on: an upload that was to stay here must not leave because of a bug of ours."""
        try:
            await self._request(flow)
        except Exception:
            log.exception("a request could not be handled")
            if flow.killable:
                flow.kill()

    async def _request(self, flow: http.HTTPFlow) -> None:
        if flow.response or flow.error or flow.request.stream:
            return
        if self._is_for_endpoint(flow):
            return
        # Ours alone: neither captured nor passed on.
        wish = asked(flow.request.headers.pop(HEADER, ""), self._state.hand)
        capture = captured(flow)
        host = flow.request.host
        if host in OWN_HOSTS and not _is_upload(flow):
            flow.response = _own(flow.request)
            return
        capture = replace(capture, delivery=wish or self._delivery(host))
        self._begin()
        try:
            decoded = await _decoded(capture)
            if concerns_us(capture, decoded) or self._is_listed(flow):
                delivery = wish or self._delivery(host)
                await self._deliver(flow, capture, decoded, delivery)
        finally:
            if PENDING not in flow.metadata:
                self._end()

    def _is_listed(self, flow: http.HTTPFlow) -> bool:
        """Whether everything of this exchange is kept, whatever it is."""
        return is_endpoint(flow) or is_analytics(flow.request.host)

    def _is_for_endpoint(self, flow: http.HTTPFlow) -> bool:
        """What goes through the proxy to our own endpoint: recorded there, once."""
        if flow.request.port != self.endpoint_port:
            return False
        # Another device reaches us by the address at which it found the proxy.
        here = flow.client_conn.sockname[0] if flow.client_conn.sockname else ""
        return flow.request.host in LOOPBACK_NAMES or flow.request.host == here

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """What is none of ours passes through without being held in memory."""
        if PENDING not in flow.metadata and flow.response and not flow.response.stream:
            flow.response.stream = flow.request.host not in OWN_HOSTS and flow.live is True

    def response(self, flow: http.HTTPFlow) -> None:
        """Complete a forwarded exchange. The answer goes back unchanged, unless a fault is on."""
        if not flow.response or PENDING not in flow.metadata:
            return
        pending: Pending = flow.metadata.pop(PENDING)
        if pending.fault and pending.fault.kind == faults.RESET:
            self._complete(pending, None, _said(pending.fault))
            flow.kill()
            return
        if pending.fault:
            _spoil(flow, pending.fault, pending.capture)
        self._complete(pending, response_of(flow.response), "")

    def error(self, flow: http.HTTPFlow) -> None:
        """Complete an exchange that got no answer, and let the SDK meet the failure that it would
        have met without us: a closed connection, not a page about a bad gateway."""
        if PENDING in flow.metadata and flow.error:
            self._complete(flow.metadata.pop(PENDING), None, flow.error.msg)
            if flow.killable:
                flow.kill()

    async def _deliver(
        self, flow: http.HTTPFlow, capture: Capture, decoded: Decoded, delivery: Delivery
    ) -> None:
        if delivery is Delivery.BLOCK:
            await self._block(flow, capture, decoded, BLOCKED)
            return
        plan = self._state.faults.plan(capture, decoded)
        rule = plan.end
        if plan.latency_ms:
            await self.line.pause(plan.latency_ms / 1000)
        if rule and (response := faults.answer(rule, capture, decoded)):
            flow.response = http_response(await self._recorded(capture, decoded, response))
        elif rule and rule.is_silent:
            await self._silence(flow, capture, decoded, rule)
        elif delivery is Delivery.LOCAL:
            await self._answer_here(flow, capture, decoded, rule)
        else:
            await self._forward(flow, capture, decoded, rule)

    def _begin(self) -> None:
        self._under_way += 1
        self.idle.clear()

    def _end(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self.idle.set()

    def _delivery(self, host: str) -> Delivery:
        if host in OWN_HOSTS:
            return Delivery.LOCAL
        if host in ASSET_HOSTS:
            return Delivery.FORWARD
        return self._state.delivery

    async def _answer_here(
        self, flow: http.HTTPFlow, capture: Capture, decoded: Decoded, rule: FaultRule | None
    ) -> None:
        response = self._ingestion.answer(capture, decoded, now_ms())
        if rule and rule.kind == faults.RESET:
            await self._block(flow, capture, decoded, _said(rule))
            return
        flow.response = http_response(response)
        if rule:
            _spoil(flow, rule, capture)
            response = response_of(flow.response)
        recorded = await self._recorded(capture, decoded, response)
        if recorded is not response:
            flow.response = http_response(recorded)
        elif rule and rule.kind == faults.DRIP:
            flow.response = None
            await self.line.drip(flow, response, rule)

    async def _recorded(self, capture: Capture, decoded: Decoded, response: Response) -> Response:
        """Store an exchange with the answer that it gets; what may be said once that is done."""
        complete = replace(capture, response=response, duration_ms=now_ms() - capture.at_ms)
        if await self._stored(complete, decoded) is None:
            return unavailable(capture)
        return response

    async def _block(
        self, flow: http.HTTPFlow, capture: Capture, decoded: Decoded, why: str
    ) -> None:
        await self._stored(failed(capture, why), decoded)
        flow.kill()

    async def _silence(
        self, flow: http.HTTPFlow, capture: Capture, decoded: Decoded, rule: FaultRule
    ) -> None:
        """No answer, at once or in the end."""
        await self._stored(failed(capture, _said(rule)), decoded)
        if rule.kind != faults.RESET:
            await self.line.pause(rule.number)
        flow.kill()

    async def _forward(
        self, flow: http.HTTPFlow, capture: Capture, decoded: Decoded, rule: FaultRule | None
    ) -> None:
        started = time.monotonic()
        capture_id = await self._stored(capture, decoded)
        if capture_id is None:
            flow.response = http_response(unavailable(capture))
            return
        flow.metadata[PENDING] = Pending(capture_id, capture, decoded, started, rule)
        if capture.via is Via.ENDPOINT:
            self._redirect(flow, decoded)
        if rule and rule.kind == faults.DRIP:
            await self._drip_forwarded(flow, rule)

    async def _drip_forwarded(self, flow: http.HTTPFlow, rule: FaultRule) -> None:
        response = await fetched(flow)
        if response is None:
            return  # mitmproxy meets the same failure, and it is recorded as one.
        response = faults.marked(rule, response)
        self._complete(flow.metadata.pop(PENDING), response, "")
        self._begin()  # Ended by `request`, as for what is answered here.
        await self.line.drip(flow, response, rule)

    def _redirect(self, flow: http.HTTPFlow, decoded: Decoded) -> None:
        """The endpoint stands in for the ingestion host: any path an SDK was given means the
        upstream's own path, and /batch stays /batch."""
        request = flow.request
        request.host_header = _authority(request)
        if decoded.kind not in (Kind.UPLOAD, Kind.PREFLIGHT):
            return
        if decoded.upload and decoded.upload.endpoint not in (HTTP_V2, BATCH):
            # Forms are taken on paths of their own, which their SDKs know.
            return
        if self._upstream_path:
            request.path = self._upstream_path
        else:
            batch = request.path.partition("?")[0].rstrip("/").endswith("/batch")
            request.path = "/batch" if batch else "/2/httpapi"

    async def _stored(self, capture: Capture, decoded: Decoded) -> int | None:
        try:
            return await self._writer.add(capture, decoded)
        except StoreUnavailable as error:
            log.warning("not stored: %s", error)
            return None

    def _complete(self, pending: Pending, response: Response | None, failure: str) -> None:
        capture = replace(
            pending.capture,
            response=response,
            failure=failure,
            duration_ms=round((time.monotonic() - pending.started) * 1000),
        )
        try:
            self._writer.answer(pending.capture_id, capture, pending.decoded)
        except StoreUnavailable as error:
            # Its events are stored; only the answer's details are missing.
            log.warning("answer of capture %d not stored: %s", pending.capture_id, error)
        finally:
            self._end()


async def _decoded(capture: Capture) -> Decoded:
    if is_large(capture):
        return await asyncio.to_thread(decode, capture)
    return decode(capture)


def _declared_length(request: http.Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdecimal() and len(declared) < 20 else 0


def _spoil(flow: http.HTTPFlow, rule: FaultRule, capture: Capture) -> None:
    """What a fault makes of an answer that is there."""
    if not flow.response:
        return
    if rule.kind == faults.WRONG_OK:
        flow.response = http_response(faults.wrong_ok(capture))
    flow.response.headers["X-Eventscope-Fault"] = rule.text
    if rule.kind == faults.TRUNCATED:
        cut_short(flow.response)


def _said(rule: FaultRule) -> str:
    """Why there was no answer, for a person."""
    if rule.kind == faults.RESET:
        return f"A fault that is on ({rule.text}) closed the connection without an answer."
    return f"A fault that is on ({rule.text}) left the request without an answer."


def _is_upload(flow: http.HTTPFlow) -> bool:
    return flow.request.method in ("POST", "OPTIONS")


def _own(request: http.Request) -> http.Response:
    """The probe, and the demo shop."""
    if request.host == PROBE_HOST:
        return http.Response.make(
            200,
            b'{"eventscope":true}',
            {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"},
        )
    # HTTP/2 has a header for each cookie.
    cookies = "; ".join(request.headers.get_all("cookie"))
    status, headers, body = respond(request.path, cookies)
    fields = [(name.encode(), value.encode()) for name, value in headers]
    return http.Response.make(status, body, http.Headers(fields))


def _authority(request: http.Request) -> str:
    usual = {"https": 443, "http": 80}.get(request.scheme)
    return request.host if request.port == usual else f"{request.host}:{request.port}"
