"""The standard service that says whether a server can take calls."""

import asyncio
from collections.abc import AsyncIterator

from huleedu.wire.v1 import health_pb2

from .call import Call
from .server import Server
from .status import Code, Failure

# Within these seconds a watcher hears of the server again, whatever has changed.
_HEARTBEAT = 10


def add_health(server: Server) -> None:
    """Serves Health for the server and each of its services."""

    def check(request: health_pb2.HealthCheckRequest) -> health_pb2.HealthCheckResponse:
        if request.service and request.service not in server.services:
            raise Failure(Code.NOT_FOUND, f"no service {request.service[:100]}")
        if server.draining.is_set():
            return health_pb2.HealthCheckResponse(
                status=health_pb2.SERVING_STATUS_NOT_SERVING, reason="the server is shutting down"
            )
        return health_pb2.HealthCheckResponse(status=health_pb2.SERVING_STATUS_SERVING)

    async def check_once(request: health_pb2.HealthCheckRequest, call: Call) -> health_pb2.HealthCheckResponse:
        return check(request)

    async def watch(request: health_pb2.HealthCheckRequest, call: Call) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        yield check(request)
        while not call.draining.is_set():
            try:
                async with asyncio.timeout(_HEARTBEAT):
                    await call.draining.wait()
            except TimeoutError:
                pass
            yield check(request)

    server.add_service(health_pb2.DESCRIPTOR.services_by_name["Health"], {"Check": check_once, "Watch": watch})
