"""
Messages between the window and the capture process: one JSON object a line.

The capture process announces on stdout; commands arrive on its stdin. A notice carries no data,
only "rows up to N exist", so a lost one is harmless. End of input means: commit and stop.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, get_args, get_origin

from app.errors import BadInput


@dataclass(frozen=True, slots=True)
class Message:
    """Base of all messages; `type` on the wire is the class's `TYPE`."""

    TYPE: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Listening(Message):
    """Both listeners accept connections. `note` says when a port was taken and moved."""

    TYPE: ClassVar[str] = "listening"
    proxy: str
    endpoint: str
    workspace: str
    certificate: str
    delivery: str
    pid: int
    note: str = ""
    faults: list[str] = field(default_factory=list)
    network: bool = False
    """Whether other devices in the local network can connect, too."""


@dataclass(frozen=True, slots=True)
class Captured(Message):
    """Rows up to these ids are committed. Zero means none."""

    TYPE: ClassVar[str] = "captured"
    last_capture: int
    last_event: int


@dataclass(frozen=True, slots=True)
class Removed(Message):
    """Rows below these ids are gone (cleared, or pruned to keep the size cap)."""

    TYPE: ClassVar[str] = "removed"
    first_capture: int
    first_event: int


@dataclass(frozen=True, slots=True)
class Changed(Message):
    """The state after a command, or when a counted fault has met its last: delivery, the hosts
    that a person added, and the faults that are on."""

    TYPE: ClassVar[str] = "changed"
    delivery: str
    hosts: list[str]
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FaultsMet(Message):
    """How many exchanges each fault that is on has met so far."""

    TYPE: ClassVar[str] = "faults_met"
    faults: list[str]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class Imported(Message):
    """An import ended. `problem` is empty when it went well."""

    TYPE: ClassVar[str] = "imported"
    path: str
    uploads: int
    events: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Importing(Message):
    """How far an import has come: bytes of the file that were read, and what is stored by now."""

    TYPE: ClassVar[str] = "importing"
    path: str
    read: int
    size: int
    uploads: int
    events: int


@dataclass(frozen=True, slots=True)
class Trouble(Message):
    """Something that a person should know, as a sentence; capture goes on."""

    TYPE: ClassVar[str] = "trouble"
    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class AgentSaid(Message):
    """The page agent said something in a person's own browser: which page, of which host, and a
    message for `app.agentwords`."""

    TYPE: ClassVar[str] = "agent_said"
    page: str
    host: str
    text: str


@dataclass(frozen=True, slots=True)
class AskAgent(Message):
    """Have the page agent do something (JSON, see `agent.js`); on all pages when none is named."""

    TYPE: ClassVar[str] = "ask_agent"
    page: str
    text: str


@dataclass(frozen=True, slots=True)
class SetLabeled(Message):
    """Bring the page agent to these sites, and to no others."""

    TYPE: ClassVar[str] = "set_labeled"
    hosts: list[str]


@dataclass(frozen=True, slots=True)
class SetDelivery(Message):
    """Switch delivery for everything that arrives from now on."""

    TYPE: ClassVar[str] = "set_delivery"
    delivery: str


@dataclass(frozen=True, slots=True)
class SetHand(Message):
    """Let whoever knows this word say of an upload what is to happen to it, whatever delivery is:
    the window, for what a person sends by hand."""

    TYPE: ClassVar[str] = "set_hand"
    word: str


@dataclass(frozen=True, slots=True)
class SetHosts(Message):
    """Replace the hosts that a person added to those that are opened."""

    TYPE: ClassVar[str] = "set_hosts"
    hosts: list[str]


@dataclass(frozen=True, slots=True)
class SetFaults(Message):
    """Have these faults from now on, written as in `app.ingest.faults`; none ends them."""

    TYPE: ClassVar[str] = "set_faults"
    faults: list[str]


@dataclass(frozen=True, slots=True)
class SetIngestion(Message):
    """Replace the rules of local ingestion, written as in `app.ingest.rules`."""

    TYPE: ClassVar[str] = "set_ingestion"
    rules: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SetCap(Message):
    """Change the size that the workspace may reach before the oldest captures go."""

    TYPE: ClassVar[str] = "set_cap"
    megabytes: int


@dataclass(frozen=True, slots=True)
class NameProject(Message):
    """What a person calls the project of an API key; empty for its key."""

    TYPE: ClassVar[str] = "name_project"
    api_key: str
    name: str


@dataclass(frozen=True, slots=True)
class Clear(Message):
    """Remove everything captured so far; what people made stays."""

    TYPE: ClassVar[str] = "clear"


@dataclass(frozen=True, slots=True)
class Import(Message):
    """Read a file into the workspace."""

    TYPE: ClassVar[str] = "import"
    path: str


@dataclass(frozen=True, slots=True)
class CancelImport(Message):
    """Stop reading a file. What was read stays; `imported` tells the end."""

    TYPE: ClassVar[str] = "cancel_import"
    path: str


@dataclass(frozen=True, slots=True)
class Stop(Message):
    """Commit everything and end; the same as closing stdin."""

    TYPE: ClassVar[str] = "stop"


_TYPES: dict[str, type[Message]] = {
    kind.TYPE: kind
    for kind in (
        Listening,
        Captured,
        Removed,
        Changed,
        FaultsMet,
        Imported,
        Importing,
        Trouble,
        AgentSaid,
        AskAgent,
        SetLabeled,
        SetDelivery,
        SetHand,
        SetHosts,
        SetFaults,
        SetIngestion,
        SetCap,
        NameProject,
        Clear,
        Import,
        CancelImport,
        Stop,
    )
}


def _checked(value: Any, wanted: Any) -> Any:
    """The value, if it has the type that the field asks for. Raises TypeError."""
    if get_origin(wanted) is list:
        (kind,) = get_args(wanted)
        fits = isinstance(value, list) and all(type(item) is kind for item in value)
    else:
        fits = type(value) is (get_origin(wanted) or wanted)
    if not fits:
        raise TypeError(f"{value!r} is not {wanted}")
    return value


def encode(message: Message) -> str:
    """One JSON line, without the line feed."""
    return json.dumps({"type": message.TYPE, **asdict(message)}, separators=(",", ":"))


def decode(line: str | bytes) -> Message:
    """The message of one JSON line. Raises BadInput for anything else."""
    try:
        data: Any = json.loads(line)
        kind = _TYPES[data.pop("type")]
        known = {field.name: field.type for field in fields(kind)}
        return kind(
            **{key: _checked(value, known[key]) for key, value in data.items() if key in known}
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(f"Not a message: {line[:200]!r}") from error
