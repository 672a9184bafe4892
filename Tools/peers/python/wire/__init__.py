"""The base profile of HuleEdu's protocol, written from proto/PROTOCOL.md alone: clients and servers over asyncio."""

from .call import Call, Handler
from .client import Client
from .limits import Limits
from .method import Method
from .server import Server
from .status import Code, Failure
from .stream import Stream

__all__ = ["Call", "Client", "Code", "Failure", "Handler", "Limits", "Method", "Server", "Stream"]
