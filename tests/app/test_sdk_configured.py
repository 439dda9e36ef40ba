"""What pages tell of the options of their SDKs, kept by project and origin."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.agentwords import Dropped, Options, read
from app.errors import BadInput
from app.sdk.configured import configured, keep, options_in
from app.sdk.dropped import dropped
from app.sdk.dropped import keep as keep_dropped
from app.store import Store
from tests.factories import KEY, event, filled, upload


def said(*configs: dict[str, Any], url: str = "https://shop.example/cart?x=1") -> Options:
    found = [{"kind": "browser", "config": one} for one in configs]
    text = json.dumps({"say": "options", "page_url": url, "found": found})
    made = read(text)
    assert isinstance(made, Options)
    return made


def test_options_have_the_names_that_people_know() -> None:
    assert options_in(
        {
            "apiKey": KEY,
            "_userId": "ada",
            "_optOut": True,
            "logLevel": 1,
            "serverUrl": "https://api2.amplitude.com/2/httpapi",
            "cookieOptions": {"secure": True},
            "autocapture": {"pageViews": False, "elementInteractions": {"debounceTime": 5}},
            "flushQueueSize": 10,
        }
    ) == {
        "optOut": True,
        "logLevel": "Error",
        "cookieOptions.secure": True,
        "autocapture.pageViews": False,
        "autocapture.elementInteractions": {"debounceTime": 5},
        "flushQueueSize": 10,
    }
    assert options_in({"autocapture": False})["autocapture.sessions"] is False
    assert options_in({"serverUrl": "https://own.example/x"}) == {
        "serverUrl": "https://own.example/x"
    }


def test_what_was_told_is_kept_by_project_and_origin(tmp_path: Path) -> None:
    folder = filled(tmp_path / "workspace", [upload(event())])
    with Store.read(folder) as store:
        assert configured(store) == {}
        assert keep(folder, said({"apiKey": KEY, "useBatch": True}))
        assert not keep(folder, said({"apiKey": KEY, "useBatch": True}))
        assert keep(folder, said({"apiKey": KEY, "useBatch": False}, {"apiKey": "unknown"}))
        assert not keep(folder, said({"apiKey": KEY}, url="file:///tmp/x.html"))
        source = store.events.sources()[0].id
        assert configured(store) == {(source, "https://shop.example"): {"useBatch": False}}


@pytest.mark.parametrize(
    "config",
    [{}, {"apiKey": 7}, {"apiKey": KEY, **{f"o{n}": n for n in range(300)}}, [], None, "x"],
)
def test_what_is_no_configuration_is_refused(config: object) -> None:
    text = json.dumps({"say": "options", "page_url": "x", "found": [{"config": config}]})
    with pytest.raises(BadInput):
        read(text)


def test_what_is_too_large_is_left_out() -> None:
    (config,) = said({"apiKey": KEY, "plan": "x" * 10_000, "y" * 200: 1, "useBatch": True}).configs
    assert config == {"apiKey": KEY, "useBatch": True}


def test_what_was_left_out_is_kept_once_by_project_and_origin(tmp_path: Path) -> None:
    folder = filled(tmp_path / "workspace", [upload(event())])

    def left_out(*found: tuple[str, str, str], url: str = "https://shop.example/a") -> Dropped:
        listed = [{"on": on, "property": name, "why": why} for on, name, why in found]
        made = read(
            json.dumps({"say": "dropped", "page_url": url, "api_key": KEY, "found": listed})
        )
        assert isinstance(made, Dropped)
        return made

    plan = ("user", "plan", "null")
    with Store.read(folder) as store:
        assert dropped(store) == {}
        assert keep_dropped(folder, left_out(plan))
        assert not keep_dropped(folder, left_out(plan))
        assert keep_dropped(folder, left_out(("event", "callback", "function"), plan))
        assert not keep_dropped(folder, left_out(plan, url="about:blank"))
        source = store.events.sources()[0].id
        found = dropped(store)[source, "https://shop.example"]
    assert [one.sentence for one in found] == [
        "User property “plan”: null is not taken.",
        "Event property “callback”: it is a function.",
    ]
    for bad in ({"on": "x"}, {"why": "because"}, {"property": 7}):
        one = {"on": "user", "property": "p", "why": "null"} | bad
        said_badly = {"say": "dropped", "page_url": "u", "api_key": KEY, "found": [one]}
        with pytest.raises(BadInput):
            read(json.dumps(said_badly))
