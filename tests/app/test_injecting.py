"""
The page agent is added to documents and to nothing else, and policies let it in and no one else.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.injecting import SCRIPT, Passing, injected, is_document, is_sandboxed, nonce_of, relaxed
from tests.effort import effort

TAG = f'<script src="{SCRIPT}" nonce="n1"></script>'.encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<!doctype html><html><head>", b"<title>A</title></head><body></body></html>"),
        (b'<HTML lang="en"><HEAD data-x="1">', b"<script>first()</script></HEAD></HTML>"),
        (b"<!DOCTYPE html>", b"<title>No head</title><p>x"),
        (b"<html>", b"<body>x</body></html>"),
        (b"\xef\xbb\xbf", b"<title>x</title>"),
        (b"<!-- a comment -->\n", b"<body>x"),
        (b"<!-- <head> --><!doctype html><html>\n<head>", b"<title>x</title>"),
        (b"<!doctype html>", b"<p>A template with <head> in its text"),
        # What stands in a value is no tag, and ends none.
        (b"""<html x-data="{open: () => a <b >c, was: '<head>'}"><head>""", b"<title>x</title>"),
        (b"<html data-a = '<head>'><head data-b=\"1>2\" data-c=3>", b"<title>x</title>"),
        (b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "<head>">]>\n<html><head>', b"<title/>"),
        (b'<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01>\n<html><head>', b'<meta name="a">'),
        # Whatever its letters are, as long as tags are in ASCII.
        (b"\xef\xbb\xbf<!doctype html><head>", "<title>é</title>".encode("latin-1")),
        (b"<html><head>", "<title>表示</title>".encode("iso2022_jp")),
    ],
)
def test_behind_the_head_and_before_all_scripts(before: bytes, after: bytes) -> None:
    assert injected(before + after, "n1") == before + TAG + after


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"<li>one</li>", b"<div>a fragment</div>", b"\x00\x01", b"plain text"),
        b"<li>one</li><html><head></head></html>",
        "<!doctype html><html><head></head></html>".encode("utf-16"),
    ],
)
def test_what_is_no_document_stays(body: bytes) -> None:
    assert injected(body, "n1") is None


@pytest.mark.parametrize(
    ("kind", "destination", "status", "expected"),
    [
        ("text/html; charset=utf-8", "document", 200, True),
        ("text/html", "iframe", 404, True),
        ("text/html", "", 200, True),
        ("text/html", "empty", 200, False),  # Fetched by a script.
        ("text/html; charset=utf-16", "document", 200, False),
        ("application/json", "document", 200, False),
        ("text/html", "document", 101, False),
    ],
)
def test_documents(kind: str, destination: str, status: int, expected: bool) -> None:
    assert is_document(kind, destination, status) is expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("script-src 'self'", "script-src 'self' 'nonce-n1'"),
        ("script-src 'nonce-n1' 'strict-dynamic'", "script-src 'nonce-n1' 'strict-dynamic'"),
        ("script-src 'none'; img-src *", "script-src 'nonce-n1'; img-src *"),
        (
            "default-src 'none'",
            "default-src 'none'; script-src-elem 'nonce-n1'; connect-src 'self'",
        ),
        ("connect-src https://api.x", "connect-src https://api.x 'self'"),
        (
            "script-src-elem 'self'; script-src 'none'",
            "script-src-elem 'self' 'nonce-n1'; script-src 'none'",
        ),
        # Beside a nonce, browsers ignore what lets the page's own scripts run.
        (
            "script-src https: 'unsafe-inline'; connect-src *",
            "script-src https: 'unsafe-inline' 'self'; connect-src * 'self'",
        ),
        ("script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline'"),
        (
            "script-src 'unsafe-inline' 'sha256-x'",
            "script-src 'unsafe-inline' 'sha256-x' 'nonce-n1'",
        ),
        (
            "default-src 'unsafe-inline' x; connect-src 'self'",
            "default-src 'unsafe-inline' x; connect-src 'self';"
            " script-src-elem 'unsafe-inline' x 'self'",
        ),
        ("img-src *", "img-src *"),
        ("", ""),
        ("frame-ancestors 'none', script-src x", "frame-ancestors 'none', script-src x 'nonce-n1'"),
    ],
)
def test_policies(policy: str, expected: str) -> None:
    assert relaxed(policy, "n1") == expected
    assert relaxed(expected, "n1") == expected


def test_what_a_service_worker_passes_on_is_a_document() -> None:
    assert is_document("text/html", "empty", 200, "navigate")
    assert not is_document("text/html", "empty", 200, "cors")


def test_a_nonce_of_the_page_is_used() -> None:
    assert nonce_of(["img-src *", "script-src 'nonce-abc=' 'nonce-def'"]) == "abc="
    assert nonce_of(["script-src 'self'"]) is None


def test_a_policy_in_the_document() -> None:
    page = (
        b'<html><head><meta http-equiv="Content-Security-Policy" content="script-src \'self\'">'
        b"</head></html>"
    )
    found = injected(page, "n1")
    assert found
    assert b"content=\"script-src 'self' 'nonce-n1'\"" in found
    assert found.startswith(b"<html><head>" + TAG)


PIECES = st.lists(
    st.sampled_from(
        [
            *(b"<!doctype html>", b"<html>", b"<head>", b"<head ", b"</head>", b"<body>", b"<p>"),
            *(b"<title>x</title>", b"<!-- ", b" -->", b"<", b">", b"text ", b"\xff", b"<" * 9000),
            b"<meta http-equiv=content-security-policy content=\"default-src 'none'\">",
        ]
    ),
    max_size=30,
)


@given(PIECES, st.lists(st.integers(0, 1000), max_size=9))
def test_in_pieces_it_is_the_same_as_in_one(pieces: list[bytes], cuts: list[int]) -> None:
    page = b"".join(pieces)
    passing, at, out = Passing("n1"), 0, []
    for cut in [*sorted(cuts), len(page)]:
        out.append(passing.take(page[at:cut]))
        at = max(at, cut)
    found = b"".join(out) + passing.end()
    assert found == (injected(page, "n1") or page)
    assert passing.is_injected == (injected(page, "n1") is not None)


def test_what_came_goes_on_at_once() -> None:
    passing = Passing("n1")
    assert passing.take(b"<!doctype html><html><he") == b""
    assert passing.take(b"ad><title>A</title>") == (
        b"<!doctype html><html><head>" + TAG + b"<title>A</title>"
    )
    assert passing.take(b"<body>One<me") == b"<body>One"
    assert passing.take(b"nu>Two") == b"<menu>Two"
    assert passing.end() == b""
    other = Passing("n1")
    assert other.take(b"<li>one") == b"<li>one"
    assert other.take(b"<head>") == b"<head>"


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_nothing_of_the_document_is_lost(before: bytes, after: bytes) -> None:
    page = before + b"<head>" + after
    found = injected(page, "n1")
    if found is not None and b"security-policy" not in page.lower():
        assert found.replace(TAG, b"", 1) == page


@pytest.mark.parametrize(
    "piece",
    [b"<head ", b"<html ", b"<!doctype ", b"<!--", b"<meta http-equiv=content-security-policy "],
)
def test_tags_that_never_end_take_no_time(piece: bytes) -> None:
    page = b"<html><title>x" + piece * ((64 << 10) // len(piece))
    with effort() as spent:
        for _ in range(5):
            injected(page, "n1")
    assert spent.counts < 100


@pytest.mark.parametrize(
    ("policies", "is_apart"),
    [
        ([], False),
        (["default-src 'none'; script-src sandbox"], False),
        (["sandbox"], True),
        (["SANDBOX allow-scripts"], True),
        (["default-src *;sandbox allow-same-origin"], True),
        (["sandbox allow-scripts allow-same-origin"], False),
        (["default-src *", "img-src *, sandbox"], True),
    ],
)
def test_pages_that_keep_scripts_out(policies: list[str], is_apart: bool) -> None:
    assert is_sandboxed(policies) is is_apart


def test_where_scripts_must_say_what_they_are_ours_does() -> None:
    page = b"<html><head></head></html>"
    proof = b' integrity="sha256-x" crossorigin="anonymous"></script>'
    plain = injected(page, "n1")
    assert plain
    assert injected(page, "n1", "sha256-x") == plain.replace(b"></script>", proof)
