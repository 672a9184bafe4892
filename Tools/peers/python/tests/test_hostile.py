"""Byte streams that no well-behaved peer sends, and what becomes of them."""

import asyncio
import random
import unittest
from dataclasses import replace

from huleedu.sample.v1 import sample_pb2

from interop_cases import SAMPLES
from interop_service import interop_server
from wire import Client, Code, Failure, envelope, frame
from wire.frame import EMPTY, LAST, MORE, Decoder, Frame, Kind

Sample = sample_pb2.Sample


def request(name: str, sample: Sample | bytes = b"", stream: int = 1, flags: int = 0) -> bytes:
    payload = sample if isinstance(sample, bytes) else sample.SerializeToString()
    return frame.encode(stream, Kind.REQUEST, flags, envelope.request(SAMPLES[name], payload, 5, ()))


def data(content: bytes = b"", stream: int = 1, flags: int = 0) -> bytes:
    return frame.encode(stream, Kind.DATA, flags, content)


FULL = b"x" * ((4 << 20) + 1)
WAIT = Sample(flag=True)
UNKNOWN_TYPE = b"\0\0\0\1\0\0\0\1\x63\0x"
INVALID, EXHAUSTED = Code.INVALID_ARGUMENT, Code.RESOURCE_EXHAUSTED

# What is sent, and how each stream that is answered ends, in the order of the answers.
ANSWERED = {
    "a request on an even stream": (request("Get", stream=2), [(2, INVALID)]),
    "a request on stream zero": (request("Get", stream=0), [(0, INVALID)]),
    "a request of any size on a stream that runs": (
        request("Get", WAIT) + request("Get") + frame.encode(1, Kind.REQUEST, 0, FULL),
        [(1, INVALID), (1, INVALID)],
    ),
    "an oversize request, and then a good one": (
        frame.encode(1, Kind.REQUEST, 0, FULL) + request("Get", stream=3),
        [(1, EXHAUSTED), (3, Code.OK)],
    ),
    "an envelope that cannot be read": (frame.encode(1, Kind.REQUEST, 0, b"\x0a\x02\xff\xff"), [(1, INVALID)]),
    "a message that cannot be read": (request("Get", b"\x72\x01\x00"), [(1, INVALID)]),
    "an empty request": (frame.encode(1, Kind.REQUEST, 0), [(1, Code.UNIMPLEMENTED)]),
    "data on a stream that was never begun": (data(stream=7) + data(stream=7), [(7, INVALID)]),
    "data after the end": (
        request("Get") + data() + data(flags=LAST | EMPTY) + request("Get", stream=3),
        [(1, Code.OK), (3, Code.OK)],
    ),
    "oversize data after the end": (
        request("Get", stream=2) + data(FULL, stream=2) + request("Get", stream=3),
        [(2, INVALID), (3, Code.OK)],
    ),
    "data on a unary call that runs": (request("Get", WAIT) + data(b"x") + data(FULL) + request("Get", stream=3), [(3, Code.OK)]),
    "a message over the limit": (request("Collect", flags=MORE) + data(FULL) + data(), [(1, EXHAUSTED)]),
    "a bad message in a stream": (request("Collect", flags=MORE) + data(b"\x72\x01\x00"), [(1, INVALID)]),
    "a bad first message in a stream": (request("Collect", b"\x72\x01\x00", flags=MORE), [(1, INVALID)]),
    "a streaming method without flags": (request("Collect"), [(1, INVALID)]),
    "a unary method with every flag": (request("Get", flags=0xFF), [(1, Code.OK)]),
    "a stream of requests with flags 1 and 2": (request("Collect", flags=LAST | MORE) + data(flags=LAST), [(1, Code.OK)]),
    "a stream of requests with flag 1": (request("Collect", flags=LAST), [(1, Code.OK)]),
    "an envelope with a NUL": (frame.encode(1, Kind.REQUEST, 0, b"\x0a\x01\x00"), [(1, Code.UNIMPLEMENTED)]),
    "a response and an unknown type": (
        frame.encode(1, Kind.RESPONSE, 0, b"x") + UNKNOWN_TYPE + request("Get"),
        [(1, Code.OK)],
    ),
    "the last message with the end": (request("Collect", flags=MORE) + data(flags=LAST), [(1, Code.OK)]),
    "a time that is over": (
        frame.encode(1, Kind.REQUEST, 0, envelope.request(SAMPLES["Get"], b"", -1, ())),
        [(1, Code.DEADLINE_EXCEEDED)],
    ),
}


class HostileClientTests(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.server = interop_server()
        self.server.limits = replace(self.server.limits, drain=0.2)
        self.port = await self.server.start("127.0.0.1", 0)

    async def asyncTearDown(self) -> None:
        await self.server.shut_down()
        self.assertEqual((self.server.held, self.server.running), (0, 0))

    async def converse(self, content: bytes, answers: int) -> list[tuple[int, Code]]:
        """Sends bytes on a connection of their own and tells how streams ended, up to a number of ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        ends = await self.exchange(reader, writer, content, answers)
        writer.close()
        return ends

    async def exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: bytes, answers: int
    ) -> list[tuple[int, Code]]:
        writer.write(content)
        decoder, ends = Decoder(lambda header: True), list[tuple[int, Code]]()
        async with asyncio.timeout(20):
            while len(ends) < answers and (piece := await reader.read(1 << 16)):
                ends += [self.end(found) for found in decoder.feed(piece)]
        return ends

    def end(self, found: Frame) -> tuple[int, Code]:
        self.assertEqual((found.header.kind, found.header.flags), (Kind.RESPONSE, 0))
        try:
            envelope.read_response(found.payload or b"")
            return found.header.stream, Code.OK
        except Failure as failure:
            return found.header.stream, failure.code

    async def test_every_stream_is_answered_as_the_page_says(self) -> None:
        for what, (content, ends) in ANSWERED.items():
            with self.subTest(what):
                self.assertEqual(sorted(await self.converse(content, len(ends))), sorted(ends))

    async def test_a_stream_may_be_taken_again_after_its_end(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        ends = [await self.exchange(reader, writer, request("Get"), 1) for _ in range(100)]
        writer.close()
        self.assertEqual(ends, [[(1, Code.OK)]] * 100)

    async def test_bytes_that_are_no_frames_close_the_connection(self) -> None:
        for content in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\x01", b"\xff" * 100, request("Get", WAIT) + b"\x01"):
            with self.subTest(content[:10]):
                self.assertEqual(await self.converse(content, 1), [])

    async def test_a_frame_that_never_ends_closes_the_connection(self) -> None:
        self.server.limits = replace(self.server.limits, frame_arrival=0.2)
        for end in (1, 9, 10, 15):
            with self.subTest(end):
                self.assertEqual(await self.converse(request("Get")[:end], 1), [])

    async def test_mutated_conversations_leave_the_server_as_it_was(self) -> None:
        """Bytes that went wrong on their way: whatever is answered, the next client is served, and nothing is held for the last."""
        chance = random.Random(6)
        samples = [Sample(text="a", int32s=[1, 2]), Sample(plain_uint32=3), Sample(plain_int32=3, text="no")]
        streams = [request("List", samples[1], 3, LAST), request("Collect", b"", 5, MORE), data(b"", 5, LAST | EMPTY)]
        whole = b"".join([request("Get", samples[0]), *streams, request("Discuss", samples[2], 7, MORE), data(b"x", 7)])
        for _ in range(300):
            content = bytearray(whole)
            for _ in range(chance.randrange(1, 6)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(content[: chance.randrange(len(content) + 1)])
            writer.close()
        self.assertEqual(await self.converse(request("Get"), 1), [(1, Code.OK)])

    async def test_a_client_that_vanishes_takes_its_calls_with_it(self) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request("Get", WAIT) + request("Discuss", stream=3, flags=MORE) + data(b"x", stream=3)[:-1])
        async with asyncio.timeout(20):
            while self.server.running < 2:
                await asyncio.sleep(0)
            writer.transport.abort()
            while self.server.running > 0:
                await asyncio.sleep(0.01)


GOOD = frame.encode(1, Kind.RESPONSE, 0, envelope.answer(b""))
# What a server sends upon a unary call and upon a stream of answers, both on stream 1, before it closes the connection, and the codes that
# the client makes of it.
FROM_SERVERS = {
    "an envelope that cannot be read": (frame.encode(1, Kind.RESPONSE, 0, b"\x12\x05"), Code.INTERNAL, Code.INTERNAL),
    "a message that cannot be read": (frame.encode(1, Kind.RESPONSE, 0, envelope.answer(b"\x72\x01\x00")), Code.INTERNAL, Code.INTERNAL),
    "an answer over the limit": (frame.encode(1, Kind.RESPONSE, 0, FULL), EXHAUSTED, EXHAUSTED),
    "a message over the limit": (data(FULL), Code.UNAVAILABLE, EXHAUSTED),
    "a message of a stream that cannot be read": (data(b"\x72\x01\x00"), Code.UNAVAILABLE, Code.INTERNAL),
    "a code that is not known": (frame.encode(1, Kind.RESPONSE, 0, b"\x0a\x02\x08\x2a"), Code.UNKNOWN, Code.UNKNOWN),
    "no frames at all": (b"HTTP/1.1 400 Bad Request\r\n", Code.UNAVAILABLE, Code.UNAVAILABLE),
    "the end of the connection": (b"", Code.UNAVAILABLE, Code.UNAVAILABLE),
    "answers to nobody, and a good one": (
        frame.encode(2, Kind.RESPONSE, 0, FULL) + data(stream=3) + frame.encode(3, Kind.RESPONSE, 0) + GOOD,
        Code.OK,
        Code.OK,
    ),
    "an unknown type and a request": (
        UNKNOWN_TYPE + frame.encode(1, Kind.REQUEST, 0) + GOOD,
        Code.OK,
        Code.OK,
    ),
}


class HostileServerTests(unittest.IsolatedAsyncioTestCase):
    async def code(self, content: bytes, name: str) -> Code:
        """What becomes of a call whose server sends these bytes and closes."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(10)
            writer.write(content)
            writer.write_eof()
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server, Client(f"127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
            try:
                async with await client.follow(SAMPLES[name], Sample(), timeout=20) as stream:
                    while await stream.receive() is not None:
                        pass
                return Code.OK
            except Failure as failure:
                return failure.code

    async def test_a_client_makes_a_failure_of_it_and_nothing_worse(self) -> None:
        for what, (content, unary, streamed) in FROM_SERVERS.items():
            with self.subTest(what):
                self.assertEqual(await self.code(content, "Get"), unary)
                self.assertEqual(await self.code(content, "List"), streamed)


if __name__ == "__main__":
    unittest.main()
