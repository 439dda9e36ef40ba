"""
People, from a real SDK through the real capture process to what `eventscope users` prints.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end2end.capturing import TIMEOUT, capturing, printed
from tests.end2end.test_sdks import API_KEY, SDKS

pytestmark = pytest.mark.sdk


def test_logins_and_logouts_of_two_people(tmp_path: Path) -> None:
    with capturing(tmp_path, "--delivery", "local") as capture:
        result = subprocess.run(
            [sys.executable, "python_journey.py", API_KEY, f"{capture.endpoint}/2/httpapi"],
            capture_output=True,
            check=False,
            cwd=SDKS,
            text=True,
            timeout=TIMEOUT,
        )
    assert result.returncode == 0, result.stderr
    found = {one["user_id"]: one for one in printed("users", tmp_path)}
    assert set(found) == {"ada-lovelace", "bob-builder"}
    (ada,) = printed("users", tmp_path, "ada-lovelace")
    # Landing and Logged Out are hers: nobody else had been on that device yet.
    assert (ada["events"], ada["devices"], ada["sessions"]) == (6, 2, 2)
    assert [one["device_id"] for one in ada["merged"]] == ["phone-device"]
    assert ada["merged"][0]["event_type"] == "Login"
    assert ada["user_properties"]["plan"]["value"] == "pro"
    assert ada["user_properties"]["plan"]["event_type"] == "$identify"
    assert {use["device_id"]: use["shared_with"] for use in ada["ids"]} == {
        "desk-device": ["bob-builder"],
        "phone-device": [],
    }
    assert list(ada["seen_with"]["sdk"].values()) == [6]
    (bob,) = printed("users", tmp_path, "did:login -plan=pro")
    assert (bob["user_id"], bob["events"]) == ("bob-builder", 1)
