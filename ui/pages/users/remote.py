"""
From Amplitude itself: what it has of a person, beside what was captured here. Asked only when a
person presses the button. The secret is kept for this run, or in the system's keyring for who wants
that; we write it nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.lookup.beside import Beside, Side, beside
from app.lookup.keychain import Keychain, keychain
from app.lookup.remote import HOSTS, MOST_EVENTS, Access, Activity, activity, find
from ui.context import Context
from ui.pages.emptystate import EmptyState
from ui.plain import local_time, number, one_line, plural, tooltip
from ui.theme import hairline, label, mono_font, tokens

if TYPE_CHECKING:
    from app.store import Store
    from app.store.people.activity import LocalEvent
    from app.store.people.search import PersonRow

_WHAT = Qt.ItemDataRole.UserRole
_COLUMNS = (("Where", 100), ("Event time", 190), ("Event", 240), ("What differs", 200))
_MARKS = {Side.SAME: "=", Side.DIFFERS: "≠", Side.HERE: "◀", Side.THERE: "▶"}
PROMISE = (
    "Sends the ID of this person to Amplitude, and nothing else. {} 360 look-ups an hour are"
    " allowed for a project."
)
THIS_RUN = "The secret is kept until Eventscope is closed."
FOR_GOOD = "The secret is kept in the system's keyring."
_TONES = {Side.SAME: "muted", Side.DIFFERS: "warning", Side.HERE: "note", Side.THERE: "bad"}


class RemotePane(QWidget):
    """The form, and the two streams as one table.

    Signals:
        event_asked: the number of a captured event that is to be shown.
    """

    event_asked = Signal(object)

    def __init__(self, context: Context, hosts: Mapping[str, str] = HOSTS) -> None:
        super().__init__()
        self._context = context
        self.hosts = hosts
        self._person: PersonRow | None = None
        self._rows: list[Beside] = []
        self._known_key = ""
        self._keychain: Keychain | None = None
        self._has_looked = False
        self.find_keychain = keychain
        self.key = _field("API key of the project", "API key")
        self.secret = _field("Secret key of the project", "Secret key")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.region = QComboBox()
        self.region.setAccessibleName("Region of the project")
        self.region.setToolTip("Where the project is: the United States or the European Union")
        self.region.addItems(list(HOSTS))
        self.ask = QPushButton("Ask Amplitude")
        self.ask.setProperty("kind", "primary")
        self.ask.setToolTip("Look this person up at Amplitude")
        self.ask.clicked.connect(lambda _checked=False: self.look_up())
        self.stop = QPushButton("Cancel")
        self.stop.setToolTip("Do not wait for the answer")
        self.stop.clicked.connect(lambda _checked=False: self._cancel())
        self.stop.hide()
        self.remember = QCheckBox("Remember the secret")
        self.remember.setToolTip("Keep the secret key in the system's keyring, once it worked")
        self.remember.clicked.connect(self._remember)
        self.remember.hide()
        self.promise = label(PROMISE.format(THIS_RUN), "small", wrap=True)
        self.said = label("", "muted", wrap=True)
        self.hide_same = QCheckBox("Hide what is the same")
        self.hide_same.setToolTip("Show differences only")
        self.hide_same.toggled.connect(lambda _on: self._fill())
        self.tree = QTreeWidget()
        self.empty = EmptyState(
            "globe",
            "Compare with Amplitude",
            "See which of these events reached the project, which Amplitude has from elsewhere,"
            " and where the two differ.",
        )
        self._set_up_tree()
        self._lay_out()

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setAccessibleName("Events here and at Amplitude, newest first")
        tree.setProperty("padded", True)
        tree.setColumnCount(len(_COLUMNS))
        tree.setHeaderLabels([title for title, _ in _COLUMNS])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        header = tree.header()
        header.setStretchLastSection(True)
        header.setFixedHeight(28)
        for at, (_, width) in enumerate(_COLUMNS):
            header.resizeSection(at, width)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        tree.itemActivated.connect(lambda item, _column: self._look_at(item))
        tree.itemDoubleClicked.connect(lambda item, _column: self._look_at(item))

    def _lay_out(self) -> None:
        form = QHBoxLayout()
        form.setSpacing(8)
        for widget, stretch in ((self.key, 2), (self.secret, 2), (self.region, 0), (self.ask, 0),
                                (self.stop, 0)):  # fmt: skip
            form.addWidget(widget, stretch)
        below = QHBoxLayout()
        below.addWidget(self.said, 1)
        below.addWidget(self.hide_same)
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 16, 8)
        top.setSpacing(8)
        top.addLayout(form)
        told = QHBoxLayout()
        told.addWidget(self.promise, 1)
        told.addWidget(self.remember)
        top.addLayout(told)
        top.addLayout(below)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top)
        rows.addWidget(hairline())
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.tree)
        rows.addWidget(self.stack, 1)
        self._show_result(False)

    def show_person(self, person: PersonRow | None, api_key: str = "") -> None:
        """Somebody else is shown: what was answered before is about another one. `api_key` is that
        of the project they belong to."""
        before = self._person
        self._person = person
        if before is not None and person is not None and before.id == person.id:
            return
        self._cancel()
        if api_key and api_key != self._known_key:
            self._known_key = api_key
            self.key.setText(api_key)
            self._show_remembered(False)
            self._recall()
        self._rows = []
        self.said.setText("")
        self._fill()
        self._show_result(False)

    # The system's keyring

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_looked:
            # Looked for on another thread: what comes with it takes a while to load.
            self._has_looked = True
            jobs = self._context.jobs
            jobs.run(self, self.find_keychain, "keyring").then(self._use_keychain)

    def _use_keychain(self, found: Keychain | None) -> None:
        self._keychain = found
        self.remember.setVisible(found is not None)
        self._recall()

    def _recall(self) -> None:
        """Fill in the secret that is kept for this project."""
        keychain, key = self._keychain, self.key.text().strip()
        if keychain is None or not key:
            return

        def show(secret: str) -> None:
            # Nothing kept changes nothing: a person may have ticked the box by now.
            if secret and key == self.key.text().strip():
                self.secret.setText(secret)
                self._show_remembered(True)

        self._context.jobs.run(self, lambda: keychain.secret(key), "secret").then(show).catch(
            self._tell
        )

    def _remember(self, wanted: bool) -> None:
        """Forgotten at once; kept when it has worked."""
        keychain, key = self._keychain, self.key.text().strip()
        if keychain is not None and key and not wanted:
            self._context.jobs.run(self, lambda: keychain.forget(key), "secret").then(
                lambda _: self._show_remembered(False)
            ).catch(self._tell)

    def _keep(self, access: Access) -> None:
        keychain = self._keychain
        if keychain is not None and self.remember.isChecked():
            work = lambda: keychain.keep(access.api_key, access.secret)  # noqa: E731
            self._context.jobs.run(self, work, "secret").then(
                lambda _: self._show_remembered(True)
            ).catch(self._tell)

    def _show_remembered(self, on: bool) -> None:
        self.remember.setChecked(on)
        self.promise.setText(PROMISE.format(FOR_GOOD if on else THIS_RUN))

    def _tell(self, error: AppError) -> None:
        """The look-up itself goes on."""
        self._show_remembered(False)
        self._context.notifications.warn(error.sentence, about="keyring")

    # Asking

    def look_up(self) -> None:
        """Ask Amplitude for this person, and lay the answer beside what is here."""
        person = self._person
        access = Access(
            self.key.text().strip(),
            self.secret.text().strip(),
            self.region.currentText(),
            self.hosts,
        )
        if person is None:
            return
        if not access.api_key or not access.secret:
            self._fail(AppError("API key and secret key are needed; both are in the project's"
                                " settings at Amplitude."))  # fmt: skip
            return
        text = person.user if person.user is not None else person.device or ""
        self.said.setText("Asking Amplitude …")
        self._show_waiting(True)

        def ask() -> Activity | None:
            matches = find(access, text)
            exact = [one for one in matches if text in (one.user_id, one.device_id)] or matches
            return activity(access, exact[0].amplitude_id) if exact else None

        def answered(there: Activity | None) -> None:
            self._keep(access)
            self._read_local(there)

        self._context.jobs.run(self, ask, "remote").then(answered).catch(self._fail)

    def _read_local(self, there: Activity | None) -> None:
        person = self._person
        if person is None:
            return
        if there is None:
            self._show_waiting(False)
            self.said.setText("Amplitude knows nobody with this ID.")
            return

        def read(store: Store) -> list[LocalEvent]:
            return store.people.activity.sent(person.id, 2 * MOST_EVENTS)

        show: Callable[[list[LocalEvent]], None] = lambda local: self._show(  # noqa: E731
            beside(local, there), there
        )
        self._context.jobs.read(self, read, "local").then(show).catch(self._fail)

    def _show(self, rows: list[Beside], there: Activity) -> None:
        self._show_waiting(False)
        self._rows = rows
        counts = Counter(one.side for one in rows)
        told = ", ".join(f"{number(counts[side])} {side}" for side in Side if counts[side])
        older = f" The newest {len(there.events):,} of them are compared." if there.has_more else ""
        events = plural(len(there.events), "event")
        self.said.setText(f"Amplitude has {events}. {told or 'Nothing to compare'}.{older}")
        self._show_result(bool(rows))
        self._fill()

    def _fill(self) -> None:
        self.tree.clear()
        wanted = [
            one for one in self._rows if one.side is not Side.SAME or not self.hide_same.isChecked()
        ]
        self.tree.addTopLevelItems([_item(one) for one in wanted])

    def _look_at(self, item: QTreeWidgetItem) -> None:
        event = item.data(0, _WHAT)
        if event:
            self.event_asked.emit(event)

    def _cancel(self) -> None:
        self._context.jobs.drop(self, "remote")
        self._context.jobs.drop(self, "local")
        if not self.stop.isHidden():
            self.said.setText("Cancelled.")
        self._show_waiting(False)

    def _fail(self, error: AppError) -> None:
        self._show_waiting(False)
        self.said.setText(one_line(str(error), 600))

    def _show_waiting(self, on: bool) -> None:
        self.ask.setEnabled(not on)
        self.stop.setVisible(on)

    def _show_result(self, on: bool) -> None:
        self.hide_same.setVisible(on)
        self.stack.setCurrentWidget(self.tree if on else self.empty)


def _item(one: Beside) -> QTreeWidgetItem:
    item = QTreeWidgetItem(
        [
            f"{_MARKS[one.side]}  {one.side}",
            local_time(one.time_ms),
            one_line(one.type),
            one_line(", ".join(one.differs)),
        ]
    )
    item.setData(0, _WHAT, one.local.id if one.local else None)
    item.setForeground(0, QColor(getattr(tokens(), _TONES[one.side])))
    item.setFont(1, mono_font())
    item.setToolTip(2, tooltip(one.type))
    item.setToolTip(3, tooltip("\n".join(one.differs)) if one.differs else "")
    return item


def _field(name: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setToolTip(name)
    field.setPlaceholderText(hint)
    field.setMaxLength(200)
    return field
