"""
Front ends that others made, from npm, served on loopback as their packages have them: an admin
template with jQuery, one that a bundler built, a shop of cards, web components beside menus of a
style sheet, and a single-page app whose class names are made while it runs.
"""

import http.server
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ui.connecting import serving

PACKAGES = (Path(__file__).parents[1] / "sdk/node_modules").resolve()
ADMIN = PACKAGES / "startbootstrap-sb-admin-2"
BUNDLED = PACKAGES / "gentelella/dist"
SHOP = PACKAGES / "startbootstrap-shop-homepage/dist"
COMPONENTS = PACKAGES / "@shoelace-style/shoelace/cdn"
MENUS = PACKAGES / "purecss/build"
SINGLE = PACKAGES / "@verdaccio/ui-theme/static"
ALL = (ADMIN, BUNDLED, SHOP, COMPONENTS, MENUS, SINGLE)

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
PARTS = b"""<!doctype html><html><head><title>Parts</title>
<link rel="stylesheet" href="/pure/pure-min.css">
<script type="module" src="/shoelace.js"></script></head><body>
<nav class="pure-menu pure-menu-horizontal"><ul class="pure-menu-list">
  <li class="pure-menu-item pure-menu-has-children pure-menu-allow-hover">
    <a href="#file" class="pure-menu-link" id="file-menu">File</a>
    <ul class="pure-menu-children">
      <li class="pure-menu-item"><a href="#new" class="pure-menu-link">New report</a></li>
      <li class="pure-menu-item"><a href="#export" class="pure-menu-link">Export</a></li>
    </ul></li>
  <li class="pure-menu-item"><a href="#help" class="pure-menu-link">Help</a></li></ul></nav>
<p style="margin: 120px 20px"><sl-button variant="primary">Order now</sl-button></p>
</body></html>"""
REGISTRY = b"""<!doctype html><html lang="en"><head><base href="/"><title>Registry</title>
<script>window.__VERDACCIO_BASENAME_UI_OPTIONS = {base: location.origin + '/', url_prefix: '/',
 title: 'Registry', primaryColor: '#4b5e40'};</script></head><body><div id="root"></div>
%s</body></html>"""
STOCK = ["left-pad", "right-pad", "is-odd", "is-even", "no-op", "once"]


def _package(name: str) -> dict[str, object]:
    return {
        "name": name,
        "version": "1.0.0",
        "description": f"About {name}",
        "author": {"name": "Ada"},
        "time": "2026-01-01T00:00:00Z",
        "dist": {"unpackedSize": 1200, "tarball": "/x.tgz", "fileCount": 3},
        "license": "MIT",
        "keywords": [],
        "dependencies": {"once": "1.0.0"},
    }


def _told(path: str) -> object:
    """What the single-page app is told when it asks its server."""
    what, _, name = path.partition("/")
    if what == "packages":
        return [_package(one) for one in STOCK]
    return {
        "name": name,
        "latest": _package(name),
        "versions": {"1.0.0": _package(name)},
        "time": {"1.0.0": "2026-01-01T00:00:00Z"},
        "dist-tags": {"latest": "1.0.0"},
        "_uplinks": {},
    }


def _registry(path: str) -> tuple[str, bytes] | None:
    if path.startswith("-/static/"):
        file = SINGLE / path.removeprefix("-/static/")
        return (".js", file.read_bytes()) if file.is_file() else None
    if path.startswith("-/verdaccio/data/package/readme/"):
        return ".json", b'"<p>Read me</p>"'
    if path.startswith("-/verdaccio/data/"):
        return ".json", json.dumps(_told(path.removeprefix("-/verdaccio/data/"))).encode()
    manifest = json.loads((SINGLE / "manifest.json").read_text("utf-8"))
    names = [manifest[f"{one}.js"] for one in ("runtime", "vendors", "main")]
    tags = "".join(f'<script defer src="/{one}"></script>' for one in names)
    return ".html", REGISTRY % tags.encode()


def _components(path: str) -> tuple[str, bytes] | None:
    if path in ("", "index.html"):
        return ".html", PARTS
    if path.startswith("pure/"):
        return _file(MENUS, path.removeprefix("pure/"))
    return _file(COMPONENTS, path)


def _file(folder: Path, path: str) -> tuple[str, bytes] | None:
    file = (folder / (path or "index.html")).resolve()
    if not file.is_file() or PACKAGES not in file.parents:
        return None
    return file.suffix, file.read_bytes()


def churned(html: bytes) -> bytes:
    """As the next build of the shop has it: other names for its classes."""
    for at, name in enumerate((b"btn-outline-dark", b"text-center", b"card-footer", b"card-body")):
        html = html.replace(name, b"css-1x9f2%x" % at)
    return html


@contextmanager
def front_end(
    which: Path, change: Callable[[bytes], bytes] = lambda html: html
) -> Iterator[Callable[[str], str]]:
    """Serve one of `ALL`; the address of it with an SDK, by that one's name. `change` makes
    another release of its pages."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/")
            found = _OWN[which](path) if which in _OWN else _file(which, path)
            if found is None:
                self.send_error(404)
                return
            kind, body = found
            if kind == ".html":
                body = change(body)
            self.send_response(200)
            self.send_header("Content-Type", TYPES.get(kind, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Site) as url:
        port = url.rstrip("/").rpartition(":")[2]
        yield lambda sdk: f"http://{sdk}.localhost:{port}/"


_OWN = {SINGLE: _registry, COMPONENTS: _components}
