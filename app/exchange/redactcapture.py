"""
A whole exchange without what is not to be shared: address, headers and both bodies.

Bodies are unpacked and written again, so they are not what was sent any more. Where nothing can be
told from what is to be taken out, all of it is: credentials in headers, bodies that are no text.
"""

from dataclasses import replace
from urllib.parse import parse_qsl, quote, unquote, urlencode

from app.decode.body import BodyProblem, json_text, parsed, unpacked
from app.decode.request import MOST_FIELDS
from app.exchange.redaction import VALUE, Redaction, Redactor
from app.model import Capture, Headers, Response
from app.store.captures import Stored

_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "api-key"})
_OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_FORM = "application/x-www-form-urlencoded"


def redacted_capture(one: Stored, what: Redaction) -> Stored:
    """The exchange without what is to be taken out."""
    upload = one.decoded.upload
    key = upload.api_key if upload else one.decoded.api_key
    return one._replace(capture=_Exchange(Redactor.of(what, key)).capture(one.capture))


class _Exchange:
    """Goes through one exchange."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def capture(self, capture: Capture) -> Capture:
        response = capture.response
        return replace(
            capture,
            url=self._address(capture.url),
            headers=self._headers(capture.headers),
            body=self._body(capture.body, capture),
            response=response
            and Response(
                response.status,
                self._headers(response.headers),
                self._body(response.body, response),
            ),
            failure=self._redactor.text(capture.failure),
        )

    def _address(self, url: str) -> str:
        text = self._redactor.text
        head, question, query = url.partition("?")
        if not question:
            return text(head)
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            return f"{text(head)}?{quote(VALUE)}"
        return f"{text(head)}?{urlencode([(text(n), self._field(n, v)) for n, v in pairs])}"

    def _headers(self, headers: Headers) -> Headers:
        return tuple(
            (name, self._header(name.lower(), value))
            for name, value in headers
            if name.lower() not in _OF_THE_BODY
        )

    def _header(self, name: str, value: str) -> str:
        if name in _SECRET and self._redactor.what.keys:
            return VALUE
        if name in self._redactor.names:
            return VALUE
        found = self._redactor.text(value)
        # A referrer says an address the way a browser writes it.
        return found if "%" not in value else self._redactor.text(unquote(found))

    def _body(self, body: bytes, of: Capture | Response) -> bytes:
        if not body:
            return b""
        try:
            data = unpacked(body, of.header("content-encoding"))[0]
        except BodyProblem:
            return VALUE.encode()
        try:
            return json_text(self._redactor.value(parsed(data))).encode()
        except BodyProblem:
            return self._words(data, of)

    def _words(self, data: bytes, of: Capture | Response) -> bytes:
        """A form, or other text. Names of properties mean nothing in what cannot be taken apart."""
        try:
            text = data.decode()
            if of.header("content-type").startswith(_FORM):
                pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
                return urlencode(
                    [(name, self._field(name, value)) for name, value in pairs]
                ).encode()
        except ValueError:
            return VALUE.encode()
        return VALUE.encode() if self._redactor.names else self._redactor.text(text).encode()

    def _field(self, name: str, value: str) -> str:
        """A field of a form or query; some hold JSON."""
        if name.casefold() in self._redactor.names:
            return VALUE
        if value[:1] in ("{", "["):
            try:
                return json_text(self._redactor.value(parsed(value.encode("utf-8", "replace"))))
            except BodyProblem:
                pass
        return self._redactor.text(value)
