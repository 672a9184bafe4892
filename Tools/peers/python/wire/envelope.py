"""Envelopes: what the payloads of request and response frames hold."""

from collections.abc import Sequence
from typing import Any

from huleedu.wire.v1 import envelope_pb2

from . import message
from .method import Method
from .status import Code, Failure

Metadata = Sequence[tuple[str, str]]

_REFUSED = "type.googleapis.com/huleedu.wire.v1.Refused"


def request(method: Method[Any, Any], payload: bytes, timeout: float, metadata: Metadata) -> bytes:
    """The envelope of a request whose caller waits for so many seconds."""
    # Zero would say that the caller does not say.
    timeout_nano = round(timeout * 1e9) or -1
    envelope = envelope_pb2.Request(service=method.service, method=method.name, payload=payload, timeout_nano=timeout_nano)
    for key, value in metadata:
        envelope.metadata.add(key=key, value=value)
    return envelope.SerializeToString()


def read_request(content: bytes) -> envelope_pb2.Request:
    """Raises Unreadable."""
    return message.read(envelope_pb2.Request, content, is_envelope=True)


def metadata_size(envelope: envelope_pb2.Request) -> int:
    """What metadata counts for, in bytes."""
    return sum(len(pair.key.encode()) + len(pair.value.encode()) + 32 for pair in envelope.metadata)


def answer(payload: bytes) -> bytes:
    """The envelope of an answer that went well."""
    return envelope_pb2.Response(payload=payload).SerializeToString()


def failure(failed: Failure) -> bytes:
    """The envelope of a status."""
    envelope = envelope_pb2.Response()
    envelope.status.code = failed.code
    envelope.status.message = failed.message
    if failed.refused:
        envelope.status.details.add(type_url=_REFUSED)
    return envelope.SerializeToString()


def read_response(content: bytes) -> bytes:
    """The message of an answer. Raises the Failure that stands in it, or that it is."""
    try:
        envelope = message.read(envelope_pb2.Response, content, is_envelope=True)
    except message.Unreadable as error:
        raise Failure(Code.INTERNAL, f"the answer cannot be read: {error}") from None
    status = envelope.status
    if status.code == Code.OK:
        return envelope.payload
    code = Code(status.code) if status.code in set(Code) else Code.UNKNOWN
    raise Failure(code, status.message, refused=any(detail.type_url == _REFUSED for detail in status.details))
