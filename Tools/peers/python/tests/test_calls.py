"""The client and the server against each other, and their limits at the border."""

import asyncio
import unittest
from collections.abc import AsyncIterator
from typing import Any

from huleedu.sample.v1 import sample_pb2
from huleedu.wire.v1 import health_pb2

from interop_cases import CASES, HEALTH, SAMPLES, expect_failure, receive
from interop_service import interop_server
from wire import Client, Code, Limits, Method, Server

Sample = sample_pb2.Sample
GET, LIST, COLLECT, DISCUSS = (SAMPLES[name] for name in ("Get", "List", "Collect", "Discuss"))


class CallTests(unittest.IsolatedAsyncioTestCase):
    async def serve(self, server: Server) -> Client:
        """A client of a server, both of them until the end of the test."""
        client = Client(f"127.0.0.1:{await server.start('127.0.0.1', 0)}")
        self.addAsyncCleanup(server.shut_down)
        self.addAsyncCleanup(client.close)
        return client

    async def limited(self, **limits: Any) -> tuple[Server, Client]:
        server = interop_server()
        server.limits = Limits(**limits)
        return server, await self.serve(server)

    async def test_the_cases_for_peers_hold_between_ourselves(self) -> None:
        client = await self.serve(interop_server())
        for name, case in CASES.items():
            with self.subTest(name):
                await case(client)

    async def test_calls_beyond_the_limit_are_refused(self) -> None:
        _, client = await self.limited(calls_of_connection=2)
        waiting = [asyncio.create_task(client.call(GET, Sample(flag=True))) for _ in range(2)]
        await asyncio.sleep(0)  # both have been written before the third is
        await expect_failure(client.call(GET, Sample()), Code.RESOURCE_EXHAUSTED, "too many", refused=True)
        for task in waiting:
            task.cancel()

    async def test_bytes_beyond_what_a_server_holds_are_refused(self) -> None:
        server, client = await self.limited(held=10_000)
        await expect_failure(client.call(GET, Sample(blob=b"x" * 10_000)), Code.RESOURCE_EXHAUSTED, "room", refused=True)
        self.assertEqual(len((await client.call(GET, Sample(blob=b"x" * 2000))).blob), 2000)
        self.assertEqual(server.held, 0)

    async def test_connections_beyond_the_limit_are_closed_at_once(self) -> None:
        for limits in ({"connections": 1}, {"connections_of_address": 1}):
            _, client = await self.limited(**limits)
            await client.call(GET, Sample())
            async with Client(client.address) as second:
                await expect_failure(second.call(GET, Sample()), Code.UNAVAILABLE)
            await client.call(GET, Sample())

    async def test_an_answer_over_the_limit_is_an_error_in_its_place(self) -> None:
        async def swell(request: Sample, call: Any) -> Sample:
            return Sample(blob=b"x" * (4 << 20))

        async def swell_many(request: Sample, call: Any) -> AsyncIterator[Sample]:
            yield Sample()
            yield await swell(request, call)

        server = Server()
        server.add(GET, swell)
        server.add(LIST, swell_many)
        client = await self.serve(server)
        await expect_failure(client.call(GET, Sample()), Code.RESOURCE_EXHAUSTED, "allowed")
        async with await client.follow(LIST, Sample()) as stream:
            self.assertEqual(await stream.receive(), Sample())
            await expect_failure(stream.receive(), Code.RESOURCE_EXHAUSTED, "allowed")

    async def test_a_handlers_own_error_is_internal_and_keeps_its_text(self) -> None:
        async def fail(request: Sample, call: Any) -> Sample:
            raise ValueError("a secret")

        server = Server()
        server.add(GET, fail)
        client = await self.serve(server)
        with self.assertLogs("wire", "ERROR"), self.assertRaisesRegex(Exception, "^INTERNAL: the handler failed$"):
            await client.call(GET, Sample())

    async def test_a_handler_that_does_not_stop_counts_until_it_has(self) -> None:
        may_stop = asyncio.Event()

        async def linger(request: Sample, call: Any) -> Sample:
            try:
                await asyncio.Event().wait()
            finally:
                await may_stop.wait()
            return request

        server = Server(Limits(unary_longest=0.05))
        server.add(GET, linger)
        client = await self.serve(server)
        await expect_failure(client.call(GET, Sample()), Code.DEADLINE_EXCEEDED, "of the call")
        self.assertEqual(server.running, 1)
        may_stop.set()
        async with asyncio.timeout(20):
            while server.running > 0:
                await asyncio.sleep(0)

    async def test_the_server_tells_when_the_time_is_over(self) -> None:
        """By its own limits, with clients that would wait for longer."""
        _, client = await self.limited(unary_longest=0.05, stream_longest=0.05)
        await expect_failure(client.call(GET, Sample(flag=True)), Code.DEADLINE_EXCEEDED, "of the call")
        async with await client.open(DISCUSS) as stream:
            await expect_failure(stream.receive(), Code.DEADLINE_EXCEEDED, "of the call")

    async def test_a_silent_stream_is_ended(self) -> None:
        _, client = await self.limited(stream_silence=1)
        async with await client.open(DISCUSS) as stream:
            await stream.send(Sample())
            self.assertEqual(await stream.receive(), Sample())
            await expect_failure(stream.receive(), Code.DEADLINE_EXCEEDED, "silent")

    async def test_a_handler_that_takes_no_messages_loses_its_stream_and_nobody_else(self) -> None:
        async def ignore(requests: AsyncIterator[Sample], call: Any) -> Sample:
            await asyncio.Event().wait()
            return Sample()

        server = interop_server()
        server.limits = Limits(slow_stream=0.2)
        server.add(COLLECT, ignore)
        client = await self.serve(server)
        async with await client.open(COLLECT) as stream:
            for _ in range(65):
                await stream.send(Sample())
            beside = asyncio.create_task(client.call(GET, Sample()))
            await expect_failure(stream.receive(), Code.RESOURCE_EXHAUSTED, "slowly")
            self.assertEqual(await beside, Sample())

    async def test_a_client_that_takes_no_messages_gives_its_stream_up_and_no_other_call(self) -> None:
        client = Client((await self.serve(interop_server())).address, Limits(slow_stream=0.2))
        async with client, await client.follow(LIST, Sample(plain_uint32=1000)) as stream, asyncio.timeout(20):
            while not stream.is_given_up:
                await asyncio.sleep(0.01)
            self.assertEqual(await client.call(GET, Sample()), Sample())
            taken = [await receive(stream) for _ in range(64)]
            self.assertEqual([message.plain_uint32 for message in taken], list(range(64)))
            await expect_failure(stream.receive(), Code.RESOURCE_EXHAUSTED, "slowly")

    async def test_a_connection_with_many_given_up_streams_is_replaced(self) -> None:
        server = interop_server()
        client = await self.serve(server)
        for _ in range(16):
            async with await client.follow(LIST, Sample(plain_uint32=1, flag=True)) as stream:
                await stream.receive()
        self.assertEqual(server.running, 16)
        await client.call(GET, Sample())
        async with asyncio.timeout(20):
            while server.running > 0:
                await asyncio.sleep(0.01)

    async def test_a_lost_connection_is_unavailable_and_replaced(self) -> None:
        server = interop_server()
        client = await self.serve(server)
        call = asyncio.create_task(client.call(GET, Sample(flag=True)))
        async with asyncio.timeout(20):
            while server.running == 0:
                await asyncio.sleep(0.01)
        for session in server.sessions:
            session.abort()
        await expect_failure(call, Code.UNAVAILABLE)
        self.assertEqual(await client.call(GET, Sample()), Sample())

    async def test_a_server_without_a_sign_of_life_is_given_up(self) -> None:
        pinged = asyncio.Event()

        async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if b"huleedu.wire.v1.Control" in await reader.readuntil(b"Ping"):
                pinged.set()
            await reader.read()
            writer.close()

        server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        limits = Limits(silence_before_ping=0.1, silence_after_ping=0.1)
        async with server, Client(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", limits) as client:
            await expect_failure(client.call(GET, Sample(), timeout=20), Code.UNAVAILABLE, "lost")
            self.assertTrue(pinged.is_set())

    async def test_any_answer_is_a_sign_of_life(self) -> None:
        address = (await self.serve(interop_server())).address
        async with Client(address, Limits(silence_before_ping=0.05, silence_after_ping=0.5)) as client:
            await expect_failure(client.call(GET, Sample(flag=True), timeout=1.5), Code.DEADLINE_EXCEEDED)

    async def test_nobody_listens(self) -> None:
        client = await self.serve(server := interop_server())
        await server.shut_down()
        await expect_failure(client.call(GET, Sample()), Code.UNAVAILABLE, refused=True)


class DrainTests(unittest.IsolatedAsyncioTestCase):
    async def test_what_runs_ends_and_what_is_new_is_refused(self) -> None:
        may_answer = asyncio.Event()

        async def slow(request: Sample, call: Any) -> Sample:
            await may_answer.wait()
            return request

        server = interop_server()
        server.add(Method("huleedu.sample.v1.Samples", "Slow", Sample, Sample), slow)
        async with Client(f"127.0.0.1:{await server.start('127.0.0.1', 0)}") as client, asyncio.timeout(20):
            watch = await client.follow(HEALTH["Watch"], health_pb2.HealthCheckRequest())
            self.assertEqual((await receive(watch)).status, health_pb2.SERVING_STATUS_SERVING)
            call = asyncio.create_task(client.call(Method("huleedu.sample.v1.Samples", "Slow", Sample, Sample), Sample(text="mine")))
            while server.running < 2:
                await asyncio.sleep(0.01)
            drained = asyncio.create_task(server.shut_down())
            self.assertEqual((await receive(watch)).status, health_pb2.SERVING_STATUS_NOT_SERVING)
            self.assertIsNone(await watch.receive())
            await expect_failure(client.call(GET, Sample()), Code.UNAVAILABLE, "shutting down", refused=True)
            may_answer.set()
            self.assertEqual(await call, Sample(text="mine"))
            await drained

    async def test_what_does_not_end_is_cut_off_when_the_time_is_over(self) -> None:
        server = interop_server()
        server.limits = Limits(drain=0.2)
        async with Client(f"127.0.0.1:{await server.start('127.0.0.1', 0)}") as client, asyncio.timeout(20):
            call = asyncio.create_task(client.call(GET, Sample(flag=True)))
            while server.running == 0:
                await asyncio.sleep(0.01)
            await server.shut_down()
            await expect_failure(call, Code.UNAVAILABLE, "lost")


if __name__ == "__main__":
    unittest.main()
