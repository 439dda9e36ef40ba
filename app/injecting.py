"""
Puts the page agent into an HTML document, and lets the page's own policy allow it.

Only bytes are added, right behind `<head>` (or where it would be), so that our script runs before
any other; nothing that was there is changed or left out. Of policies, only what would stop the
agent's script or its messages is widened, for its own address alone. A document may come in pieces:
each goes on as soon as it is known that nothing is to be added to it.
"""

import re

FOLDER = "/__eventscope/"
"""Where the agent's script and messages are, on every site; answered by the proxy."""
SCRIPT = FOLDER + "agent.js"
LARGEST = 32 << 20
"""Larger documents stay as they are."""

_NAME = re.compile(rb"<([a-z][a-z0-9-]*)[\s/>]", re.IGNORECASE)
_ENDS = re.compile(rb"[>=]")
_TYPE_ENDS = re.compile(rb"[>\[]")
_BLANK = re.compile(rb"\s*")
_META = re.compile(rb"<meta\s[^<>]*>", re.IGNORECASE)
_IS_POLICY = re.compile(
    rb"""\shttp-equiv\s*=\s*["']?content-security-policy["'\s>]""", re.IGNORECASE
)
_CONTENT = re.compile(rb"""(\scontent\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'")
_LOOKED_AT = 64 << 10
_SCRIPTS = ("script-src-elem", "script-src")
_OTHERWISE = "default-src"


def is_document(content_type: str, destination: str, status: int, mode: str = "") -> bool:
    """Whether an answer is a page that a browser shows. `destination` and `mode` are the request's
    Sec-Fetch-Dest and Sec-Fetch-Mode, empty in old browsers. A service worker that passes a page's
    request on names no destination."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml") or not 200 <= status < 600:
        return False
    is_shown = destination in ("", "document", "iframe", "frame") or mode == "navigate"
    return is_shown and "utf-16" not in content_type.lower()


def injected(html: bytes, nonce: str, digest: str = "") -> bytes | None:
    """The document with the agent in it, or None when this is no document: fragments of HTML that
    scripts fetch look much alike, and are left alone. `digest` as in a tag's `integrity`, for pages
    that allow no script without."""
    if len(html) > LARGEST:
        return None
    passing = Passing(nonce, digest)
    found = passing.take(html) + passing.end()
    return found if passing.is_injected else None


class Passing:
    """One document on its way. Holds back what may become the place for the agent, or a policy that
    the document brings itself, and never more than the first 64 KB of it.

    `is_injected`: the agent is in it. Of what turns out to be no document, nothing changes.
    """

    def __init__(self, nonce: str, digest: str = "") -> None:
        self.is_injected = False
        self._digest = digest
        self._nonce = nonce
        self._held = b""
        self._left = _LOOKED_AT
        self._is_decided = False

    def take(self, piece: bytes) -> bytes:
        """What can go on now."""
        if not self._left:
            return piece
        self._held += piece
        if not self._is_decided:
            self._decide(is_all=len(self._held) >= _LOOKED_AT)
        return self._released() if self._is_decided else b""

    def end(self) -> bytes:
        """The rest, when nothing more comes."""
        if not self._is_decided:
            self._decide(is_all=True)
        rest, self._held = self._held, b""
        return self._widened(rest)

    def _decide(self, is_all: bool) -> None:
        where = _place(self._held[:_LOOKED_AT], is_all)
        self._is_decided = where is not None
        if where is None:
            return
        if where < 0:
            self._left = 0
            return
        self.is_injected = True
        proof = f' integrity="{self._digest}" crossorigin="anonymous"' if self._digest else ""
        tag = f'<script src="{SCRIPT}" nonce="{self._nonce}"{proof}></script>'.encode()
        self._held = self._held[:where] + tag + self._held[where:]

    def _released(self) -> bytes:
        """All but a tag that has begun and not ended."""
        held = self._held
        begun = held.rfind(b"<")
        is_open = begun >= 0 and b">" not in held[begun:] and len(held) - begun < self._left
        at = begun if is_open else len(held)
        self._held = held[at:]
        return self._widened(held[:at])

    def _widened(self, piece: bytes) -> bytes:
        """Policies that the document brings itself: they stand near its beginning."""
        head = piece[: self._left]
        self._left -= len(head)
        rest = piece[len(head) :]
        if not self._left:
            rest, self._held = rest + self._held, b""
        return (_metas(head, self._nonce) if self.is_injected else head) + rest


def relaxed(policy: str, nonce: str) -> str:
    """A Content-Security-Policy that lets the agent run and talk to its own address. Several
    policies in one header are separated by commas."""
    return ",".join(_relaxed(one, nonce) for one in policy.split(","))


def is_sandboxed(policies: list[str]) -> bool:
    """Whether these policies keep scripts out of a page, or keep it apart from its own site."""
    for one in re.split("[,;]", ",".join(policies)):
        words = one.lower().split()
        if words[:1] == ["sandbox"] and not {"allow-scripts", "allow-same-origin"} <= set(words):
            return True
    return False


def nonce_of(policies: list[str]) -> str | None:
    """A nonce that these policies allow already."""
    found = [match.group(1) for one in policies for match in _NONCE.finditer(one)]
    return found[0] if found else None


def _place(head: bytes, is_all: bool) -> int | None:
    """Where the agent goes in the beginning of a document, or -1 when this is none. None: that
    depends on what comes."""
    at = begin = 0
    after_type, after_html = -1, -1
    while (begin := head.find(b"<", at)) >= 0:
        if head.startswith(b"<!--", begin):
            at = _after(head, b"-->", begin + 4)
        elif head[begin + 1 : begin + 2] in (b"!", b"?"):
            at = _end_of_type(head, begin)
            is_type = head[begin : begin + 9].lower() == b"<!doctype"
            after_type = at if is_type and after_type < 0 else after_type
        elif found := _NAME.match(head, begin):
            name = found[1].lower()
            if name not in (b"html", b"head") or head[found.end() - 1 : found.end()] == b"/":
                # Something else begins: there is no head to come.
                is_all = True
                break
            at = _end_of_tag(head, found.end() - 1)
            if at > 0 and name == b"head":
                return at
            after_html = at if after_html < 0 else after_html
        else:
            at = begin + 1
        if at < 0:
            break
    if not is_all:
        return None
    instead = after_html if after_html > 0 else after_type
    return instead if instead > 0 else _place_without(head)


def _place_without(head: bytes) -> int:
    """The same for one that has neither: HTML needs none, but then something else must say that
    this is a document."""
    seen = _without_comments(head)
    at = len(seen) - len(seen.removeprefix(b"\xef\xbb\xbf").lstrip())
    return at if re.match(rb"<(?:title|meta|body)\b", seen[at:], re.IGNORECASE) else -1


def _after(html: bytes, what: bytes, at: int) -> int:
    found = html.find(what, at)
    return found + len(what) if found >= 0 else -1


def _end_of_tag(html: bytes, at: int) -> int:
    """Behind the `>` of a tag, or -1 when that is not there: one in a value is none."""
    while found := _ENDS.search(html, at):
        at = found.end()
        if found[0] == b">":
            return at
        value = _BLANK.match(html, at)
        at = value.end() if value else at
        quote = html[at : at + 1]
        if quote in (b'"', b"'") and (at := _after(html, quote, at + 1)) < 0:
            return -1
    return -1


def _end_of_type(html: bytes, at: int) -> int:
    """The same for `<!doctype …>` and `<?xml …?>`, which may hold declarations of their own."""
    found = _TYPE_ENDS.search(html, at)
    if found and found[0] == b"[":
        at = _after(html, b"]", found.end())
        found = _TYPE_ENDS.search(html, at) if at > 0 else None
    return found.end() if found else -1


def _without_comments(html: bytes) -> bytes:
    """The same with blanks where comments are: what stands in one is no tag."""
    parts, at = [], 0
    while (begin := html.find(b"<!--", at)) >= 0:
        end = html.find(b"-->", begin + 4)
        end = len(html) if end < 0 else end + 3
        parts += [html[at:begin], b" " * (end - begin)]
        at = end
    return b"".join([*parts, html[at:]])


def _metas(html: bytes, nonce: str) -> bytes:
    def widened(meta: re.Match[bytes]) -> bytes:
        if not _IS_POLICY.search(meta[0]):
            return meta[0]
        return _CONTENT.sub(lambda found: found.group(1) + _quoted(found.group(2), nonce), meta[0])

    return _META.sub(widened, html)


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
