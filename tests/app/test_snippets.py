"""Text to copy, checked by the programs that it is for where they are here."""

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import certifi
import pytest

from app import paths
from app.errors import StoreUnavailable
from app.snippets import Shell, bundle, runtimes, sdks, terminal, variables
from tests.app import authority as made

ODD = 'it\'s 100% $HOME \\ "odd"'


@pytest.fixture(scope="module")
def authority() -> Path:
    return made.authority()


def test_variables_name_the_proxy_and_the_right_files() -> None:
    values = variables("127.0.0.1:8899", Path("ca.pem"), Path("roots.pem"))
    assert values["HTTPS_PROXY"] == values["https_proxy"] == "http://127.0.0.1:8899"
    assert values["SSL_CERT_FILE"] == "roots.pem", "replaces the system's roots"
    assert values["NODE_EXTRA_CA_CERTS"] == "ca.pem", "adds to the built-in roots"
    assert values["NO_PROXY"] == ""


@pytest.mark.parametrize(
    ("shell", "program"), [(Shell.SH, "bash"), (Shell.SH, "sh"), (Shell.FISH, "fish")]
)
def test_a_shell_reads_the_values_back(shell: Shell, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    lines = terminal(shell, {"FIRST": ODD, "EMPTY": ""})
    done = subprocess.run(
        [program, "-c", f'{lines}\nprintf "%s|%s" "$FIRST" "$EMPTY"'],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"EMPTY": "not empty"},
    )
    assert done.stdout == f"{ODD}|"


def test_windows_shells_get_each_name_once() -> None:
    values = {"HTTP_PROXY": "a'b", "http_proxy": "a'b", "NO_PROXY": ""}
    assert terminal(Shell.POWERSHELL, values).splitlines() == [
        "$env:HTTP_PROXY = 'a''b'",
        "Remove-Item Env:NO_PROXY -ErrorAction Ignore",
    ]
    assert terminal(Shell.CMD, values).splitlines() == [
        'set "HTTP_PROXY=a\'b"',
        'set "NO_PROXY="',
    ]


def test_the_bundle_holds_every_root_and_ours(authority: Path) -> None:
    target = bundle(authority)
    assert target == paths.authority_dir() / "bundle.pem"
    found = _certificates(target)
    assert _certificates(Path(certifi.where())) <= found
    assert _certificates(authority) <= found
    assert bundle(authority) == target, "can be made again"
    assert _certificates(target) == found


def test_a_bundle_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="trusted certificates"):
        bundle(tmp_path / "missing.pem")


def _certificates(path: Path) -> set[bytes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=path)
    return set(context.get_ca_certs(binary_form=True))


def test_every_sdk_names_the_endpoint() -> None:
    found = sdks("http://127.0.0.1:8898/")
    assert len({snippet.key for snippet in found}) == len(found) >= 10
    for snippet in found:
        assert "127.0.0.1:8898" in snippet.code
        assert "$" not in snippet.code + snippet.note
    by_key = {snippet.key: snippet for snippet in found}
    assert "serverUrl: 'http://127.0.0.1:8898/2/httpapi'" in by_key["browser"].code
    assert "adb reverse tcp:8898 tcp:8898" in by_key["kotlin"].code


def test_every_runtime_has_something_to_copy_and_to_know() -> None:
    found = {snippet.key: snippet for snippet in runtimes("127.0.0.1:8899", Path("/a b/ca.pem"))}
    assert set(found) == {"curl", "node", "python", "java", "go"}
    assert all(snippet.code and snippet.note for snippet in found.values())
    assert "-Dhttps.proxyPort=8899" in found["java"].code
    assert "'/a b/ca.pem'" in found["java"].code
