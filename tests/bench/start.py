"""
One start, measured from outside: prints a line at the first paint, then leaves.

    python -m tests.bench.start empty|ours
"""

import os
import sys
import tempfile

os.environ["QT_QPA_PLATFORM"] = "offscreen"


def main() -> None:
    """Show one window, say when it is painted."""
    if sys.argv[1] == "ours":
        ours()
    else:
        empty()


def empty() -> None:
    """The reference: an empty window of plain PySide6."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    qt = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1280, 800)
    window.show()
    painted(qt, window)


def ours() -> None:
    """Ours, through the entry point's imports, up to the same moment."""
    os.environ["EVENTSCOPE_HOME"] = tempfile.mkdtemp(prefix="eventscope-bench-")
    import app.__main__

    app.__main__.leave_garbage()
    import ui.__main__  # noqa: F401 - its cost counts
    from app import paths
    from ui.application import Application
    from ui.theme import make_application

    qt = make_application(sys.argv[:1])
    application = Application(qt, paths.default_workspace())
    application.window.show()
    painted(qt, application.window)


def painted(qt, window) -> None:  # type: ignore[no-untyped-def]
    """Leave when everything that is there was painted once."""
    qt.processEvents()
    window.repaint()
    qt.processEvents()
    print("painted", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
