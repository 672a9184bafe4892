"""A call as its client sees it, unary or of any kind of stream."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Generic

from . import envelope, message
from .frame import EMPTY, LAST, Frame, Kind
from .inbox import Inbox
from .limits import Limits
from .method import Answer, Method, Request
from .status import Code, Failure


class Stream(Generic[Request, Answer]):
    """Messages to a server and from it. Whoever leaves its `async with` before the end gives it up."""

    def __init__(
        self,
        method: Method[Request, Answer],
        deadline: float,
        limits: Limits,
        send: Callable[[int, bytes], Awaitable[None]],
        is_open: bool,
    ) -> None:
        self._method = method
        self._deadline = deadline
        self._limits = limits
        self._send = send
        self._is_open = is_open
        self.inbox = Inbox(limits)
        # Whether the server may still send what nobody will read.
        self.is_given_up = False

    async def send(self, request: Request) -> bool:
        """Sends a message; false when the server has ended the stream and wants no more. Raises Failure at the deadline."""
        payload = request.SerializeToString()
        if len(payload) > self._limits.payload:
            raise Failure(Code.RESOURCE_EXHAUSTED, f"a message of {len(payload)} bytes; {self._limits.payload} are allowed")
        return await self._send_data(0, payload)

    async def finish(self) -> None:
        """Says that nothing more is sent."""
        await self._send_data(LAST | EMPTY, b"")
        self._is_open = False

    async def receive(self) -> Answer | None:
        """The next message, or None at the end. Raises the Failure that ended the stream."""
        try:
            async with asyncio.timeout_at(self._deadline):
                payload = await self.inbox.take()
            return None if payload is None else message.read(self._method.answer, payload)
        except TimeoutError:
            raise self._late() from None
        except message.Unreadable as error:
            failure = Failure(Code.INTERNAL, f"the answer cannot be read: {error}")
            self.give_up(failure)
            raise failure from None

    async def answer(self) -> Answer:
        """The one message of a method that answers with one; requests that were sent count as ended."""
        if self._is_open:
            await self.finish()
        received = await self.receive()
        if received is None:
            raise Failure(Code.INTERNAL, "the call ended without an answer")
        return received

    def __aiter__(self) -> "Stream[Request, Answer]":
        return self

    async def __anext__(self) -> Answer:
        received = await self.receive()
        if received is None:
            raise StopAsyncIteration
        return received

    async def __aenter__(self) -> "Stream[Request, Answer]":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.give_up(Failure(Code.CANCELLED, "the caller left the stream"))

    def give_up(self, failure: Failure) -> None:
        """Drops what still comes. The server is not told: there is no way to."""
        if not self.inbox.has_ended:
            self.is_given_up = True
            self.inbox.end(failure)

    def take_in(self, frame: Frame) -> bool:
        """Takes a frame from the server; true when it was the last."""
        kind, flags, payload = frame.header.kind, frame.header.flags, frame.payload
        if kind == Kind.DATA and self._method.is_unary:
            return False
        ends = kind == Kind.RESPONSE or flags & LAST != 0
        if payload is None:
            failure = Failure(Code.RESOURCE_EXHAUSTED, f"an answer of {frame.header.length} bytes; {self._limits.payload} are allowed")
            self.inbox.end(failure) if ends else self.give_up(failure)
        elif kind == Kind.RESPONSE:
            self._respond(payload)
        elif not self._method.streams_answers:
            self.give_up(Failure(Code.INTERNAL, "the server streams where one answer was expected"))
        else:
            if not flags & EMPTY:
                self.inbox.put(payload)
            if ends:
                self.inbox.end()
        return ends

    def _respond(self, payload: bytes) -> None:
        try:
            content = envelope.read_response(payload)
        except Failure as failure:
            self.inbox.end(failure)
            return
        if content or not self._method.streams_answers:
            self.inbox.put(content)
        self.inbox.end()

    async def _send_data(self, flags: int, payload: bytes) -> bool:
        if self.inbox.has_ended:
            return False
        try:
            async with asyncio.timeout_at(self._deadline):
                await self._send(flags, payload)
        except TimeoutError:
            raise self._late() from None
        except OSError:
            return False
        return True

    def _late(self) -> Failure:
        failure = Failure(Code.DEADLINE_EXCEEDED, "the caller's time is over")
        self.give_up(failure)
        return failure
