"""Messages that are refused, and by which name."""

import random
import unittest

from huleedu.sample.v1 import sample_pb2
from huleedu.wire.v1 import envelope_pb2

from wire import message
from wire.message import Unreadable

Sample = sample_pb2.Sample


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def varint(number: int) -> bytes:
    content = bytearray()
    while number > 0x7F:
        content.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*content, number])


def nested(depth: int) -> bytes:
    """A sample with so many samples within one another, itself among them."""
    content = b""
    for _ in range(depth - 1):
        content = tag(35, 2) + varint(len(content)) + content
    return content


# What stands in the way, and the path that names it.
HOSTILE = {
    "an end inside a number": (tag(1, 0) + b"\x80", "plain_int32: ends too early"),
    "an end inside a string": (tag(14, 2) + b"\x05ab", "text: ends too early"),
    "an end inside eight bytes": (tag(12, 1) + b"1234567", "twofold: ends too early"),
    "an end inside four bytes": (tag(11, 5) + b"123", "single: ends too early"),
    "an end inside a tag": (b"\x80", "ends too early"),
    "a length of four gigabytes": (tag(15, 2) + b"\xff\xff\xff\xff\x0f", "blob: ends too early"),
    "a tag of six bytes": (b"\x88\x80\x80\x80\x80\x00", "a tag of more than 5 bytes"),
    "a length of six bytes": (tag(15, 2) + b"\x80\x80\x80\x80\x80\x00", "blob: a length of more than 5 bytes"),
    "a number of eleven bytes": (tag(1, 0) + b"\x80" * 10 + b"\x00", "plain_int32: a number of more than 10 bytes"),
    "a number of more than sixty-four bits": (tag(1, 0) + b"\xff" * 9 + b"\x02", "plain_int32: a number of more than 64 bits"),
    "field number zero": (b"\x00\x00", "a field has the number 0"),
    "a group": (tag(1, 3) + tag(1, 4), "plain_int32: wire type 3"),
    "an unknown group": (tag(900, 3) + tag(900, 4), "900: wire type 3"),
    "wire type seven": (tag(900, 7), "900: wire type 7"),
    "another wire type": (tag(14, 0) + b"\x01", "text: wire type 0 where 2 is expected"),
    "a packed number that is not repeated": (tag(1, 2) + b"\x01\x01", "plain_int32: wire type 2 where 0 is expected"),
    "a packed number that ends early": (tag(21, 2) + b"\x01\x80", "int32s[0]: ends too early"),
    "packed bytes that are no whole number": (tag(23, 2) + b"\x05abcde", "fixed_uint32s[0]: ends too early"),
    "a string that is not UTF-8": (tag(14, 2) + b"\x01\xff", "text: is not UTF-8"),
    "a surrogate": (tag(14, 2) + b"\x03\xed\xa0\x80", "text: is not UTF-8"),
    "a NUL in a string": (tag(32, 2) + b"\x01a" + tag(32, 2) + b"\x03a\x00b", "texts[1]: holds a NUL"),
    "a message twice": (tag(17, 2) + b"\x00" + tag(17, 2) + b"\x00", "nested: comes twice"),
    "a fault deep inside": (
        tag(35, 2) + b"\x00" + tag(35, 2) + b"\x05" + tag(17, 2) + b"\x02\x0a\x01",
        "children[1].nested.name: ends too early",
    ),
    "sixty-five within one another": (nested(65), "more than 64 messages within one another"),
    "a field too many": (tag(900, 0) + b"\x00" + (tag(1, 0) + b"\x00") * 262_144, "more than 262144 fields"),
}


class MessageTests(unittest.TestCase):
    def test_hostile_messages_are_refused_by_name(self) -> None:
        for what, (content, fault) in HOSTILE.items():
            with self.subTest(what), self.assertRaises(Unreadable) as raised:
                message.read(Sample, content)
            self.assertTrue(str(raised.exception).startswith("huleedu.sample.v1.Sample"), raised.exception)
            self.assertIn(fault, str(raised.exception))

    def test_what_stands_on_the_border_is_read(self) -> None:
        message.read(Sample, nested(64))
        message.read(Sample, (tag(1, 0) + b"\x00") * 262_144)
        self.assertEqual(message.read(Sample, tag(1, 0) + b"\xff" * 9 + b"\x01").plain_int32, -1)
        self.assertEqual(message.read(Sample, tag(1, 0) + b"\x01" + tag(1, 0) + b"\x02").plain_int32, 2)
        message.read(Sample, (tag(53, 2) + b"\x00") * 2)
        self.assertEqual(message.read(Sample, tag(16, 0) + b"\x63").colour, 99)

    def test_repeated_numbers_are_read_packed_and_not(self) -> None:
        packed, single = tag(21, 2) + b"\x02\x01\x02", tag(21, 0) + b"\x03"
        self.assertEqual(list(message.read(Sample, packed + single).int32s), [1, 2, 3])
        unpacked_field = tag(36, 2) + b"\x02\x01\x02"
        self.assertEqual(list(message.read(Sample, unpacked_field).unpacked_uint32s), [1, 2])

    def test_unknown_fields_are_stepped_over(self) -> None:
        unknown = tag(900, 0) + b"\x01" + tag(901, 1) + b"12345678" + tag(902, 2) + b"\x01\xff" + tag(903, 5) + b"1234"
        self.assertEqual(message.read(Sample, unknown + tag(14, 2) + b"\x01a").text, "a")

    def test_an_envelope_is_checked_like_a_message(self) -> None:
        with self.assertRaises(Unreadable) as raised:
            message.read(envelope_pb2.Request, b"\x2a\x04\x0a\x02a\xff", is_envelope=True)
        self.assertIn("metadata[0].key: is not UTF-8", str(raised.exception))
        with_nul = message.read(envelope_pb2.Request, b"\x2a\x04\x0a\x02a\x00", is_envelope=True)
        self.assertEqual(with_nul.metadata[0].key, "a\0")

    def test_mutated_messages_are_read_or_refused(self) -> None:
        """Whatever the bytes, nothing but Unreadable comes of them."""
        chance = random.Random(5)
        sample = Sample(text="abc", int32s=[1, 2, 3], twofold=2.5, nested=Sample.Nested(name="n", values=[7]), maybe_number=3)
        sample.children.add(text="inner")
        whole = sample.SerializeToString()
        refused = 0
        for _ in range(20_000):
            content = bytearray(whole)
            for _ in range(chance.randrange(1, 4)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            try:
                message.read(Sample, bytes(content[: chance.randrange(len(content) + 1)]))
            except Unreadable:
                refused += 1
        self.assertGreater(refused, 1000)


if __name__ == "__main__":
    unittest.main()
