"""
The terminal card: variables to copy for each shell, and what each runtime needs beyond them.
"""

import sys
from pathlib import Path

from app import wire
from app.errors import AppError
from app.snippets import Shell, Snippet, bundle, runtimes, terminal, variables
from ui.captureprocess import CaptureProcess
from ui.jobs import Jobs
from ui.pages.connect.parts import Card, CodeBox, Picker, Segments, WhileRunning, beside, hairline
from ui.theme import label, set_role


class TerminalCard(Card):
    """Copy, paste into a terminal, start the program there."""

    def __init__(self, capture: CaptureProcess, jobs: Jobs) -> None:
        super().__init__(
            "Terminal and runtimes",
            "Paste into a terminal; what is started there goes through Eventscope.",
            "terminal",
        )
        self._capture = capture
        self._jobs = jobs
        self._values: dict[str, str] = {}
        self._runtimes: dict[str, Snippet] = {}
        self.shells = Segments(
            "Shell",
            [(str(shell), str(shell)) for shell in Shell],
            {str(shell): f"The variables as {shell} takes them" for shell in Shell},
        )
        self.shells.choose(str(Shell.POWERSHELL if sys.platform == "win32" else Shell.SH))
        self.code = CodeBox("the variables", 6)
        self.runtime = Picker("Runtime", "What a runtime needs beside the variables")
        self.hint = label("", "muted", wrap=True)
        self.runtime_code = CodeBox("the runtime's command", 1)
        self._lay_out()
        self.shells.chosen.connect(self._show_variables)
        self.runtime.currentIndexChanged.connect(self._show_runtime)
        capture.listening.connect(self._begin)
        if capture.info:
            self._begin(capture.info)

    def _begin(self, info: wire.Listening) -> None:
        proxy, authority = info.proxy, Path(info.certificate)
        self._runtimes = {found.key: found for found in runtimes(proxy, authority)}
        if self.runtime.count() == 0:
            for key, found in self._runtimes.items():
                self.runtime.addItem(found.title, key)
        self._show_runtime()
        self._jobs.run(self, lambda: variables(proxy, authority, bundle(authority)), "bundle").then(
            self._keep
        ).catch(self._show_problem)

    def _keep(self, values: dict[str, str]) -> None:
        self._values = values
        self._show_variables()

    def _show_variables(self) -> None:
        self.code.set_text(terminal(Shell(self.shells.key), self._values))

    def _show_runtime(self) -> None:
        found = self._runtimes.get(self.runtime.currentData())
        self.hint.setText(found.note if found else "")
        self.runtime_code.set_text(found.code if found else "")

    def _show_problem(self, error: AppError) -> None:
        self.hint.setText(str(error))
        set_role(self.hint, "bad")

    def _lay_out(self) -> None:
        running = WhileRunning(self._capture, "Start capture to see the variables.")
        running.rows.addLayout(beside(self.shells, 1, self.code.copy))
        running.rows.addWidget(self.code)
        running.rows.addSpacing(4)
        running.rows.addWidget(hairline())
        running.rows.addSpacing(4)
        running.rows.addLayout(beside(self.runtime, 1, self.runtime_code.copy))
        running.rows.addWidget(self.hint)
        running.rows.addWidget(self.runtime_code)
        self.rows.addWidget(running)
