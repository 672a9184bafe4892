"""A TCP connection that carries frames."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

from .frame import Decoder, Frame, Header, Kind, encode
from .limits import Limits


class Connection:
    """Reads and writes frames, and keeps the limits on what waits to be sent and on how long things take."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limits: Limits,
        admits: Callable[[Header], bool],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._decoder = Decoder(admits)
        self._sending = asyncio.Lock()
        self._written = 0
        self._is_finished = False
        writer.transport.set_write_buffer_limits(high=limits.unsent_for_streams)
        _ask_for_signs_of_life(writer.get_extra_info("socket"), limits.lost_peer)

    async def frames(self) -> AsyncIterator[Frame]:
        """Frames as they come, until the peer sends no more. Raises OSError and FrameError when the connection is of no use any more."""
        begun: float | None = None
        while True:
            if self._writer.transport.get_write_buffer_size() > self._limits.unsent:
                await self._writer.drain()
            async with asyncio.timeout_at(None if begun is None else begun + self._limits.frame_arrival):
                piece = await self._reader.read(1 << 16)
            if not piece:
                return
            for frame in self._decoder.feed(piece):
                begun = None
                yield frame
            if self._decoder.is_inside and begun is None:
                begun = asyncio.get_running_loop().time()

    def write(self, stream: int, kind: Kind, flags: int, payload: bytes = b"") -> None:
        """Writes a frame at once, however much waits; nothing after finish(), nor on a connection that is lost."""
        if self._is_finished or self._writer.is_closing():
            return
        content = encode(stream, kind, flags, payload)
        self._written += len(content)
        self._writer.write(content)

    async def send(self, stream: int, kind: Kind, flags: int, payload: bytes = b"") -> None:
        """Writes a frame of a stream once little waits to be sent. Raises OSError when the connection is lost."""
        async with self._sending:
            await self._writer.drain()
            # A handler that never waits for anything else would keep everybody waiting until the buffer is full.
            await asyncio.sleep(0)
            self.write(stream, kind, flags, payload)

    async def watch_taking(self) -> None:
        """Ends the connection when the peer leaves what was written untaken for longer than the limit, and for twice that at most."""
        while True:
            mark = self._written
            await asyncio.sleep(self._limits.answer_taken)
            if self._written - self._writer.transport.get_write_buffer_size() < mark:
                self.abort()

    def finish(self) -> None:
        """Sends no more than what has been written; the peer then closes, and frames() ends."""
        if not self._is_finished and not self._writer.is_closing():
            self._is_finished = True
            self._writer.write_eof()

    def abort(self) -> None:
        """Closes the connection at once."""
        self._writer.transport.abort()


def _ask_for_signs_of_life(connected: socket.socket, seconds: int) -> None:
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, seconds // 2)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, seconds // 6)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
