"""
The page that a phone opens on the endpoint: the proxy to enter, the certificate, and a check.

Plain text into places of a page that runs nothing but its own script.
"""

from html import escape
from pathlib import Path
from typing import NamedTuple

from app import certificate as certificates
from app.errors import AppError
from app.hosts import PROBE_HOST
from resources import path as resource

PATH = "/phone"
CERTIFICATE_PATH = f"{PATH}/eventscope.crt"
_FILES = {"/phone.css": "text/css", "/phone.js": "text/javascript"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self';"
    f" connect-src http://{PROBE_HOST} https://{PROBE_HOST}; base-uri 'none'; form-action 'none'"
)


class Page(NamedTuple):
    """What to answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def page_address(host: str, endpoint_port: int) -> str:
    """Where a device finds the page."""
    return f"http://{host}:{endpoint_port}{PATH}"


def respond(path: str, host: str, proxy_port: int, certificate: Path) -> Page | None:
    """The answer for `path`, asked of us at `host`; None when it is none of the page's."""
    asked = path.partition("?")[0].rstrip("/")
    if asked == PATH:
        return _page(host, proxy_port, certificate)
    if asked == CERTIFICATE_PATH:
        return _certificate(certificate)
    name = asked.removeprefix(PATH)
    if name in _FILES:
        return _answer(_FILES[name], resource(f"phone{name}").read_bytes())
    return None


def _page(host: str, proxy_port: int, certificate: Path) -> Page:
    try:
        said = certificates.read(certificate).sha256
    except AppError as error:
        said = str(error)
    text = resource("phone/page.html").read_text("utf-8")
    for word, value in (
        ("$HOST", host),
        ("$PORT", str(proxy_port)),
        ("$SHA256", said),
        ("$PROBE", PROBE_HOST),
    ):
        text = text.replace(word, escape(value))
    return _answer("text/html; charset=utf-8", text.encode())


def _certificate(certificate: Path) -> Page:
    try:
        body = certificate.read_bytes()
    except OSError as error:
        sentence = f"The certificate cannot be read: {error.strerror or error}."
        return _answer("text/plain; charset=utf-8", sentence.encode(), 500)
    # What makes phones offer to install it.
    return _answer("application/x-x509-ca-cert", body)


def _answer(kind: str, body: bytes, status: int = 200) -> Page:
    headers = (
        ("Content-Type", kind),
        ("Content-Security-Policy", _POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    )
    return Page(status, headers, body)
