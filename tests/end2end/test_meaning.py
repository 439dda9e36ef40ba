"""
What passes is understood, with its answer, by the real capture process and the command line.
"""

from pathlib import Path

import httpx

from tests.end2end.capturing import capturing, printed
from tests.end2end.upstream import upstream
from tests.factories import KEY, event, recorded


def test_a_legacy_form_keeps_its_path_and_its_answer(tmp_path: Path) -> None:
    form = recorded("legacy-amplitude-js.03")
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    with upstream() as server:
        server.body = b"success"
        with capturing(tmp_path, "--endpoint-upstream", server.url) as capture:
            answer = httpx.post(f"{capture.endpoint}/", content=form.body, headers=headers)
        assert answer.content == b"success"
        assert [seen.path for seen in server.seen] == ["/"]
        assert server.seen[0].body == form.body
    lines = printed("events", tmp_path)
    assert [line["event_type"] for line in lines] == [
        "$identify",
        "$identify",
        "$groupidentify",
        "revenue_amount",
        "G",
    ]
    assert {line["endpoint"] for line in lines} == {"Legacy SDK"}
    assert {line["outcome"] for line in lines} == {"accepted"}
    assert lines[0]["normalised"]["time"] == lines[0]["event"]["timestamp"]


def test_a_refused_upload_and_what_is_sent_of_it_again(tmp_path: Path) -> None:
    events = [event(name, insert_id=name) for name in ("A", "B", "C")]
    with upstream() as server, capturing(tmp_path, "--endpoint-upstream", server.url) as capture:
        url = f"{capture.endpoint}/2/httpapi"
        server.status = 400
        server.body = b'{"code":400,"events_with_invalid_fields":{"time":[0]}}'
        httpx.post(url, json={"api_key": KEY, "events": events})
        server.status, server.body = 200, b'{"code":200}'
        httpx.post(url, json={"api_key": KEY, "events": events[1:]})
    lines = printed("events", tmp_path)
    assert [line["outcome"] for line in lines] == ["rejected"] * 3 + ["accepted"] * 2
    assert (lines[0]["reason"], lines[0]["field"]) == ("time is not valid.", "time")
    assert "because of event 1" in lines[1]["reason"]
    assert [line["repeat_of"] for line in lines] == [None, None, None, 2, 3]
    uploads = printed("uploads", tmp_path)
    assert [(found["attempt"], found["retry_of"]) for found in uploads] == [(1, None), (2, 1)]


def test_a_configuration_is_shown_with_its_answer(tmp_path: Path) -> None:
    with upstream() as server:
        server.body = (
            b'{"configs":{"analyticsSDK":{"browserSDK":{"autocapture":{"webVitals":true}}}}}'
        )
        with capturing(tmp_path, "--endpoint-upstream", server.url) as capture:
            httpx.get(f"{capture.endpoint}/config/{KEY}?config_group=browser")
    (found,) = printed("captures", tmp_path)
    assert found["kind"] == "remote_config"
    assert found["api_key"] == KEY
    assert found["contents"]["summary"] == {"autocapture": {"browserSDK": {"webVitals": True}}}
    assert "turns on webVitals" in found["note"]
