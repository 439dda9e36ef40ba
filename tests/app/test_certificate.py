"""Facts about a certificate, beside what the standard library says."""

import hashlib
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from app.certificate import read
from app.errors import BadInput
from tests.app import authority as made


@pytest.fixture(scope="module")
def authority() -> Path:
    return made.authority()


def test_reads_what_a_person_compares(authority: Path) -> None:
    found = read(authority)
    der = ssl.PEM_cert_to_DER_cert(authority.read_text())
    assert found.path == authority
    assert found.sha256.replace(":", "").lower() == hashlib.sha256(der).hexdigest()
    assert "Eventscope" in found.subject
    assert len(found.spki) == 44
    assert not found.is_expired()
    assert found.is_expired(found.expires + timedelta(seconds=1))


def test_what_is_no_certificate_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "missing.pem")
    (tmp_path / "other.pem").write_text("hello")
    with pytest.raises(BadInput, match="not a certificate"):
        read(tmp_path / "other.pem")
