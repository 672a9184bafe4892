"""Calls to a server."""

import asyncio
from types import TracebackType

from .channel import Channel
from .envelope import Metadata
from .limits import Limits
from .method import Answer, Method, Request
from .status import Code, Failure
from .stream import Stream


class Client:
    """Calls one server, over one connection; when that is lost or used up, the next call makes another. Timeouts are in seconds."""

    def __init__(self, address: str, limits: Limits = Limits()) -> None:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError(f"{address}: expected HOST:PORT")
        self.address = address
        self._host, self._port = host.strip("[]"), int(port)
        self._limits = limits
        self._channels: list[Channel] = []
        self._dialling = asyncio.Lock()

    async def call(
        self, method: Method[Request, Answer], request: Request, *, timeout: float = 60, metadata: Metadata = ()
    ) -> Answer:
        """One request, one answer. Raises Failure."""
        async with await self._start(method, request, timeout, metadata) as stream:
            return await stream.answer()

    async def follow(
        self, method: Method[Request, Answer], request: Request, *, timeout: float = 600, metadata: Metadata = ()
    ) -> Stream[Request, Answer]:
        """One request, and a stream of answers to it. Raises Failure."""
        return await self._start(method, request, timeout, metadata)

    async def open(
        self, method: Method[Request, Answer], *, timeout: float = 600, metadata: Metadata = ()
    ) -> Stream[Request, Answer]:
        """A stream of requests, with one answer or with many. Raises Failure."""
        return await self._start(method, None, timeout, metadata)

    async def close(self) -> None:
        """Closes what is open; calls that run fail."""
        for channel in self._channels:
            await channel.close()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def _start(
        self, method: Method[Request, Answer], request: Request | None, timeout: float, metadata: Metadata
    ) -> Stream[Request, Answer]:
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(timeout):
                channel = await self._channel()
        except TimeoutError:
            raise Failure(Code.DEADLINE_EXCEEDED, f"{self._host}:{self._port} did not answer in time", refused=True) from None
        left = timeout - (asyncio.get_running_loop().time() - started)
        return channel.start(method, None if request is None else request.SerializeToString(), left, metadata)

    async def _channel(self) -> Channel:
        async with self._dialling:
            self._channels = [channel for channel in self._channels if not channel.is_lost]
            if self._channels and self._channels[-1].is_usable:
                return self._channels[-1]
            if self._channels:
                self._channels[-1].retire()
            try:
                reader, writer = await asyncio.open_connection(self._host, self._port)
            except OSError as error:
                raise Failure(Code.UNAVAILABLE, f"{self._host}:{self._port}: {error.strerror}", refused=True) from None
            self._channels.append(Channel(reader, writer, self._limits))
            return self._channels[-1]
