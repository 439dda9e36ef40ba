"""Ports for what tests start."""

import contextlib
import secrets
import socket


def free_port() -> int:
    """A port that is free, and that nobody else gets before it is used: it is below those that
    systems give to who asks for any, and by chance another one in each process of the tests."""
    while True:
        port = secrets.choice(range(10_240, 32_000))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
