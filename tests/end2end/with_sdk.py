"""
The capture process with one addon more: pages on *.localhost, which are served as npm has them,
get an Amplitude SDK on their way through the proxy. The name of the host says which. The demo shop
gets one in place of the script with which it sends its events.

    python -m tests.end2end.with_sdk --workspace … (as `python -m proxy`)

Nothing is fetched from elsewhere: connections to other machines are refused.
"""

import sys
from pathlib import Path
from typing import Any

from mitmproxy import http

from app.hosts import SHOP_HOST
from proxy import service
from proxy.__main__ import main

PACKAGES = (Path(__file__).parents[1] / "sdk/node_modules").resolve()
SCRIPT = "lib/scripts/amplitude-min.js"
KEY = "0123456789abcdef0123456789abcdef"
BUILT_IN = "autocapture: {elementInteractions: true}, fetchRemoteConfig: false"
OLD = "defaultTracking: {pageViews: true, sessions: true}"
SDKS: dict[str, tuple[tuple[str, ...], str]] = {
    "newest": (("@amplitude/analytics-browser",), BUILT_IN),
    "remote": (("@amplitude/analytics-browser",), "autocapture: {elementInteractions: true}"),
    # Element clicks are part of the SDK since 2.10; before, a plugin brought them. This one cuts
    # hierarchies off after 1 024 characters.
    "v2-11": (("browser-2-11",), BUILT_IN),
    "v2-0": (("browser-2-old", "autocapture-1"), OLD),
    "v1-13": (("browser-1", "autocapture-1"), OLD),
}
"""By name of the host: packages, and options."""
_FOLDER = "/__sdk/"
_TRACKER = f"""import "{_FOLDER}@amplitude/analytics-browser.js";
const sdk = window.amplitude;
export class Tracker {{
  userId = "";
  start() {{
    sdk.init("{KEY}", undefined, {{deviceId: "device-1", flushIntervalMillis: 100,
      autocapture: {{elementInteractions: true}}}});
  }}
  pageViewed() {{}}
  track(type, properties) {{ sdk.track(type, properties); }}
  signIn(userId) {{ this.userId = userId; sdk.setUserId(userId); }}
  identify() {{}}
  revenue() {{}}
}}
"""
_START = """<script>
const start = () => amplitude.init('%s', 'user-1',
  {deviceId: 'device-1', flushIntervalMillis: 100, %s});
if (window.amplitudeAutocapturePlugin) addEventListener('DOMContentLoaded', () => {
  // Both look at the body at once.
  start();
  amplitude.add(amplitudeAutocapturePlugin.autocapturePlugin());
});
else start();
addEventListener('click', event => event.target.closest?.('a') && event.preventDefault());
</script>"""


class AddSdk:
    """mitmproxy hooks; told of answers after the addon that adds the page agent."""

    def request(self, flow: http.HTTPFlow) -> None:
        """Answer for the SDK's own scripts."""
        if flow.request.path.startswith(_FOLDER) and (_sdk(flow) or _is_shop(flow)):
            package = flow.request.path.removeprefix(_FOLDER).removesuffix(".js")
            body = (PACKAGES / package / SCRIPT).read_bytes()
            flow.response = http.Response.make(200, body, {"Content-Type": "text/javascript"})

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Documents are added to when all of them is there."""
        if flow.response and _is_page(flow):
            flow.response.stream = False

    def response(self, flow: http.HTTPFlow) -> None:
        """Add the SDK."""
        if _is_shop(flow) and flow.response:
            _let_out(flow.response)
            if flow.request.path == "/tracker.js":
                flow.response.text = _TRACKER
        sdk = _sdk(flow)
        if sdk and flow.response and _is_page(flow):
            packages, options = sdk
            tags = "".join(f'<script src="{_FOLDER}{one}.js"></script>' for one in packages)
            start = tags + _START % (KEY, options)
            body = flow.response.content or b""
            flow.response.content = body.replace(b"<head>", b"<head>" + start.encode(), 1)

    def server_connect(self, data: Any) -> None:
        """Find localhost and what is below it, and nobody else."""
        host, port = data.server.address
        if host == "localhost" or host.endswith(".localhost"):
            data.server.address = ("127.0.0.1", port)
        elif host != "127.0.0.1":
            data.server.error = "Tests ask nobody on the network."


class _Service(service.Service):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._master.addons.add(AddSdk())


def _sdk(flow: http.HTTPFlow) -> tuple[tuple[str, ...], str] | None:
    name, _, rest = flow.request.pretty_host.partition(".")
    return SDKS.get(name) if rest == "localhost" else None


def _is_shop(flow: http.HTTPFlow) -> bool:
    return flow.request.host == SHOP_HOST


def _let_out(response: http.Response) -> None:
    """The shop allows its pages to talk to itself alone."""
    policy = response.headers.get("content-security-policy", "")
    if policy:
        to = "connect-src 'self' https://*.amplitude.com"
        response.headers["content-security-policy"] = policy.replace("connect-src 'self'", to)


def _is_page(flow: http.HTTPFlow) -> bool:
    kind = flow.response.headers.get("content-type", "") if flow.response else ""
    return kind.startswith("text/html") and _sdk(flow) is not None


if __name__ == "__main__":
    service.Service = _Service  # type: ignore[misc]
    sys.exit(main())
