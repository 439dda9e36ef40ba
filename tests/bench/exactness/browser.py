"""
The browser's side: loads pages, asks it and us, prints one JSON line for a page.
Usage: python -m tests.bench.exactness.browser SELECTORS SEED FILE…
"""

import json
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"

from PySide6.QtCore import QEventLoop, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineSettings
from PySide6.QtWidgets import QApplication

from app.errors import BadInput
from app.label.hierarchy import Hierarchy, read
from app.label.selector import parse
from app.label.verdict import Reason
from tests.bench.exactness.selectors import selectors

ELEMENTS = 40
SCRIPT = (Path(__file__).parent / "report.js").read_text("utf-8")
_NAMED = re.compile(r"\[(?:\\.|[^\]=~^$*|])+|\.(?:\\.|[\w-])+|#(?:\\.|[\w-])+")


class Browser:
    """One page of the engine, without scripts of the pages themselves."""

    def __init__(self) -> None:
        self._profile = QWebEngineProfile()
        self._page = QWebEnginePage(self._profile)
        settings = self._page.settings()
        settings.setAttribute(QWebEngineSettings.WebAttribute.AutoLoadImages, False)

    def load(self, html: str) -> None:
        """Show a page."""
        loop = QEventLoop()
        self._page.loadFinished.connect(loop.quit)
        self._page.setHtml(html, QUrl("https://pages.test/"))
        loop.exec()
        self._page.loadFinished.disconnect(loop.quit)

    def ask(self, script: str) -> Any:
        """The value of a script that gives JSON."""
        loop = QEventLoop()
        said: list[str] = []

        def answered(value: str) -> None:
            said.append(value)
            loop.quit()

        self._page.runJavaScript(script, answered)
        loop.exec()
        return json.loads(said[0])

    def close(self) -> None:
        """The page before its profile, as the engine wants it."""
        self._page.deleteLater()
        QApplication.processEvents()
        self._profile.deleteLater()


def compare(browser: Browser, html: str, number: int, chance: random.Random) -> dict[str, Any]:
    """Ask both about one page."""
    # Scripts of the page would change it between our questions.
    browser.load(re.sub(r"(?is)<script\b.*?</script>|<link\b[^>]*>", "", html))
    told = browser.ask(f"{SCRIPT}; window.report({ELEMENTS})")
    elements = told["elements"]
    chains = [read(one["nodes"]) for one in elements]
    result: dict[str, Any] = {"triples": 0, "decided": 0, "true": 0, "wrong": []}
    unknown, excluded = Counter[str](), Counter[str]()
    result.update(unknown=unknown, excluded=excluded)
    if not chains or told["quirks"]:
        return result
    asked = selectors(chains, number, chance)
    answers = browser.ask(f"window.answers({json.dumps(asked)})")
    of_html = _of_html(told["html"])
    for text, row in zip(asked, answers, strict=True):
        for element, chain, truth in zip(elements, chains, row or [], strict=row is not None):
            result["triples"] += 1
            rule = _rule(text, element, of_html)
            if rule:
                excluded[rule] += 1
                continue
            _judge(text, chain, truth, result, unknown)
    return result


def _judge(
    text: str, chain: Hierarchy, truth: list[bool], result: dict[str, Any], unknown: Counter[str]
) -> None:
    try:
        chosen = parse(text)
    except BadInput as error:
        result["wrong"].append([text, str(error)])
        return
    for answer, true in zip((chosen.matches(chain), chosen.closest(chain)), truth, strict=True):
        if isinstance(answer, Reason):
            unknown[answer] += 1
            continue
        result["decided"] += 1
        result["true"] += true
        if answer is not true:
            result["wrong"].append([text, answer, true, chain.as_json()[:3]])


def _of_html(attributes: list[tuple[str, str]]) -> set[str]:
    found = set()
    for name, value in attributes:
        found.add(f"[{name}")
        if name == "class":
            found.update(f".{one}" for one in value.split())
        if name == "id":
            found.add(f"#{value}")
    return found


def _rule(text: str, element: dict[str, Any], of_html: set[str]) -> str:
    """Why this is not compared (labeling §C2), or nothing."""
    if {part.lower() for part in _NAMED.findall(text)} & of_html:
        return "names what <html> carries"
    if element["editor"] and "[" in text:
        return "attributes of an editor around the element"
    if element["odd"] and "[class" in text.lower():
        return "class text with odd blanks"
    return ""


def main() -> None:
    """Compare on all given pages."""
    number, seed, *files = sys.argv[1:]
    application = QApplication(sys.argv[:1])
    browser = Browser()
    for file in files:
        html = Path(file).read_text("utf-8", "replace")
        result = compare(browser, html, int(number), random.Random(f"{seed} {Path(file).name}"))
        print(json.dumps(result), flush=True)
    browser.close()
    application.processEvents()
    # The engine may take its time to end, and everything has been said.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
