"""
The capture process as the window sees it: start, stop, what it announces, and why it is down.

The child is `python -m proxy`. It announces messages of `app.wire` on stdout, logs JSON lines on
stderr, and stops when its stdin ends, so it cannot outlive the window. A child that dies is said
and started again, on the ports it had; one that refuses to start says why and is left alone. When
another Eventscope captures into the workspace, nothing is broken: the state is "elsewhere".
"""

import json
import logging
import re
import secrets
import sys
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from app import settings as keys
from app import wire
from app.errors import IN_USE, BadInput, StoreUnavailable
from app.ingest.rules import rule_book
from app.settings import Settings

log = logging.getLogger(__name__)
child_log = logging.getLogger("proxy")

BACK_OFF_S = (0.5, 1, 2, 5, 10, 30)
HEALTHY_MS = 60_000
TERMINATE_AFTER_MS = 3_000
KILL_AFTER_MS = 2_000
ELSEWHERE = (
    "Another Eventscope is capturing into this workspace; this window shows the same events."
)
UNEXPLAINED = "The capture process could not start, because something in Eventscope went wrong."


class CaptureProcess(QObject):
    """Keeps one capture process running while it is wanted.

    Signals: `state_changed` with one of "stopped", "starting", "listening", "failed",
    "elsewhere"; the others carry the message of `app.wire` they are named for.
    """

    listening = Signal(object)
    captured = Signal(object)
    removed = Signal(object)
    changed = Signal(object)
    faults_met = Signal(object)
    imported = Signal(object)
    importing = Signal(object)
    trouble = Signal(object)
    agent_said = Signal(object)
    state_changed = Signal(str)

    def __init__(self, settings: Settings, workspace: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = "stopped"
        self.info: wire.Listening | None = None
        self.delivery = settings.get(keys.DELIVERY)
        # So that nobody else can say what is to happen to an upload.
        self.hand = secrets.token_urlsafe(24)
        self.failure = ""
        self.failure_details = ""
        self.faults: list[str] = []
        self._settings = settings
        self._workspace = workspace
        self._process: QProcess | None = None
        self._wanted = False
        self._ending = False
        self._ports: tuple[int, int] | None = None
        self._deaths = 0
        self._stderr: deque[str] = deque(maxlen=50)
        self._stderr_rest = ""
        self._restart = self._timer(self._launch)
        self._healthy = self._timer(self._forget_deaths)
        self._terminating = self._timer(self._terminate)
        self._killing = self._timer(self._kill)

    # What a person asks for

    def start(self) -> None:
        """Start, unless it runs already. While the last one is still ending, start after it."""
        self._wanted = True
        self._deaths = 0
        self._restart.stop()
        if self._process is None:
            self._launch()

    def stop(self) -> None:
        """Ask it to commit and end. Insists after a while; `state_changed` tells the end."""
        self._wanted = False
        self._restart.stop()
        self._healthy.stop()
        if self._process is None:
            self._stopped()
            return
        self._ending = True
        self._process.closeWriteChannel()
        self._terminating.start(TERMINATE_AFTER_MS)

    def restart(self) -> None:
        """Have settings count that are read at the start."""
        self.stop()
        self.start()

    def shutdown(self, timeout_ms: int = 5_000) -> None:
        """Stop and wait until it is gone, for the end of the application."""
        self.stop()
        self._terminating.stop()
        process = self._process
        if process is None:
            return
        if not process.waitForFinished(timeout_ms):
            process.terminate()
            if not process.waitForFinished(KILL_AFTER_MS):
                process.kill()
                process.waitForFinished(KILL_AFTER_MS)

    def send(self, message: wire.Message) -> bool:
        """Send a command; False when nobody is there to receive it."""
        process = self._process
        if process is None or process.state() != QProcess.ProcessState.Running or self._ending:
            return False
        process.write(wire.encode(message).encode() + b"\n")
        return True

    def set_delivery(self, delivery: str) -> None:
        """Switch delivery now and for the next start. `changed` confirms it."""
        try:
            self._settings.set(keys.DELIVERY, delivery)
        except StoreUnavailable as error:
            self.trouble.emit(wire.Trouble(error.sentence, error.hint))
        if not self.send(wire.SetDelivery(delivery)):
            self.delivery = delivery
            self.changed.emit(wire.Changed(delivery, list(self._settings.get(keys.HOSTS))))

    def set_faults(self, faults: list[str]) -> bool:
        """Have these faults from now on, until capture stops. `changed` confirms it; False when
        capture does not run."""
        return self.send(wire.SetFaults(faults))

    def set_rules(self, rules: dict[str, Any]) -> None:
        """What local answers enforce, now and for the next start. Raises AppError."""
        rule_book(rules)
        self._settings.set(keys.INGESTION, rules)
        self.send(wire.SetIngestion(rules))

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop and has not ended yet."""
        return self._ending

    # Starting

    def command(self) -> list[str]:
        """The child's program and arguments."""
        get = self._settings.get
        proxy, endpoint = self._ports or (get(keys.PROXY_PORT), get(keys.ENDPOINT_PORT))
        options = {
            "--workspace": self._workspace,
            "--proxy-port": proxy,
            "--endpoint-port": endpoint,
            "--delivery": self.delivery,
            "--endpoint-upstream": get(keys.UPSTREAM),
            "--cap-mb": get(keys.CAP_MB),
        }
        # -P: a folder named "proxy" where the window was started must not be run instead.
        words = [sys.executable, "-P", "-X", "utf8", "-m", "proxy"]
        words += [str(part) for pair in options.items() for part in pair]
        words.append("--network" if get(keys.NETWORK) else "--no-network")
        return words + [part for host in get(keys.HOSTS) for part in ("--host", host)]

    def _launch(self) -> None:
        program, *arguments = self.command()
        self._stderr.clear()
        self._stderr_rest = ""
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read_messages)
        process.readyReadStandardError.connect(self._read_log)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._error_occurred)
        self._process = process
        self._set_state("starting")
        process.start(program, arguments)

    def _error_occurred(self, error: QProcess.ProcessError) -> None:
        # Every other error is followed by `finished`.
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._release()
            self._fail("The capture process could not be started.", reason)

    # What it says

    def _read_messages(self) -> None:
        process = self._process
        while process is not None and process is self._process and process.canReadLine():
            line = bytes(process.readLine().data())
            try:
                self._receive(wire.decode(line))
            except BadInput as error:
                log.warning("%s", error)

    def _receive(self, message: wire.Message) -> None:
        match message:
            case wire.Listening():
                self._listens(message)
            case wire.Captured():
                self.captured.emit(message)
            case wire.Removed():
                self.removed.emit(message)
            case wire.Changed():
                self.delivery = message.delivery
                self.faults = message.faults
                self.changed.emit(message)
            case wire.FaultsMet():
                self.faults_met.emit(message)
            case wire.AgentSaid():
                self.agent_said.emit(message)
            case wire.Imported():
                self.imported.emit(message)
            case wire.Importing():
                self.importing.emit(message)
            case wire.Trouble():
                log.warning("%s %s", message.sentence, message.hint)
                self.trouble.emit(message)

    def _listens(self, message: wire.Listening) -> None:
        self.info = message
        self.delivery = message.delivery
        self.faults = message.faults
        self.failure = self.failure_details = ""
        # A browser that was told one port keeps to it: after a death ask for the same ones.
        self._ports = port_of(message.proxy), port_of(message.endpoint)
        self._healthy.start(HEALTHY_MS)
        self._set_state("listening")
        self.send(wire.SetHand(self.hand))
        labeled = self._settings.get(keys.LABELED)
        if labeled:
            self.send(wire.SetLabeled(list(labeled)))
        self.listening.emit(message)

    def _read_log(self) -> None:
        if self._process is None:
            return
        text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        *lines, self._stderr_rest = (self._stderr_rest + text).split("\n")
        for line in lines:
            self._log_line(line)

    def _log_line(self, line: str) -> None:
        if not line.strip():
            return
        self._stderr.append(line)
        level, message = parse_log_line(line)
        child_log.log(level, "%s", message)

    # The end

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_messages()
        self._read_log()
        self._log_line(self._stderr_rest)
        was_listening = self.info is not None
        crashed = status == QProcess.ExitStatus.CrashExit
        asked = self._ending
        self._release()
        if asked:
            self._stopped()
        elif was_listening or crashed:
            self._died(*explanation(self._stderr))
        else:
            sentence, details = explanation(self._stderr)
            self._fail(sentence or UNEXPLAINED, details or f"It ended with status {code}.")

    def _stopped(self) -> None:
        self.failure = self.failure_details = ""
        self._ports = None
        if self._wanted:
            # Not said to have stopped: what is there only while it runs would go and come back.
            self._launch()
        else:
            self._set_state("stopped")

    def _died(self, reason: str, details: str) -> None:
        wait_s = BACK_OFF_S[min(self._deaths, len(BACK_OFF_S) - 1)]
        self._deaths += 1
        self.failure = reason or "The capture process ended unexpectedly."
        self.failure_details = details
        log.warning("The capture process died (%s); starting again in %s s", self.failure, wait_s)
        self._set_state("starting")
        self._restart.start(round(wait_s * 1000))
        self.trouble.emit(
            wire.Trouble(
                "The capture process ended unexpectedly and is being started again.", reason
            )
        )

    def _fail(self, sentence: str, details: str = "") -> None:
        self._wanted = False
        is_elsewhere = IN_USE in sentence
        self.failure = "" if is_elsewhere else sentence
        self.failure_details = "" if is_elsewhere else details
        log.log(logging.INFO if is_elsewhere else logging.ERROR, "%s %s", sentence, details)
        self._set_state("elsewhere" if is_elsewhere else "failed")

    def _release(self) -> None:
        process, self._process = self._process, None
        self._ending = False
        self.info = None
        self.faults = []
        for timer in (self._healthy, self._terminating, self._killing):
            timer.stop()
        if process is not None:
            process.deleteLater()

    def _terminate(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._killing.start(KILL_AFTER_MS)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _forget_deaths(self) -> None:
        self._deaths = 0

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def _timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(slot)
        return timer


def port_of(address: str) -> int:
    """The port of `127.0.0.1:8899` or `http://127.0.0.1:8898`."""
    return int(address.rstrip("/").rpartition(":")[2])


def parse_log_line(line: str) -> tuple[int, str]:
    """Level and message of a JSON log line; anything else is a warning as it stands."""
    try:
        record = json.loads(line)
        level = logging.getLevelNamesMapping().get(str(record["level"]), logging.WARNING)
        return level, str(record["message"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return logging.WARNING, line.rstrip()


def explanation(lines: Iterable[str]) -> tuple[str, str]:
    """Why it ended, from what was said before: a sentence for a person, or an empty text when
    nobody wrote one; and everything else there is, to copy."""
    said = [line for line in lines if line.strip()]
    parsed = [parse_log_line(line) for line in said]
    details = "\n".join(_unfolded(line) for line in said)
    last = next((message for level, message in reversed(parsed) if level >= logging.WARNING), "")
    is_bug = "Traceback (most recent call last)" in details
    if is_bug or not _SENTENCE.fullmatch(last):
        return "", details
    return last, details if details != last else ""


# Not `SomeError: what happened.`, which is for programmers.
_SENTENCE = re.compile(r"(?![\w.]+(?:Error|Exception|Exit|Interrupt)\b)[A-Z\"'“].* .*[.!]")


def _unfolded(line: str) -> str:
    """A log line as text, with its traceback."""
    try:
        record = json.loads(line)
        return "\n".join(filter(None, (record["message"], record.get("traceback"))))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return line.rstrip()
