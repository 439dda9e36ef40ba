"""
What the capture process was asked to do. Parsed from arguments once; `State` may change while
running.
"""

from dataclasses import dataclass, field
from pathlib import Path

from app.ingest.faults import Faults
from app.ingest.rules import RuleBook
from app.model import Delivery


@dataclass(frozen=True, slots=True)
class Config:
    """Fixed for the life of the process."""

    workspace: Path
    authority: Path
    proxy_port: int
    endpoint_port: int
    upstream: str
    """Scheme and host behind the endpoint."""
    upstream_path: str
    """Where uploads go there; empty for Amplitude's own paths."""
    network: bool = False
    """Whether other devices in the local network can connect."""


@dataclass(slots=True)
class State:
    """What commands change while traffic flows."""

    delivery: Delivery
    cap_bytes: int
    hosts: list[str] = field(default_factory=list)
    labeled: list[str] = field(default_factory=list)
    """Sites that the page agent is brought to."""
    faults: Faults = field(default_factory=Faults)
    rules: RuleBook = field(default_factory=RuleBook)
    hand: str = ""
    """The word of who may send by hand; see `app.sending`."""
