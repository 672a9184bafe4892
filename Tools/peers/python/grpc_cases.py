"""gRPC's interoperability cases (doc/interop-test-descriptions.md of its repository) that make sense here, by their names, against a
server of Samples and Echo. Where gRPC asks for answers of other sizes than the requests', the services echo."""

from dataclasses import replace

from huleedu.sample.v1 import sample_pb2
from huleedu.wire.v1 import envelope_pb2

from interop_cases import SAMPLES, Case, Sample, expect, expect_failure, receive
from wire import Client, Code, Method

DESCRIBE = Method("huleedu.test.Echo", "Describe", envelope_pb2.Detail, envelope_pb2.Request)
# Bytes of gRPC's requests and answers.
REQUESTS = [27_182, 8, 1828, 45_904]
ANSWERS = [31_415, 9, 2653, 58_979]
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"


async def expect_echo(client: Client, sample: sample_pb2.Sample) -> None:
    expect(await client.call(SAMPLES["Get"], sample), sample)


async def empty_unary(client: Client) -> None:
    await expect_echo(client, Sample())


async def large_unary(client: Client) -> None:
    for size in (271_828, 314_159):
        await expect_echo(client, Sample(blob=bytes(size)))


async def client_streaming(client: Client) -> None:
    async with await client.open(SAMPLES["Collect"]) as stream:
        for size in REQUESTS:
            await stream.send(Sample(text="a" * size))
        answer = await stream.answer()
    expect(([len(text) for text in answer.texts], answer.plain_uint32), (REQUESTS, 4))


async def server_streaming(client: Client) -> None:
    for size in ANSWERS:
        async with await client.follow(SAMPLES["List"], Sample(plain_uint32=3, text="a" * size)) as stream:
            got = [(answer.plain_uint32, len(answer.text)) async for answer in stream]
        expect(got, [(0, size), (1, size), (2, size)])


async def ping_pong(client: Client) -> None:
    async with await client.open(SAMPLES["Discuss"]) as stream:
        for size in REQUESTS:
            await stream.send(Sample(blob=bytes(size)))
            expect(len((await receive(stream)).blob), size)
        await stream.finish()
        expect(await stream.receive(), None)


async def empty_stream(client: Client) -> None:
    async with await client.open(SAMPLES["Discuss"]) as stream:
        await stream.finish()
        expect(await stream.receive(), None)


async def custom_metadata(client: Client) -> None:
    """The values of a key keep their order, of keys nothing is said."""
    sent = [("x-interop-initial", "first å"), ("x-interop-initial", "second"), ("x-interop-binary", "q6ur")]
    seen = await client.call(DESCRIBE, envelope_pb2.Detail(), metadata=sent)
    for key in ("x-interop-initial", "x-interop-binary"):
        expect([pair.value for pair in seen.metadata if pair.key == key], [value for name, value in sent if name == key])


async def status_code_and_message(client: Client) -> None:
    await expect_status(client, "test status message")


async def special_status_message(client: Client) -> None:
    await expect_status(client, SPECIAL)


async def expect_status(client: Client, message: str) -> None:
    """Of a call, and of a stream."""
    request = Sample(plain_int32=Code.UNKNOWN, text=message)
    await expect_failure(client.call(SAMPLES["Get"], request), Code.UNKNOWN, message)
    async with await client.open(SAMPLES["Discuss"]) as stream:
        await stream.send(request)
        await expect_failure(stream.receive(), Code.UNKNOWN, message)


async def unimplemented_method(client: Client) -> None:
    method = replace(SAMPLES["Get"], name="UnimplementedCall")
    await expect_failure(client.call(method, Sample()), Code.UNIMPLEMENTED, refused=True)
    await expect_echo(client, Sample(text="after"))


async def unimplemented_service(client: Client) -> None:
    method = replace(SAMPLES["Discuss"], service="grpc.testing.UnimplementedService", name="UnimplementedCall")
    async with await client.open(method) as stream:
        await expect_failure(stream.receive(), Code.UNIMPLEMENTED, refused=True)
    await expect_echo(client, Sample(text="after"))


async def cancel_after_begin(client: Client) -> None:
    async with await client.open(SAMPLES["Collect"]):
        pass
    await expect_echo(client, Sample(text="after"))


async def cancel_after_first_response(client: Client) -> None:
    async with await client.open(SAMPLES["Discuss"]) as stream:
        await stream.send(Sample(blob=bytes(27_182)))
        expect(len((await receive(stream)).blob), 27_182)
    await expect_echo(client, Sample(text="after"))


async def timeout_on_sleeping_server(client: Client) -> None:
    await expect_failure(client.call(SAMPLES["Get"], Sample(flag=True), timeout=0.1), Code.DEADLINE_EXCEEDED)
    async with await client.open(SAMPLES["Discuss"], timeout=0.1) as stream:
        await expect_failure(stream.receive(), Code.DEADLINE_EXCEEDED)


GRPC_CASES: dict[str, Case] = {
    case.__name__: case
    for case in (
        empty_unary,
        large_unary,
        client_streaming,
        server_streaming,
        ping_pong,
        empty_stream,
        custom_metadata,
        status_code_and_message,
        special_status_message,
        unimplemented_method,
        unimplemented_service,
        cancel_after_begin,
        cancel_after_first_response,
        timeout_on_sleeping_server,
    )
}
