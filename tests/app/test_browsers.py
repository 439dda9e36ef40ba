"""Finding and starting installed browsers, with real ones where they are installed."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app import browsers
from app.browsers import (
    BROWSERS,
    OWNER,
    PREFIX,
    Browser,
    chromium_words,
    find,
    is_snap,
    launch,
    prepare_firefox,
    sweep,
)
from app.errors import AppError
from tests.app import authority as made

BY_KEY = {browser.key: browser for browser in BROWSERS}


@pytest.fixture(scope="module")
def authority() -> Path:
    return made.authority()


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    monkeypatch.setattr(browsers.tempfile, "tempdir", str(folder))
    return folder


def program(path: Path, text: str = "#!/bin/sh\nexec sleep 60\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="looks on the PATH of a Unix")
def test_found_on_the_path_and_in_usual_places(tmp_path: Path) -> None:
    on_path = program(tmp_path / "bin" / "google-chrome-stable")
    elsewhere = program(tmp_path / "root" / "snap" / "bin" / "firefox")

    def found(key: str) -> Path | None:
        return find(
            BY_KEY[key],
            platform="linux",
            environ={"PATH": str(tmp_path / "bin")},
            root=tmp_path / "root",
        )

    assert found("chrome") == on_path
    assert found("firefox") == elsewhere
    assert found("edge") is None


@pytest.mark.parametrize(
    ("key", "tail"),
    [
        ("chrome", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        ("firefox", "Applications/Firefox.app/Contents/MacOS/firefox"),
    ],
)
def test_found_on_macos(tmp_path: Path, key: str, tail: str) -> None:
    where = tmp_path / "home"
    assert find(BY_KEY[key], platform="darwin", home=where, root=tmp_path / "root") is None
    expected = program(where / tail)
    assert find(BY_KEY[key], platform="darwin", home=where, root=tmp_path / "root") == expected


def test_found_on_windows(tmp_path: Path) -> None:
    expected = program(tmp_path / "x86" / "Microsoft" / "Edge" / "Application" / "msedge.exe")
    environ = {"PROGRAMFILES": str(tmp_path / "none"), "PROGRAMFILES(X86)": str(tmp_path / "x86")}
    assert find(BY_KEY["edge"], platform="win32", environ=environ) == expected
    assert find(BY_KEY["chrome"], platform="win32", environ=environ) is None


def test_chromium_is_told_all_that_matters() -> None:
    words = chromium_words(Path("/p"), "127.0.0.1:8899", "SPKI=", "https://a.example", ["--x"])
    assert words[-2:] == ["--x", "https://a.example"]
    for word in (
        "--user-data-dir=/p",
        "--proxy-server=127.0.0.1:8899",
        "--proxy-bypass-list=<-loopback>",
        "--ignore-certificate-errors-spki-list=SPKI=",
        "--disable-quic",
    ):
        assert word in words


def test_firefox_without_certutil_needs_a_hand(
    tmp_path: Path, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    note = prepare_firefox(tmp_path, "127.0.0.1:8899", authority)
    assert str(authority) in note
    prefs = (tmp_path / "user.js").read_text().splitlines()
    assert 'user_pref("network.proxy.ssl", "127.0.0.1");' in prefs
    assert 'user_pref("network.proxy.ssl_port", 8899);' in prefs
    assert 'user_pref("network.proxy.allow_hijacking_localhost", true);' in prefs


@pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("certutil") is None,
    reason="certutil of NSS (libnss3-tools) is not installed",
)
def test_firefox_with_certutil_trusts_us(tmp_path: Path, authority: Path) -> None:
    assert prepare_firefox(tmp_path, "127.0.0.1:8899", authority) == ""
    listed = subprocess.run(
        ["certutil", "-L", "-d", f"sql:{tmp_path}"], capture_output=True, text=True, check=True
    )
    assert "Eventscope" in listed.stdout
    assert "C,," in listed.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="runs a shell script")
def test_a_browser_goes_with_its_profile(tmp_path: Path, profiles: Path, authority: Path) -> None:
    script = program(tmp_path / "browser", "#!/bin/sh\nsleep 60 &\nwait\n")
    launched = launch(BY_KEY["chrome"], script, proxy="127.0.0.1:1", authority=authority)
    assert launched.profile.parent == profiles
    assert launched.poll()
    assert (launched.profile / OWNER).read_text().split()[0] == str(os.getpid())
    launched.close()
    assert not launched.poll()
    assert list(profiles.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="runs a shell script")
def test_a_browser_that_ignores_the_request_is_ended(
    tmp_path: Path, profiles: Path, authority: Path
) -> None:
    mark = tmp_path / "ready"
    script = program(
        tmp_path / "browser",
        f"#!/bin/sh\ntrap '' TERM\ntouch {mark}\nwhile :; do sleep 0.1; done\n",
    )
    launched = launch(BY_KEY["chrome"], script, proxy="127.0.0.1:1", authority=authority)
    while not mark.exists():
        assert launched.poll()
    launched.close(patience_s=0.3)
    assert not launched.poll()


def test_a_program_that_cannot_be_run_leaves_nothing(
    tmp_path: Path, profiles: Path, authority: Path
) -> None:
    with pytest.raises(AppError, match="Chrome could not be started"):
        launch(BY_KEY["chrome"], tmp_path / "gone", proxy="127.0.0.1:1", authority=authority)
    with pytest.raises(AppError, match="cannot be read"):
        launch(BY_KEY["edge"], tmp_path / "gone", proxy="127.0.0.1:1", authority=tmp_path / "no")
    assert list(profiles.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="asks for process ids as Unix does")
def test_what_a_crash_left_is_swept(profiles: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left, running, unmarked = (profiles / f"{PREFIX}{name}" for name in "abc")
    for folder in (left, running, unmarked):
        folder.mkdir()
    (left / OWNER).write_text(f"{gone.pid} {gone.pid}")
    (running / OWNER).write_text(f"{gone.pid} {os.getpid()}")
    sweep(profiles)
    assert sorted(profiles.iterdir()) == [running, unmarked]


def test_a_snap_gets_a_profile_that_it_can_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsers.Path, "home", lambda: tmp_path)
    snap: Browser = BY_KEY["chromium"]
    assert is_snap(Path("/snap/bin/chromium"))
    assert not is_snap(Path("/usr/bin/chromium"))
    common = tmp_path / "snap" / "chromium" / "common"
    common.mkdir(parents=True)
    assert browsers.profile_folder(snap, Path("/snap/bin/chromium")) == common
