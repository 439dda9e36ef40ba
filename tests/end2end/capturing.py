"""
The real capture process, as a test drives it: started as people start it, read as they read it.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENT = "tests.end2end.patient"
ROOT = Path(__file__).parents[2]
TIMEOUT = 120.0
"""A slow machine is no failure."""


class Capturing:
    """A running `python -m proxy`."""

    def __init__(self, workspace: Path, *arguments: str, module: str = "proxy") -> None:
        self.workspace = workspace
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", module, "--workspace", str(workspace)),
                *("--proxy-port", "0", "--endpoint-port", "0", *arguments),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read_stdout),
            threading.Thread(target=self._read_stderr),
        ]
        self.stderr = ""
        for reader in self._readers:
            reader.start()

    def listening(self) -> "Capturing":
        """Wait until it listens."""
        first = self.message("listening")
        self.proxy: str = first["proxy"]
        self.endpoint: str = first["endpoint"]
        self.certificate: str = first["certificate"]
        self.first = first
        return self

    def message(self, kind: str, **wanted: object) -> dict[str, Any]:
        """The next message of a kind that has these values."""
        while True:
            try:
                message = self._lines.get(timeout=TIMEOUT)
            except queue.Empty:
                raise AssertionError(f"no {kind!r} message; stderr: {self.stderr}") from None
            if message["type"] == kind and wanted.items() <= message.items():
                return message
            if message["type"] == "ended":
                raise AssertionError(f"ended instead of {kind!r}; stderr: {self.stderr}")

    def wait_for_more(self) -> None:
        """Until something is said, or a moment later: whoever asks looks again."""
        with contextlib.suppress(queue.Empty):
            self._lines.get(timeout=0.1)

    def send(self, **command: object) -> None:
        """One command on stdin."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def stop(self) -> int:
        """End its input, as the window does; returns the exit status."""
        assert self.process.stdin
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self.wait()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.wait()

    def wait(self) -> int:
        """Wait for its end; returns the exit status."""
        try:
            status = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            for reader in self._readers:
                reader.join(TIMEOUT)
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                if stream:
                    stream.close()
        return status

    def _read_stdout(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put({"type": "ended"})

    def _read_stderr(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.stderr += line


@contextmanager
def capturing(workspace: Path, *arguments: str, module: str = "proxy") -> Iterator[Capturing]:
    """A capture process that listens; stopped in order afterwards."""
    process = Capturing(workspace, *arguments, module=module)
    try:
        yield process.listening()
    finally:
        if process.process.poll() is None:
            status = process.stop()
            assert status == 0, process.stderr


def eventscope(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as people do."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
    )


def printed(kind: str, workspace: Path, *arguments: str) -> list[dict[str, Any]]:
    """What `eventscope events` or `eventscope uploads` prints."""
    result = eventscope(kind, "--workspace", str(workspace), *arguments)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def trusting(certificate: str, proxy: str) -> dict[str, str]:
    """The environment of a program that goes through the proxy and trusts us."""
    return {
        **os.environ,
        "HTTPS_PROXY": f"http://{proxy}",
        "https_proxy": f"http://{proxy}",
        "SSL_CERT_FILE": certificate,
        "NODE_EXTRA_CA_CERTS": certificate,
    }
