"""What `peer serve` serves besides Health: the services by which peers try each other."""

import asyncio
from collections.abc import AsyncIterator

from huleedu.sample.v1 import sample_pb2
from huleedu.wire.v1 import envelope_pb2

from wire import Call, Code, Failure, Handler, Method, Server
from wire.health import add_health

Sample = sample_pb2.Sample
ECHO = "huleedu.test.Echo"


def interop_server() -> Server:
    server = Server()
    add_health(server)
    handlers: dict[str, Handler] = {"Get": get, "List": list_samples, "Collect": collect, "Discuss": discuss}
    server.add_service(sample_pb2.DESCRIPTOR.services_by_name["Samples"], handlers)
    server.add(Method(ECHO, "Describe", envelope_pb2.Detail, envelope_pb2.Request), describe)
    server.add(Method(ECHO, "Fail", envelope_pb2.Status, envelope_pb2.Detail), fail)
    server.add(Method(ECHO, "Wait", envelope_pb2.Detail, envelope_pb2.Detail), wait)
    server.add(Method(ECHO, "Empty", envelope_pb2.Detail, envelope_pb2.Detail), empty)
    return server


def fail_if_asked(request: Sample) -> None:
    """A sample with a number asks for a failure with that code and its text."""
    if request.plain_int32 != 0:
        raise Failure(Code(request.plain_int32), request.text)


async def get(request: Sample, call: Call) -> Sample:
    """The sample itself; with its flag set, no answer until it is told to stop."""
    fail_if_asked(request)
    if request.flag:
        await asyncio.Event().wait()
    return request


async def list_samples(request: Sample, call: Call) -> AsyncIterator[Sample]:
    """As many samples as asked for, numbered from zero, each with the text; with the flag set, then nothing more and no end."""
    for number in range(request.plain_uint32):
        yield Sample(plain_uint32=number, text=request.text)
    fail_if_asked(request)
    if request.flag:
        await asyncio.Event().wait()


async def collect(requests: AsyncIterator[Sample], call: Call) -> Sample:
    """The texts in their order, and how many there were."""
    answer = Sample()
    async for request in requests:
        fail_if_asked(request)
        answer.texts.append(request.text)
        answer.plain_uint32 += 1
    return answer


async def discuss(requests: AsyncIterator[Sample], call: Call) -> AsyncIterator[Sample]:
    """Each sample as it comes; the first with its flag set is the last."""
    async for request in requests:
        fail_if_asked(request)
        yield request
        if request.flag:
            return


async def describe(request: envelope_pb2.Detail, call: Call) -> envelope_pb2.Request:
    """The request as it was received, with the time that is left."""
    return envelope_pb2.Request(
        service=call.method.service,
        method=call.method.name,
        payload=request.SerializeToString(),
        timeout_nano=round(call.time_left * 1e9),
        metadata=[envelope_pb2.KeyValue(key=key, value=value) for key, value in call.metadata],
    )


async def fail(request: envelope_pb2.Status, call: Call) -> envelope_pb2.Detail:
    raise Failure(Code(request.code), request.message)


async def wait(request: envelope_pb2.Detail, call: Call) -> envelope_pb2.Detail:
    await asyncio.Event().wait()
    return request


async def empty(request: envelope_pb2.Detail, call: Call) -> envelope_pb2.Detail:
    return envelope_pb2.Detail()
