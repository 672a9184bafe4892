/// The calls of a recording, as many as are held at once.
package struct RecordedCalls: Sendable {
    package private(set) var calls: [Call] = []
    private let filter: CallFilter
    private let mostBytes: Int
    private var bytes = 0

    /// - Parameters:
    ///   - filter: which of them.
    ///   - mostBytes: that they may take up, each with its messages, its metadata and what it has beside them.
    package init(_ filter: CallFilter = CallFilter(), mostBytes: Int = 1 << 30) {
        self.filter = filter
        self.mostBytes = mostBytes
    }

    /// Takes over those that have ended.
    ///
    /// - Returns: whether all of them are held; with more bytes than are held, what is there is not the recording any more.
    package mutating func take(_ events: [TrafficReader.Event]) -> Bool {
        for case .call(.ended(let call), _, _) in events where filter.accepts(call) {
            bytes += call.keptBytes
            guard bytes <= mostBytes else { return false }
            calls.append(call)
        }
        return true
    }
}
