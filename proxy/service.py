"""
The capture process from start to end: store, listeners, commands, housekeeping.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace

from mitmproxy.exceptions import OptionsError
from mitmproxy.utils import asyncio_utils

from app import wire
from app.errors import AppError, BadInput, CaptureUnavailable, StoreUnavailable
from app.hosts import parse_host
from app.ingest.local import LocalIngestion
from app.ingest.rules import rule_book
from app.model import Delivery
from app.store import Checkpointer, Store
from app.store.writer import Ids
from proxy.authority import CERTIFICATE, ready_authority
from proxy.capture import CaptureAddon
from proxy.config import Config, State
from proxy.control import Announcer, listen
from proxy.devices import DevicesAddon
from proxy.importing import Imports
from proxy.inject import InjectAddon
from proxy.master import CaptureMaster, free_ports
from proxy.memory import IngestionMemory
from proxy.writer import GroupWriter

log = logging.getLogger(__name__)

PRUNE_SECONDS = 2.0
DRAIN_SECONDS = 3.0
FAULTS_SECONDS = 0.2


async def serve(config: Config, state: State) -> None:
    """Capture until told to stop; everything is committed on return. Raises AppError."""
    note = ready_authority(config.authority)
    with Store.write(config.workspace) as store, Checkpointer(config.workspace):
        await Service(config, state, store, note).run()


class Service:
    """One run of the capture process."""

    def __init__(self, config: Config, state: State, store: Store, note: str) -> None:
        self._wanted = config.proxy_port, config.endpoint_port
        proxy, endpoint = free_ports(*self._wanted, network=config.network)
        self._config = config = replace(config, proxy_port=proxy, endpoint_port=endpoint)
        self._state = state
        self._note = note
        self._announcer = Announcer()
        self._loop = asyncio.get_running_loop()
        self._writer = GroupWriter(store.writer, self._committed, self._trouble)
        self._imports = Imports(self._writer, self._announcer.say)
        self._master = _master(config, state)
        self._memory = IngestionMemory(config.workspace, LocalIngestion(state.rules))
        self._addon = CaptureAddon(
            state,
            self._writer,
            self._memory.ingestion,
            config.upstream_path,
            config.endpoint_port,
        )
        state.faults.changed = self._say_changed
        state.faults.met = self._fault_met
        self._tells_faults = False
        self._devices = DevicesAddon(config.authority / CERTIFICATE)
        self._inject = InjectAddon(state, self._agent_said)
        # Asked before the addon that captures, and told of an answer's headers after it.
        self._master.addons.add(
            self._devices,
            self._inject.asking,
            self._addon,
            self._inject,
            _WhenRunning(self._announce),
        )
        self._commands: dict[type[wire.Message], Callable[..., None]] = {
            wire.SetDelivery: self._set_delivery,
            wire.SetHand: self._set_hand,
            wire.SetHosts: self._set_hosts,
            wire.SetLabeled: self._set_labeled,
            wire.AskAgent: lambda message: self._inject.ask(message.page, message.text),
            wire.SetFaults: self._set_faults,
            wire.SetIngestion: self._set_ingestion,
            wire.SetCap: self._set_cap,
            wire.NameProject: lambda message: self._writer.name(message.api_key, message.name),
            wire.Clear: self._clear,
            wire.Import: lambda message: self._start(self._imports.run(message.path), "import"),
            wire.CancelImport: lambda message: self._imports.cancel(message.path),
            wire.Stop: lambda _: self._master.stop(),
        }

    async def run(self) -> None:
        """Listen, serve, and leave in order."""
        self._failure: AppError | None = None
        stop = self._master.stop
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows
                self._loop.add_signal_handler(number, stop)
        housekeeping = asyncio_utils.create_task(
            self._keep_house(), name="housekeeping", keep_ref=True
        )
        remembering = asyncio_utils.create_task(
            self._memory.keep(), name="remembering", keep_ref=True
        )
        try:
            await self._master.run()
        finally:
            housekeeping.cancel()
            remembering.cancel()
            await self._drain()
            self._memory.close()
        if self._failure:
            raise self._failure

    async def _announce(self) -> None:
        """Both listeners are up: say so first, then take commands."""
        try:
            ports = await self._master.settle()
            proxy, endpoint = self._master.addresses()
        except AppError as error:
            self._failure = error
            self._master.stop()
            return
        self._devices.proxy_port, self._addon.endpoint_port = ports
        # What is there now stays to the end. The collector need not look at it again and again,
        # which is a twentieth of all the time under load.
        gc.freeze()
        self._announcer.say(
            wire.Listening(
                proxy=proxy,
                endpoint=f"http://{endpoint}",
                workspace=str(self._config.workspace),
                certificate=str(self._config.authority / CERTIFICATE),
                delivery=str(self._state.delivery),
                pid=os.getpid(),
                note=f"{self._note} {_moved(self._wanted, ports)}".strip(),
                faults=self._state.faults.texts,
                network=self._config.network,
            )
        )
        listen(self._loop, self._command, self._refuse, self._master.stop)

    async def _drain(self) -> None:
        """Take no more, let uploads on their way have their answer, commit the rest. Idle
        connections and other people's tunnels end with the process."""
        self._imports.cancel_all()
        self._master.options.update(server=False)
        self._addon.line.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._addon.idle.wait()
        self._writer.flush()
        self._announcer.finish(1.0)
        # What still runs is cancelled by the loop's end, and asyncio calls that an error.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def _command(self, message: wire.Message) -> None:
        handler = self._commands.get(type(message))
        if handler is None:
            self._refuse(message.TYPE.encode())
            return
        try:
            handler(message)
        except AppError as error:
            self._announcer.say(wire.Trouble(error.sentence, error.hint))
        except Exception:
            log.exception("a command failed")
            self._announcer.say(wire.Trouble(f"The command {message.TYPE} failed."))

    def _refuse(self, line: bytes) -> None:
        shown = line[:200].decode("utf-8", "replace").strip()
        hint = 'Commands are JSON objects, one a line, such as {"type":"stop"}.'
        self._announcer.say(wire.Trouble(f"Not a command: {shown}", hint))

    def _set_delivery(self, message: wire.SetDelivery) -> None:
        try:
            self._state.delivery = Delivery(message.delivery)
        except ValueError as error:
            raise BadInput(f"Delivery cannot be {message.delivery!r}.") from error
        self._say_changed()

    def _set_hand(self, message: wire.SetHand) -> None:
        self._state.hand = message.word

    def _set_hosts(self, message: wire.SetHosts) -> None:
        hosts = checked_hosts(message.hosts)
        self._state.hosts = hosts
        self._master.open_hosts([*hosts, *self._state.labeled])
        self._say_changed()

    def _set_labeled(self, message: wire.SetLabeled) -> None:
        self._state.labeled = checked_hosts(message.hosts)
        self._master.open_hosts([*self._state.hosts, *self._state.labeled])

    def _agent_said(self, page: str, host: str, text: str) -> None:
        self._announcer.say(wire.AgentSaid(page, host, text))

    def _set_faults(self, message: wire.SetFaults) -> None:
        self._state.faults.replace(message.faults)
        self._say_changed()

    def _fault_met(self) -> None:
        """Tell how often they did, soon and not for each."""
        if not self._tells_faults:
            self._tells_faults = True
            self._loop.call_later(FAULTS_SECONDS, self._tell_faults)

    def _tell_faults(self) -> None:
        self._tells_faults = False
        faults = self._state.faults
        self._announcer.say(wire.FaultsMet(faults.texts, faults.counts))

    def _set_ingestion(self, message: wire.SetIngestion) -> None:
        self._memory.ingestion.obey(rule_book(message.rules))

    def _set_cap(self, message: wire.SetCap) -> None:
        self._state.cap_bytes = max(1, message.megabytes) << 20

    def _clear(self, _: wire.Clear) -> None:
        self._memory.clear()
        self._start(self._clear_all(), "clear")

    async def _clear_all(self) -> None:
        try:
            async for first in self._writer.clear():
                self._announcer.say(wire.Removed(first.capture, first.event))
        except StoreUnavailable as error:
            self._announcer.say(wire.Trouble(error.sentence, error.hint))

    def _start(self, work: Awaitable[None], name: str) -> None:
        asyncio_utils.create_task(work, name=name, keep_ref=True)  # type: ignore[arg-type]

    async def _keep_house(self) -> None:
        """Keep the workspace below its cap. What the disk refuses is told by the next upload."""
        while True:
            await asyncio.sleep(PRUNE_SECONDS)
            try:
                removed = await self._writer.keep_below(self._state.cap_bytes)
            except Exception:
                # The next upload tells what is wrong with the disk; this must go on trying.
                log.exception("pruning")
                continue
            if removed:
                self._announcer.say(wire.Removed(removed.capture, removed.event))

    def _say_changed(self) -> None:
        state = self._state
        self._announcer.say(wire.Changed(str(state.delivery), state.hosts, state.faults.texts))

    def _committed(self, last: Ids) -> None:
        self._announcer.say(wire.Captured(last.capture, last.event))

    def _trouble(self, error: StoreUnavailable | None) -> None:
        if error is None:
            self._announcer.say(wire.Trouble("Events can be stored again."))
        else:
            hint = f"{error.hint} Until then SDKs are answered 503, so that they keep their events."
            self._announcer.say(wire.Trouble(error.sentence, hint.strip()))


def _master(config: Config, state: State) -> CaptureMaster:
    try:
        return CaptureMaster(config, state.hosts)
    except OptionsError as error:
        raise CaptureUnavailable(f"Capture cannot start: {error}.") from error


class _WhenRunning:
    """An addon that calls once when the listeners are up."""

    def __init__(self, announce: Callable[[], Awaitable[None]]) -> None:
        self._announce = announce

    async def running(self) -> None:
        await self._announce()


def checked_hosts(hosts: list[str]) -> list[str]:
    """Hosts as they are matched. Raises BadInput for what is none."""
    found = []
    for text in hosts:
        host = parse_host(text)
        if host is None:
            raise BadInput(f"{text!r} is not a host name.", "Write it like shop.example.com.")
        found.append(host)
    return found


def _moved(wanted: tuple[int, int], found: tuple[int, int]) -> str:
    """A sentence for each port that had to move."""
    return " ".join(
        f"Port {before} is in use, so {what} listens on {after}."
        for what, before, after in zip(("the proxy", "the endpoint"), wanted, found, strict=True)
        if before not in (0, after)
    )
