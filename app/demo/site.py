"""
The demo shop as a web site: the files of `resources/shop`, for whoever serves it.

Knows nothing of sockets. Paths without a file of their own are pages that the script draws, so they
get the one page there is. There are two releases of it, see `app.demo.release`.
"""

import re
from functools import cache
from urllib.parse import unquote

import resources
from app.demo.release import Files, is_next, rebuilt

Answer = tuple[int, list[tuple[str, str]], bytes]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_PAGE = "index.html"
_LOOKS_LIKE_FILE = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def respond(path: str, cookies: str = "") -> Answer:
    """Status, headers and body for the path of a request, which may carry a query, and for its
    header with cookies, which tell the release."""
    files = _next_files() if is_next(cookies) else _files()
    name = unquote(path.partition("?")[0].partition("#")[0]).lstrip("/")
    # Looked up among what is there, so no path can lead out of the folder.
    found = files.get(name)
    if found is None and _LOOKS_LIKE_FILE.search(name):
        return 404, _headers("text/plain; charset=utf-8"), b"There is no such file in this shop."
    kind, body = found or files[_PAGE]
    return 200, _headers(kind), body


@cache
def _files() -> Files:
    """A few dozen kilobytes, read once."""
    folder = resources.path("shop")
    return {
        file.name: (_TYPES[file.suffix], file.read_bytes())
        for file in sorted(folder.iterdir())
        if file.suffix in _TYPES
    }


@cache
def _next_files() -> Files:
    return rebuilt(_files())


def _headers(kind: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", kind),
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ]
