"""
Files of mitmproxy's flows as captures. Only this side knows mitmproxy, so the import is given it.
"""

from collections.abc import Iterator
from typing import Any

from mitmproxy import http
from mitmproxy.exceptions import FlowReadException
from mitmproxy.io import FlowReader

from app.decode import concerns_us, decode
from app.errors import BadInput
from app.exchange.opened import Opened
from app.exchange.report import Skipped
from app.model import Capture, Response, Via
from proxy.messages import headers_of

LARGEST = 256 << 20
"""A flow is read in one piece."""
MOST_SECONDS = 1e11
"""Some thousand years: what is beyond is no time, and no table takes it."""


class _Bounded:
    """The file as the reader sees it. A length that is written in the file is no reason to ask
    for that much memory."""

    def __init__(self, file: Opened) -> None:
        self._plain = file.plain
        self._most = min(file.size, LARGEST)

    def read(self, size: int) -> bytes:
        """Up to so many bytes. Raises ValueError."""
        if size > self._most:
            raise ValueError(f"not a tnetstring: {size} bytes")
        return self._plain.read(size)

    def peek(self, size: int) -> bytes:
        """What comes next."""
        place = self._plain.tell()
        found = self._plain.read(size)
        self._plain.seek(place)
        return found


def flow_captures(file: Opened, skipped: Skipped) -> Iterator[Capture]:
    """The exchanges of a file that concern us, in the order in which they are there. Raises
    BadInput."""
    flows = iter(FlowReader(_Bounded(file)).stream())  # type: ignore[arg-type]
    seen = found = 0
    while True:
        try:
            flow = next(flows, None)
        except (FlowReadException, RecursionError, ArithmeticError, LookupError) as error:
            raise BadInput(f"{file.name} is damaged after flow {seen}.") from error
        except (TypeError, AttributeError, ValueError, AssertionError) as error:
            # Whatever a file claims to be, mitmproxy builds its objects from.
            raise BadInput(f"{file.name} is damaged after flow {seen}.") from error
        except OSError as error:
            raise BadInput(f"{file.name} cannot be read: {error.strerror or error}.") from error
        if flow is None:
            break
        seen += 1
        capture = _capture(flow) if isinstance(flow, http.HTTPFlow) else None
        if capture and concerns_us(capture, decode(capture)):
            found += 1
            yield capture
    if not found and not skipped.count:
        raise BadInput(f"None of the {seen} flows in {file.name} is an upload of events.")


def _capture(flow: http.HTTPFlow) -> Capture:
    request, response = flow.request, flow.response
    ended = response.timestamp_end if response else None
    return Capture(
        at_ms=_ms(request.timestamp_start),
        method=request.method.upper(),
        url=request.pretty_url,
        headers=headers_of(request.headers),
        body=request.raw_content or b"",
        response=Response(
            _status(response), headers_of(response.headers), response.raw_content or b""
        )
        if response
        else None,
        duration_ms=max(0, _ms(ended) - _ms(request.timestamp_start)) if ended else None,
        via=Via.IMPORT,
        failure="" if response else _failure(flow),
    )


def _failure(flow: http.HTTPFlow) -> str:
    told = f" ({flow.error.msg[:200]})" if flow.error else ""
    return f"The file holds no answer{told}."


def _status(response: http.Response) -> int:
    status = response.status_code
    return status if 0 <= status <= 999 else 0


def _ms(seconds: Any) -> int:
    if not isinstance(seconds, int | float) or not 0 <= seconds <= MOST_SECONDS:
        return 0
    return round(seconds * 1000)
