"""
The reference: a script for plain `mitmdump` that answers uploads and keeps nothing.
"""

from mitmproxy import http

ANSWER = b'{"code":200,"events_ingested":30,"payload_size_bytes":20000,"server_upload_time":0}'


def request(flow: http.HTTPFlow) -> None:
    """Answer without asking anybody."""
    flow.response = http.Response.make(200, ANSWER, {"Content-Type": "application/json"})
