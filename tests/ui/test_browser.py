"""The built-in browser: the real engine, through the real capture process."""

import http.server
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from app.errors import CaptureUnavailable
from tests.ports import free_port
from tests.ui.connecting import event_types, parts, site, start
from ui.browser import engine
from ui.browser.opener import SHOP, BrowserOpener
from ui.context import Context

PROBE = "https://check.eventscope.test/"

pytestmark = [
    pytest.mark.webengine,
    # What the engine says on a machine without a screen, a GPU and a sandbox.
    pytest.mark.qt_log_ignore(
        "propagateSizeHints",
        "[Vv]ulkan",
        "QRhi",
        "RHI",
        "Sandboxing disabled",
        "GPUInfo",
        "handshake failed",
        extend=True,
    ),
]


@pytest.fixture
def context(qtbot: QtBot, tmp_path: Path) -> Iterator[Context]:
    # The engine keeps the proxy that it was given first, for as long as the tests run.
    routed = engine.routed_through()
    port = int(routed.rpartition(":")[2]) if routed else free_port()
    with parts(tmp_path / "workspace", port) as made:
        start(qtbot, made)
        yield made


@pytest.fixture
def opener(context: Context) -> Iterator[BrowserOpener]:
    made = BrowserOpener(context.capture, context.notifications)
    yield made
    made.shutdown()


def test_an_upload_of_a_local_page_is_captured(
    qtbot: QtBot, context: Context, opener: BrowserOpener
) -> None:
    with site() as url:
        window = opener.open(url)
        # The page trusts the answer: TLS to the real host's name was opened by us.
        title = "Answered 200 · Eventscope"
        qtbot.waitUntil(lambda: window.windowTitle() == title)
    assert event_types(context.workspace) == ["Page Seen"]
    assert window.address.text() == url
    assert context.capture.info
    assert context.capture.info.proxy in window.route.text()
    assert window.stack.currentWidget() is window.view
    # In little room the address is what has to be read.
    window.resize(440, 400)
    qtbot.waitUntil(window.route.isHidden)
    assert window.address.width() > 150


def test_it_opens_the_demo_shop_whose_events_arrive(
    qtbot: QtBot, context: Context, opener: BrowserOpener
) -> None:
    window = opener.open()
    qtbot.waitUntil(lambda: "[Amplitude] Page Viewed" in event_types(context.workspace))
    assert window.address.text() == SHOP
    assert window.notice.isHidden()


def test_going_by_the_address_line_and_back(qtbot: QtBot, opener: BrowserOpener) -> None:
    window = opener.open(PROBE)
    with qtbot.waitSignal(window.page.loadFinished) as loaded:
        pass
    assert loaded.args == [True]
    assert not window.back.isEnabled()
    with site() as url:
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert window.address.selectedText() == PROBE
        qtbot.keyClicks(window.address, url.removeprefix("http://"))
        qtbot.keyClick(window.address, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.page.title().startswith("Answered"))
        qtbot.waitUntil(window.back.isEnabled)
        qtbot.mouseClick(window.back, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.address.text() == PROBE)
    qtbot.waitUntil(window.forward.isEnabled)


def test_a_page_that_changes_its_own_address_can_be_left_by_back(
    qtbot: QtBot, opener: BrowserOpener
) -> None:
    with site() as url:
        window = opener.open(url)
        qtbot.waitUntil(lambda: window.page.title().startswith("Answered"))
        assert not window.back.isEnabled()
        window.page.runJavaScript("history.pushState({}, '', '/further')")
        qtbot.waitUntil(window.back.isEnabled)
        qtbot.waitUntil(lambda: window.address.text().endswith("/further"))
        assert not window.forward.isEnabled()


def test_before_there_is_a_page_it_says_what_to_do(qtbot: QtBot, opener: BrowserOpener) -> None:
    window = opener.embed()
    window.show()
    with qtbot.waitSignal(window.page.loadFinished):
        window.load("about:blank")
        assert window.blank.isVisible()
    assert window.blank.isVisible()
    assert "Type its address above" in window.blank.sentence.text()
    # Of the theme, as everything around it.
    ground = QColor(window.blank.grab().toImage().pixelColor(20, 20))
    assert ground == window.palette().color(QPalette.ColorRole.Window)
    with site() as url:
        qtbot.keyClicks(window.address, url.removeprefix("http://"))
        qtbot.keyClick(window.address, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.page.title().startswith("Answered"))
        assert window.view.isVisible()
        qtbot.waitUntil(window.back.isEnabled)
        qtbot.mouseClick(window.back, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(window.blank.isVisible)
        qtbot.waitUntil(window.forward.isEnabled)
    # What cannot be shown is told in its place.
    window.load(f"https://127.0.0.1:{free_port()}/")
    qtbot.waitUntil(window.error.isVisible)
    qtbot.waitUntil(lambda: not window.page.isLoading())
    assert window.error.isVisible()


def test_what_is_no_address_is_said(qtbot: QtBot, opener: BrowserOpener) -> None:
    window = opener.open("about:blank")
    window.address.setText("two words")
    qtbot.keyClick(window.address, Qt.Key.Key_Return)
    assert window.notice.isVisibleTo(window)
    assert "not an address" in window.notice.text.text()


def self_signed(path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = Encoding.PEM
    private = key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path


@contextmanager
def tls_server(certificate: Path) -> Iterator[str]:
    """A site that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    handler = http.server.SimpleHTTPRequestHandler
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_another_authority_stays_an_error(
    qtbot: QtBot, opener: BrowserOpener, tmp_path: Path
) -> None:
    with tls_server(self_signed(tmp_path / "site.pem")) as url:
        window = opener.open(url)
        qtbot.waitUntil(lambda: window.stack.currentWidget() is window.error)
    assert window.error.title.text() == "This connection is not safe"
    assert "127.0.0.1 cannot be trusted" in window.error.sentence.text()


def test_a_site_that_is_not_there_is_told_and_tried_again(
    qtbot: QtBot, opener: BrowserOpener
) -> None:
    url = f"https://127.0.0.1:{free_port()}/"
    window = opener.open(url)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.error)
    assert window.error.title.text() == "127.0.0.1 cannot be shown"
    assert "could not be reached" in window.error.sentence.text()
    assert window.address.text() == url
    with qtbot.waitSignal(window.page.loadStarted):
        qtbot.mouseClick(window.error.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.page.isLoading())


def test_an_error_page_of_the_site_is_shown_as_it_is(qtbot: QtBot, opener: BrowserOpener) -> None:
    with site() as url:
        window = opener.open(f"{url}missing")
        qtbot.waitUntil(lambda: window.page.title() == "Answered 200")
        assert window.stack.currentWidget() is window.view
        qtbot.waitUntil(lambda: "status 404" in window.notice.text.text())
        window.load(url)
        qtbot.waitUntil(window.notice.isHidden)


def test_nothing_is_granted_and_nothing_is_kept(qtbot: QtBot, opener: BrowserOpener) -> None:
    window = opener.open(PROBE)
    profile = window.page.profile()
    assert profile.isOffTheRecord()
    assert len(profile.additionalTrustedCertificates()) == 1
    with qtbot.waitSignal(window.page.loadFinished):
        pass
    answers: list[object] = []
    script = (
        "navigator.permissions.query({name: 'geolocation'})"
        ".then(() => new Promise(done => navigator.geolocation.getCurrentPosition("
        "() => done('granted'), error => done('denied ' + error.code))))"
        ".then(text => { document.title = text })"
    )
    window.page.runJavaScript(script, answers.append)
    qtbot.waitUntil(lambda: window.page.title() == "denied 1")


def test_downloads_are_refused(qtbot: QtBot, context: Context, opener: BrowserOpener) -> None:
    told: list[str] = []
    context.notifications.info = told.append  # type: ignore[method-assign,assignment]
    with site() as url:
        opener.open(f"{url}file.zip")
        qtbot.waitUntil(lambda: len(told) == 1)
    assert "does not download" in told[0]


def test_windows_close_in_the_engines_order(
    qtbot: QtBot, opener: BrowserOpener, capfd: pytest.CaptureFixture[str]
) -> None:
    first, second = opener.open(PROBE), opener.open(PROBE)
    qtbot.waitUntil(second.isActiveWindow)
    assert first.page.profile() is second.page.profile()
    qtbot.keyClick(second, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: opener.windows == [first])
    first.close()
    qtbot.waitUntil(lambda: opener.windows == [])
    assert "Release of profile" not in capfd.readouterr().err
    third = opener.open(PROBE)
    assert opener.windows == [third]


def test_a_page_may_open_a_window_only_when_clicked(qtbot: QtBot, opener: BrowserOpener) -> None:
    window = opener.open(PROBE)
    with qtbot.waitSignal(window.page.loadFinished):
        pass
    window.page.runJavaScript(f"window.open('{PROBE}')")
    window.page.runJavaScript(
        f'document.body.innerHTML = \'<a id=x style="position:fixed;inset:0" target=_blank'
        f" href=\"{PROBE}\">go</a>'; document.title = 'ready'"
    )
    qtbot.waitUntil(lambda: window.page.title() == "ready")
    assert len(opener.windows) == 1
    for _ in range(60):
        # A click before the engine has laid the new page out meets nothing.
        qtbot.mouseClick(window.view.focusProxy(), Qt.MouseButton.LeftButton)
        with suppress(qtbot.TimeoutError):
            qtbot.waitUntil(lambda: len(opener.windows) > 1, timeout=1000)
            break
    assert len(opener.windows) > 1


def test_without_capture_there_is_no_browser(
    qtbot: QtBot, context: Context, opener: BrowserOpener
) -> None:
    window = opener.open("about:blank")
    context.capture.stop()
    # Until then the proxy still takes what is asked of it.
    qtbot.waitUntil(lambda: context.capture.state == "stopped")
    assert "not running" in window.notice.text.text()
    with pytest.raises(CaptureUnavailable, match="not running"):
        opener.open()
    window.address.setText(PROBE)
    qtbot.keyClick(window.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.error)
    assert "proxy does not answer" in window.error.sentence.text()


def test_a_moved_proxy_is_said(
    qtbot: QtBot, context: Context, opener: BrowserOpener, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opener.open("about:blank")
    flags = os.environ[engine.FLAGS]
    monkeypatch.setenv(engine.FLAGS, f"{flags} --proxy-server=127.0.0.1:1")
    context.capture.state_changed.emit("listening")
    assert "Restart Eventscope" in window.notice.text.text()
    assert window.route.text() == "Not captured"


def test_the_page_for_devices_sees_that_it_works(
    qtbot: QtBot, context: Context, opener: BrowserOpener
) -> None:
    assert context.capture.info
    window = opener.open(f"{context.capture.info.endpoint}/phone")
    qtbot.waitUntil(lambda: window.page.title() == "✓ Eventscope works here")
    read: list[str] = []
    window.page.runJavaScript("document.body.innerText", read.append)
    qtbot.waitUntil(lambda: bool(read))
    assert "It goes through Eventscope." in read[0]
    assert "It is trusted." in read[0]
    assert context.capture.info.proxy.rpartition(":")[2] in read[0]
