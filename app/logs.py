"""
Logging for both processes: the capture process writes JSON lines to stderr, the window writes
them on into one file.
"""

import json
import logging
import logging.handlers
import sys
from pathlib import Path

LARGEST = 5 << 20


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, logger, message, and a traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": round(record.created, 3),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def log_as_json(level: int = logging.WARNING) -> None:
    """Set the capture process up: JSON lines on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def log_to_file(path: Path, level: int = logging.INFO) -> None:
    """Set the window up: one file, and one older one. Without a writable folder, stderr."""
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LARGEST, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
