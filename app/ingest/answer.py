"""
The shape of answers from here: JSON or text, with what a browser needs to let a page read them.
"""

import orjson

from app.model import Capture, Headers, Response


def json_answer(capture: Capture, status: int, body: object) -> Response:
    """A JSON answer."""
    headers = (("Content-Type", "application/json"), *cors(capture))
    return Response(status, headers, orjson.dumps(body))


def text_answer(capture: Capture, status: int, text: str) -> Response:
    """A plain text answer."""
    headers = (("Content-Type", "text/plain;charset=utf-8"), *cors(capture))
    return Response(status, headers, text.encode())


def preflight(capture: Capture) -> Response:
    """Permission for whatever a page wants to send."""
    wanted = capture.header("access-control-request-headers")
    return Response(
        200,
        (
            *cors(capture),
            ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
            ("Access-Control-Allow-Headers", wanted or "content-type, content-encoding"),
            # A public page may reach this machine's loopback only when told so.
            ("Access-Control-Allow-Private-Network", "true"),
            ("Access-Control-Max-Age", "600"),
        ),
    )


def unavailable(capture: Capture) -> Response:
    """503, "not accepted": SDKs keep their events and try again later."""
    body = {"code": 503, "error": "Eventscope cannot store events at the moment"}
    return json_answer(capture, 503, body)


def cors(capture: Capture) -> Headers:
    """Let pages read the answer. A beacon sends cookies, and then `*` would not do."""
    origin = capture.header("origin")
    if not origin:
        return (("Access-Control-Allow-Origin", "*"),)
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )
