"""
Cookies of the SDKs, as browsers send them.
"""

import base64
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from app.sdk.cookies import browser_cookie, cookies_of, legacy_cookie, older_cookie
from tests.factories import KEY


def written(document: object) -> str:
    """As the Browser SDK writes it."""
    return base64.b64encode(quote(json.dumps(document)).encode()).decode()


def test_browser_cookie() -> None:
    document = {"deviceId": "d-1", "userId": "ü@example.test", "optOut": False, "sessionId": 1}
    value = written(document)
    assert value.startswith("JTdC")
    assert browser_cookie(value) == document
    assert browser_cookie(quote(value)) == document
    header = f"a=b; AMP_{KEY[:10]}={value.rstrip('=')}; AMP_MKTG_{KEY[:10]}=JTdCJTdE"
    assert cookies_of(header, KEY) == {"browser": document}
    assert cookies_of(header, "f" * 32) == {}


def test_legacy_cookie() -> None:
    user = base64.b64encode(b"user-1").decode()
    found = legacy_cookie(f"device-1.{user}..1h4q8k2v0.1h4q8k5a1.2.1.3")
    assert found
    assert (found["deviceId"], found["userId"], found["optOut"]) == ("device-1", "user-1", False)
    assert found["sessionId"] == int("1h4q8k2v0", 32)
    assert found["sequenceNumber"] == 3
    opted_out = legacy_cookie("device-1..1.1.1.0.0.0")
    assert opted_out
    assert opted_out["optOut"] is True


def test_older_cookie() -> None:
    document = {"deviceId": "d-1", "userId": "100%41", "optOut": True, "sessionId": 1}
    value = base64.b64encode(json.dumps(document).encode()).decode()
    assert older_cookie(value) == document
    assert cookies_of(f"amplitude_id_{KEY}.shop.example={value}", KEY) == {"legacy": document}
    newer = "amp_" + KEY[:6] + "=device-2..1.1.1.0.0.0"
    both = cookies_of(f"{newer}; amplitude_id_{KEY}={value}", KEY)
    assert both["legacy"]["deviceId"] == "device-2"
    assert cookies_of(f"amplitude_id_{KEY}=no", KEY) == {}
    assert cookies_of(f"amplitude_id_={value}", "") == {}


@given(st.text(max_size=300))
def test_no_cookie_is_too_strange(value: str) -> None:
    browser_cookie(value)
    legacy_cookie(value)
    older_cookie(value)
    cookies_of(f"AMP_{KEY[:10]}={value}", KEY)
