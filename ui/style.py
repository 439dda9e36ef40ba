"""
The one stylesheet, made from the colours.

Roles are dynamic properties, so that a page says what a thing is and never how it looks:
    QLabel[role]       title, muted, small, mono, good, warning, bad, note, section
    QPushButton[kind]  primary, quiet, danger       (plain when not given)
    QFrame[card=true]  a surface with a hairline around it
    QFrame[line=true]  a hairline
    QWidget[bar=true]  a bar on the surface with a hairline below
"""

from string import Template

from resources import path
from ui.tokens import Tokens


def stylesheet(colours: Tokens) -> str:
    """Qt style sheet text for these colours."""
    # Style sheets take files and cannot tint them.
    arrow = path("icons/arrow.svg").as_posix()
    tick = path(f"icons/tick-{colours.name}.svg").as_posix()
    return _SHEET.substitute(colours._asdict(), arrow=arrow, tick=tick)


_SHEET = Template("""
QToolTip {
    background: $raised; color: $text; border: 1px solid $edge; padding: 4px 6px;
}
QLabel[role="title"] { font-size: 16px; font-weight: 600; }
QLabel[role="figure"] { font-size: 28px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: 11px; }
QLabel[role="section"] { color: $muted; font-size: 11px; font-weight: 600; }
QLabel[role="good"] { color: $good; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="bad"] { color: $bad; }
QLabel[role="note"] { color: $note; }
QLabel[role="key"] {
    color: $muted; background: $hover; border: 1px solid $line; border-radius: 4px;
    padding: 1px 6px; font-size: 11px;
}
QFrame[card="true"] { background: $surface; border: 1px solid $line; border-radius: 8px; }
QFrame[floating="true"] { background: $raised; border: 1px solid $edge; border-radius: 8px; }
QFrame[line="true"] { background: $line; border: none; }
QWidget[bar="true"] { background: $surface; }
QWidget[surface="true"] { background: $surface; }

QPushButton {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: 6px;
    padding: 0 12px; min-height: 26px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $selected; }
QPushButton:focus, QToolButton:focus, QTabBar:focus { outline: 0; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $faint; border-color: $line; background: $ground; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="primary"]:hover { border-color: $text; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled {
    background: $hover; color: $faint; border-color: $line;
}
QPushButton[kind="danger"] { color: $bad; }
QPushButton[kind="danger"]:focus { border-color: $bad; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:checked { background: $selected; color: $accent; }
QPushButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="pick"] { text-align: left; padding: 0 8px; }
QPushButton[kind="pick"][empty="true"] { color: $accent; border-style: dashed; }
QPushButton[kind="add"] {
    background: transparent; border-color: transparent; color: $accent; text-align: left;
    padding: 0 6px; min-height: 22px;
}
QPushButton[kind="add"]:hover { background: $hover; }
QPushButton[kind="add"]:focus { border-color: $accent; }
QPushButton[kind="chip"] {
    background: $hover; border: 1px solid $line; border-radius: 11px; min-height: 20px;
    padding: 0 8px; font-size: 11px; color: $text;
}
QPushButton[kind="chip"]:hover { border-color: $edge; }
QPushButton[kind="chip"]:focus { border-color: $accent; }
QPushButton[kind="chip"]:checked { border-color: $accent; color: $accent; }
QPushButton[kind="pill"] {
    background: $accent; color: $on_accent; border: 1px solid $accent; border-radius: 13px;
    min-height: 24px; padding: 0 12px; font-weight: 600;
}
QPushButton[kind="pill"]:hover, QPushButton[kind="pill"]:focus { border-color: $text; }

QPushButton[kind="status"] {
    background: transparent; border: 1px solid transparent; border-radius: 4px;
    min-height: 20px; padding: 0 8px; font-size: 11px; color: $muted; text-align: left;
}
QPushButton[kind="status"]:hover { border-color: $line; }
QPushButton[kind="status"]:focus { border-color: $accent; }
QPushButton[kind="status"][tone="good"] { color: $good; }
QPushButton[kind="status"][tone="note"] { color: $note; }
QPushButton[kind="status"][tone="warning"] { color: $warning; }
QPushButton[kind="status"][tone="bad"] { color: $bad; }
QLabel[role="status"] { color: $muted; font-size: 11px; }
QLabel[role="status-warning"] { color: $warning; font-size: 11px; }

QPlainTextEdit[code="true"] {
    background: $ground; border: 1px solid $line; border-radius: 6px; padding: 6px 4px;
}
QPlainTextEdit[code="true"]:focus { border-color: $accent; }
QFrame[segments="true"] { background: $hover; border: 1px solid $line; border-radius: 7px; }
QPushButton[kind="segment"] {
    background: transparent; border: 1px solid transparent; border-radius: 6px; color: $muted;
    padding: 0 12px; min-height: 24px;
}
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:focus { border-color: $accent; }
QPushButton[kind="segment"]:checked {
    background: $raised; border-color: $edge; color: $text;
}
QPushButton[kind="segment"]:checked:focus { border-color: $accent; }
QPushButton[kind="segment"][tone="bad"]:checked { color: $bad; border-color: $bad; }
QPushButton[kind="segment"]:disabled { color: $faint; }
QPushButton[copy="true"] {
    background: transparent; border: 1px solid transparent; border-radius: 6px;
    padding: 0 6px; min-height: 24px; color: $muted;
}
QPushButton[copy="true"][framed="true"] { border-color: $edge; }
QPushButton[copy="true"]:hover { background: $hover; color: $text; }
QPushButton[copy="true"]:focus { border-color: $accent; }
QPushButton[copy="true"]:disabled { color: $faint; }
QPushButton[copy="true"][copied="true"] { color: $good; }


QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 4px; color: $text; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $selected; }
QToolButton:checked { background: $selected; color: $accent; }
QToolButton[over="true"] { background: $raised; border-color: $edge; padding: 2px; }
QToolButton[over="true"]:hover { background: $hover; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[framed="true"] {
    background: $surface; border: 1px solid $edge; padding: 0 8px; min-height: 26px;
}
QToolButton[framed="true"]:hover { background: $hover; }
QToolButton[framed="true"][used="true"] {
    background: $selected; color: $accent;
}
QToolButton[framed="true"]:focus { border-color: $accent; }
QToolButton[rail="true"] {
    qproperty-toolButtonStyle: ToolButtonTextUnderIcon;
    border: none; border-radius: 8px; padding: 6px 0 4px 0; font-size: 10px; color: $muted;
}
QToolButton[rail="true"]:hover { background: $hover; color: $text; }
QToolButton[rail="true"]:checked { background: $selected; color: $accent; }
QToolButton[rail="true"]:focus { border: 1px solid $accent; padding: 5px 0 3px 0; }

QLineEdit, QPlainTextEdit[field="true"], QSpinBox, QDoubleSpinBox, QDateTimeEdit,
QComboBox {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: 6px;
    padding: 0 8px; min-height: 26px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QPlainTextEdit[field="true"] { padding: 4px; }
QLineEdit:focus, QPlainTextEdit[field="true"]:focus, QSpinBox:focus,
QDoubleSpinBox:focus, QDateTimeEdit:focus, QComboBox:focus {
    border-color: $accent;
}
QLineEdit[problem="true"] { border-color: $bad; }
QLineEdit:read-only { background: $ground; border-color: $line; }
QLineEdit[bare="true"] { border: none; background: transparent; }
QPlainTextEdit, QTextEdit {
    background: $surface; border: none;
    selection-background-color: $accent; selection-color: $on_accent;
}
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$arrow"); width: 16px; height: 16px; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $edge; selection-background-color: $selected;
    selection-color: $text; outline: none;
}
QSpinBox, QDoubleSpinBox, QDateTimeEdit { padding: 0 0 0 8px; }
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit, QDateTimeEdit QLineEdit {
    padding: 0; background: transparent; border: none; min-height: 0;
}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button, QDateTimeEdit::up-button, QDateTimeEdit::down-button {
    width: 0; border: none;
}

QMenu { background: $raised; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 5px 20px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { margin-left: 6px; }

QTableView, QTreeView, QListView, QListWidget {
    background: $surface; border: none; outline: none;
    selection-background-color: $selected; selection-color: $text;
}
QTableView[fixed="true"] { border-right: 1px solid $line; }
QTableView[breakdown="true"]::item { padding: 0 5px; }
QTableView[breakdown="true"] QHeaderView::up-arrow,
QTableView[breakdown="true"] QHeaderView::down-arrow {
    subcontrol-origin: padding; subcontrol-position: top center; width: 8px; height: 8px;
}
QFrame[floating="true"] QTreeView, QFrame[floating="true"] QListView {
    background: transparent;
}
QListView[offers="true"] { background: $raised; border: 1px solid $edge; padding: 1px; }
QListView[offers="true"]::item { height: 24px; padding: 0 4px; border: none; }
QListView[offers="true"]::item:selected { background: $selected; color: $text; }
QTreeView::item { height: 24px; border: none; }
QTreeView[padded="true"]::item { padding: 0 5px; }
QTreeView::item:hover { background: $hover; }
QTreeView::item:selected { background: $selected; color: $text; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section {
    background: $surface; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 0 8px; font-size: 11px; font-weight: 600; min-height: 27px;
}
QTableCornerButton::section { background: $surface; border: none; }

QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
    padding: 8px 4px 6px 4px; margin: 0 8px;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }

QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $edge; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QCheckBox { spacing: 8px; }
QCheckBox::indicator, QTreeView::indicator, QTableView::indicator,
QMenu::indicator:non-exclusive {
    width: 14px; height: 14px; border: 1px solid $faint; border-radius: 4px; background: $surface;
}
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked,
QMenu::indicator:non-exclusive:checked {
    border-color: $accent; background: $accent; image: url("$tick");
}
QCheckBox::indicator:focus, QCheckBox:focus::indicator { border-color: $accent; }
QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid $faint; border-radius: 8px; background: $surface;
}
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 4px solid $accent; }
QRadioButton::indicator:focus { border-color: $accent; }
QProgressBar {
    background: $hover; border: none; border-radius: 2px; max-height: 4px; min-height: 4px;
}
QProgressBar::chunk { background: $accent; border-radius: 2px; }
""")
