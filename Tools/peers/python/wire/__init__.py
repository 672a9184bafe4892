"""The base profile of HuleEdu's protocol, written from proto/PROTOCOL.md alone: clients and servers over asyncio."""

from .client import Client
from .limits import Limits
from .method import Method
from .server import Call, Server
from .status import Code, Failure
from .stream import Stream

__all__ = ["Call", "Client", "Code", "Failure", "Limits", "Method", "Server", "Stream"]
