"""
Group commits: exchanges that arrive together are committed together, then released together.

`add` returns after the commit, so an answer that waits for it is never ahead of the record.
Nothing is delayed on purpose: what piles up while one batch is written is the next batch, and one
that comes alone is written at once. Large exchanges are made ready in a thread and committed alone,
after the small ones that came with them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from app.errors import StoreUnavailable
from app.model import LONGEST_NAME, Capture, Decoded, Kind
from app.store.http import pack
from app.store.writer import Ids, Item, Writer

log = logging.getLogger(__name__)

LARGE = 128 << 10
"""Bodies from this size on are worked on in a thread: it costs a tenth of a millisecond, and what
is done for 20 MB holds up everybody for a tenth of a second."""

CROWD = 50
"""After two came in the same turn of the loop, so many batches of one are waited for before one is
taken for alone again."""

type Waiting = tuple[Item, asyncio.Future[int]]


class GroupWriter:
    """The store's writer, made awaitable. Lives on the event loop."""

    def __init__(
        self,
        writer: Writer,
        committed: Callable[[Ids], None],
        trouble: Callable[[StoreUnavailable | None], None],
    ) -> None:
        """`committed` hears of the newest ids; `trouble` of the first failed commit of a row of
        failures and, with None, of the first one that worked again."""
        self._writer = writer
        self._committed = committed
        self._trouble = trouble
        self._waiting: list[Waiting] = []
        self._loop = asyncio.get_running_loop()
        self._failing = False
        self._crowd = 0
        self._has_added = False

    async def add(self, capture: Capture, decoded: Decoded) -> int:
        """Store one exchange; returns its id once committed. Raises StoreUnavailable."""
        packed = None
        if is_large(capture):
            packed = await asyncio.to_thread(pack, capture.headers, capture.body)
        future: asyncio.Future[int] = self._loop.create_future()
        waiting = (capture, decoded, packed), future
        if self._is_alone():
            # Two turns of the loop less: a tenth of the time that an upload takes.
            self._store([waiting])
        else:
            if not self._waiting:
                self._loop.call_soon(self._flush)
            self._waiting.append(waiting)
        return await future

    def _is_alone(self) -> bool:
        """Whether nobody else is about to add something. Asking counts as adding."""
        if self._has_added:
            self._crowd = CROWD
        else:
            self._has_added = True
            self._loop.call_soon(self._end_turn)
        return not self._crowd and not self._waiting

    def _end_turn(self) -> None:
        self._has_added = False

    async def add_all(self, batch: Sequence[Item]) -> list[int]:
        """Store a batch of an import in one transaction. Raises StoreUnavailable."""
        ids = self._commit(batch)
        await asyncio.sleep(0)
        return ids

    def answer(self, capture_id: int, capture: Capture, decoded: Decoded) -> None:
        """Complete an exchange with its response or failure. Raises StoreUnavailable."""
        self._writer.answer(capture_id, capture, decoded)
        self._committed(self._writer.last)

    async def clear(self) -> AsyncIterator[Ids]:
        """Remove everything captured until now, in bites; yields the first ids left after each.
        What arrives meanwhile stays. Raises StoreUnavailable."""
        self.flush()
        last = self._writer.last.capture
        while removed := self._writer.prune(up_to=last):
            yield removed
            await asyncio.sleep(0)
        self._writer.give_back()

    def name(self, api_key: str, name: str) -> None:
        """Give a project the name that a person reads. Raises StoreUnavailable."""
        self._writer.name_source(api_key, " ".join(name.split())[:LONGEST_NAME])

    async def keep_below(self, cap_bytes: int) -> Ids | None:
        """Remove the oldest until the workspace fits; returns the first ids left, if any went."""
        removed = None
        while self._writer.used_bytes() > cap_bytes:
            bite = self._writer.prune()
            if bite is None:
                break
            removed = bite
            await asyncio.sleep(0)
        return removed

    def flush(self) -> None:
        """Commit what waits now."""
        while self._waiting:
            self._flush()

    def _flush(self) -> None:
        batch = [waiting for waiting in self._waiting if not is_large(waiting[0][0])]
        if batch and len(batch) < len(self._waiting):
            self._waiting = [waiting for waiting in self._waiting if is_large(waiting[0][0])]
            self._loop.call_soon(self._flush)
        else:
            batch, self._waiting = self._waiting, []
        self._crowd = CROWD if len(batch) > 1 else max(0, self._crowd - 1)
        if batch:
            self._store(batch)

    def _store(self, batch: list[Waiting]) -> None:
        try:
            ids = self._commit([item for item, _ in batch])
        except StoreUnavailable as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        except Exception:
            log.exception("A batch of %d could not be stored; trying one by one", len(batch))
            self._one_by_one(batch)
            return
        for number, (_, future) in zip(ids, batch, strict=True):
            if not future.done():
                future.set_result(number)

    def _commit(self, batch: Sequence[Item]) -> list[int]:
        try:
            ids = self._writer.add(batch)
        except StoreUnavailable as error:
            if not self._failing:
                self._failing = True
                self._trouble(error)
            raise
        if self._failing:
            self._failing = False
            self._trouble(None)
        self._committed(self._writer.last)
        return ids

    def _one_by_one(self, batch: Sequence[Waiting]) -> None:
        """One exchange that we cannot store must not take its neighbours with it."""
        for item, future in batch:
            try:
                number = self._commit([item])[0]
            except Exception as error:  # noqa: BLE001 - whatever it is, the bytes are kept
                number = self._raw(item[0], error, future)
            if not future.done():
                future.set_result(number)

    def _raw(self, capture: Capture, error: Exception, future: asyncio.Future[int]) -> int:
        note = f"Its events could not be stored: {error}"
        try:
            return self._commit([(capture, Decoded(Kind.UNKNOWN, note=note))])[0]
        except Exception as again:  # noqa: BLE001 - the sender hears of it
            if not future.done():
                future.set_exception(StoreUnavailable(f"An exchange cannot be stored: {again}."))
            return 0


def is_large(capture: Capture) -> bool:
    """Whether work on this takes long enough for a thread."""
    return len(capture.body) >= LARGE


def failed(capture: Capture, failure: str) -> Capture:
    """The exchange with the reason why nothing came back."""
    return replace(capture, failure=failure)
