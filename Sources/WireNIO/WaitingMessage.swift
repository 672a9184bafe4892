import NIOCore

/// A message of a stream that has no room on its connection yet, and whoever waits for it.
struct WaitingMessage<Stream: Hashable & Sendable>: Sendable {
    let stream: Stream
    let payload: [UInt8]
    let written: EventLoopPromise<Void>
}
