"""A call as its server sees it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

from google.protobuf.message import Message

from . import envelope, message
from .frame import EMPTY, LAST, Frame, Kind
from .inbox import Inbox
from .limits import Limits
from .method import Method
from .status import Code, Failure

_log = logging.getLogger("wire")


@dataclass(frozen=True)
class Call:
    """What a handler is told about its call: metadata with keys in lower case, and a deadline on the event loop's clock."""

    method: Method[Any, Any]
    metadata: tuple[tuple[str, str], ...]
    deadline: float
    # Set when the server shuts down: a stream that has no end of its own comes to one then.
    draining: asyncio.Event

    @property
    def time_left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - asyncio.get_running_loop().time()


# Takes the request, or for a stream of requests an asynchronous iterator of them, and the call; returns the answer, or is an asynchronous
# generator of answers. What it raises ends the call: a Failure as it is, anything else as INTERNAL without its text.
Handler = Callable[[Any, Call], Awaitable[Message] | AsyncIterator[Message]]


class Answers(Protocol):
    """Where the frames of a call go."""

    def write(self, stream: int, kind: Kind, flags: int, payload: bytes = b"") -> None: ...

    async def send(self, stream: int, kind: Kind, flags: int, payload: bytes = b"") -> None: ...


class RunningCall:
    """Runs a handler, takes its messages in and sends its answers, until it has ended or one of the limits has."""

    def __init__(
        self, stream: int, call: Call, handler: Handler, limits: Limits, answers: Answers, taken: Callable[[int], None]
    ) -> None:
        self.stream = stream
        self.inbox = Inbox(limits, taken)
        self._call = call
        self._handler = handler
        self._limits = limits
        self._answers = answers
        self._has_answered = False
        self._last_message = asyncio.get_running_loop().time()
        self._work: asyncio.Task[None] | None = None
        self._end: tuple[Kind, int, bytes] | None = None

    @property
    def takes_messages(self) -> bool:
        """Whether the client has more to say that matters."""
        return not self.inbox.has_ended and not self._has_answered

    def take_in(self, frame: Frame) -> None:
        """Takes a data frame of a client that has more to say."""
        self._last_message = asyncio.get_running_loop().time()
        if frame.payload is None:
            self.stop(Failure(Code.RESOURCE_EXHAUSTED, f"a message of {frame.header.length} bytes is more than there is room for"))
            return
        if not frame.header.flags & EMPTY:
            self.inbox.put(frame.payload)
        if frame.header.flags & LAST:
            self.inbox.end()

    async def run(self) -> None:
        """Ends when the handler has, which may be after the call."""
        if self._has_answered:
            return
        self._work = asyncio.create_task(self._handle())
        try:
            while not self._work.done():
                now = asyncio.get_running_loop().time()
                silence = self._last_message + self._limits.stream_silence
                limit = self._call.deadline if self._call.method.is_unary else min(self._call.deadline, silence)
                if now >= limit:
                    what = "the time of the call is over" if now >= self._call.deadline else "the stream was silent for too long"
                    self.stop(Failure(Code.DEADLINE_EXCEEDED, what))
                    break
                await asyncio.wait({self._work}, timeout=limit - now)
        finally:
            self._work.cancel()
            await asyncio.wait({self._work})
            self.inbox.end()
            self.inbox.clear()

    def answer(self) -> None:
        """Sends what the handler has ended with, if nothing has ended the call before. Its stream may be taken again from here on."""
        if self._end is not None and not self._has_answered:
            self._has_answered = True
            self._answers.write(self.stream, *self._end)

    def stop(self, failure: Failure) -> None:
        """Answers for a handler that is to go on no longer, and tells it."""
        self._fail(failure)
        self.answer()
        self.inbox.end(failure)
        if self._work is not None:
            self._work.cancel()

    async def _handle(self) -> None:
        try:
            await (self._answer_many() if self._call.method.streams_answers else self._answer_once())
        except Failure as failure:
            self._fail(failure)
        except message.Unreadable as error:
            self._fail(Failure(Code.INVALID_ARGUMENT, str(error)))
        except asyncio.CancelledError:
            self._fail(Failure(Code.CANCELLED, "the handler was told to stop"))
            raise
        except Exception:
            _log.exception("%s/%s failed", self._call.method.service, self._call.method.name)
            self._fail(Failure(Code.INTERNAL, "the handler failed"))

    async def _answer_once(self) -> None:
        answer: Any = self._handler(await self._request(), self._call)
        content = envelope.answer((await answer).SerializeToString())
        self._check_size(content)
        self._end = (Kind.RESPONSE, 0, content)

    async def _answer_many(self) -> None:
        answers: Any = self._handler(await self._request(), self._call)
        async with aclosing(answers):
            async for answer in answers:
                content = answer.SerializeToString()
                self._check_size(content)
                try:
                    await self._answers.send(self.stream, Kind.DATA, 0, content)
                except ConnectionError:
                    return  # The caller is gone, and with it whoever would hear how this ended.
                self._last_message = asyncio.get_running_loop().time()
        self._end = (Kind.DATA, LAST | EMPTY, b"")

    async def _request(self) -> Any:
        """What the handler is given: the request, or an iterator of them."""
        if self._call.method.streams_requests:
            return self._each_request()
        return message.read(self._call.method.request, await self.inbox.take() or b"")

    async def _each_request(self) -> AsyncIterator[Message]:
        while (payload := await self.inbox.take()) is not None:
            yield message.read(self._call.method.request, payload)

    def _check_size(self, content: bytes) -> None:
        if len(content) > self._limits.payload:
            raise Failure(Code.RESOURCE_EXHAUSTED, f"an answer of {len(content)} bytes; {self._limits.payload} are allowed")

    def _fail(self, failure: Failure) -> None:
        self._end = (Kind.RESPONSE, 0, envelope.failure(failure))
