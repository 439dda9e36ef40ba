"""
Pictures of every page, to be looked at: `make screenshots`, or

    python -m tests.screenshots FOLDER [NAME…]

Light and dark, at 1280 by 800 and at twice the scale, on demo data and on nothing; all, or those
whose names begin so. The ones that the README shows are among them.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.livescenes import fill_hostile, hostile_scenes, live_scenes, settle

EVENTS = 3000
THEMES = ("light", "dark")


def main() -> None:
    """One process for each scale, because Qt reads it once."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for scale in ("1", "2"):
        with tempfile.TemporaryDirectory(prefix="eventscope-shots-") as home:
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": scale,
                "EVENTSCOPE_HOME": home,
            }
            if hasattr(os, "geteuid") and os.geteuid() == 0:
                environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
            suffix = "" if scale == "1" else "-2x"
            command = [
                sys.executable,
                "-c",
                f"from tests.screenshots import take; take({suffix!r})",
            ]
            subprocess.run([*command, str(folder), *sys.argv[2:]], check=True, env=environment)


def take(suffix: str) -> None:
    """All pictures of one scale."""
    from app import paths
    from app import settings as keys
    from app.demo import fill
    from app.settings import Settings
    from tests.exploreshots import fill_unthinkable
    from tests.label_pictures import prepare
    from ui.application import Application
    from ui.theme import make_application

    folder, wanted = Path(sys.argv[1]), tuple(sys.argv[2:])
    Settings(paths.settings_file()).update({keys.DELIVERY: "local"})
    qt = make_application(["eventscope"])
    for kind in ("empty", "busy", "hostile", "names"):
        workspace = paths.home() / kind
        if kind == "busy":
            fill(paths.home() / "other", EVENTS)
            prepare(workspace, paths.home() / "other")
            fill(workspace, EVENTS)
        elif kind == "hostile":
            fill_unthinkable(workspace)
        elif kind == "names":
            fill_hostile(workspace)
        application = Application(qt, workspace)
        window = application.window
        window.resize(1280, 800)
        window.show()
        application.start()
        until(qt, lambda running=application.capture: running.state == "listening")
        for theme in THEMES:
            application.theme.choose(theme)
            for name, show in scenes(application, kind).items():
                if wanted and not name.startswith(wanted):
                    continue
                close_popups()
                show()
                settle(qt)
                picture(window).save(str(folder / f"{name}-{theme}{suffix}.png"))
        window.close()
        application.shutdown()


def close_popups() -> None:
    """What one scene left open is not to lie over the next."""
    from PySide6.QtWidgets import QApplication

    while popup := QApplication.activePopupWidget():
        popup.close()


def picture(window):  # type: ignore[no-untyped-def]
    """The window with what is open above it."""
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    found = window.grab()
    popup = QApplication.activePopupWidget()
    if popup is not None:
        painter = QPainter(found)
        painter.drawPixmap(popup.pos() - window.pos(), popup.grab())
        painter.end()
    return found


def scenes(application, kind: str) -> dict[str, Callable[[], object]]:  # type: ignore[no-untyped-def]
    """What to show, by the picture's name."""
    from PySide6.QtWidgets import QApplication

    run = application.context.actions.trigger
    if kind == "empty":
        return {
            "connect": lambda: run("go.connect"),
            "live-empty": lambda: run("go.live"),
            "ingestion-empty": lambda: run("go.ingestion"),
            "sdks-empty": lambda: run("go.sdks"),
            # The engine of charts is read from disk the first time that somebody looks.
            "explore-empty": lambda: (run("go.explore"), settle(QApplication.instance(), 3)),
            "users-empty": lambda: run("go.users"),
        }
    from tests.exploreshots import believable, unthinkable
    from tests.label_pictures import labeled

    if kind == "names":
        return hostile_scenes(application)
    if kind == "hostile":
        return unthinkable(application, until)
    from ui.pages.live import LivePage

    page = application.window.findChild(LivePage)

    def inspect(kind: str) -> None:
        run("go.live")
        # The table may call it something friendlier.
        shown = application.context.store.current.events.rows(page.model.ids(0, 500))
        row = next(at for at, event in enumerate(shown) if event.type == kind)
        page.table.selectRow(row)
        page.inspect(page.model.id_at(row))
        page.table.scrollToTop()

    def week() -> None:
        run("ingestion.frame_1w")
        ingestion = application.window.page("ingestion")
        ingestion.details.go_to("Uploads")
        ingestion.close_panel()

    def refused() -> None:
        from app.store.report import ALL

        ingestion = application.window.page("ingestion")
        ingestion.details.go_to("Reasons")
        reasons = application.context.store.current.report.reasons(ALL, 0, 1 << 62)
        ingestion.inspect(max(row.upload_id for row in reasons))

    return {
        "live": lambda: inspect("Product Viewed"),
        "live-autocaptured": lambda: inspect("[Amplitude] Element Clicked"),
        "live-user-then": lambda: (
            inspect("Product Viewed"),
            page.inspector.tabs.setCurrentIndex(page.inspector.stack.indexOf(page.inspector.user)),
        ),
        "live-difference": lambda: page.inspector.compare(page.model.id_at(0), page.model.id_at(3)),
        "live-send": page.deeds.resend,
        "live-completion": lambda: (
            page.side.close_inspector(),
            application.window.activateWindow(),
            page.filter.take_focus(),
            page.filter.box.setText("prop.pr"),
            page.filter.completion.look(),
        ),
        "live-filtered": lambda: (page.side.close_inspector(), page.filter.set_text("type:order")),
        "live-no-match": lambda: page.filter.set_text("nothing like this"),
        **live_scenes(application),
        "ingestion": lambda: (page.filter.clear(), run("go.ingestion"), week()),
        "ingestion-upload": refused,
        "sdks": lambda: run("go.sdks"),
        "problems": lambda: run("go.problems"),
        "requests": lambda: look_at_a_request(application),
        "faults": lambda: run("go.faults"),
        "users": lambda: look_at_somebody(application),
        **believable(application, until),
        "users-properties": lambda: somebodys_tab(application, 1),
        "users-identity": lambda: somebodys_tab(application, 2),
        "users-details": lambda: somebodys_tab(application, 3),
        "label": lambda: label_a_click(application),
        "label-kept": lambda: keep_the_label(application),
        **labeled(application, until),
        "connect-more": lambda: scrolled_down(application, "connect"),
        "settings": lambda: run("go.settings"),
    }


def look_at_a_request(application) -> None:  # type: ignore[no-untyped-def]
    """Requests, with an upload chosen."""
    from PySide6.QtWidgets import QApplication

    application.context.actions.trigger("go.requests")
    table = application.window.page("requests").table
    until(QApplication.instance(), lambda: table.model().rowCount() > 3)
    table.selectRow(2)


def look_at_somebody(application) -> None:  # type: ignore[no-untyped-def]
    """Users, with somebody and one of their events chosen."""
    from PySide6.QtWidgets import QApplication

    application.context.actions.trigger("go.users")
    page, context = application.window.page("users"), application.context
    qt = QApplication.instance()
    newest = context.store.current.captures.last_id()
    until(qt, lambda: context.study.through >= newest)
    shown = page.people.people
    until(qt, lambda: shown.rowCount() > 3)
    settle(qt)
    page.open_person(page.people.person_at(shown.index(4)).id)
    page.profile.tabs.setCurrentIndex(0)
    settle(qt)
    lines = page.profile.activity.timeline.lines.lines
    events = [line.event_id for line in lines if line.block and line.event_id]
    page.profile.activity.timeline.select_event(events[3])
    page.inspect(events[3])


def label_a_click(application) -> None:  # type: ignore[no-untyped-def]
    """Label, with what a captured click suggests."""
    from PySide6.QtWidgets import QApplication

    from app.filter import Filter
    from app.label.element import ACTIONS

    def clicks(store) -> list[int]:  # type: ignore[no-untyped-def]
        rows = store.events.rows(store.events.newest(Filter(), 500))
        return [row.id for row in rows if row.type in ACTIONS]

    window = application.window
    newest = application.context.store.ask(clicks, [])
    window.ways.label_event(newest[0])
    until(QApplication.instance(), window.page("label").editor.isVisible)


def keep_the_label(application) -> None:  # type: ignore[no-untyped-def]
    """The same, kept and opened again."""
    from PySide6.QtWidgets import QApplication

    page = application.window.page("label")
    page.save()
    # In the second theme it is there already.
    page.cancel()
    tree = page.book.tree
    until(QApplication.instance(), lambda: tree.topLevelItemCount() > 0)
    application.context.notifications.clear()
    tree.setCurrentItem(tree.topLevelItem(0))


def scrolled_down(application, name: str) -> None:  # type: ignore[no-untyped-def]
    """What a long page has at its end."""
    from PySide6.QtWidgets import QScrollArea

    application.context.actions.trigger(f"go.{name}")
    bar = application.window.page(name).findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())


def somebodys_tab(application, at: int) -> None:  # type: ignore[no-untyped-def]
    """What else there is of them."""
    application.context.actions.trigger("go.users")
    page = application.window.page("users")
    page.close_event()
    page.profile.tabs.setCurrentIndex(at)


def until(qt, is_true: Callable[[], bool], seconds: float = 30) -> None:  # type: ignore[no-untyped-def]
    """Run the event loop until something is so, or for so long."""
    end = time.monotonic() + seconds
    while not is_true() and time.monotonic() < end:
        qt.processEvents()
        time.sleep(0.01)


if __name__ == "__main__":
    main()
