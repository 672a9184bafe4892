import Synchronization

/// A body on its way to a reader that may be slower than the server.
///
/// The loop's thread puts bytes in and one task takes them out. What the reader has not taken stays with the server: beyond a limit the
/// transfer stands still until there is room.
final class ArrivingBody: Sendable {
    fileprivate struct State {
        var bytes: [UInt8] = []
        var isPaused = false
        var hasEnded = false
        var reader: CheckedContinuation<Void, Never>?
    }

    /// Bytes that wait for the reader before the transfer stands still.
    private static let limit = 256 << 10

    private let state = Mutex(State())

    /// Takes bytes that have come, all or none.
    ///
    /// - Returns: false where there is no room for them; the transfer is to stand still.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (isTaken, reader) = state.withLock { state in
            guard state.bytes.isEmpty || state.bytes.count + bytes.count <= Self.limit else {
                state.isPaused = true
                return (false, nil as CheckedContinuation<Void, Never>?)
            }
            state.bytes.append(contentsOf: bytes)
            return (true, state.takeReader())
        }
        reader?.resume()
        return isTaken
    }

    /// Nothing comes any more.
    func end() {
        state.withLock { state in
            state.hasEnded = true
            return state.takeReader()
        }?.resume()
    }

    /// What has come since the last call, once something has; nil after the end.
    ///
    /// - Parameter resume: called where the transfer stands still and there is room again.
    func next(resume: () -> Void) async -> [UInt8]? {
        while true {
            let (bytes, wasPaused, hasEnded) = state.withLock { state in
                defer {
                    state.bytes = []
                    state.isPaused = false
                }
                return (state.bytes, state.isPaused, state.hasEnded)
            }
            if wasPaused { resume() }
            if !bytes.isEmpty { return bytes }
            guard !hasEnded else { return nil }
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    guard state.bytes.isEmpty, !state.hasEnded, !state.isPaused else { return false }
                    state.reader = continuation
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        }
    }
}

extension ArrivingBody.State {
    fileprivate mutating func takeReader() -> CheckedContinuation<Void, Never>? {
        defer { reader = nil }
        return reader
    }
}
