"""
The engine's command line. Chromium reads it once, when the first profile is made.

So the proxy that the engine uses is fixed for the life of the window: the environment variable
that carries it is also the record of it. Knows QtWebEngine's rules without importing it.
"""

import os
import shlex

FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_PROXY = "--proxy-server="


def prepare(proxy: str) -> None:
    """Route the engine through `proxy` (host:port), unless it has been routed already."""
    if routed_through() is not None:
        return
    ours = [
        f"{_PROXY}{proxy}",
        # Chromium otherwise goes around the proxy for pages on localhost.
        "--proxy-bypass-list=<-loopback>",
        "--disable-quic",
    ]
    os.environ[FLAGS] = " ".join([os.environ.get(FLAGS, ""), *ours]).strip()


def routed_through() -> str | None:
    """The proxy that the engine uses in this process, or None before `prepare`."""
    words = shlex.split(os.environ.get(FLAGS, ""))
    found = [word.removeprefix(_PROXY) for word in words if word.startswith(_PROXY)]
    return found[-1] if found else None


def is_elsewhere(proxy: str) -> bool:
    """Whether the engine keeps to another proxy than `proxy`."""
    return routed_through() not in (None, proxy)
