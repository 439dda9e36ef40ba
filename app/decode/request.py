"""
A capture as decoders look at it: the address taken apart, bodies unpacked once, JSON parsed.
"""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from app.decode.body import BodyProblem, clean, parsed, unpacked
from app.model import Capture

MOST_FIELDS = 1000
"""A query or form of ours has ten fields; beyond this somebody is playing with us."""
USUAL_URL = 300
"""Uploads go to the same few addresses, but for those that hold the events themselves."""

_PROJECT = re.compile(r"[0-9a-fA-F]{32}\Z")
_UNREAD: Any = object()


def split(url: str) -> SplitResult:
    """The parts of an address, all empty when it is none."""
    return _split_again(url) if len(url) < USUAL_URL else _split(url)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return urlsplit("")
    return parts


_split_again = lru_cache(maxsize=256)(_split)


class Request:
    """One exchange. What is asked for is worked out once."""

    def __init__(self, capture: Capture) -> None:
        parts = split(capture.url)
        self.capture = capture
        self.method = capture.method.upper()
        self.host = (parts.hostname or "").lower().rstrip(".")
        self.path = parts.path.rstrip("/")
        self._query_text = parts.query
        self._query: dict[str, list[str]] | None = None
        self._body: tuple[bytes, str] | BodyProblem | None = None
        self._answer: Any = _UNREAD

    def header(self, name: str) -> str:
        """The first value of a request header, or an empty text."""
        return self.capture.header(name)

    @property
    def query(self) -> dict[str, list[str]]:
        """The fields of the query; empty when it is not one that we could have been sent."""
        if self._query is None:
            self._query = _fields(self._query_text)
        return self._query

    def asked(self, name: str) -> str:
        """The first value of a query field, or an empty text."""
        return clean(next(iter(self.query.get(name, ())), ""))

    def unpacked(self) -> tuple[bytes, str]:
        """The body without its encoding, and the name of that. Raises BodyProblem."""
        if self._body is None:
            try:
                encoding = self.capture.header("content-encoding")
                self._body = unpacked(self.capture.body, encoding)
            except BodyProblem as problem:
                self._body = problem
        if isinstance(self._body, BodyProblem):
            raise self._body
        return self._body

    def json(self) -> Any:
        """The JSON value of the body. Raises BodyProblem."""
        return parsed(self.unpacked()[0])

    def answer(self) -> Any:
        """The JSON value of the response, or None."""
        if self._answer is _UNREAD:
            self._answer = answer_json(self.capture)
        return self._answer

    @property
    def status(self) -> int | None:
        """The status of the response, if there is one."""
        return self.capture.response.status if self.capture.response else None


def answer_json(capture: Capture) -> Any:
    """The JSON value that came back, or None."""
    text = answer_bytes(capture)
    if not text:
        return None
    try:
        return parsed(text)
    except BodyProblem:
        return None


def answer_bytes(capture: Capture) -> bytes:
    """The body that came back without its encoding; empty when it cannot be read."""
    response = capture.response
    if response is None or not response.body:
        return b""
    try:
        return unpacked(response.body, response.header("content-encoding"))[0]
    except BodyProblem:
        return b""


def project(key: str) -> str | None:
    """`key` when it has the form of a project's API key; other text in its place names nobody."""
    return key if _PROJECT.match(key) else None


def masked(key: str) -> str:
    """A key as it is shown in a sentence."""
    return f"{clean(key[:6])}…" if len(key) > 6 else clean(key)


def _fields(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
