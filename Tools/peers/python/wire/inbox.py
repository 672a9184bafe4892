"""Messages that have arrived on a stream and wait to be taken."""

import asyncio
from collections import deque
from collections.abc import Callable

from .limits import Limits
from .status import Failure


class Inbox:
    """One stream's messages in their order, and its end; `taken` hears of the size of each that has been taken or dropped."""

    def __init__(self, limits: Limits, taken: Callable[[int], None] = lambda size: None) -> None:
        self._limits = limits
        self._taken = taken
        self._messages: deque[bytes] = deque()
        self._size = 0
        self._failure: Failure | None = None
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.has_ended = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be read until there is room."""
        return not self._room.is_set()

    def put(self, payload: bytes) -> None:
        """Adds a message; one that comes after the end is dropped."""
        if self.has_ended:
            self._taken(len(payload))
            return
        self._messages.append(payload)
        self._size += len(payload)
        if len(self._messages) >= self._limits.waiting_messages or self._size >= self._limits.waiting_bytes:
            self._room.clear()
        self._news.set()

    def end(self, failure: Failure | None = None) -> None:
        """Ends the stream, well or with a failure; what came before is still there to take. A second end changes nothing."""
        if not self.has_ended:
            self.has_ended = True
            self._failure = failure
            self._room.set()
            self._news.set()

    def clear(self) -> None:
        """Drops what nobody will take."""
        while self._messages:
            self._pop()

    async def room(self) -> None:
        """Waits until half of what may wait has been taken."""
        await self._room.wait()

    async def take(self) -> bytes | None:
        """The next message, or None when the stream has ended well. Raises the Failure that ended it."""
        while not self._messages:
            if self.has_ended:
                if self._failure is not None:
                    raise self._failure
                return None
            self._news.clear()
            await self._news.wait()
        return self._pop()

    def _pop(self) -> bytes:
        payload = self._messages.popleft()
        self._size -= len(payload)
        if len(self._messages) <= self._limits.waiting_messages // 2 and self._size <= self._limits.waiting_bytes // 2:
            self._room.set()
        self._taken(len(payload))
        return payload
