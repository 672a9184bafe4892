"""Frames: a header of ten bytes and a payload, one after the other."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

_HEADER = struct.Struct(">IIBB")


class Kind(IntEnum):
    """What a frame carries; a receiver ignores every other type."""

    REQUEST = 1
    RESPONSE = 2
    DATA = 3


# Flags; a receiver ignores all others.
LAST = 1  # the sender sends no more
MORE = 2  # the sender will send data
EMPTY = 4  # no message inside


class FrameError(Exception):
    """Bytes after which nothing on the connection can be believed."""


@dataclass(frozen=True)
class Header:
    """The first ten bytes of a frame, read."""

    length: int
    stream: int
    kind: int
    flags: int


@dataclass(frozen=True)
class Frame:
    """A header and what came after it."""

    header: Header
    # None where the decoder was told not to take it in.
    payload: bytes | None


def encode(stream: int, kind: Kind, flags: int, payload: bytes = b"") -> bytes:
    """The bytes of a frame; the payload has less than 16 MiB."""
    return _HEADER.pack(len(payload), stream, kind, flags) + payload


class Decoder:
    """Cuts a stream of bytes into frames, in whatever pieces it arrives, and holds no payload that `admits` refuses by its header."""

    def __init__(self, admits: Callable[[Header], bool]) -> None:
        self._admits = admits
        self._head = bytearray()
        self._header: Header | None = None
        self._admitted = False
        self._payload = bytearray()
        self._missing = 0

    @property
    def is_inside(self) -> bool:
        """Whether a frame has begun and not ended."""
        return len(self._head) > 0

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """The frames that a piece completes. Raises FrameError at the first byte of a frame that is too long to be dropped."""
        rest = memoryview(piece)
        while True:
            if self._header is None:
                rest = self._read_header(rest)
            if self._header is None:
                return
            part, rest = rest[: self._missing], rest[self._missing :]
            self._missing -= len(part)
            if self._admitted:
                self._payload += part
            if self._missing > 0:
                return
            yield self._finish(self._header)

    def _read_header(self, rest: memoryview) -> memoryview:
        wanted = _HEADER.size - len(self._head)
        self._head += rest[:wanted]
        if self._head and self._head[0] != 0:
            raise FrameError("a frame of 16 MiB or more, or no frames at all")
        if len(self._head) == _HEADER.size:
            self._header = Header(*_HEADER.unpack(self._head))
            self._missing = self._header.length
            self._admitted = self._admits(self._header)
        return rest[wanted:]

    def _finish(self, header: Header) -> Frame:
        frame = Frame(header, bytes(self._payload) if self._admitted else None)
        self._head.clear()
        self._header = None
        self._payload = bytearray()
        return frame
