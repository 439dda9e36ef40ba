"""
Facts about our certificate authority's certificate: who, until when, fingerprints.

Reads the public certificate only; the private key is the capture process's business.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import BadInput


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate file, as a person and a browser want to know it."""

    path: Path
    subject: str
    sha256: str
    """Fingerprint of the certificate, `AB:CD:…`, as browsers show it."""
    spki: str
    """Base64 of the SHA-256 of its public key, as Chromium's command line wants it."""
    expires: datetime

    def is_expired(self, now: datetime | None = None) -> bool:
        """Whether its time is over."""
        return (now or datetime.now(UTC)) >= self.expires


def read(path: Path) -> Certificate:
    """The first certificate of a PEM file. Raises BadInput."""
    # Costs 60 ms to import, and the window must be on screen before anyone asks.
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise BadInput(
            f"The certificate {path} cannot be read: {error.strerror or error}."
        ) from error
    except ValueError as error:
        raise BadInput(f"{path} is not a certificate in PEM form.") from error
    der = found.public_bytes(Encoding.DER)
    key = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Certificate(
        path=path,
        subject=found.subject.rfc4514_string(),
        sha256=hashlib.sha256(der).digest().hex(":").upper(),
        spki=base64.b64encode(hashlib.sha256(key).digest()).decode(),
        expires=found.not_valid_after_utc,
    )
