"""
What the SDK's own cookies say, where uploads go to the site itself and carry them.
"""

from collections.abc import Iterator
from typing import Any

from app.decode.body import clean
from app.sdk.cookies import cookies_of
from app.sdk.evidence import Confidence, Evidence, Finding, inferred, unknown
from app.sdk.identify import IN_BROWSERS, Sdk
from app.sdk.observe.observer import Json, Observer, Seen, Tally, because, counted, note


class CookieObserver(Observer):
    """The newest cookie, and uploads that would have carried one."""

    def __init__(self) -> None:
        self.with_cookie: Tally = [0, 0, 0]
        self.without: Tally = [0, 0, 0]
        self.kind = ""
        self.values: Json = {}

    def take(self, seen: Seen) -> None:
        """Only what goes to the page's own address carries its cookies."""
        header = seen.headers.get("cookie", "")
        number = seen.capture_id
        if header:
            found = cookies_of(header, seen.upload.api_key or "")
            if found:
                self.kind, values = next(iter(found.items()))
                self.values = {str(key)[:50]: _small(value) for key, value in values.items()}
                note(self.with_cookie, number)
                return
        if seen.headers.get("sec-fetch-site") == "same-origin":
            note(self.without, number)

    def findings(self, sdk: Sdk) -> Iterator[Finding]:
        """identityStorage, cookieOptions.domain, optOut, debugLogsEnabled."""
        if sdk.family not in IN_BROWSERS:
            return
        if self.with_cookie[0]:
            seen = because(f"{counted(self.with_cookie[0], 'upload')} carry its cookie.",
                           self.with_cookie)  # fmt: skip
            yield _cookie("identityStorage", "cookie", seen)
            yield _cookie("disableCookies", False, seen)
            yield _cookie("storage", "cookies", seen)
            domain = self.values.get("cookieDomain")
            if isinstance(domain, str):
                text = f"The cookie is for {clean(domain)}, as told or as the SDK found by itself."
                yield unknown("cookieOptions.domain", because(text, self.with_cookie))
            if isinstance(self.values.get("optOut"), bool):
                yield _cookie("optOut", self.values["optOut"], seen)
            if isinstance(self.values.get("debugLogsEnabled"), bool):
                yield _cookie("debugLogsEnabled", self.values["debugLogsEnabled"], seen)
        elif self.without[0]:
            text = (
                f"{counted(self.without[0], 'upload')} went to the page's own address without a"
                " cookie of the SDK: ids are kept elsewhere, or not at all."
            )
            seen = because(text, self.without)
            yield inferred("identityStorage", "not a cookie", Confidence.MEDIUM, seen)
            yield inferred("disableCookies", True, Confidence.MEDIUM, seen)
        else:
            text = "Uploads go to another site than the page's, so that they carry no cookies."
            yield unknown("identityStorage", because(text))


def _cookie(option: str, value: Any, seen: Any) -> Finding:
    return Finding(option, value, Evidence.COOKIE, Confidence.CERTAIN, (seen,))


def _small(value: Any) -> Any:
    return value[:300] if isinstance(value, str) else value if isinstance(value, int) else None
