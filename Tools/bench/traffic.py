"""Writes a capture of simulated assessments: what services say to one another while classes are ranked, as a network card sees it.

Everything comes from a seed, so that the same bytes are written on every machine. Each assessment is three connections over Ethernet: the
gateway starts it, watches it and fetches its result; the assessment submits prompts of two essays each; and it follows the feed of
verdicts. Twenty assessments run at once. One packet in 5000 is missing and one in 500 stands behind the next of its connection.
"""

import functools
import random
import struct

REQUEST, RESPONSE, DATA = 1, 2, 3
# What one packet carries over Ethernet.
SEGMENT = 1448
AT_ONCE = 20
WORDS = (
    "att och det som en på är av för den till inte har de med var han hon så men när skolan sommaren vännen läser skriver berättelsen "
    "därför eftersom ändå kanske varje vägen havet the and that a of school summer because story friend \"never\" always wrote\n"
).split(" ")


# Protobuf and frames


@functools.lru_cache(1 << 16)
def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A field of a message: whole numbers, doubles, and what has a length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(*fields):
    return b"".join(field(number, value) for number, value in fields)


def frame(stream, kind, flags, payload):
    return struct.pack(">IIBB", len(payload), stream, kind, flags) + payload


def request(stream, service, method, payload, trace):
    metadata = message((1, "traceparent"), (2, trace))
    return frame(stream, REQUEST, 0, message((1, service), (2, method), (3, payload), (4, 30_000_000_000), (5, metadata)))


def response(stream, payload):
    return frame(stream, RESPONSE, 0, message((2, payload)))


# TCP


class Connection:
    """Both ends of a connection, and the packets that pass between them."""

    def __init__(self, number, port):
        client = (bytes([10, 0, number >> 8 & 0xFF, number & 0xFF]), 20_000 + number % 40_000)
        self.ends = [client, (bytes([10, 1, 0, 1]), port)]
        self.sequences = [number * 7919 & 0xFFFFFFFF, number * 104_729 & 0xFFFFFFFF]

    def packet(self, side, flags, payload):
        (source, port), (destination, other_port) = self.ends[side], self.ends[1 - side]
        tcp = struct.pack(
            ">HHIIBBHHH", port, other_port, self.sequences[side], self.sequences[1 - side], 0x50, flags, 0xFFFF, 0, 0)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0) + source + destination
        self.sequences[side] = self.sequences[side] + len(payload) + (flags & 3 != 0) & 0xFFFFFFFF
        return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + payload

    def open(self):
        return [self.packet(0, 0x02, b""), self.packet(1, 0x12, b"")]

    def send(self, side, content):
        pieces = [content[start : start + SEGMENT] for start in range(0, len(content), SEGMENT)]
        # The other end acknowledges each second packet.
        return [self.packet(side, 0x18, piece) for piece in pieces] + [self.packet(1 - side, 0x10, b"")] * (len(pieces) // 2)

    def close(self):
        return [self.packet(0, 0x11, b""), self.packet(1, 0x11, b"")]


# Assessments


def text(chance, words):
    return " ".join(chance.choices(WORDS, k=words)).encode()


def assessment(number, chance):
    """Yields the packets of one assessment, in pieces that were sent at the same time."""
    gateway, judging, feed = (Connection(3 * number + place, port) for place, port in enumerate((7702, 7701, 7701)))
    name = f"run-{chance.getrandbits(48):012x}"
    essays = [(f"pupil-{place}.txt", text(chance, chance.randint(150, 500))) for place in range(30)]
    instructions = text(chance, 200)
    streams = {gateway: 1, judging: 1}

    def call(connection, service, method, payload, answer):
        stream, trace = streams[connection], f"00-{chance.getrandbits(128):032x}-{chance.getrandbits(64):016x}-01"
        streams[connection] += 2
        yield connection.send(0, request(stream, service, method, payload, trace))
        yield connection.send(1, response(stream, answer))

    def progress(judged):
        return message((1, message((1, name), (2, judged + 1), (3, 1), (6, len(essays)), (7, judged))))

    for connection in (gateway, judging, feed):
        yield connection.open()
    settings = message((1, "simulated"), (2, "judge-1"), (4, 512))
    start = message((1, name), *((2, message((1, essay), (2, body))) for essay, body in essays), (3, instructions), (5, "sv"), (7, settings))
    yield from call(gateway, "huleedu.cj.v1.CJAssessment", "StartAssessment", start, message((1, 1)))
    follow = request(1, "huleedu.events.v1.EventFeed", "Follow", message((2, 100), (4, "cj")), "00-0-0-01")
    yield feed.send(0, follow)
    for judged in range(chance.randint(150, 300)):
        first, second = chance.sample(essays, 2)
        prompt_id = f"{name}-{judged}"
        blocks = [(1, instructions), (2, b"First:\n" + first[1]), (2, b"Second:\n" + second[1])]
        submit = message(
            (1, prompt_id), (2, name), (3, "simulated"), (4, "judge-1"), (6, 512),
            *((7, message((1, target), (2, block), (3, 2))) for target, block in blocks), (8, message((1, "verdict"), (3, b"{}"))))
        yield from call(judging, "huleedu.llm.v1.LLMProvider", "Submit", submit, message((1, 1)))
        verdict = b'{"winner": "first", "rationale": "' + text(chance, 40).replace(b'"', b"'") + b'"}'
        usage = message((1, chance.randint(800, 2000)), (2, 64), (3, 512))
        result = message(
            (1, prompt_id), (2, name), (3, message((1, verdict))), (5, "simulated"), (6, "judge-1"), (7, 1), (8, usage), (11, 812), (13, 1))
        event = message(
            (1, judged + 1), (2, chance.randbytes(16)), (3, "huleedu.events.v1.LLMRequestFinished"), (4, prompt_id), (5, 1),
            (6, 1_800_000_000_000_000 + judged), (7, message((1, result))))
        yield feed.send(1, frame(1, DATA, 0, message((1, event), (2, 1))))
        if judged % 5 == 0:
            watch = message((1, name), (2, judged), (3, 30_000))
            yield from call(gateway, "huleedu.cj.v1.CJAssessment", "WatchAssessment", watch, progress(judged))
    items = [
        message((1, essay), (2, rank + 1), (3, chance.gauss(0, 1.5)), (4, 0.4), (5, 20), (6, 10), (7, 9), (9, "C"), (11, 1.0))
        for rank, (essay, _) in enumerate(essays)
    ]
    result = progress(judged) + message(*((2, item) for item in items))
    yield from call(gateway, "huleedu.cj.v1.CJAssessment", "GetAssessment", message((1, name)), result)
    yield feed.send(1, frame(1, DATA, 5, b""))
    for connection in (gateway, judging, feed):
        yield connection.close()


def packets(chance):
    """Yields the packets of assessments without end, as they were captured."""
    number = AT_ONCE
    running = [assessment(each, random.Random(chance.getrandbits(64))) for each in range(number)]
    while True:
        place = chance.randrange(AT_ONCE)
        piece = next(running[place], None)
        if piece is None:
            running[place] = assessment(number, random.Random(chance.getrandbits(64)))
            number += 1
            continue
        if len(piece) > 1 and chance.random() < 1 / 500 * len(piece):
            swapped = chance.randrange(len(piece) - 1)
            piece[swapped], piece[swapped + 1] = piece[swapped + 1], piece[swapped]
        yield from (packet for packet in piece if chance.random() >= 1 / 5000)


def write(file, size, seed):
    """Writes a classic capture of at least `size` bytes."""
    chance = random.Random(seed)
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1))
    written, microseconds = 24, 1_800_000_000_000_000
    for packet in packets(chance):
        microseconds += 1 + len(packet) // 125
        file.write(struct.pack("<IIII", *divmod(microseconds, 1_000_000), len(packet), len(packet)) + packet)
        written += 16 + len(packet)
        if written >= size:
            return
