"""What a side of a connection puts up with."""

from dataclasses import dataclass

# A frame of this length or more is not even dropped: the connection is closed.
UNDROPPABLE = 1 << 24

# Streams that ended this lately are remembered, so that what their clients still send is told from nonsense.
ENDED_STREAMS = 1024


@dataclass(frozen=True)
class Limits:
    """The page's table and its defaults; sizes in bytes, times in seconds."""

    payload: int = 4 << 20
    calls_of_connection: int = 256
    calls: int = 4096
    held: int = 256 << 20
    metadata: int = 16 << 10
    connections: int = 1024
    connections_of_address: int = 512
    unary_default: float = 60
    unary_longest: float = 600
    stream_default: float = 600
    stream_longest: float = 3600
    stream_silence: float = 120
    waiting_messages: int = 64
    waiting_bytes: int = 1 << 20
    slow_stream: float = 5
    unsent_for_streams: int = 1 << 20
    unsent: int = 8 << 20
    frame_arrival: float = 30
    answer_taken: float = 30
    lost_peer: int = 18
    drain: float = 30
    # A client's own: how many of its streams may go on that nobody reads, and the silence in which it asks for a sign of life.
    given_up_streams: int = 16
    silence_before_ping: float = 6
    silence_after_ping: float = 8
