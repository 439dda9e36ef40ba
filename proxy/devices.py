"""
Other devices: the page that helps them in, and who may connect once a person lets them.

Only devices of the local network are heard, and what is open on this machine for itself alone
stays closed to them: a proxy that listens for a phone must not become a way to a database.
"""

import asyncio
import ipaddress
import logging
import socket
from pathlib import Path

from mitmproxy import connection, http
from mitmproxy.proxy.mode_specs import RegularMode, ReverseMode
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from app.devicepage import PATH, respond

log = logging.getLogger(__name__)

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class DevicesAddon:
    """mitmproxy hooks. Stands before the addon that captures, which passes over what has an
    answer. `proxy_port` is set when it is known."""

    def __init__(self, certificate: Path) -> None:
        self._certificate = certificate
        self.proxy_port = 0

    def client_connected(self, client: connection.Client) -> None:
        """Hang up on whoever is not in the local network."""
        address = _address(client.peername[0])
        if not (address.is_loopback or address.is_private or address.is_link_local):
            log.warning("a connection from %s was refused", address)
            client.error = "Eventscope is open to the local network only."

    def request(self, flow: http.HTTPFlow) -> None:
        """The page for devices, which is neither captured nor passed on."""
        if flow.request.method != "GET" or not flow.request.path.startswith(PATH):
            return
        if not isinstance(flow.client_conn.proxy_mode, ReverseMode):
            return
        host = flow.client_conn.sockname[0]
        found = respond(flow.request.path, host, self.proxy_port, self._certificate)
        if found is not None:
            flow.response = http.Response.make(found.status, found.body, dict(found.headers))

    async def server_connect(self, data: ServerConnectionHookData) -> None:
        """Nobody else gets to what listens on the loopback interface."""
        client, server = data.client, data.server
        if not isinstance(client.proxy_mode, RegularMode) or server.address is None:
            return
        if _address(client.peername[0]).is_loopback:
            return
        if await _is_this_machine_alone(*server.address[:2]):
            server.error = "Other devices cannot reach what is open to this machine alone."


async def _is_this_machine_alone(host: str, port: int) -> bool:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return False  # Nobody can connect to it, and mitmproxy says why.
    addresses = [_address(str(one[4][0])) for one in found]
    return any(one.is_loopback or one.is_unspecified for one in addresses)


def _address(text: str) -> Address:
    found = ipaddress.ip_address(text.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found
