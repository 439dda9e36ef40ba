"""
Puts the page agent into an HTML document, and lets the page's own policy allow it.

Only bytes are added, right behind `<head>` (or where it would be), so that our script runs before
any other; nothing that was there is changed or left out. Of policies, only what would stop the
agent's script or its messages is widened, for its own address alone.
"""

import re

FOLDER = "/__eventscope/"
"""Where the agent's script and messages are, on every site; answered by the proxy."""
SCRIPT = FOLDER + "agent.js"
LARGEST = 32 << 20
"""Larger documents stay as they are."""

_PLACES = (
    re.compile(rb"<head(?:\s[^<>]*)?>", re.IGNORECASE),
    re.compile(rb"<html(?:\s[^<>]*)?>", re.IGNORECASE),
    re.compile(rb"<!doctype[^<>]*>", re.IGNORECASE),
)
"""Tags end before the next one begins, also those that are never closed: or a page that is full of
them would take a time that grows with the square of its size."""
_SKIPPED = re.compile(rb"\s*(?:<!--.*?-->\s*)*", re.DOTALL)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|div|main)\b", re.IGNORECASE
)
_META = re.compile(rb"<meta\s[^<>]*>", re.IGNORECASE)
_IS_POLICY = re.compile(
    rb"""\shttp-equiv\s*=\s*["']?content-security-policy["'\s>]""", re.IGNORECASE
)
_CONTENT = re.compile(rb"""(\scontent\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'")
_LOOKED_AT = 64 << 10
_SCRIPTS = ("script-src-elem", "script-src")
_OTHERWISE = "default-src"


def is_document(content_type: str, destination: str, status: int) -> bool:
    """Whether an answer is a page that a browser shows. `destination` is the request's
    Sec-Fetch-Dest, empty in old browsers."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml") or not 200 <= status < 600:
        return False
    return (
        destination in ("", "document", "iframe", "frame") and "utf-16" not in content_type.lower()
    )


def injected(html: bytes, nonce: str) -> bytes | None:
    """The document with the agent in it, or None when this is no document: fragments of HTML that
    scripts fetch look much alike, and are left alone."""
    if len(html) > LARGEST or not _HTML.search(html[:_LOOKED_AT]):
        return None
    where = _place(html)
    if where is None:
        return None
    tag = f'<script src="{SCRIPT}" nonce="{nonce}"></script>'.encode()
    return _metas(html[:where] + tag + html[where:], nonce)


def relaxed(policy: str, nonce: str) -> str:
    """A Content-Security-Policy that lets the agent run and talk to its own address. Several
    policies in one header are separated by commas."""
    return ",".join(_relaxed(one, nonce) for one in policy.split(","))


def nonce_of(policies: list[str]) -> str | None:
    """A nonce that these policies allow already."""
    found = [match.group(1) for one in policies for match in _NONCE.finditer(one)]
    return found[0] if found else None


def _place(html: bytes) -> int | None:
    head = html[:_LOOKED_AT]
    for place in _PLACES:
        found = place.search(head)
        if found:
            return found.end()
    # Neither is needed by HTML; but then something else must say that this is a document.
    start = _SKIPPED.match(head, 3 if html.startswith(b"\xef\xbb\xbf") else 0)
    at = start.end() if start else 0
    return at if re.match(rb"<(?:title|meta|body)\b", head[at:], re.IGNORECASE) else None


def _metas(html: bytes, nonce: str) -> bytes:
    """Policies that the document brings itself."""

    def widened(meta: re.Match[bytes]) -> bytes:
        if not _IS_POLICY.search(meta[0]):
            return meta[0]
        return _CONTENT.sub(lambda found: found.group(1) + _quoted(found.group(2), nonce), meta[0])

    head = html[:_LOOKED_AT]
    return _META.sub(widened, head) + html[_LOOKED_AT:]


def _quoted(value: bytes, nonce: str) -> bytes:
    quote, policy = value[:1], value[1:-1].decode("utf-8", "surrogateescape")
    return quote + relaxed(policy, nonce).encode("utf-8", "surrogateescape") + quote


def _relaxed(policy: str, nonce: str) -> str:
    directives = [one for one in policy.split(";") if one.strip()]
    names = [one.split()[0].lower() for one in directives]
    found = list(directives)
    scripts = next((name for name in _SCRIPTS if name in names), None)
    _allow(found, names, scripts, "script-src-elem", _script_source(found, names, scripts, nonce))
    talks = "connect-src" if "connect-src" in names else None
    # Not the whole site: the page may have a reason to forbid itself that.
    _allow(found, names, talks, "connect-src", "'self'")
    return ";".join(found)


def _script_source(found: list[str], names: list[str], mine: str | None, nonce: str) -> str:
    """A nonce; but beside one browsers ignore 'unsafe-inline', and the page's own scripts would
    stop. Such a page gets along with its own address."""
    rule = mine or (_OTHERWISE if _OTHERWISE in names else None)
    words = found[names.index(rule)].lower().split() if rule else []
    is_strict = any(word.startswith(("'nonce-", "'sha")) for word in words)
    return "'self'" if "'unsafe-inline'" in words and not is_strict else f"'nonce-{nonce}'"


def _allow(found: list[str], names: list[str], mine: str | None, new: str, source: str) -> None:
    """Add a source to a directive, or to a copy of `default-src`, which it stands in for."""
    if mine is not None:
        found[names.index(mine)] = _with(found[names.index(mine)], source)
    elif _OTHERWISE in names:
        inherited = found[names.index(_OTHERWISE)].split()[1:]
        found.append(_with(" ".join([f" {new}", *inherited]), source))


def _with(directive: str, source: str) -> str:
    words = directive.split()
    if source in words:
        return directive
    kept = [word for word in words if word != "'none'"]
    lead = " " if directive.startswith(" ") else ""
    return lead + " ".join([*kept, source])
