"""Frames, in whatever pieces they arrive."""

import re
import unittest
from pathlib import Path

from huleedu.events.v1 import feed_pb2
from huleedu.wire.v1 import health_pb2

from wire import Code, Failure, envelope, frame
from wire.frame import EMPTY, LAST, Decoder, FrameError, Kind
from wire.method import methods_of

PAGE = Path(__file__).parents[4] / "proto" / "PROTOCOL.md"


def page_example(name: str) -> bytes:
    """The bytes of one of the page's examples."""
    block = re.search(rf"```hex {name}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block is not None, name
    return bytes.fromhex("".join(line.split("#")[0] for line in block[1].splitlines()))


def decode(content: bytes, piece: int, longest: int = 1 << 20) -> list[frame.Frame]:
    decoder = Decoder(lambda header: header.length <= longest)
    return [found for at in range(0, len(content), piece) for found in decoder.feed(content[at : at + piece])]


class FrameTests(unittest.TestCase):
    def test_frames_are_the_same_in_pieces_of_every_size(self) -> None:
        frames = [(1, Kind.REQUEST, 0, b"one"), (3, Kind.DATA, LAST | EMPTY, b""), (1, Kind.DATA, 0, b"x" * 300)]
        content = b"".join(frame.encode(*each) for each in frames)
        whole = decode(content, len(content))
        self.assertEqual([found.payload for found in whole], [b"one", b"", b"x" * 300])
        for piece in range(1, len(content)):
            self.assertEqual(decode(content, piece), whole)

    def test_a_frame_that_ends_early_is_no_frame(self) -> None:
        content = frame.encode(1, Kind.REQUEST, 0, b"one")
        for end in range(1, len(content)):
            decoder = Decoder(lambda header: True)
            self.assertEqual(list(decoder.feed(content[:end])), [])
            self.assertTrue(decoder.is_inside)

    def test_what_is_not_admitted_is_dropped_and_the_next_frame_found(self) -> None:
        content = frame.encode(1, Kind.REQUEST, 0, b"x" * 101) + frame.encode(3, Kind.REQUEST, 0, b"x" * 100)
        for piece in (1, 7, len(content)):
            self.assertEqual([found.payload for found in decode(content, piece, longest=100)], [None, b"x" * 100])

    def test_sixteen_mebibytes_are_refused_at_the_first_byte(self) -> None:
        with self.assertRaises(FrameError):
            decode(b"\x01", 1)
        with self.assertRaises(FrameError):
            decode(b"GET / HTTP/1.1\r\n", 16)
        header = frame.encode(1, Kind.REQUEST, 0)[4:]
        self.assertEqual(decode(b"\x00\xff\xff\xff" + header, 14), [])


class PageTests(unittest.TestCase):
    """The examples of PROTOCOL.md, byte by byte."""

    def test_the_request(self) -> None:
        check = methods_of(health_pb2.DESCRIPTOR.services_by_name["Health"])["Check"]
        payload = health_pb2.HealthCheckRequest(service="huleedu.cj.v1.CJAssessment").SerializeToString()
        content = envelope.request(check, payload, 5, [("trace-id", "7f3a")])
        self.assertEqual(frame.encode(1, Kind.REQUEST, 0, content), page_example("request"))

    def test_the_answer(self) -> None:
        answer = health_pb2.HealthCheckResponse(status=health_pb2.SERVING_STATUS_SERVING).SerializeToString()
        self.assertEqual(frame.encode(1, Kind.RESPONSE, 0, envelope.answer(answer)), page_example("answer"))

    def test_the_refusal(self) -> None:
        refusal = Failure(Code.UNAVAILABLE, "the server is shutting down", refused=True)
        self.assertEqual(frame.encode(1, Kind.RESPONSE, 0, envelope.failure(refusal)), page_example("refusal"))
        with self.assertRaises(Failure) as raised:
            envelope.read_response(decode(page_example("refusal"), 1000)[0].payload or b"")
        self.assertEqual((raised.exception.code, raised.exception.refused), (Code.UNAVAILABLE, True))

    def test_the_stream(self) -> None:
        request = envelope.read_request(decode(page_example("follow"), 1000)[0].payload or b"")
        self.assertEqual((request.service, request.method), ("huleedu.events.v1.EventFeed", "Follow"))
        self.assertEqual(feed_pb2.FollowRequest.FromString(request.payload), feed_pb2.FollowRequest(after_position=41, limit=10))
        heartbeat = feed_pb2.FollowResponse(partitions=1).SerializeToString()
        self.assertEqual(frame.encode(3, Kind.DATA, 0, heartbeat), page_example("heartbeat"))
        self.assertEqual(frame.encode(3, Kind.DATA, LAST | EMPTY), page_example("end"))


if __name__ == "__main__":
    unittest.main()
