"""The "it works" check against things that are not our proxy; the good case is in the UI tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import probe as subject
from app.probe import probe
from tests.app import authority as made


@pytest.fixture(scope="module")
def authority() -> Path:
    return made.authority()


@contextmanager
def server(answer: bytes | None) -> Iterator[str]:
    """Accepts one connection and says `answer`, or nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                if answer is not None:
                    connection.sendall(answer)
                else:
                    done.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        done.set()
        thread.join()


def test_nothing_listens(authority: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    found = probe(address, authority)
    assert not found.is_good
    assert "Nothing accepts connections" in found.sentence
    assert found.tries


def test_another_proxy_refuses(authority: Path) -> None:
    with server(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as address:
        found = probe(address, authority)
    assert not found.is_good
    assert "403" in found.sentence


def test_something_hangs(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "TIMEOUT_S", 0.2)
    with server(None) as address:
        found = probe(address, authority)
    assert not found.is_good
    assert "did not answer" in found.sentence


def test_the_certificate_is_missing(tmp_path: Path) -> None:
    found = probe("127.0.0.1:1", tmp_path / "missing.pem")
    assert not found.is_good
    assert "cannot be used" in found.sentence
