"""The page agent's element compared with what an SDK sent for the same click."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from app.agentwords import Clicked, Element
from app.label.selfcheck import checked, difference, is_news
from app.store import Store
from tests.factories import event, filled, upload

NODES = ({"tag": "button", "index": 0, "classes": ["buy"]}, {"tag": "body", "index": 1})
CLICK = Clicked(Element(NODES, "Buy", "", "https://shop.example/"), 1_795_281_100_000)


def sent(nodes: Any = NODES, text: str = "Buy") -> dict[str, Any]:
    return {
        "[Amplitude] Element Hierarchy": list(nodes) if isinstance(nodes, tuple) else nodes,
        "[Amplitude] Element Tag": "button",
        "[Amplitude] Element Text": text,
    }


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        (sent(), ""),
        (sent(orjson.dumps(list(NODES)).decode()), ""),
        (sent("[{'tag'"), ""),
        ({}, ""),
        (sent(text="Buy now"), "Element Text is “Buy now”"),
        (sent((*NODES, {"tag": "html"})), "3 levels instead of 2"),
        (sent(({**NODES[0], "prevSib": "a"}, NODES[1])), "level 0"),
        (sent((NODES[0], {"tag": "body"})), "differs in index"),
    ],
)
def test_differences(properties: dict[str, Any], words: str) -> None:
    found = difference(CLICK, properties)
    assert words in found
    assert bool(found) is bool(words)


def test_each_click_is_compared_with_its_own_event(tmp_path: Path) -> None:
    kind = "[Amplitude] Element Clicked"
    at_ms = CLICK.at_ms
    events = [
        event(kind, time=at_ms - 5000, event_properties=sent(text="Long before")),
        event("Other", time=at_ms + 1),
        event(kind, time=at_ms + 3, library="amplitude-ts/9", event_properties=sent(text="Kauf")),
    ]
    folder = filled(tmp_path / "workspace", [upload(*events)])
    with Store.read(folder) as store:
        (found,), seen = checked(store, [CLICK], 0)
        assert (found.library, found.event_id, seen) == ("amplitude-ts/9", 3, {at_ms})
        assert checked(store, [CLICK], 3) == ([], set())
        assert checked(store, [], 0) == ([], set())
    # Of two events after one click, the first is the one for it.
    events = [
        event(kind, time=at_ms + 2 + at, event_properties=sent(text=text))
        for at, text in enumerate(("Buy", "One more"))
    ]
    with Store.read(filled(tmp_path / "quick", [upload(*events)])) as store:
        assert checked(store, [CLICK], 0) == ([], {at_ms})
    assert is_news(folder, found)
    assert not is_news(folder, found)
    assert is_news(folder, found._replace(library="amplitude-ts/10"))
