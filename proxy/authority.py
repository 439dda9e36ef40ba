"""
Our own certificate authority: made once for this machine, private, never that of the person's
mitmproxy. What is damaged is set aside and made anew, and said.
"""

import logging
import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from mitmproxy.certs import CertStore

from app.errors import CaptureUnavailable

log = logging.getLogger(__name__)

BASENAME = "mitmproxy"
PRIVATE = f"{BASENAME}-ca.pem"
CERTIFICATE = f"{BASENAME}-ca-cert.pem"
KEY_BITS = 2048
RENEWED = (
    "The certificate authority was damaged or expired, so a new one was made. "
    "Trust it again wherever you had installed the old one."
)


def ready_authority(folder: Path) -> str:
    """Make sure that the authority is there and whole; returns a sentence when it had to be
    renewed. Raises CaptureUnavailable."""
    try:
        note = "" if not folder.exists() or _is_whole(folder) else _set_aside(folder)
        if not (folder / PRIVATE).exists():
            _make(folder)
        folder.chmod(0o700)
        (folder / PRIVATE).chmod(0o600)
    except OSError as error:
        raise CaptureUnavailable(
            f"The certificate authority in {folder} cannot be made: {error.strerror or error}."
        ) from error
    return note


def _make(folder: Path) -> None:
    """All files, then one rename: whoever comes second uses the first one's."""
    made = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    made.mkdir(parents=True, mode=0o700)
    try:
        CertStore.create_store(
            made, BASENAME, KEY_BITS, organization="Eventscope", cn="Eventscope on this machine"
        )
        if not (folder / PRIVATE).exists():
            made.rename(folder)
    except OSError:
        if not (folder / PRIVATE).exists():
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Whether key and certificate belong together and hold for a while. A certificate file that is
    missing or another's is written again from the one beside the key."""
    if not any(folder.iterdir()):
        return True
    try:
        pem = (folder / PRIVATE).read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        key = load_pem_private_key(pem, None)
    except (OSError, ValueError, TypeError):
        log.warning("the authority in %s cannot be read", folder, exc_info=True)
        return False
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        return False
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        return False
    public = certificate.public_bytes(Encoding.PEM)
    path = folder / CERTIFICATE
    if not path.exists() or path.read_bytes().strip() != public.strip():
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        temporary.write_bytes(public)
        temporary.replace(path)
    return True


def _set_aside(folder: Path) -> str:
    folder.rename(folder.with_name(f"{folder.name}.damaged-{int(time.time())}-{os.getpid()}"))
    return RENEWED
