"""One connection to a server and the calls on it."""

import asyncio
from contextlib import suppress
from typing import Any

from huleedu.wire.v1 import envelope_pb2

from . import envelope
from .connection import Connection
from .frame import LAST, MORE, FrameError, Header, Kind
from .limits import Limits
from .method import Answer, Method, Request
from .status import Code, Failure
from .stream import Stream

# Need not exist: any answer is a sign of life.
_PING = Method("huleedu.wire.v1.Control", "Ping", envelope_pb2.Detail, envelope_pb2.Detail)


class Channel:
    """Gives each call a stream and each frame to the stream that it belongs to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits) -> None:
        self._limits = limits
        self._connection = Connection(reader, writer, limits, self._admits)
        self._streams: dict[int, Stream[Any, Any]] = {}
        self._next = 1
        self.is_lost = False
        self._retired = False
        self._heard = 0.0
        self._reading = asyncio.create_task(self._read())
        self._watching = [asyncio.create_task(self._keep_alive()), asyncio.create_task(self._connection.watch_taking())]

    @property
    def is_usable(self) -> bool:
        """Whether another call may be made on it."""
        given_up = sum(stream.is_given_up for stream in self._streams.values())
        return not self.is_lost and self._next < 1 << 31 and given_up < self._limits.given_up_streams

    def start(
        self, method: Method[Request, Answer], request: bytes | None, timeout: float, metadata: envelope.Metadata
    ) -> Stream[Request, Answer]:
        """Begins a call; without a request message its messages follow. Raises Failure when the request is too long."""
        content = envelope.request(method, request or b"", timeout, metadata)
        if len(content) > self._limits.payload:
            raise Failure(
                Code.RESOURCE_EXHAUSTED, f"a request of {len(content)} bytes; {self._limits.payload} are allowed", refused=True
            )
        if not self._streams:
            self._heard = asyncio.get_running_loop().time()
        number, self._next = self._next, self._next + 2

        async def send(flags: int, payload: bytes) -> None:
            await self._connection.send(number, Kind.DATA, flags, payload)

        deadline = asyncio.get_running_loop().time() + timeout
        stream = Stream(method, deadline, self._limits, send, request is None)
        self._streams[number] = stream
        flags = 0 if method.is_unary else LAST if request is not None else MORE
        self._connection.write(number, Kind.REQUEST, flags, content)
        return stream

    def retire(self) -> None:
        """Closes the connection once nothing runs on it that anybody waits for."""
        self._retired = True
        if all(stream.is_given_up for stream in self._streams.values()):
            self._connection.abort()

    async def close(self) -> None:
        """Closes the connection; calls that run on it fail."""
        self._connection.abort()
        await asyncio.gather(self._reading, *self._watching, return_exceptions=True)

    def _admits(self, header: Header) -> bool:
        return header.length <= self._limits.payload and header.stream in self._streams

    async def _read(self) -> None:
        try:
            async for frame in self._connection.frames():
                self._heard = asyncio.get_running_loop().time()
                stream = self._streams.get(frame.header.stream)
                if stream is None or frame.header.kind not in (Kind.RESPONSE, Kind.DATA):
                    continue
                if stream.take_in(frame):
                    del self._streams[frame.header.stream]
                    if self._retired:
                        self.retire()
                if stream.inbox.is_full:
                    await self._wait_for_room(stream)
        except (OSError, FrameError):
            pass
        finally:
            self._lose()

    async def _wait_for_room(self, stream: Stream[Any, Any]) -> None:
        try:
            async with asyncio.timeout(self._limits.slow_stream):
                await stream.inbox.room()
        except TimeoutError:
            stream.give_up(Failure(Code.RESOURCE_EXHAUSTED, "the messages of the stream were taken too slowly"))

    def _lose(self) -> None:
        self.is_lost = True
        self._connection.abort()
        for stream in self._streams.values():
            stream.inbox.end(Failure(Code.UNAVAILABLE, "the connection was lost"))
        self._streams.clear()
        for task in self._watching:
            task.cancel()

    async def _keep_alive(self) -> None:
        """Asks for a sign of life when calls wait in silence, and gives the connection up when there is none."""
        before = self._limits.silence_before_ping
        while True:
            silence = asyncio.get_running_loop().time() - self._heard
            if not self._streams or silence < before:
                await asyncio.sleep(before - silence if self._streams else before)
                continue
            heard = self._heard
            with suppress(Failure):
                self.start(_PING, b"", self._limits.silence_after_ping, ())
            await asyncio.sleep(self._limits.silence_after_ping)
            if self._heard == heard:
                self._connection.abort()
                return
