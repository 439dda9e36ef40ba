"""
Our addon manager calls what mitmproxy's own would call, in the same order.
"""

import asyncio
import logging
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():
    # Of libraries that mitmproxy uses, which are not ours to mend.
    warnings.simplefilter("ignore")
    from mitmproxy import exceptions, hooks, options
    from mitmproxy.addonmanager import AddonManager
    from mitmproxy.master import Master

    from proxy.hooks import Addons


class Recorder:
    """Notes what it is called with."""

    def __init__(self, name: str, calls: list[tuple[str, Any]], raises: Exception | None) -> None:
        self.name = name
        self._calls = calls
        self._raises = raises

    def update(self, flows: Any) -> None:
        self._note(flows)

    async def configure(self, updated: set[str]) -> None:
        await asyncio.sleep(0)
        self._note(updated)

    def _note(self, value: Any) -> None:
        self._calls.append((self.name, value))
        if self._raises:
            raise self._raises


class Silent:
    """Has no hook at all."""

    name = "silent"


def called(kind: type[AddonManager], raises: Exception | None) -> list[tuple[str, Any]]:
    """What three addons hear of two events, when the second of them fails; then without it."""
    calls: list[tuple[str, Any]] = []

    async def run() -> None:
        master = Master(options.Options())
        # It would hand on to the loop, also when that has ended, what is logged.
        master._legacy_log_events.uninstall()
        manager = kind(master)
        failing = Recorder("two", calls, raises)
        manager.add(Recorder("one", calls, None), Silent(), failing)
        manager.add(Recorder("three", calls, None))
        await manager.trigger_event(hooks.UpdateHook(["flow"]))
        await manager.trigger_event(hooks.ConfigureHook({"mode"}))
        await manager.trigger_event(hooks.DoneHook())
        manager.remove(failing)
        await manager.trigger_event(hooks.UpdateHook(["flow"]))
        manager.clear()
        await manager.trigger_event(hooks.UpdateHook(["flow"]))

    asyncio.run(run())
    return calls


@pytest.mark.parametrize("raises", [None, ValueError("no"), exceptions.AddonHalt()])
def test_the_same_calls_as_mitmproxys_own(
    raises: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        ours = called(Addons, raises)
        said = [record.message for record in caplog.records]
        caplog.clear()
        theirs = called(AddonManager, raises)
    assert ours == theirs
    assert ours[0] == ("one", ["flow"])
    assert said == [record.message for record in caplog.records]
    assert len(said) == (2 if isinstance(raises, ValueError) else 0)


def test_wrong_options_are_not_swallowed() -> None:
    with pytest.raises(exceptions.OptionsError):
        called(Addons, exceptions.OptionsError("no such mode"))
