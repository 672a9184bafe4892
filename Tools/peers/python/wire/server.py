"""Serves methods over TCP."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor

from .call import Handler
from .limits import Limits
from .method import Method, methods_of
from .session import Session
from .status import Code, Failure


class Server:
    """Any number of methods on one address, until it is shut down."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self.draining = asyncio.Event()
        # Bytes of requests and messages, and handlers, on all connections.
        self.held = 0
        self.running = 0
        self._methods: dict[str, dict[str, tuple[Method[Any, Any], Handler]]] = {}
        self._sessions: dict[Session, asyncio.Task[None]] = {}
        self._addresses: Counter[str] = Counter()
        self._listener: asyncio.Server | None = None

    @property
    def services(self) -> list[str]:
        """Full names, in ascending order."""
        return sorted(self._methods)

    @property
    def sessions(self) -> list[Session]:
        """The connections that are open."""
        return list(self._sessions)

    def add(self, method: Method[Any, Any], handler: Handler) -> None:
        """Serves a method."""
        self._methods.setdefault(method.service, {})[method.name] = (method, handler)

    def add_service(self, service: ServiceDescriptor, handlers: Mapping[str, Handler]) -> None:
        """Serves every method of a service; `handlers` has one for each, by its name."""
        for name, method in methods_of(service).items():
            self.add(method, handlers[name])

    def find(self, service: str, name: str) -> tuple[Method[Any, Any], Handler]:
        """The method of that name and its handler. Raises Failure."""
        methods = self._methods.get(service)
        if methods is None:
            raise Failure(Code.UNIMPLEMENTED, f"no service {service[:100]}", refused=True)
        if name not in methods:
            raise Failure(Code.UNIMPLEMENTED, f"{service} has no method {name[:100]}", refused=True)
        return methods[name]

    async def start(self, host: str, port: int) -> int:
        """Listens, and returns the port, which for port 0 the system has chosen."""
        self._listener = await asyncio.start_server(self._serve, host, port)
        return int(self._listener.sockets[0].getsockname()[1])

    async def shut_down(self) -> None:
        """Accepts no connection and refuses new calls, lets those that run end, and closes every connection, at the latest when the
        time for it is over."""
        self.draining.set()
        if self._listener is not None:
            self._listener.close()
        tasks = list(self._sessions.values())
        for session in self.sessions:
            session.close_if_drained()
        if tasks:
            await asyncio.wait(tasks, timeout=self.limits.drain)
        for session in self.sessions:
            session.abort()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str(writer.get_extra_info("peername")[0])
        if (
            self.draining.is_set()
            or len(self._sessions) >= self.limits.connections
            or self._addresses[address] >= self.limits.connections_of_address
        ):
            writer.transport.abort()
            return
        session = Session(self, reader, writer)
        task = asyncio.current_task()
        assert task is not None
        self._sessions[session] = task
        self._addresses[address] += 1
        try:
            await session.run()
        finally:
            del self._sessions[session]
            self._addresses[address] -= 1
