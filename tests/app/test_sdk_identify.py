"""
Who sent it: every form of `library`, and senders that name none.
"""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode import decode
from app.model import Capture
from app.sdk.fingerprint import guess
from app.sdk.identify import Family, identify, number_of
from app.sdk.instances import headers_of
from app.sdk.options import Group, options_of
from app.sdk.options.option import Shows
from tests.factories import KEY, URL, event, recorded


@pytest.mark.parametrize(
    ("library", "family", "name", "version", "build", "wrapper"),
    [
        ("amplitude-ts/2.48.1", Family.BROWSER_2, "Browser SDK", "2.48.1", "npm", ""),
        ("amplitude-ts/1.13.4", Family.BROWSER_1, "Browser SDK", "1.13.4", "npm", ""),
        ("amplitude-ts/2.49.0-rc.1", Family.BROWSER_2, "Browser SDK", "2.49.0-rc.1", "npm", ""),
        ("amplitude-ts-sdk-script/2.48.1", Family.BROWSER_2, "Browser SDK", "2.48.1", "script", ""),
        (
            "amplitude-ts-unified/1.1.35-amplitude-ts/2.47.0",
            Family.BROWSER_2, "Browser SDK", "2.47.0", "npm", "Unified SDK 1.1.35",
        ),
        (
            "amplitude-ts-unified/1.0.0-beta.40-amplitude-ts/2.19.0-beta.2",
            Family.BROWSER_2, "Browser SDK", "2.19.0-beta.2", "npm", "Unified SDK 1.0.0-beta.40",
        ),
        (
            "amplitude-flutter/4.3.0_amplitude-swift/1.11.2",
            Family.SWIFT, "Swift SDK", "1.11.2", "", "Flutter 4.3.0",
        ),
        (
            "amplitude-flutter/4.3.0_amplitude-ts/2.9.0",
            Family.BROWSER_2, "Browser SDK", "2.9.0", "npm", "Flutter 4.3.0",
        ),
        ("amplitude-node-ts/1.5.73", Family.NODE, "Node SDK", "1.5.73", "", ""),
        ("amplitude-node/1.10.2", Family.LEGACY_NODE, "Node SDK (legacy)", "1.10.2", "", ""),
        ("amplitude-kotlin/0.0.1", Family.KOTLIN, "Kotlin SDK (JVM core)", "", "", ""),
        ("amplitude-js/8.21.9", Family.LEGACY_JS, "JavaScript SDK (legacy)", "8.21.9", "", ""),
        ("segment-sink/3", Family.OTHER, "segment-sink", "3", "", ""),
    ],
)  # fmt: skip
def test_library(
    library: str, family: Family, name: str, version: str, build: str, wrapper: str
) -> None:
    found = identify(library)
    assert (found.family, found.name, found.version) == (family, name, version)
    assert (found.build, found.wrapper, found.library) == (build, wrapper, library)


@given(st.text(max_size=400))
def test_any_text_is_some_sdk(library: str) -> None:
    found = identify(library)
    assert found.library == library[:200]
    assert options_of(found)
    assert len(number_of(found.version)) == 3


def of(body: bytes, url: str = URL, **headers: str) -> Capture:
    """A capture with these headers; underscores stand for dashes."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Capture(at_ms=1, method="POST", url=url, headers=named, body=body)


def guessed(capture: Capture) -> tuple[Family, str]:
    """Who sent a capture that names no library."""
    upload = decode(capture).upload
    assert upload
    found = guess(capture, upload, headers_of(capture))
    assert found.because
    return found.family, found.name


EVENT = event()


def compact(**fields: object) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()


def test_senders_without_a_library() -> None:
    spaced = json.dumps({"api_key": KEY, "events": [EVENT]}).encode()
    assert guessed(of(spaced, User_Agent="Python-urllib/3.11"))[0] is Family.PYTHON
    ts = compact(api_key=KEY, events=[EVENT], options={}, client_upload_time="2026-11-21T17:11:46Z")
    assert guessed(of(ts, Origin="https://shop.test"))[0] is Family.BROWSER_2
    assert guessed(of(ts))[0] is Family.NODE
    app = compact(api_key=KEY, client_upload_time="2026-11-21T17:11:46Z", events=[EVENT])
    assert guessed(of(app, User_Agent="Shop/1 CFNetwork/1408 Darwin/22"))[0] is Family.SWIFT
    assert guessed(of(app, User_Agent="okhttp/4.12"))[0] is Family.KOTLIN
    assert guessed(of(spaced, User_Agent="curl/8.5.0")) == (Family.OTHER, "HTTP API, from curl")


def test_legacy_forms_without_a_library() -> None:
    items = json.dumps([EVENT])
    root = "https://api2.amplitude.com/"
    ios = urlencode({"v": "3", "client": KEY, "e": items, "upload_time": "1"}).encode()
    assert guessed(of(ios, root))[0] is Family.LEGACY_IOS
    android = urlencode({"v": "2", "client": KEY, "e": items, "upload_time": "1"}).encode()
    assert guessed(of(android, root))[0] is Family.LEGACY_ANDROID


def test_real_bodies_are_recognised_by_their_shape_too() -> None:
    for name, family in (("python-sdk.01", Family.PYTHON), ("node-sdk.01", Family.NODE),
                         ("browser-default.04", Family.BROWSER_2)):  # fmt: skip
        assert guessed(recorded(name))[0] is family


@pytest.mark.parametrize("family", Family)
def test_every_family_has_options_told_apart_by_name(family: Family) -> None:
    from app.sdk.identify import Sdk

    found = options_of(Sdk(family, "any"))
    names = [one.name for one in found]
    assert len(names) == len(set(names)) > 5
    assert all(one.about.endswith(".") for one in found)
    order = list(Group)
    assert [order.index(one.group) for one in found] == sorted(
        order.index(one.group) for one in found
    )
    assert any(one.shows is Shows.WRITTEN for one in found)


def test_older_versions_have_fewer_options_and_other_defaults() -> None:
    new = {one.name: one for one in options_of(identify("amplitude-ts/2.48.1"))}
    old = {one.name: one for one in options_of(identify("amplitude-ts/2.12.0"))}
    oldest = {one.name: one for one in options_of(identify("amplitude-ts/2.0.0"))}
    assert new["autocapture.pageUrlEnrichment"].default is True
    assert "autocapture.pageUrlEnrichment" not in old
    assert old["remoteConfig.fetchRemoteConfig"].default is False
    assert new["remoteConfig.fetchRemoteConfig"].default is True
    assert "defaultTracking.pageViews" in oldest
    assert not any(name.startswith(("autocapture", "remoteConfig")) for name in oldest)
