"""
The addresses by which other devices of the local network know this machine.
"""

from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QNetworkInterface

_MADE_UP = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "utun", "tun", "tap")
"""Beginnings of names of networks that exist within this machine or behind a tunnel."""


def own_addresses() -> list[str]:
    """IPv4 addresses of networks that are up, those of real networks first."""
    flag = QNetworkInterface.InterfaceFlag
    found: list[tuple[bool, str]] = []
    for interface in QNetworkInterface.allInterfaces():
        flags = interface.flags()
        if not flags & flag.IsUp or not flags & flag.IsRunning or flags & flag.IsLoopBack:
            continue
        is_made_up = interface.name().startswith(_MADE_UP)
        found += [
            (is_made_up, entry.ip().toString())
            for entry in interface.addressEntries()
            if _is_usable(entry.ip())
        ]
    return [address for _, address in sorted(found, key=lambda one: one[0])]


def _is_usable(address: QHostAddress) -> bool:
    is_v4 = address.protocol() == QAbstractSocket.NetworkLayerProtocol.IPv4Protocol
    return is_v4 and not address.isLoopback() and not address.isLinkLocal()
