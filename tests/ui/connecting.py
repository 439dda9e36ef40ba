"""What the tests of Connect share: the parts of the application, and a site that sends uploads."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from app import paths
from app.filter import Filter
from app.settings import DELIVERY, ENDPOINT_PORT, PROXY_PORT, Settings
from app.store import Store
from tests.ports import free_port
from ui.actions import Actions
from ui.captureprocess import CaptureProcess
from ui.context import Context
from ui.jobs import Jobs
from ui.livefeed import LiveFeed
from ui.notifications import Notifications
from ui.reader import Reader


@contextmanager
def parts(workspace: Path, proxy_port: int | None = None) -> Iterator[Context]:
    """Everything that a page is given; the capture process is not started yet."""
    settings = Settings(paths.settings_file())
    settings.update(
        {
            PROXY_PORT: proxy_port or free_port(),
            ENDPOINT_PORT: free_port(),
            DELIVERY: "local",
        }
    )
    capture = CaptureProcess(settings, workspace)
    jobs = Jobs(workspace)
    reader = Reader(workspace)
    feed = LiveFeed(capture, reader)
    notifications = Notifications()
    context = Context(settings, workspace, reader, jobs, feed, capture, notifications, Actions())
    try:
        yield context
    finally:
        capture.shutdown()
        jobs.shutdown()
        reader.close()


def start(qtbot: QtBot, context: Context) -> None:
    """Start the capture process and wait until it listens."""
    with qtbot.waitSignal(context.capture.listening):
        context.capture.start()


def event_types(workspace: Path) -> list[str]:
    """The types of the events that are stored."""
    with Store.read(workspace) as store:
        return [row.type for row in store.events.rows(store.events.after(Filter(), 0))]


@contextmanager
def site() -> Iterator[str]:
    """A page on loopback that sends one event to the real ingestion host when it is loaded."""
    body = json.dumps(
        {"api_key": "0123", "events": [{"event_type": "Page Seen", "user_id": "ada-1"}]}
    )
    page = f"""<!doctype html><title>A site</title><body>
<script>
fetch('https://api2.amplitude.com/2/httpapi', {{
  method: 'POST', headers: {{'Content-Type': 'application/json'}}, body: {json.dumps(body)}
}}).then(answer => answer.json()).then(answer => {{ document.title = 'Answered ' + answer.code }},
         error => {{ document.title = 'Failed ' + error }})
</script>"""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path.endswith("missing") else 200)
            kind = "application/zip" if self.path.endswith(".zip") else "text/html"
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Site) as url:
        yield url


@contextmanager
def serving(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on loopback; its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
