"""
mitmproxy with just the addons that capturing needs.

`DumpMaster` would bring two dozen more, each asked for every event of every flow, and one that
reads our stdin.
"""

import contextlib
import errno
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mitmproxy import master, options
from mitmproxy.addons import core, disable_h2c, next_layer, proxyserver, tlsconfig
from mitmproxy.proxy.mode_servers import ServerInstance

from app.errors import CaptureUnavailable
from app.hosts import opened_patterns
from proxy.config import Config
from proxy.hooks import Addons
from proxy.passing import PassThrough

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - when a person lets other devices connect
TRIES = 50
TRIES_AGAIN = 5
"""How often other ports are chosen when those that were free are taken a moment later."""


class CaptureMaster(master.Master):
    """Our addons, two listeners. Build it inside a running loop."""

    def __init__(self, config: Config, hosts: list[str]) -> None:
        super().__init__(options.Options())
        self.addons = Addons(self)
        self.proxyserver = proxyserver.Proxyserver()
        self.addons.add(
            PassThrough(),
            core.Core(),
            self.proxyserver,
            disable_h2c.DisableH2C(),
            next_layer.NextLayer(),
            tlsconfig.TlsConfig(),
        )
        self.options.update(
            confdir=str(config.authority),
            mode=_modes(config),
            # Answers of our own need no upstream, and an unreachable one must not end the flow
            # before a hook has seen it.
            connection_strategy="lazy",
            keep_host_header=True,
            allow_hosts=self._allowed(config, hosts),
        )
        self._config = config

    def open_hosts(self, hosts: list[str]) -> None:
        """Change which further hosts are opened, for connections from now on."""
        self.options.update(allow_hosts=self._allowed(self._config, hosts))

    def stop(self) -> None:
        """End `run`, from any thread."""
        self.shutdown()  # type: ignore[no-untyped-call]

    async def settle(self) -> tuple[int, int]:
        """The ports of the proxy and the endpoint. Where another program was faster than we were
        with a port that had been free, the next free one is taken instead."""
        for _ in range(TRIES_AGAIN):
            taken = [_is_taken(server) for server in self.proxyserver.servers]
            if not any(taken):
                break
            before = self._config.proxy_port, self._config.endpoint_port
            proxy, endpoint = _moved(before, taken, _host(self._config))
            self._config = replace(self._config, proxy_port=proxy, endpoint_port=endpoint)
            self.options.update(mode=_modes(self._config))
            await self.proxyserver.setup_servers()
        return self._config.proxy_port, self._config.endpoint_port

    def addresses(self) -> tuple[str, str]:
        """Where programs of this machine reach the proxy and the endpoint, as host:port. Raises
        CaptureUnavailable."""
        found: list[str] = []
        for server in self.proxyserver.servers:
            if _is_taken(server):
                # It was free when it was chosen, and so were the others that were tried.
                raise CaptureUnavailable(
                    "Another program took the port that Eventscope was about to listen on.",
                    "Try again: the next free port is taken.",
                )
            trouble = server.last_exception
            if trouble or not server.listen_addrs:
                raise CaptureUnavailable(f"Cannot listen: {trouble}.")
            _, port, *_ = server.listen_addrs[0]
            found.append(f"{LOOPBACK}:{port}")
        proxy, endpoint = found
        return proxy, endpoint

    @staticmethod
    def _allowed(config: Config, hosts: list[str]) -> list[str]:
        # The endpoint's upstream is a connection like any other to mitmproxy.
        upstream = config.upstream.partition("://")[2].partition("/")[0]
        return opened_patterns([*hosts, upstream])


def _modes(config: Config) -> list[str]:
    host = _host(config)
    return [
        f"regular@{host}:{config.proxy_port}",
        f"reverse:{config.upstream}@{host}:{config.endpoint_port}",
    ]


def _host(config: Config) -> str:
    return EVERYWHERE if config.network else LOOPBACK


def _is_taken(server: ServerInstance[Any]) -> bool:
    trouble = server.last_exception
    return isinstance(trouble, OSError) and trouble.errno == errno.EADDRINUSE


def _moved(ports: Sequence[int], taken: Sequence[bool], host: str) -> list[int]:
    """The next free port for each that is taken. All are held until all are known, so they differ
    although the ports that were wanted lie side by side."""
    with contextlib.ExitStack() as held:
        return [
            _bound(held.enter_context(socket.socket()), port + 1, host) if is_taken else port
            for port, is_taken in zip(ports, taken, strict=True)
        ]


def free_ports(proxy: int, endpoint: int, *, network: bool = False) -> tuple[int, int]:
    """The wanted ports, or the next free ones; zero lets the system choose. Both are held until
    both are known, so they differ."""
    host = EVERYWHERE if network else LOOPBACK
    with socket.socket() as first, socket.socket() as second:
        return _bound(first, proxy, host), _bound(second, endpoint, host)


def _bound(probe: socket.socket, wanted: int, host: str) -> int:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tries = range(wanted, min(wanted + TRIES, 65536)) if wanted else ()
    for port in (*tries, 0):
        with contextlib.suppress(OSError):
            probe.bind((host, port))
            # Only a listener keeps others from binding where addresses may be reused.
            probe.listen()
            return int(probe.getsockname()[1])
    raise CaptureUnavailable("No port is free on this machine.")
