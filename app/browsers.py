"""
Browsers found on this machine, started so that their traffic comes through our proxy.

Each start gets a throw-away profile that trusts our authority and nothing more; the person's own
profiles, the system's proxy and the system's certificates are never touched. The profile is
removed when the browser ends, and what a crash left behind is removed at the next start.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import certificate
from app.errors import AppError, BadInput

PREFIX = "eventscope-browser-"
OWNER = "eventscope.pid"


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser we know how to start, and where it is usually found."""

    key: str
    name: str
    family: str
    programs: tuple[str, ...]
    mac: str
    windows: tuple[str, ...]


BROWSERS = (
    Browser(
        "chrome",
        "Chrome",
        "chromium",
        ("google-chrome", "google-chrome-stable", "google-chrome-beta"),
        "Google Chrome",
        ("Google/Chrome/Application/chrome.exe",),
    ),
    Browser(
        "chromium",
        "Chromium",
        "chromium",
        ("chromium", "chromium-browser"),
        "Chromium",
        ("Chromium/Application/chrome.exe",),
    ),
    Browser(
        "edge",
        "Edge",
        "chromium",
        ("microsoft-edge", "microsoft-edge-stable"),
        "Microsoft Edge",
        ("Microsoft/Edge/Application/msedge.exe",),
    ),
    Browser(
        "brave",
        "Brave",
        "chromium",
        ("brave-browser", "brave-browser-stable", "brave"),
        "Brave Browser",
        ("BraveSoftware/Brave-Browser/Application/brave.exe",),
    ),
    Browser(
        "firefox",
        "Firefox",
        "firefox",
        ("firefox", "firefox-esr"),
        "Firefox",
        ("Mozilla Firefox/firefox.exe",),
    ),
)

CHROMIUM_FLAGS = (
    # Without this, pages on localhost bypass the proxy.
    "--proxy-bypass-list=<-loopback>",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    # HTTP/3 does not pass through an HTTP proxy.
    "--disable-quic",
    # Without this a bar warns about the flag that makes it trust us.
    "--test-type",
    "--password-store=basic",
    "--use-mock-keychain",
)

FIREFOX_PREFS: Mapping[str, bool | int | str] = {
    "network.proxy.type": 1,
    "network.proxy.no_proxies_on": "",
    # Without this, pages on localhost bypass the proxy.
    "network.proxy.allow_hijacking_localhost": True,
    # Where the system already trusts our authority, that is enough.
    "security.enterprise_roots.enabled": True,
    "network.http.http3.enable": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "app.shield.optoutstudies.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.preonboarding.enabled": False,
    "browser.region.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.pocket.enabled": False,
    # Strict tracking protection keeps Amplitude's uploads from ever leaving the page.
    "privacy.trackingprotection.enabled": False,
    "privacy.trackingprotection.pbmode.enabled": False,
    "termsofuse.bypassNotification": True,
    "toolkit.telemetry.enabled": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
}


def find(
    browser: Browser,
    *,
    platform: str = sys.platform,
    environ: Mapping[str, str] = os.environ,
    home: Path | None = None,
    root: Path = Path("/"),
) -> Path | None:
    """The browser's program on this machine, or None."""
    if platform == "win32":
        places = [environ.get(name) for name in _WINDOWS_FOLDERS]
        files = [Path(place) / tail for place in places if place for tail in browser.windows]
        return next((file for file in files if file.is_file()), None)
    if platform == "darwin":
        app = Path("Applications", f"{browser.mac}.app", "Contents", "MacOS")
        name = browser.mac.lower() if browser.family == "firefox" else browser.mac
        files = [folder / app / name for folder in (root, home or Path.home())]
        return next((file for file in files if file.is_file()), None)
    path = os.pathsep.join([environ.get("PATH", ""), *(str(root / tail) for tail in _UNIX_FOLDERS)])
    found = (shutil.which(program, path=path) for program in browser.programs)
    return next((Path(program) for program in found if program), None)


_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_UNIX_FOLDERS = ("usr/bin", "usr/local/bin", "snap/bin")


class Launched:
    """A browser we started. `note` is a sentence when it needs something from the person."""

    def __init__(
        self, browser: Browser, process: subprocess.Popen[bytes], profile: Path, note: str = ""
    ) -> None:
        self.browser = browser
        self.profile = profile
        self.note = note
        self._process = process

    def poll(self) -> bool:
        """Whether it still runs. Its profile is removed once it does not."""
        if self._process.poll() is None:
            return True
        # A child of the browser may still be writing; the next start sweeps what stays.
        shutil.rmtree(self.profile, ignore_errors=True)
        return False

    def ask_to_end(self) -> None:
        """Ask it to end, without waiting."""
        if self._process.poll() is None:
            _signal(self._process, hard=False)

    def close(self, patience_s: float = 3.0) -> None:
        """End it and remove its profile."""
        if self._process.poll() is None:
            self.ask_to_end()
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                _signal(self._process, hard=True)
                self._process.wait(patience_s)
        self.poll()


def launch(
    browser: Browser,
    program: Path,
    *,
    proxy: str,
    authority: Path,
    url: str = "about:blank",
    extra: Sequence[str] = (),
) -> Launched:
    """Start `program` on `url`, routed through `proxy` and trusting `authority`.

    `extra` goes on its command line as it is. Raises AppError with a sentence.
    """
    folder = profile_folder(browser, program)
    sweep(folder)
    try:
        profile = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    except OSError as error:
        raise AppError(
            f"No folder for the browser's profile could be made: {error.strerror}."
        ) from error
    note = ""
    try:
        if browser.family == "firefox":
            note = prepare_firefox(profile, proxy, authority)
            words = firefox_words(profile, url, extra)
        else:
            words = chromium_words(profile, proxy, certificate.read(authority).spki, url, extra)
        process = _start([str(program), *words])
        (profile / OWNER).write_text(f"{os.getpid()} {process.pid}", "utf-8")
    except (OSError, BadInput) as error:
        shutil.rmtree(profile, ignore_errors=True)
        reason = getattr(error, "strerror", None) or str(error)
        raise AppError(f"{browser.name} could not be started: {reason}") from error
    return Launched(browser, process, profile, note)


def chromium_words(
    profile: Path, proxy: str, spki: str, url: str, extra: Sequence[str] = ()
) -> list[str]:
    """The command line for Chrome and its relatives."""
    return [
        f"--user-data-dir={profile}",
        f"--proxy-server={proxy}",
        f"--ignore-certificate-errors-spki-list={spki}",
        *CHROMIUM_FLAGS,
        *extra,
        url,
    ]


def firefox_words(profile: Path, url: str, extra: Sequence[str] = ()) -> list[str]:
    """The command line for Firefox."""
    # On Windows the first process otherwise ends at once and leaves another one behind.
    wait = ["-wait-for-browser"] if sys.platform == "win32" else []
    return ["-no-remote", *wait, "-profile", str(profile), *extra, url]


def prepare_firefox(profile: Path, proxy: str, authority: Path) -> str:
    """Write preferences and import our authority. Returns a note when it could not be imported."""
    host, _, port = proxy.rpartition(":")
    prefs = dict(FIREFOX_PREFS)
    for kind in ("http", "ssl"):
        prefs[f"network.proxy.{kind}"] = host
        prefs[f"network.proxy.{kind}_port"] = int(port)
    lines = [f"user_pref({_js(name)}, {_js(value)});\n" for name, value in prefs.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    if _import_into_nss(profile, authority):
        return ""
    return (
        "Firefox keeps certificates of its own. In its settings, under Privacy & Security, "
        f"Certificates, View Certificates, Authorities, import {authority}. "
        "Installing libnss3-tools (certutil) makes this unnecessary."
    )


def _import_into_nss(profile: Path, authority: Path) -> bool:
    # On Windows a program of the same name does something else.
    certutil = None if sys.platform == "win32" else shutil.which("certutil")
    if certutil is None:
        return False
    database = f"sql:{profile}"
    commands = (
        ["-N", "-d", database, "--empty-password"],
        ["-A", "-d", database, "-n", "Eventscope", "-t", "C,,", "-i", str(authority)],
    )
    try:
        return all(
            subprocess.run(  # noqa: S603 - a fixed program with our own paths
                [certutil, *words], capture_output=True, timeout=20, check=False
            ).returncode
            == 0
            for words in commands
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def profile_folder(browser: Browser, program: Path) -> Path:
    """Where throw-away profiles go: the temporary folder, except for what cannot see it."""
    if is_snap(program):
        # A snap has a /tmp of its own and may not read hidden folders.
        common = Path.home() / "snap" / browser.key / "common"
        if common.is_dir():
            return common
    return Path(tempfile.gettempdir())


def is_snap(program: Path) -> bool:
    """Whether `program` is a snap, which sees only part of the file system."""
    return "snap" in program.parts[:2] or program.resolve() == Path("/usr/bin/snap")


def sweep(folder: Path) -> None:
    """Remove profiles whose application and browser are both gone."""
    for profile in folder.glob(f"{PREFIX}*"):
        try:
            owners = [int(word) for word in (profile / OWNER).read_text("utf-8").split()]
        except (OSError, ValueError):
            continue
        if not any(is_alive(pid) for pid in owners):
            shutil.rmtree(profile, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists. On Windows: yes, as asking would end it."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start(words: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - a program found by us
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A group of its own, so that all of its processes can be ended together.
        start_new_session=True,
    )


def _signal(process: subprocess.Popen[bytes], *, hard: bool) -> None:
    if sys.platform == "win32":
        process.kill() if hard else process.terminate()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL if hard else signal.SIGTERM)
    except ProcessLookupError:
        return


def _js(value: bool | int | str) -> str:
    return json.dumps(value)
