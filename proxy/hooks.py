"""
Calls addons for mitmproxy's events: only those that have the hook, found once for each event.

mitmproxy asks every addon of every event, in a context manager each, and has eight events for an
upload: a tenth of the time that a busy capture takes. What addons see stays the same: the order,
that an error of one is logged and the next is called, and that AddonHalt ends the row.
"""

import inspect
import logging
from collections.abc import Callable
from typing import Any

from mitmproxy import exceptions, hooks
from mitmproxy.addonmanager import AddonManager

log = logging.getLogger(__name__)

type Handler = Callable[..., Any]


class Addons(AddonManager):
    """mitmproxy's addon manager for addons that do not change their hooks while they run."""

    def __init__(self, master: Any) -> None:
        self._handlers: dict[str, list[Handler]] = {}
        super().__init__(master)  # type: ignore[no-untyped-call]

    def register(self, addon: Any) -> Any:
        """Register an addon; its hooks are heard from now on."""
        self._handlers.clear()
        found = super().register(addon)  # type: ignore[no-untyped-call]
        self._handlers.clear()
        return found

    def add(self, *addons: Any) -> None:
        """Add addons to the end of the row."""
        super().add(*addons)  # type: ignore[no-untyped-call]
        self._handlers.clear()

    def remove(self, addon: Any) -> None:
        """Take an addon out of the row."""
        super().remove(addon)  # type: ignore[no-untyped-call]
        self._handlers.clear()

    def clear(self) -> None:
        """Take all addons out."""
        super().clear()  # type: ignore[no-untyped-call]
        self._handlers.clear()

    async def trigger_event(self, event: hooks.Hook) -> None:
        """Call every addon that has a hook for this event, one after the other."""
        handlers = self._handlers.get(event.name)
        if handlers is None:
            handlers = self._handlers[event.name] = self._found(event)
        if not handlers:
            return
        arguments = event.args()
        for handler in handlers:
            try:
                result = handler(*arguments)
                if result is not None and inspect.isawaitable(result):
                    await result
            except exceptions.AddonHalt:
                return
            except exceptions.OptionsError:
                raise
            except Exception as error:
                log.exception("Addon error: %s", error)  # noqa: TRY401 - as mitmproxy words it

    def _found(self, event: hooks.Hook) -> list[Handler]:
        return [handler for addon in self.chain for _, handler in self._iter_hooks(addon, event)]
