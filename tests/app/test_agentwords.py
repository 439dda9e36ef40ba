"""
What a page says through the agent is taken as it should be, or not at all.
"""

import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agentwords import Element, Leave, Opened, Outside, Page, Picked, Survey, read
from app.errors import BadInput

NODE = {"tag": "a", "index": 0, "indexOfType": 0, "classes": ["x"], "attrs": {"href": "#"}}
SURVEY: dict[str, Any] = {
    "say": "survey",
    "page_url": "u",
    "page_title": "t",
    "more": False,
    "picked": 0,
    "nodes": [{"tag": "body", "up": -1}, {**NODE, "up": 0}],
    "elements": [{"node": 1, "text": "Home", "href": "u#", "in_shadow": False}],
}
PICKED: dict[str, Any] = {
    "say": "picked",
    "element": 0,
    "trail": ["a"],
    "place": [1, 2, 3, 4],
    "is_sure": True,
    "in_shadow": False,
    "subject": {
        "hierarchy": [NODE],
        "text": "Home",
        "href": "",
        "page_url": "u",
        "page_title": "t",
        "attributes": {},
        "more": "than we know",
    },
}


def test_what_is_said_is_read() -> None:
    assert read('{"say":"ready","page_url":"u","page_title":"t"}') == Page("u", "t", True)
    assert read('{"say":"leave"}') == Leave()
    assert read('{"say":"opened","name":"Buy"}') == Opened("Buy")
    home = Element((NODE,), "Home", "", "u", "t")
    assert read(orjson.dumps(PICKED)) == Picked(home, 0, ("a",), (1, 2, 3, 4), True)
    found = read(orjson.dumps(SURVEY))
    assert isinstance(found, Survey)
    assert found.elements == (Element((NODE, {"tag": "body"}), "Home", "u#", "u", "t"),)


@pytest.mark.parametrize(
    "change",
    [
        {"say": "shout"},
        {"nodes": [{"tag": "a", "up": 0}]},
        {"nodes": [{"tag": 1, "up": -1}]},
        {"elements": [{"node": 2, "text": "", "href": "", "in_shadow": False}]},
        {"elements": [{"node": -1, "text": "", "href": "", "in_shadow": False}]},
        {"elements": {}},
        {"more": 1},
        {"page_url": None},
        {"picked": True},
        {"nodes": [{"tag": "i", "up": at - 1} for at in range(1002)]},
    ],
)
def test_what_the_agent_would_never_say_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        read(orjson.dumps(SURVEY | change))


def test_too_much_is_refused() -> None:
    with pytest.raises(BadInput):
        read(b'"' + b"x" * (17 << 20) + b'"')


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(st.sampled_from([SURVEY, PICKED]), st.data())
def test_no_other_error_ever(message: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(message)))
    with contextlib.suppress(BadInput):
        assert read(orjson.dumps(message | {name: data.draw(_json)}))


def test_pages_from_service_workers_and_pages_without_the_agent() -> None:
    page = {"say": "ready", "page_url": "https://a.test/", "page_title": "A", "from_worker": True}
    assert read(orjson.dumps(page)) == Page("https://a.test/", "A", True, True)
    assert read('{"say":"outside","has_worker":true}') == Outside(True)
    with pytest.raises(BadInput):
        read('{"say":"outside","has_worker":1}')
