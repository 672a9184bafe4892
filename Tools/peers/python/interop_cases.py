"""What a Python client expects of a server of Samples and Health, in whatever language it is written."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from huleedu.sample.v1 import sample_pb2
from huleedu.wire.v1 import health_pb2

from wire import Client, Code, Failure, Limits, Stream
from wire.method import Answer, methods_of

Sample = sample_pb2.Sample
SAMPLES = methods_of(sample_pb2.DESCRIPTOR.services_by_name["Samples"])
HEALTH = methods_of(health_pb2.DESCRIPTOR.services_by_name["Health"])

Case = Callable[[Client], Awaitable[None]]


def expect(what: object, expected: object) -> None:
    if what != expected:
        raise AssertionError(f"expected {expected!r}, got {what!r}")


async def expect_failure(work: Awaitable[object], code: Code, text: str = "", *, refused: bool = False) -> None:
    try:
        got: object = await work
    except Failure as failure:
        if failure.code == code and text in failure.message and failure.refused == refused:
            return
        got = (failure.code.name, failure.message, failure.refused)
    raise AssertionError(f"expected {code.name} with {text!r}, refused: {refused}, got {got!r}")


async def unary(client: Client) -> None:
    sent = Sample(zigzag_int64=-(1 << 62), text="åäö", blob=b"\0\xff", uint32s=[1, 300, 1 << 31], maybe_flag=False)
    sent.children.add(text_choice="")
    expect(await client.call(SAMPLES["Get"], sent), sent)


async def empty_message(client: Client) -> None:
    expect(await client.call(SAMPLES["Get"], Sample()), Sample())


async def long_message(client: Client) -> None:
    sent = Sample(blob=b"x" * 4_000_000)
    expect(await client.call(SAMPLES["Get"], sent), sent)


async def every_code(client: Client) -> None:
    for code in set(Code) - {Code.OK}:
        await expect_failure(client.call(SAMPLES["Get"], Sample(plain_int32=code, text=f"number {code}")), code, f"number {code}")


async def many_calls(client: Client) -> None:
    calls = [client.call(SAMPLES["Get"], Sample(plain_uint32=number)) for number in range(200)]
    expect([answer.plain_uint32 for answer in await asyncio.gather(*calls)], list(range(200)))


async def unknown(client: Client) -> None:
    method = replace(SAMPLES["Get"], name="Guess")
    await expect_failure(client.call(method, Sample()), Code.UNIMPLEMENTED, "Guess", refused=True)
    method = replace(SAMPLES["Get"], service="no.such.Service")
    await expect_failure(client.call(method, Sample()), Code.UNIMPLEMENTED, "no.such.Service", refused=True)


async def deadline(client: Client) -> None:
    await expect_failure(client.call(SAMPLES["Get"], Sample(flag=True), timeout=0.1), Code.DEADLINE_EXCEEDED)
    expect(await client.call(SAMPLES["Get"], Sample()), Sample())


async def metadata_limit(client: Client) -> None:
    await client.call(SAMPLES["Get"], Sample(), metadata=[("x-filler", "x" * 8192)])
    call = client.call(SAMPLES["Get"], Sample(), metadata=[("x-filler", "x" * 20_000)])
    await expect_failure(call, Code.RESOURCE_EXHAUSTED, "metadata", refused=True)


async def list_of_answers(client: Client) -> None:
    async with await client.follow(SAMPLES["List"], Sample(plain_uint32=300, text="a")) as stream:
        expect([answer.plain_uint32 async for answer in stream], list(range(300)))


async def list_of_none(client: Client) -> None:
    async with await client.follow(SAMPLES["List"], Sample()) as stream:
        expect(await stream.receive(), None)


async def messages_before_a_failure_count(client: Client) -> None:
    async with await client.follow(SAMPLES["List"], Sample(plain_uint32=2, plain_int32=9, text="enough")) as stream:
        expect([(await receive(stream)).plain_uint32 for _ in range(2)], [0, 1])
        await expect_failure(stream.receive(), Code.FAILED_PRECONDITION, "enough")


async def stream_deadline(client: Client) -> None:
    async with await client.follow(SAMPLES["List"], Sample(plain_uint32=1, flag=True), timeout=0.3) as stream:
        expect(await receive(stream), Sample())
        await expect_failure(stream.receive(), Code.DEADLINE_EXCEEDED)


async def collected(client: Client) -> None:
    async with await client.open(SAMPLES["Collect"]) as stream:
        for number in range(200):
            await stream.send(Sample(text=str(number)))
        expect(await stream.answer(), Sample(plain_uint32=200, texts=[str(number) for number in range(200)]))
    async with await client.open(SAMPLES["Collect"]) as stream:
        expect(await stream.answer(), Sample())


async def empty_messages_count(client: Client) -> None:
    async with await client.open(SAMPLES["Collect"]) as stream:
        for _ in range(3):
            await stream.send(Sample())
        expect((await stream.answer()).plain_uint32, 3)


async def failure_while_sending(client: Client) -> None:
    async with await client.open(SAMPLES["Collect"]) as stream:
        await stream.send(Sample(plain_int32=3, text="not this one"))
        await expect_failure(stream.receive(), Code.INVALID_ARGUMENT, "not this one")
        expect(await stream.send(Sample()), False)
    expect(await client.call(SAMPLES["Get"], Sample()), Sample())


async def discussion(client: Client) -> None:
    async with await client.open(SAMPLES["Discuss"]) as stream:
        for number in range(50):
            await stream.send(Sample(plain_uint32=number))
            expect((await receive(stream)).plain_uint32, number)
        await stream.finish()
        expect(await stream.receive(), None)


async def server_ends_first(client: Client) -> None:
    async with await client.open(SAMPLES["Discuss"]) as stream:
        await stream.send(Sample(flag=True))
        expect(await receive(stream), Sample(flag=True))
        expect(await stream.receive(), None)
        expect(await stream.send(Sample()), False)


async def bad_message_in_a_stream(client: Client) -> None:
    """A NUL in a string, which protobuf lets through and the page does not."""
    async with await client.open(SAMPLES["Discuss"]) as stream:
        await stream.send(Sample(text="a\0b"))
        await expect_failure(stream.receive(), Code.INVALID_ARGUMENT, "text")


async def calls_beside_a_stream(client: Client) -> None:
    async with await client.open(SAMPLES["Discuss"]) as stream:
        for number in range(20):
            await stream.send(Sample(plain_uint32=number))
            await many_small(client, 5)
            expect((await receive(stream)).plain_uint32, number)


async def stream_asked_for_as_unary(client: Client) -> None:
    method = replace(SAMPLES["List"], streams_answers=False)
    await expect_failure(client.call(method, Sample(plain_uint32=1)), Code.INVALID_ARGUMENT, refused=True)


async def health(client: Client) -> None:
    request = health_pb2.HealthCheckRequest(service="huleedu.sample.v1.Samples")
    serving = health_pb2.SERVING_STATUS_SERVING
    expect((await client.call(HEALTH["Check"], request)).status, serving)
    async with await client.follow(HEALTH["Watch"], request) as stream:
        expect((await receive(stream)).status, serving)
    request.service = "no.such.Service"
    await expect_failure(client.call(HEALTH["Check"], request), Code.NOT_FOUND)


async def oversize(client: Client) -> None:
    """More than a server takes, from a client that takes more."""
    async with Client(client.address, Limits(payload=8 << 20)) as generous:
        too_long = Sample(blob=b"x" * (4 << 20))
        await expect_failure(generous.call(SAMPLES["Get"], too_long), Code.RESOURCE_EXHAUSTED, refused=True)
        async with await generous.open(SAMPLES["Discuss"]) as stream:
            await stream.send(too_long)
            await expect_failure(stream.receive(), Code.RESOURCE_EXHAUSTED)
        expect(await generous.call(SAMPLES["Get"], Sample()), Sample())


async def receive(stream: Stream[Any, Answer]) -> Answer:
    """The next message of a stream that is expected to have one."""
    message = await stream.receive()
    if message is None:
        raise AssertionError("the stream ended where a message was expected")
    return message


async def many_small(client: Client, count: int) -> None:
    await asyncio.gather(*(client.call(SAMPLES["Get"], Sample(text="beside")) for _ in range(count)))


CASES: dict[str, Case] = {
    "a message comes back as it was sent": unary,
    "an empty message is a message": empty_message,
    "a message of four million bytes is taken": long_message,
    "all codes but OK cross the wire with their messages": every_code,
    "two hundred calls share one connection": many_calls,
    "an unknown service and an unknown method are UNIMPLEMENTED": unknown,
    "a call ends at its deadline": deadline,
    "metadata within the limit is taken, beyond it refused": metadata_limit,
    "a stream of answers comes in order and ends": list_of_answers,
    "a stream of no answers ends": list_of_none,
    "messages before a failure count": messages_before_a_failure_count,
    "a stream ends at its deadline": stream_deadline,
    "a stream of requests is answered once": collected,
    "empty messages of a stream count": empty_messages_count,
    "a server may fail while its client sends": failure_while_sending,
    "both sides stream, message by message": discussion,
    "a server may end before its client": server_ends_first,
    "a bad message ends its stream and is named": bad_message_in_a_stream,
    "calls are answered beside a stream": calls_beside_a_stream,
    "a stream asked for as a unary call is refused": stream_asked_for_as_unary,
    "health answers, once and as a stream": health,
    "a message over the limit is RESOURCE_EXHAUSTED and the connection stays usable": oversize,
}
