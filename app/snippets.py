"""
Text to copy: variables for a terminal, hints for runtimes, and `serverUrl` for each SDK.

Pure text, apart from `bundle`, which writes the file of trusted roots that the variables name.
"""

import base64
import os
import shlex
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app import paths
from app.errors import StoreUnavailable


class Shell(StrEnum):
    """Shells that variables are written for."""

    SH = "bash, zsh"
    FISH = "fish"
    POWERSHELL = "PowerShell"
    CMD = "cmd"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A named piece of text to copy. `note` is for reading, `code` for copying."""

    key: str
    title: str
    code: str
    note: str = ""
    undo: str = ""
    """What to type in the end; never copied with `code`, which it would take back at once."""


# Terminal


def variables(proxy: str, authority: Path, roots: Path) -> dict[str, str]:
    """What makes programs started from a terminal use the proxy and trust our authority.

    `roots` is the file made by `bundle`: programs use it *instead of* the system's roots, and
    hosts that are not opened still show their own certificates.
    """
    address = f"http://{proxy}"
    return {
        "HTTP_PROXY": address,
        "HTTPS_PROXY": address,
        "http_proxy": address,
        "https_proxy": address,
        # An inherited exception list would send some hosts around the proxy.
        "NO_PROXY": "",
        "no_proxy": "",
        "SSL_CERT_FILE": str(roots),
        "REQUESTS_CA_BUNDLE": str(roots),
        "CURL_CA_BUNDLE": str(roots),
        "NODE_EXTRA_CA_CERTS": str(authority),
        "NODE_USE_ENV_PROXY": "1",
        "DENO_CERT": str(authority),
    }


def terminal(shell: Shell, values: Mapping[str, str]) -> str:
    """Lines that set `values` in `shell`."""
    if shell in (Shell.POWERSHELL, Shell.CMD):
        # Names ignore case on Windows: the lower-case twins would only repeat.
        values = {name: value for name, value in values.items() if name.isupper()}
    write = _SETTERS[shell]
    return "\n".join(write(name, value) for name, value in values.items())


def _set_sh(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value) if value else ''}"


def _set_fish(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{escaped}'"


def _set_powershell(name: str, value: str) -> str:
    if not value:
        return f"Remove-Item Env:{name} -ErrorAction Ignore"
    escaped = value.replace("'", "''")
    return f"$env:{name} = '{escaped}'"


def _set_cmd(name: str, value: str) -> str:
    return f'set "{name}={value}"'


_SETTERS: dict[Shell, Callable[[str, str], str]] = {
    Shell.SH: _set_sh,
    Shell.FISH: _set_fish,
    Shell.POWERSHELL: _set_powershell,
    Shell.CMD: _set_cmd,
}


def runtimes(proxy: str, authority: Path) -> tuple[Snippet, ...]:
    """What each runtime needs beyond the variables."""
    host, _, port = proxy.rpartition(":")
    probe = "https://check.eventscope.test/"
    store = shlex.quote(str(authority.with_name("truststore.jks")))
    certificate = shlex.quote(str(authority))
    flags = " ".join(
        f"-D{scheme}.proxy{what}={value}"
        for scheme in ("http", "https")
        for what, value in (("Host", host), ("Port", port))
    )
    return (
        Snippet(
            "curl",
            "curl",
            f"curl {probe}",
            "Uses the variables. Answered by Eventscope itself, so it shows that all is well.",
        ),
        Snippet(
            "node",
            "Node.js",
            "NODE_USE_ENV_PROXY=1 node app.js",
            "Node 24.5 and newer follow the variables. Older versions need an agent in code: "
            "pointing the SDK's serverUrl at the endpoint is easier.",
        ),
        Snippet(
            "python",
            "Python",
            f"python -c \"import urllib.request as r; print(r.urlopen('{probe}').read())\"",
            "urllib, requests and httpx use the variables, and so does the Amplitude SDK.",
        ),
        Snippet(
            "java",
            "Java",
            f"keytool -importcert -noprompt -alias eventscope -file {certificate}"
            f" -keystore {store} -storepass changeit\n"
            f"java {flags} '-Dhttp.nonProxyHosts=' -Djavax.net.ssl.trustStore={store}"
            " -Djavax.net.ssl.trustStorePassword=changeit -jar app.jar",
            "The JVM reads no variables. This trust store holds Eventscope's authority alone: "
            "for a program that talks to other hosts too, use a copy of cacerts instead.",
        ),
        Snippet(
            "go",
            "Go",
            "go run .",
            "Uses the variables on Linux; SSL_CERT_FILE has no effect on macOS and Windows, where "
            "the endpoint is easier. Requests to localhost never use a proxy.",
        ),
    )


def bundle(authority: Path) -> Path:
    """A file with the system's roots, certifi's and ours, made anew in our home folder.

    Raises StoreUnavailable.
    """
    # Costs 5 ms to import and is needed only here.
    import certifi

    folder = paths.private_dir(paths.authority_dir())
    target = folder / "bundle.pem"
    try:
        context = ssl.create_default_context(cafile=certifi.where())
        context.load_default_certs()
        context.load_verify_locations(cafile=authority)
        found = context.get_ca_certs(binary_form=True)
        temporary = target.with_name(f"bundle.{os.getpid()}.tmp")
        temporary.write_text("".join(_pem(der) for der in found), "ascii")
        temporary.replace(target)
    except OSError as error:
        raise StoreUnavailable(
            f"The file of trusted certificates cannot be written: {error.strerror or error}."
        ) from error
    return target


def _pem(der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


# Devices

ANDROID_TRUST = """<network-security-config>
  <debug-overrides>
    <trust-anchors>
      <certificates src="user" />
    </trust-anchors>
  </debug-overrides>
</network-security-config>"""
"""`res/xml/network_security_config.xml` of an app whose debug build follows user certificates."""


def android(proxy: str, endpoint: str) -> Snippet:
    """What brings an emulator or a phone on a cable to the proxy, without opening it to others."""
    port, other = proxy.rpartition(":")[2], endpoint.rstrip("/").rpartition(":")[2]
    code = f"""adb reverse tcp:{port} tcp:{port}
adb reverse tcp:{other} tcp:{other}
adb shell settings put global http_proxy 127.0.0.1:{port}
adb shell am start -a android.intent.action.VIEW -d http://127.0.0.1:{other}/phone"""
    return Snippet(
        "android",
        "Android",
        code,
        "An emulator, or a phone on a cable with USB debugging. The last line opens a page on the "
        "device that has the certificate and checks that all is well.",
        "adb shell settings put global http_proxy :0\nadb reverse --remove-all",
    )


def ios_simulator(proxy: str, authority: Path) -> Snippet:
    """What brings the iOS simulator to the proxy: it uses the network of its Mac."""
    host, _, port = proxy.rpartition(":")
    code = f"""xcrun simctl keychain booted add-root-cert {shlex.quote(str(authority))}
networksetup -setwebproxy Wi-Fi {host} {port}
networksetup -setsecurewebproxy Wi-Fi {host} {port}"""
    return Snippet(
        "ios",
        "iOS simulator",
        code,
        "The simulator has the Mac's proxy. While it is set, the Mac's other programs go through "
        "Eventscope, too, which opens only what counts. Wi-Fi is the name of the network service.",
        "networksetup -setwebproxystate Wi-Fi off\nnetworksetup -setsecurewebproxystate Wi-Fi off",
    )


# SDKs


def server_url(endpoint: str) -> str:
    """The address that an SDK is given. Any path would do; this is the one Amplitude has."""
    return f"{endpoint.rstrip('/')}/2/httpapi"


def sdks(endpoint: str) -> tuple[Snippet, ...]:
    """How to point each SDK at the endpoint (`http://127.0.0.1:8898`)."""
    url = server_url(endpoint)
    host = endpoint.rstrip("/").rpartition("://")[2]
    words = {"$URL": url, "$HOST": host, "$PORT": host.rpartition(":")[2]}

    def filled(text: str) -> str:
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    return tuple(
        Snippet(key, title, filled(code), filled(note)) for key, title, code, note in _SDKS
    )


_MOBILE = "On a device, 127.0.0.1 is the device itself"

_SDKS: tuple[tuple[str, str, str, str], ...] = (
    (
        "browser",
        "Browser 2",
        """import * as amplitude from '@amplitude/analytics-browser';

amplitude.init('API_KEY', {
  serverUrl: '$URL',
});""",
        "A page served over HTTPS may be asked for permission to reach this machine; the built-in "
        "browser needs none of this.",
    ),
    (
        "node",
        "Node.js",
        """import { init } from '@amplitude/analytics-node';

init('API_KEY', {
  serverUrl: '$URL',
});""",
        "",
    ),
    (
        "python",
        "Python",
        """from amplitude import Amplitude

client = Amplitude('API_KEY')
client.configuration.server_url = '$URL'""",
        "",
    ),
    (
        "kotlin",
        "Kotlin, Android",
        """val amplitude = Amplitude(
    Configuration(
        apiKey = "API_KEY",
        context = applicationContext,
        serverUrl = "$URL",
    )
)

// once, on this machine:
// adb reverse tcp:$PORT tcp:$PORT""",
        f"{_MOBILE}: adb reverse brings the endpoint there. A debug build must allow "
        "cleartext traffic to 127.0.0.1 in its network security configuration.",
    ),
    (
        "swift",
        "Swift, iOS",
        """let amplitude = Amplitude(configuration: Configuration(
    apiKey: "API_KEY",
    serverUrl: "$URL"
))""",
        "The simulator shares this machine's network. A debug build must allow local networking "
        "(NSAllowsLocalNetworking under NSAppTransportSecurity).",
    ),
    (
        "flutter",
        "Flutter",
        """final amplitude = Amplitude(Configuration(
  apiKey: 'API_KEY',
  serverUrl: '$URL',
));""",
        f"{_MOBILE}: on Android run adb reverse tcp:$PORT tcp:$PORT and allow cleartext traffic "
        "in the debug build; on iOS allow local networking.",
    ),
    (
        "react-native",
        "React Native",
        """import { init } from '@amplitude/analytics-react-native';

init('API_KEY', undefined, {
  serverUrl: '$URL',
});""",
        f"{_MOBILE}: on Android run adb reverse tcp:$PORT tcp:$PORT.",
    ),
    (
        "go",
        "Go",
        """config := amplitude.NewConfig("API_KEY")
config.ServerURL = "$URL"
client := amplitude.NewClient(config)""",
        "",
    ),
    (
        "java",
        "Java",
        """Amplitude client = Amplitude.getInstance();
client.init("API_KEY");
client.setServerUrl("$URL");""",
        "",
    ),
    (
        "legacy-js",
        "JavaScript (legacy)",
        """amplitude.getInstance().init('API_KEY', null, {
  apiEndpoint: '$HOST',
  forceHttps: false,
});""",
        "For amplitude-js 8 and older, on pages that are served over HTTP.",
    ),
    (
        "curl",
        "curl",
        """curl $URL -H 'Content-Type: application/json' -d '{
  "api_key": "API_KEY",
  "events": [{"event_type": "Hello", "user_id": "me@example.com"}]
}'""",
        "",
    ),
)
