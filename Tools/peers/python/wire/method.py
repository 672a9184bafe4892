"""Methods, as contracts describe them."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf import symbol_database
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message

Request = TypeVar("Request", bound=Message)
Answer = TypeVar("Answer", bound=Message)


@dataclass(frozen=True)
class Method(Generic[Request, Answer]):
    """A method: its messages, and on which sides there may be any number of them."""

    service: str
    name: str
    request: type[Request]
    answer: type[Answer]
    streams_requests: bool = False
    streams_answers: bool = False

    @property
    def is_unary(self) -> bool:
        return not self.streams_requests and not self.streams_answers


def methods_of(service: ServiceDescriptor) -> dict[str, Method[Any, Any]]:
    """The methods of a service by their names, from what protoc made of its contract."""
    kinds = symbol_database.Default()
    return {
        method.name: Method(
            service.full_name,
            method.name,
            kinds.GetPrototype(method.input_type),
            kinds.GetPrototype(method.output_type),
            method.client_streaming,
            method.server_streaming,
        )
        for method in service.methods
    }
