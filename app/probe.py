"""
The "it works" check: one real request through the proxy, trusting nothing but our authority.

It proves the way an app will take: connect to the proxy, have TLS opened, get an answer.
"""

import ssl
import time
from dataclasses import dataclass
from pathlib import Path

from app.hosts import PROBE_HOST

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What the check found. `tries` says what a person can do when it failed."""

    is_good: bool
    sentence: str
    duration_ms: int = 0
    tries: tuple[str, ...] = ()


def probe(proxy: str, certificate: Path) -> Probe:
    """Load the probe page through `proxy` (host:port). Blocks; never raises for what may fail."""
    # Costs 100 ms to import, and the window must be on screen before anyone asks.
    import httpx

    try:
        trust = ssl.create_default_context(cafile=certificate)
    except OSError as error:
        return _failed(
            f"The certificate {certificate} cannot be used: {error.strerror or error}.",
            "Stop capture and start it again; it makes the certificate when none is there.",
        )
    began = time.perf_counter()
    try:
        with httpx.Client(
            proxy=f"http://{proxy}", verify=trust, trust_env=False, timeout=TIMEOUT_S
        ) as client:
            answer = client.get(f"https://{PROBE_HOST}/")
        is_ours = answer.status_code == 200 and answer.json().get("eventscope") is True
    except (httpx.HTTPError, ValueError, AttributeError, OSError) as error:
        return _explained(error)
    if not is_ours:
        return _failed(
            f"Something else answers on {proxy} (status {answer.status_code}).",
            "Another proxy may be using this port: choose another proxy port in Settings.",
        )
    took = round((time.perf_counter() - began) * 1000)
    return Probe(True, f"TLS is opened and answered in {took} ms.", took)


def _explained(error: Exception) -> Probe:
    text = str(error)
    if isinstance(error, TimeoutError) or "timed out" in text.lower():
        return _failed(
            f"The proxy did not answer within {TIMEOUT_S:.0f} seconds.",
            "Stop capture and start it again.",
            "A firewall or security program may be holding connections to this machine.",
        )
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return _failed(
            "The proxy answered with a certificate that is not ours.",
            "A security program may be intercepting connections: exclude this port there.",
            "Check the clock of this machine.",
        )
    if "refused" in text.lower() or "failed" in text.lower():
        return _failed(
            "Nothing accepts connections on the proxy's address.",
            "Stop capture and start it again.",
            "A firewall may be blocking connections to this machine.",
        )
    return _failed(
        f"The check failed: {text or type(error).__name__}.", "Stop capture and start it again."
    )


def _failed(sentence: str, *tries: str) -> Probe:
    return Probe(False, sentence, tries=tries)
