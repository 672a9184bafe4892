"""One connection of a server: what each frame that arrives on it does."""

import asyncio
from collections import deque
from typing import Any, Protocol

from . import envelope, message
from .call import Call, Handler, RunningCall
from .connection import Connection
from .frame import EMPTY, LAST, MORE, Frame, FrameError, Header, Kind
from .limits import ENDED_STREAMS, Limits
from .method import Method
from .status import Code, Failure


class Host(Protocol):
    """What a session needs of its server."""

    limits: Limits
    draining: asyncio.Event
    held: int
    running: int

    def find(self, service: str, name: str) -> tuple[Method[Any, Any], Handler]: ...


class Session:
    """Decides about every frame, and closes the connection once the server shuts down and nothing runs on it."""

    def __init__(self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._connection = Connection(reader, writer, host.limits, self._admits)
        self._calls: dict[int, RunningCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: deque[int] = deque(maxlen=ENDED_STREAMS)
        # Bytes of this connection among those that the server holds.
        self._held = 0

    async def run(self) -> None:
        """Serves the connection until it is closed."""
        watch = asyncio.create_task(self._connection.watch_taking())
        try:
            async for frame in self._connection.frames():
                if frame.header.kind == Kind.REQUEST:
                    self._begin(frame)
                elif frame.header.kind == Kind.DATA:
                    await self._take_in(frame)
        except (OSError, FrameError):
            pass
        finally:
            for task in {watch, *self._tasks}:
                task.cancel()
            await asyncio.gather(watch, *self._tasks, return_exceptions=True)
            self._hold(-self._held)
            self._connection.abort()

    def close_if_drained(self) -> None:
        """Closes the connection if the server shuts down and nothing runs on it."""
        if self._host.draining.is_set() and not self._calls:
            self._connection.finish()

    def abort(self) -> None:
        """Closes the connection, whatever runs on it."""
        self._connection.abort()

    def _admits(self, header: Header) -> bool:
        limits = self._host.limits
        if header.kind not in (Kind.REQUEST, Kind.DATA):
            return False
        if header.length > limits.payload or self._host.held + header.length > limits.held:
            return False
        self._hold(header.length)
        return True

    def _hold(self, size: int) -> None:
        self._held += size
        self._host.held += size

    def _release(self, size: int) -> None:
        self._hold(-size)

    def _begin(self, frame: Frame) -> None:
        """Takes a request: starts its handler, or answers why not."""
        stream = frame.header.stream
        try:
            call = self._accept(frame)
        except Failure as failure:
            self._release(0 if frame.payload is None else frame.header.length)
            self._refuse(stream, failure)
            return
        self._calls[stream] = call
        self._host.running += 1
        task = asyncio.create_task(call.run())
        self._tasks.add(task)
        # A callback and not the end of a coroutine: a task that is cancelled before its first step runs no line of its own.
        task.add_done_callback(lambda _: self._finish(call, task, frame.header.length))

    def _finish(self, call: RunningCall, task: asyncio.Task[None], size: int) -> None:
        self._tasks.discard(task)
        del self._calls[call.stream]
        self._host.running -= 1
        self._ended.append(call.stream)
        self._release(size)
        call.answer()
        self.close_if_drained()

    def _refuse(self, stream: int, failure: Failure) -> None:
        self._connection.write(stream, Kind.RESPONSE, 0, envelope.failure(failure))
        if stream not in self._calls:
            self._ended.append(stream)

    def _accept(self, frame: Frame) -> RunningCall:
        """The call that a request begins. Raises the Failure that answers it."""
        limits, stream = self._host.limits, frame.header.stream
        if stream % 2 == 0 or stream in self._calls:
            raise Failure(Code.INVALID_ARGUMENT, f"stream {stream} is even or runs already")
        if self._host.draining.is_set():
            raise Failure(Code.UNAVAILABLE, "the server is shutting down", refused=True)
        if frame.payload is None:
            raise _exhausted(f"a request of {frame.header.length} bytes is more than there is room for")
        if len(self._calls) >= limits.calls_of_connection or self._host.running >= limits.calls:
            raise _exhausted("too many calls are running")
        try:
            request = envelope.read_request(frame.payload)
        except message.Unreadable as error:
            raise Failure(Code.INVALID_ARGUMENT, str(error)) from None
        if envelope.metadata_size(request) > limits.metadata:
            raise _exhausted(f"more than {limits.metadata} bytes of metadata")
        method, handler = self._host.find(request.service, request.method)
        if not method.is_unary and not frame.header.flags & (LAST | MORE):
            raise Failure(Code.INVALID_ARGUMENT, f"{method.name} streams; ask with flag 1 or 2", refused=True)
        metadata = tuple((pair.key.lower(), pair.value) for pair in request.metadata)
        call = Call(method, metadata, self._deadline(method, request.timeout_nano), self._host.draining)
        running = RunningCall(stream, call, handler, limits, self._connection, self._release)
        self._take_first(running, method, frame.header.flags, request.payload)
        return running

    def _take_first(self, call: RunningCall, method: Method[Any, Any], flags: int, payload: bytes) -> None:
        """The message in the request itself, if there is one."""
        if payload or not method.streams_requests:
            # The inbox lets go of every message by its size, of this one too, whose frame counts until the call ends.
            self._hold(len(payload))
            call.inbox.put(payload)
        if not method.streams_requests or not flags & MORE:
            call.inbox.end()

    def _deadline(self, method: Method[Any, Any], timeout_nano: int) -> float:
        """On the event loop's clock. Raises Failure when the caller waits no longer."""
        limits = self._host.limits
        if timeout_nano < 0:
            raise Failure(Code.DEADLINE_EXCEEDED, "the time of the call was over when it arrived")
        default, longest = (
            (limits.unary_default, limits.unary_longest) if method.is_unary else (limits.stream_default, limits.stream_longest)
        )
        timeout = min(timeout_nano / 1e9, longest) if timeout_nano else default
        return asyncio.get_running_loop().time() + timeout

    async def _take_in(self, frame: Frame) -> None:
        """Takes a message of a stream, and reads nothing more while too many wait."""
        stream, size = frame.header.stream, 0 if frame.payload is None else frame.header.length
        call = self._calls.get(stream)
        if call is None or not call.takes_messages:
            self._release(size)
            if call is None and stream not in self._ended:
                self._refuse(stream, Failure(Code.INVALID_ARGUMENT, f"data on stream {stream}, which was not begun"))
            return
        call.take_in(frame)
        if frame.header.flags & EMPTY:
            self._release(size)
        if call.inbox.is_full:
            try:
                async with asyncio.timeout(self._host.limits.slow_stream):
                    await call.inbox.room()
            except TimeoutError:
                call.stop(Failure(Code.RESOURCE_EXHAUSTED, "the messages of the stream were taken too slowly"))


def _exhausted(what: str) -> Failure:
    return Failure(Code.RESOURCE_EXHAUSTED, what, refused=True)
