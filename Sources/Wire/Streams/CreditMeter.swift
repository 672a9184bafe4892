import Synchronization

/// Counts what is taken of the messages that have arrived, until half of a window has come together to be given back.
///
/// With less than that the sender waits for nothing: half of a window is enough for any message.
public final class CreditMeter: Sendable {
    private let enough: Int
    private let taken = Mutex(0)

    /// - Parameter window: bytes of the stream, or of all streams of a connection.
    public init(window: Int) {
        enough = max(1, window / 2)
    }

    /// Adds what has been taken.
    ///
    /// - Returns: what is to be given back now; 0 as long as it is too little.
    public func take(_ credit: Int) -> Int {
        taken.withLock { taken in
            taken += credit
            guard taken >= enough else { return 0 }
            defer { taken = 0 }
            return taken
        }
    }
}
