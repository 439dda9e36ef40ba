"""
Requests and answers of mitmproxy as ours, and an answer of ours as mitmproxy's.

Bodies stay as they were received, still content-encoded; header bytes that are no UTF-8 are kept
as half surrogates, as in the store.
"""

import time

from mitmproxy import http
from mitmproxy.net.http import status_codes
from mitmproxy.proxy.mode_specs import ReverseMode

from app.model import Capture, Headers, Response, Via


def captured(flow: http.HTTPFlow) -> Capture:
    """The request of a flow, which arrived just now."""
    request = flow.request
    at_endpoint = is_endpoint(flow)
    if at_endpoint:
        url = f"http://{request.host_header or 'endpoint'}{request.path}"
    else:
        url = request.pretty_url
    return Capture(
        at_ms=now_ms(),
        method=request.method,
        url=url,
        headers=headers_of(request.headers),
        body=request.raw_content or b"",
        via=Via.ENDPOINT if at_endpoint else Via.PROXY,
    )


def is_endpoint(flow: http.HTTPFlow) -> bool:
    """Whether a flow came to our endpoint, and not through the proxy."""
    return isinstance(flow.client_conn.proxy_mode, ReverseMode)


def response_of(response: http.Response) -> Response:
    """What came back, as ours."""
    headers = headers_of(response.headers)
    return Response(response.status_code, headers, response.raw_content or b"")


def headers_of(headers: http.Headers) -> Headers:
    """Headers in their order, with everything that is there twice."""
    return tuple(
        (name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape"))
        for name, value in headers.fields
    )


def http_response(response: Response) -> http.Response:
    """An answer of ours, as mitmproxy sends it."""
    # `Response.make` does more than is needed here, for every upload.
    # Some values are the sender's own, and those may be any bytes.
    headers = [
        (name.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape"))
        for name, value in response.headers
    ]
    headers.append((b"Content-Length", b"%d" % len(response.body)))
    now = time.time()
    return http.Response(
        http_version=b"HTTP/1.1",
        status_code=response.status,
        reason=status_codes.RESPONSES.get(response.status, "").encode(),
        headers=http.Headers(headers),
        content=response.body,
        trailers=None,
        timestamp_start=now,
        timestamp_end=now,
    )


def now_ms() -> int:
    """This moment."""
    return time.time_ns() // 1_000_000
