"""
How this machine is reached by other devices, for the tests of what they may do.
"""

import ipaddress
import socket


def own_address() -> str:
    """What other devices of the local network know this machine by, if it can be reached so;
    otherwise nothing. Nothing is sent to find it, and what is sent there stays on this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address = str(probe.getsockname()[0])
    return address if is_reached(address) else ""


def is_reached(address: str) -> bool:
    """Whether this machine gets to itself by this address of a local network."""
    found = ipaddress.ip_address(address)
    if found.is_loopback or not found.is_private:
        return False
    try:
        with (
            socket.create_server((address, 0)) as server,
            socket.create_connection(server.getsockname(), 2),
        ):
            return True
    except OSError:
        return False
