"""
Makes this program the one that opens `eventscope://` links, and takes that back.

On Linux that is a desktop entry for this user, on Windows a key of this user's registry; nothing of
the system is touched. On macOS links belong to applications, and this is none.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.errors import AppError

ENTRY = "eventscope-links.desktop"
KIND = "x-scheme-handler/eventscope"
KEY = r"Software\Classes\eventscope"
_PATIENCE_S = 10
_SPECIAL = '"`$\\'


def why_not() -> str:
    """Why links cannot be opened with this program, in a sentence; empty when they can."""
    if sys.platform == "darwin":
        return "On macOS only an application in a bundle can open links, and this runs without one."
    return ""


def is_registered() -> bool:
    """Whether links open this very program."""
    if sys.platform == "win32":
        return _registered_command() == _windows_command()
    try:
        return _entry_path().read_text("utf-8") == _entry()
    except (OSError, UnicodeDecodeError):
        return False


def register() -> None:
    """Open links with this program from now on. Raises AppError."""
    if reason := why_not():
        raise AppError(reason)
    try:
        if sys.platform == "win32":
            _write_registry()
        else:
            _write_entry()
    except OSError as error:
        raise AppError(f"Links cannot be opened with this program: {error.strerror}.") from error


def unregister() -> None:
    """No longer. Raises AppError."""
    try:
        if sys.platform == "win32":
            _clear_registry()
        else:
            _entry_path().unlink(missing_ok=True)
            _forget_default()
            _run("update-desktop-database", str(_entry_path().parent))
    except OSError as error:
        raise AppError(f"That cannot be taken back: {error.strerror}.") from error


def command() -> list[str]:
    """What starts this program, without the link."""
    beside = Path(sys.executable).with_name("eventscope.exe" if os.name == "nt" else "eventscope")
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "app"]


# Linux and its relatives


def _entry() -> str:
    """The desktop entry. `Path` is where the program is found when it was not installed."""
    words = [_quoted(word) for word in command()]
    return "\n".join(
        [
            "[Desktop Entry]",
            "Type=Application",
            "Name=Eventscope",
            "Comment=Opens links to captured events",
            f"Exec={' '.join(words)} %u",
            f"Path={_escaped(str(Path(__file__).resolve().parents[1]))}",
            f"MimeType={KIND};",
            "Terminal=false",
            "NoDisplay=true",
            "",
        ]
    )


def _quoted(word: str) -> str:
    """An argument as the Desktop Entry Specification wants it: quoted, then escaped as any text."""
    inside = "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in word)
    return '"' + _escaped(inside).replace("%", "%%") + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _entry_path() -> Path:
    return _folder("XDG_DATA_HOME", ".local/share") / "applications" / ENTRY


def _folder(variable: str, usual: str) -> Path:
    named = os.environ.get(variable, "")
    # Relative ones are to be ignored (XDG Base Directory Specification).
    return Path(named) if Path(named).is_absolute() else Path.home() / usual


def _write_entry() -> None:
    path = _entry_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_entry(), "utf-8")
    # Without these tools the entry still says what it opens, and desktops look for that.
    _run("update-desktop-database", str(path.parent))
    _run("xdg-mime", "default", ENTRY, KIND)


def _forget_default() -> None:
    """Take our line out of the list of defaults, which no tool does."""
    path = _folder("XDG_CONFIG_HOME", ".config") / "mimeapps.list"
    try:
        lines = path.read_text("utf-8").splitlines(keepends=True)
    except (FileNotFoundError, UnicodeDecodeError):
        return
    kept = [line for line in lines if line.strip().rstrip(";") != f"{KIND}={ENTRY}"]
    if kept != lines:
        path.write_text("".join(kept), "utf-8")


def _run(tool: str, *words: str) -> None:
    found = shutil.which(tool)
    if found is None:
        return
    try:
        subprocess.run(  # noqa: S603 - found on the PATH, with words of our own
            [found, *words], check=False, capture_output=True, timeout=_PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        raise AppError(f"{tool} does not answer.") from None


# Windows


def _windows_command() -> str:
    """`%1` is put in as it is: a link with a quotation mark in it could go on with options of ours,
    which are none after two dashes."""
    return subprocess.list2cmdline([*command(), "--"]) + ' "%1"'


if sys.platform == "win32":
    import winreg

    def _registered_command() -> str:
        try:
            return winreg.QueryValue(winreg.HKEY_CURRENT_USER, rf"{KEY}\shell\open\command")
        except OSError:
            return ""

    def _write_registry() -> None:
        user = winreg.HKEY_CURRENT_USER
        with winreg.CreateKey(user, KEY) as key:
            winreg.SetValueEx(key, "", 0, winreg.REG_SZ, "URL:Eventscope link")
            winreg.SetValueEx(key, "URL Protocol", 0, winreg.REG_SZ, "")
        with winreg.CreateKey(user, rf"{KEY}\shell\open\command") as key:
            winreg.SetValueEx(key, "", 0, winreg.REG_SZ, _windows_command())

    def _clear_registry() -> None:
        for part in (r"\shell\open\command", r"\shell\open", r"\shell", ""):
            try:
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, KEY + part)
            except FileNotFoundError:
                continue
