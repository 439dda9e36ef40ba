"""
An event as text for somewhere else: code that sends it, a call of the SDK, a bug report.
"""

import json
from typing import Any

from app.decode.body import BodyProblem, parsed, unpacked
from app.model import Capture, Event, Outcome

SKIPPED = frozenset({"content-length", "content-encoding", "host", "connection", "accept-encoding"})
"""Headers that whoever sends it again makes itself."""
_OPTIONS = ("user_id", "device_id", "time", "session_id", "insert_id", "groups", "user_properties")


def as_json(event: Event) -> str:
    """The event as it was sent, to read."""
    return json.dumps(event.raw, indent=2, ensure_ascii=False)


def as_track(event: Event) -> str:
    """The call of Amplitude's browser SDK that sends this event."""
    fields = event.fields
    parts = [_script(event.type)]
    options = {key: fields[key] for key in _OPTIONS if fields.get(key) is not None}
    properties = fields.get("event_properties") or {}
    if properties or options:
        parts.append(_script(properties))
    if options:
        parts.append(_script(options))
    return f"amplitude.track({', '.join(parts)});"


def as_python(capture: Capture) -> str:
    """The request as a Python program, its body unpacked."""
    headers = {name: value for name, value in capture.headers if name.lower() not in SKIPPED}
    data = body_of(capture)
    try:
        body = f"json={parsed(data)!r}" if data else "data=b''"
    except BodyProblem:
        body = f"data={data!r}"
    return "\n".join(
        [
            "import requests",
            "",
            "answer = requests.request(",
            f"    {capture.method!r},",
            f"    {capture.url!r},",
            f"    headers={headers!r},",
            f"    {body},",
            ")",
            "print(answer.status_code, answer.text)",
            "",
        ]
    )


def as_markdown(event: Event, capture: Capture, outcome: Outcome, reason: str) -> str:
    """The event as a piece of a bug report."""
    rows = [
        ("Outcome", f"{outcome}{f': {reason}' if reason else ''}"),
        ("User ID", event.user_id),
        ("Device ID", event.device_id),
        ("Session ID", event.session_id),
        ("Insert ID", event.insert_id),
        ("Sent to", f"{capture.method} {capture.url}"),
        ("Status", capture.response.status if capture.response else capture.failure or "none"),
    ]
    table = [f"| {name} | {_cell(value)} |" for name, value in rows if value is not None]
    text = as_json(event)
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join(
        [f"### {_cell(event.type) or '(no type)'}", "", "| | |", "|---|---|", *table, "",
         f"{fence}json", text, fence, ""]
    )  # fmt: skip


def body_of(capture: Capture) -> bytes:
    """The body of a request without its content encoding, as far as that can be taken away."""
    try:
        return unpacked(capture.body, capture.header("content-encoding"))[0]
    except BodyProblem:
        return capture.body


def _script(value: Any) -> str:
    # Inside a page, `</script>` would end the script.
    return json.dumps(value, indent=2, ensure_ascii=False).replace("</", "<\\/")


def _cell(value: object) -> str:
    """Text that no Markdown reads as anything else."""
    flat = " ".join(str(value).split())[:300]
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>|#!" else letter for letter in flat)


def _longest_run(text: str) -> int:
    longest = run = 0
    for letter in text:
        run = run + 1 if letter == "`" else 0
        longest = max(longest, run)
    return longest
