"""
Lets connections that are not opened pass as if we were not there.

Some servers speak first (SSH, SMTP, databases), so behind a CONNECT the connection to them is made
at once. For hosts that are opened it is made late, because an answer of our own needs none and an
unreachable host must not end the flow before an addon has seen it. mitmproxy knows one strategy
for all; this addon gives the proxy's connections the eager one and answers the CONNECT for opened
hosts itself, which skips the early connection.
"""

import re
from typing import Any

from mitmproxy import ctx, http, options
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.mode_specs import RegularMode


class Eager:
    """mitmproxy's options with one difference."""

    connection_strategy = "eager"

    def __init__(self, options: options.Options) -> None:
        self._options = options

    def __getattr__(self, name: str) -> Any:
        return getattr(self._options, name)


class PassThrough:
    """mitmproxy hooks. Added before mitmproxy's own addons, so that layers made later see it."""

    def next_layer(self, nextlayer: NextLayer) -> None:
        """Before anything is decided about a connection to the proxy."""
        context = nextlayer.context
        if isinstance(context.client.proxy_mode, RegularMode) and not isinstance(
            context.options, Eager
        ):
            context.options = Eager(context.options)  # type: ignore[assignment]

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Accept a CONNECT to a host that is opened without asking it."""
        if _is_opened(f"{flow.request.host}:{flow.request.port}"):
            flow.response = http.Response.make(200)


def _is_opened(address: str) -> bool:
    return any(re.search(allowed, address, re.IGNORECASE) for allowed in ctx.options.allow_hosts)
