"""
What the list of exchanges shows of each.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from app.model import Kind
from app.store.requests import RequestRow
from ui.plain import clock, one_line, plural, size
from ui.table.cells import VIA_WORD, Cell, Column
from ui.table.times import short_clock

KIND_WORD = {
    Kind.UPLOAD: "Upload",
    Kind.PREFLIGHT: "Preflight",
    Kind.REMOTE_CONFIG: "Remote configuration",
    Kind.DIAGNOSTICS: "Diagnostics",
    Kind.SESSION_REPLAY: "Session Replay",
    Kind.EXPERIMENT: "Experiment",
    Kind.GUIDES: "Guides and Surveys",
    Kind.REST: "REST API",
    Kind.ASSET: "SDK code",
    Kind.UNKNOWN: "Not understood",
}


def request_columns(projects: Mapping[int, str]) -> tuple[Column, ...]:
    """The columns. `projects` gives names by source id."""

    def project(row: RequestRow) -> str:
        return projects.get(row.source_id or 0, "")

    return (
        Column("time", "Time", 132, lambda row: Cell(short_clock(row.at_ms), "muted"),
               lambda row: clock(row.at_ms), "When it arrived here, in local time", is_mono=True),
        Column("kind", "Kind", 166, _kind, lambda row: KIND_WORD[row.kind],
               "What it is", least=166),
        Column("note", "What", 260, _what, what,
               "What it holds, in a sentence", is_wide=True, least=180),
        Column("address", "Address", 240, lambda row: Cell(one_line(_address(row)), "muted"),
               lambda row: row.url, "Method, host and path", is_mono=True, least=130, most=420,
               cuts_middle=True, yields=4),
        Column("project", "Project", 116, lambda row: Cell(one_line(project(row))), project,
               "The project that it is about", yields=3),
        Column("status", "Status", 84, _status, status,
               "The HTTP status of the answer"),
        Column("took", "Took", 76, lambda row: Cell(_took(row), "muted"), _took,
               "From the request to its answer", yields=2),
        Column("sent", "Sent", 76, lambda row: Cell(_size(row.sent_bytes), "muted"),
               lambda row: str(row.sent_bytes), "Size of the request, head and body", yields=2),
        Column("received", "Received", 80,
               lambda row: Cell(_size(row.received_bytes), "muted"),
               lambda row: str(row.received_bytes), "Size of the answer, head and body",
               yields=2),
        Column("via", "Via", 80, lambda row: Cell(VIA_WORD[row.via], "muted"),
               lambda row: VIA_WORD[row.via], "How it reached Eventscope", yields=1),
    )  # fmt: skip


def what(row: RequestRow) -> str:
    """What an exchange is, in a sentence."""
    if row.problem or row.note:
        return row.problem or row.note
    if row.kind is Kind.UPLOAD:
        return plural(row.events, "event")
    if row.kind is Kind.PREFLIGHT:
        return "A browser asks whether it may send"
    return ""


def status(row: RequestRow) -> str:
    """The status in a word."""
    if row.status is not None:
        return str(row.status)
    return "failed" if row.failure else "waiting"


def _what(row: RequestRow) -> Cell:
    return Cell(one_line(what(row)), "bad" if row.problem else "text")


def _status(row: RequestRow) -> Cell:
    if row.status is None:
        return Cell(status(row).capitalize(), "bad" if row.failure else "muted", has_dot=True)
    tone = "good" if row.status < 400 else "bad"
    return Cell(str(row.status), tone, has_dot=True)


def _kind(row: RequestRow) -> Cell:
    tone = "warning" if row.kind is Kind.UNKNOWN else "text"
    return Cell(KIND_WORD[row.kind], tone)


def _address(row: RequestRow) -> str:
    try:
        parts = urlsplit(row.url)
    except ValueError:
        return f"{row.method} {row.url}"
    return f"{row.method} {parts.netloc}{parts.path}"


def _took(row: RequestRow) -> str:
    return "" if row.duration_ms is None else f"{row.duration_ms:,} ms"


def _size(count: int) -> str:
    return "" if count < 0 else size(count)
