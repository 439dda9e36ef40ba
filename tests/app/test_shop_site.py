"""The demo shop as files: served safely, complete, and sufficient to itself."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from app.demo.catalog import catalog
from app.demo.journey import SEARCHES
from app.demo.release import IDS, WORDS, class_name
from app.demo.senders import WEB_KEY
from app.demo.site import respond

FILES = sorted(file.name for file in resources.path("shop").iterdir())
INDEX = resources.path("shop/index.html").read_bytes()


def text_of(name: str) -> str:
    return resources.path(f"shop/{name}").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/style.css", "text/css; charset=utf-8"),
        ("/shop.js?v=1", "text/javascript; charset=utf-8"),
        ("/tracker.js", "text/javascript; charset=utf-8"),
        ("/products.json", "application/json"),
        ("/icon.svg", "image/svg+xml"),
        ("/index.html", "text/html; charset=utf-8"),
    ],
)
def test_files_come_with_their_type(path: str, kind: str) -> None:
    status, headers, body = respond(path)
    assert status == 200
    assert dict(headers)["Content-Type"] == kind
    assert body == resources.path("shop").joinpath(path[1:].partition("?")[0]).read_bytes()


@pytest.mark.parametrize(
    "path", ["/", "", "/cart", "/p/ridge-two", "/search?q=a.b", "/c/light/#x", "/nowhere/at/all"]
)
def test_pages_are_the_one_page_there_is(path: str) -> None:
    status, headers, body = respond(path)
    assert (status, body) == (200, INDEX)
    assert dict(headers)["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/missing.js", "/favicon.ico", "/p/picture.png"])
def test_files_that_are_not_there_are_said(path: str) -> None:
    assert respond(path)[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../__init__.py",
        "/%2e%2e/__init__.py",
        "/..%2f__init__.py",
        "/..\\__init__.py",
        "//etc/passwd",
        "/etc/passwd",
        "/shop/../../../pyproject.toml",
        "/\0",
        "/%00index.html",
    ],
)
def test_no_path_leads_out_of_the_shop(path: str) -> None:
    status, _, body = respond(path)
    assert status == 404 or body == INDEX


@given(st.text())
def test_any_path_gets_an_answer(path: str) -> None:
    status, headers, body = respond(path)
    assert status in (200, 404)
    assert body
    assert dict(headers)["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/shop.js", "/missing.js"])
def test_the_policy_allows_only_the_shop_itself(path: str) -> None:
    policy = dict(respond(path)[1])["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_asked_of_anybody_else(name: str) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", text_of(name)))
    # A name of a vocabulary, not an address: nothing is loaded from it.
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_what_the_page_refers_to_is_there() -> None:
    wanted = re.findall(r'(?:src|href)="/([\w]+\.\w+)"', text_of("index.html"))
    wanted += re.findall(r'from "/([\w.]+)"', text_of("shop.js"))
    wanted += re.findall(r'fetch\("/([\w.]+)"\)', text_of("shop.js"))
    wanted += re.findall(r'from "/([\w.]+)"', text_of("art.js"))
    assert len(wanted) == 9
    assert set(wanted) <= set(FILES)


def test_the_page_has_no_code_of_its_own() -> None:
    page = text_of("index.html")
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\sstyle=|\son\w+=", page)


def test_text_is_never_set_as_markup() -> None:
    for name in ("shop.js", "tracker.js", "art.js", "parts.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text_of(name)
        )


def test_the_page_sends_to_the_same_project_as_the_history() -> None:
    assert f'API_KEY = "{WEB_KEY}"' in text_of("tracker.js")


def test_the_catalog_is_whole() -> None:
    goods = catalog()
    assert len(goods.products) == 24
    assert len({item.sku for item in goods.products}) == 24
    assert all(goods.shelf(department) for department in goods.departments)
    drawn = set(re.findall(r"^  (\w+): \[", text_of("art.js"), re.MULTILINE))
    kinds = set(re.findall(r'"art": "(\w+)"', text_of("products.json")))
    assert kinds <= drawn


def test_most_of_what_people_look_for_is_found() -> None:
    found = [query for query in SEARCHES if catalog().found(query)]
    assert len(SEARCHES) > len(found) > len(SEARCHES) / 2


# --- the next release -------------------------------------------------------------------------

NEXT = "theme=dark; odd=Sun Nov 22, 10:00 {[; release=2; other"


def next_text(path: str) -> str:
    return respond(path, NEXT)[2].decode()


@pytest.mark.parametrize(
    "cookies",
    ["", "release=1", "release=22", "release", "xrelease=2", "release=2\x00", "=;;=", "ü"],
)
def test_only_who_asked_for_it_gets_the_next_release(cookies: str) -> None:
    for path in ("/", "/cart", "/style.css", "/release.js"):
        assert respond(path, cookies) == respond(path)
        assert respond(path, NEXT)[:2] == respond(path)[:2]
        assert respond(path, NEXT)[2] != respond(path)[2]


@given(st.text())
def test_any_cookie_gets_an_answer(cookies: str) -> None:
    assert respond("/", cookies)[0] == 200


def test_every_class_of_the_next_release_has_another_name() -> None:
    styled = set(re.findall(r"\.([A-Za-z][\w-]*)", text_of("style.css")))
    assert len({class_name(name) for name in styled}) == len(styled) > 80
    assert set(re.findall(r"\.([A-Za-z][\w-]*)", next_text("/style.css"))) == {
        class_name(name) for name in styled
    }
    pages = [
        re.findall(r'class="([^"]*)"', text) for text in (text_of("index.html"), next_text("/"))
    ]
    assert [[class_name(name) for name in one.split()] for one in pages[0]] == [
        one.split() for one in pages[1]
    ]
    told = dict(re.findall(r"export const (\w+) = (.*);", next_text("/release.js")))
    assert told["RELEASE"] == "2"
    assert styled <= set(json.loads(told["CLASSES"]))
    # And of those that only the script uses.
    assert json.loads(told["CLASSES"])["line-text"] == class_name("line-text")


def test_the_next_release_changes_names_that_there_are() -> None:
    script = text_of("shop.js") + text_of("parts.js")
    told = dict(re.findall(r"export const (\w+) = (.*);", next_text("/release.js")))
    assert json.loads(told["IDS"]) == IDS
    assert json.loads(told["WORDS"]) == WORDS
    assert all(f'"{words}"' in script for words in WORDS)
    assert all(f"#{name}" in script or f'"{name}"' in script for name in IDS)
    assert set(re.findall(r"export const (\w+)", text_of("release.js"))) == set(told)


def test_all_else_of_the_next_release_is_the_same() -> None:
    for name in set(FILES) - {"style.css", "index.html", "release.js"}:
        assert respond(f"/{name}", NEXT) == respond(f"/{name}")
