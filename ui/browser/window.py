"""
A window of the built-in browser: back, forward, reload, an address line, and the page.
"""

import shiboken6
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.browser import engine
from ui.browser.address import parse_address
from ui.browser.agent import Agent
from ui.browser.notice import BlankPane, ErrorPane, NoticeBar
from ui.browser.page import Page
from ui.captureprocess import CaptureProcess
from ui.keys import pressed_by_return
from ui.theme import label, tint

BLANK = "about:blank"
LONGEST = 2000
ROOM_FOR_ROUTE = 480


class BrowserWindow(QWidget):
    """One page with the controls that everyone knows.

    Signals: `closed` with the window itself; whoever owns the profile then frees it.
    """

    closed = Signal(object)

    def __init__(self, page: Page, capture: CaptureProcess) -> None:
        super().__init__()
        # The application ends with its main window, whatever pages are open.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.page = page
        self.agent = Agent(page)
        self.toasts: QToolButton | None = None
        self._capture = capture
        self.view = QWebEngineView()
        self.view.setPage(page)
        self.back = self._button("back", "Back", QKeySequence.StandardKey.Back, self._go_back)
        self.forward = self._button(
            "forward", "Forward", QKeySequence.StandardKey.Forward, self._go_forward
        )
        self.reload = self._button(
            "reload", "Reload", QKeySequence.StandardKey.Refresh, self.reload_or_stop
        )
        self.address = QLineEdit()
        self.route = label("", "small")
        self.progress = QProgressBar()
        self.notice = NoticeBar()
        self.error = ErrorPane()
        self.blank = BlankPane()
        self._asked = ""
        self._may_be_blank = False
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.resize(1180, 780)
        self._show_title("")
        self._show_route()
        self._show_history()

    @property
    def agent_name(self) -> str:
        """What the browser calls itself in what it sends."""
        return self.page.profile().httpUserAgent()

    def add_switch(self, switch: QToolButton) -> None:
        """One more control, after the address."""
        self.tools.insertWidget(self.tools.indexOf(self.route), switch)

    def load(self, url: str) -> None:
        """Show an address."""
        self._asked = url
        self._may_be_blank = self._may_be_blank or url == BLANK
        # Not when it begins to load: that is not said of what comes while another page loads.
        self.stack.setCurrentWidget(self.blank if url == BLANK else self.view)
        self._show_url(QUrl(url))
        self.page.load(QUrl(url))
        self.view.setFocus()

    def free(self) -> None:
        """Delete the page now, before its profile goes."""
        if shiboken6.isValid(self.page):
            self.page.disconnect(self)
            self.view.setPage(None)  # type: ignore[arg-type]
            shiboken6.delete(self.page)

    def go(self) -> None:
        """Show what is in the address line."""
        url = parse_address(self.address.text())
        if url is None:
            self.notice.show_text("This is not an address. Try example.com or localhost:3000.")
            return
        self.load(url)

    def reload_or_stop(self) -> None:
        """Stop what is loading, or load it again."""
        if self.page.isLoading():
            self.page.triggerAction(QWebEnginePage.WebAction.Stop)
        else:
            self._reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody in the window had a use for."""
        if not pressed_by_return(self, event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit(self)

    # What the page says

    def _show_url(self, url: QUrl) -> None:
        if self.address.hasFocus() and self.address.isModified():
            return
        # An empty page has no address to be read, only one to be typed over.
        shown = "" if url.toString() == BLANK else url.toDisplayString()
        self.address.setText(shown[:LONGEST])
        self.address.setCursorPosition(0)

    def _show_title(self, title: str) -> None:
        plain = " ".join(title.split())[:200]
        self.setWindowTitle(f"{plain} · Eventscope" if plain else "Eventscope browser")

    def _begin(self) -> None:
        self._show_route()
        if self._asked != BLANK:
            self.stack.setCurrentWidget(self.view)
        self.progress.setValue(0)
        self.progress.setVisible(True)
        self._name_reload("close", "Stop")

    def _end(self, _is_good: bool) -> None:
        self.progress.setVisible(False)
        self._name_reload("reload", "Reload")
        self._show_history()
        if self.page.url().toString() != BLANK:
            self._asked = ""
        elif self._may_be_blank and self._asked in ("", BLANK):
            # Others were opened by a page, which may fill them without an address.
            self.stack.setCurrentWidget(self.blank)

    def _show_failure(self, title: str, sentence: str) -> None:
        self.error.show_text(title, sentence)
        self.stack.setCurrentWidget(self.error)

    def _show_status(self, status: int) -> None:
        self.notice.show_text(f"The site answered with status {status}.")

    def _show_history(self, _url: object = None) -> None:
        history = self.page.history()
        self.back.setEnabled(history.canGoBack())
        self.forward.setEnabled(history.canGoForward())

    # Where traffic goes

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, it is for the address."""
        super().resizeEvent(event)
        self.route.setVisible(self.width() >= ROOM_FOR_ROUTE)

    def _show_route(self) -> None:
        info = self._capture.info
        if info is None:
            self.route.setText("Capture is not running")
            self.notice.show_text("Capture is not running, so pages cannot be loaded.")
        elif engine.is_elsewhere(info.proxy):
            self.route.setText("Not captured")
            self.notice.show_text(
                "The proxy moved to another port. Restart Eventscope to use the browser again."
            )
        else:
            self.route.setText(f"Through {info.proxy}")
            self.notice.clear()

    # Buttons

    def _go_back(self) -> None:
        self.page.triggerAction(QWebEnginePage.WebAction.Back)

    def _go_forward(self) -> None:
        self.page.triggerAction(QWebEnginePage.WebAction.Forward)

    def _reload(self) -> None:
        if self.stack.currentWidget() is self.error:
            url = parse_address(self.address.text())
            if url:
                self.load(url)
            return
        held = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        action = QWebEnginePage.WebAction
        self.page.triggerAction(action.ReloadAndBypassCache if held else action.Reload)

    def _focus_address(self) -> None:
        self.address.setFocus()
        self.address.selectAll()

    def _name_reload(self, icon: str, name: str) -> None:
        tint(self.reload, icon)
        more = "; with Shift without what the site kept" if name == "Reload" else ""
        keys = QKeySequence(QKeySequence.StandardKey.Refresh)
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        self.reload.setToolTip(f"{name}{more}  ({native})" if native else f"{name}{more}")
        self.reload.setAccessibleName(name)

    def _button(
        self, icon: str, name: str, key: QKeySequence.StandardKey, run: object
    ) -> QToolButton:
        button = QToolButton()
        tint(button, icon)
        keys = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{name}  ({keys})" if keys else name)
        button.setAccessibleName(name)
        button.clicked.connect(run)
        action = QAction(name, self)
        action.setShortcuts(key)
        action.triggered.connect(run)
        self.addAction(action)
        return button

    def _connect(self) -> None:
        self.page.urlChanged.connect(self._show_url)
        # A page that changes its own address loads nothing.
        self.page.urlChanged.connect(self._show_history)
        self.page.titleChanged.connect(self._show_title)
        self.page.loadStarted.connect(self._begin)
        self.page.loadProgress.connect(self.progress.setValue)
        self.page.loadFinished.connect(self._end)
        self.page.failed.connect(self._show_failure)
        self.page.refused.connect(self._show_status)
        self.page.windowCloseRequested.connect(self.close)
        self.address.returnPressed.connect(self.go)
        self.error.retry.clicked.connect(self._reload)
        self._capture.state_changed.connect(self._show_route)
        for keys, run in (("Ctrl+L", self._focus_address), ("Ctrl+W", self.close)):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(run)
            self.addAction(action)

    def _lay_out(self) -> None:
        self.address.setAccessibleName("Address")
        self.address.setPlaceholderText("Address of a site, for example localhost:3000")
        self.address.setToolTip("Address  (Ctrl+L)")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.progress.setVisible(False)
        bar = QWidget()
        bar.setProperty("bar", True)
        tools = self.tools = QHBoxLayout(bar)
        tools.setContentsMargins(8, 8, 12, 8)
        tools.setSpacing(4)
        for button in (self.back, self.forward, self.reload):
            tools.addWidget(button)
        tools.addSpacing(4)
        tools.addWidget(self.address, 1)
        tools.addSpacing(8)
        tools.addWidget(self.route)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.error)
        self.stack.addWidget(self.blank)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        line = QFrame()
        line.setProperty("line", True)
        line.setFixedHeight(1)
        for part in (bar, line, self.notice, self.progress):
            rows.addWidget(part)
        rows.addWidget(self.stack, 1)
