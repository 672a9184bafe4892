extension ClientConnection {
    /// Nobody waits for a call any more of which the server has heard nothing, and will hear nothing: there is nothing to cancel.
    ///
    /// - Parameter frames: all that was written of it.
    public mutating func withdraw(_ call: CallID, _ frames: [Frame]) -> [Action] {
        guard let stream = stream(of: call) else { return [] }
        forget(stream)
        for frame in frames where frame.type == .data && !frame.flags.contains(.noData) {
            agreement.flow?.withdrawn(CreditWindow.cost(of: frame.payload))
        }
        return resumption()
    }
}
