"""The listeners: what is said when one cannot be had."""

import asyncio
import contextlib
import socket
import warnings
from pathlib import Path

import pytest

from app.errors import CaptureUnavailable
from tests.ports import free_port

with warnings.catch_warnings():
    # Of libraries that mitmproxy uses, which are not ours to mend.
    warnings.simplefilter("ignore")
    from proxy.config import Config
    from proxy.master import CaptureMaster

LOOPBACK = "127.0.0.1"


async def told(config: Config) -> CaptureUnavailable:
    """What a master says about its addresses once it has tried to listen."""
    master = CaptureMaster(config, [])
    await master.proxyserver.setup_servers()
    try:
        with pytest.raises(CaptureUnavailable) as raised:
            master.addresses()
    finally:
        await master.proxyserver.servers.update([])
    return raised.value


async def settled(config: Config) -> tuple[tuple[int, int], tuple[str, str]]:
    """The ports on which a master listens in the end, and what it says of them."""
    master = CaptureMaster(config, [])
    await master.proxyserver.setup_servers()
    try:
        return await master.settle(), master.addresses()
    finally:
        await master.proxyserver.servers.update([])


@pytest.mark.parametrize("which", [{0}, {1}, {0, 1}, set()], ids=str)
def test_a_port_that_was_taken_meanwhile_is_chosen_anew(tmp_path: Path, which: set[int]) -> None:
    chosen = free_port(), free_port()
    with contextlib.ExitStack() as others:
        for at in which:
            other = others.enter_context(socket.socket())
            other.bind((LOOPBACK, chosen[at]))
            other.listen()
        config = Config(tmp_path, tmp_path, *chosen, "https://api2.amplitude.com", "")
        ports, addresses = asyncio.run(settled(config))
    assert addresses == tuple(f"{LOOPBACK}:{port}" for port in ports)
    assert {at for at in (0, 1) if ports[at] != chosen[at]} == which


def test_ports_side_by_side_that_were_both_taken_do_not_become_the_same(tmp_path: Path) -> None:
    with contextlib.ExitStack() as others:
        endpoint = beside_each_other(others)
        config = Config(
            tmp_path, tmp_path, endpoint + 1, endpoint, "https://api2.amplitude.com", ""
        )
        ports, addresses = asyncio.run(settled(config))
    assert len(set(ports)) == 2
    assert not {endpoint, endpoint + 1} & set(ports)
    assert addresses == tuple(f"{LOOPBACK}:{port}" for port in ports)


def beside_each_other(others: contextlib.ExitStack) -> int:
    """Another program takes two ports, this one and the next, as those of the settings are."""
    while True:
        with contextlib.ExitStack() as held:
            first, second = (held.enter_context(socket.socket()) for _ in range(2))
            first.bind((LOOPBACK, 0))
            port = int(first.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                second.bind((LOOPBACK, port + 1))
                for one in (first, second):
                    one.listen()
                others.enter_context(held.pop_all())
                return port


def test_a_port_that_was_taken_after_it_was_chosen(tmp_path: Path) -> None:
    proxy, endpoint = free_port(), free_port()
    with socket.socket() as other:
        other.bind((LOOPBACK, proxy))
        other.listen()
        config = Config(tmp_path, tmp_path, proxy, endpoint, "https://api2.amplitude.com", "")
        said = asyncio.run(told(config))
    assert said.sentence.startswith("Another program took the port")
    assert said.hint.startswith("Try again")
    assert "Errno" not in f"{said.sentence} {said.hint}"
