"""Messages are checked before they are read, so that hostile bytes are refused by the name of the field that they fill."""

from typing import Any, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

AnyMessage = TypeVar("AnyMessage", bound=Message)

_DEEPEST = 64
_MOST_FIELDS = 262_144

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_WIRE_TYPES = {
    FieldDescriptor.TYPE_STRING: _LENGTH,
    FieldDescriptor.TYPE_BYTES: _LENGTH,
    FieldDescriptor.TYPE_MESSAGE: _LENGTH,
    FieldDescriptor.TYPE_FIXED64: _FIXED64,
    FieldDescriptor.TYPE_SFIXED64: _FIXED64,
    FieldDescriptor.TYPE_DOUBLE: _FIXED64,
    FieldDescriptor.TYPE_FIXED32: _FIXED32,
    FieldDescriptor.TYPE_SFIXED32: _FIXED32,
    FieldDescriptor.TYPE_FLOAT: _FIXED32,
}


class Unreadable(Exception):
    """A message that is refused: its name, the path of the field, and what is wrong with it."""


def read(kind: type[AnyMessage], content: bytes, *, is_envelope: bool = False) -> AnyMessage:
    """The message in some bytes; an envelope may hold NULs and what comes twice. Raises Unreadable."""
    try:
        _Check(content, is_envelope).run(kind.DESCRIPTOR)
        message = kind()
        message.ParseFromString(content)
        return message
    except _Fault as fault:
        path = f"{kind.DESCRIPTOR.full_name}.{fault.path}" if fault.path else kind.DESCRIPTOR.full_name
        raise Unreadable(f"{path}: {fault.what}") from None
    except DecodeError:
        raise Unreadable(f"{kind.DESCRIPTOR.full_name}: cannot be read") from None


class _Fault(Exception):
    def __init__(self, path: str, what: str) -> None:
        self.path = path
        self.what = what


class _Check:
    """One walk over a message and the messages within it."""

    def __init__(self, content: bytes, is_envelope: bool) -> None:
        self._content = content
        self._is_envelope = is_envelope
        self._fields = 0

    def run(self, kind: Descriptor) -> None:
        self._message(kind, 0, len(self._content), "", 1)

    def _message(self, kind: Descriptor, at: int, end: int, path: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise _Fault(path, f"more than {_DEEPEST} messages within one another")
        seen: dict[int, int] = {}
        while at < end:
            tag, at = self._varint(at, end, 5, path, "a tag")
            number, wire_type = tag >> 3, tag & 7
            if number == 0 or tag >> 32:
                raise _Fault(path, f"a field has the number {number}")
            self._fields += 1
            if self._fields > _MOST_FIELDS:
                raise _Fault(path, f"more than {_MOST_FIELDS} fields")
            field = kind.fields_by_number.get(number)
            index = seen.get(number, 0)
            seen[number] = index + 1
            here = self._path(path, number, field, index)
            start, at = self._value(wire_type, at, end, here)
            if field is not None:
                self._known(field, wire_type, start, at, index, here, depth)

    def _path(self, path: str, number: int, field: Any, index: int) -> str:
        name = str(number) if field is None else field.name
        if field is not None and field.label == FieldDescriptor.LABEL_REPEATED:
            name += f"[{index}]"
        return f"{path}.{name}" if path else name

    def _known(self, field: Any, wire_type: int, start: int, end: int, index: int, path: str, depth: int) -> None:
        """Checks a value from its first byte, which for a value with a length is the first after that, to its last."""
        wanted = _WIRE_TYPES.get(field.type, _VARINT)
        if wire_type != wanted:
            if wire_type != _LENGTH or field.label != FieldDescriptor.LABEL_REPEATED:
                raise _Fault(path, f"wire type {wire_type} where {wanted} is expected")
            while start < end:
                _, start = self._value(wanted, start, end, path)
        elif field.type == FieldDescriptor.TYPE_STRING:
            self._string(start, end, path)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            is_single = field.label != FieldDescriptor.LABEL_REPEATED and field.containing_oneof is None
            if index > 0 and is_single and not self._is_envelope:
                raise _Fault(path, "comes twice")
            self._message(field.message_type, start, end, path, depth + 1)

    def _string(self, start: int, end: int, path: str) -> None:
        text = self._content[start:end]
        if 0 in text and not self._is_envelope:
            raise _Fault(path, "holds a NUL")
        try:
            text.decode()
        except UnicodeDecodeError:
            raise _Fault(path, "is not UTF-8") from None

    def _value(self, wire_type: int, at: int, end: int, path: str) -> tuple[int, int]:
        """Where the content of a value begins and ends."""
        start = at
        if wire_type == _VARINT:
            _, at = self._varint(at, end, 10, path, "a number")
        elif wire_type == _LENGTH:
            length, start = self._varint(at, end, 5, path, "a length")
            at = start + length
        elif wire_type in (_FIXED64, _FIXED32):
            at += 8 if wire_type == _FIXED64 else 4
        else:
            raise _Fault(path, f"wire type {wire_type}, which is a group or nothing")
        if at > end:
            raise _Fault(path, "ends too early")
        return start, at

    def _varint(self, at: int, end: int, longest: int, path: str, what: str) -> tuple[int, int]:
        number = 0
        for place in range(longest):
            if at + place >= end:
                raise _Fault(path, "ends too early")
            byte = self._content[at + place]
            number |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                if number >> 64:
                    raise _Fault(path, f"{what} of more than 64 bits")
                return number, at + place + 1
        raise _Fault(path, f"{what} of more than {longest} bytes")
