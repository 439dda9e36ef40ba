"""
What commands print for programs: one JSON object a line.
"""

from collections.abc import Iterable
from typing import Any

from app.decode.body import json_text
from app.output import put


def put_lines(items: Iterable[dict[str, Any]]) -> None:
    """Print these. Raises what `app.output.put` raises."""
    put(json_text(item) + "\n" for item in items)
