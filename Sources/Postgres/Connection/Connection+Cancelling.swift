private import CPostgres

extension Connection {
    /// How long a cancelled statement may take to stop before the connection is given up.
    static let cancelTimeout: Duration = .seconds(2)

    /// Asks the server to stop a batch. It then ends as usual, with an error or, when the request came too late, without one.
    func cancel(batchNumber: Int) {
        guard case .running(let batch) = phase, batch.number == batchNumber else { return }
        guard batch.isCancellable, batch.cancelling == .none else { return }
        batch.cancelling = .underWay
        guard let raw = PQgetCancel(handle.raw) else { return giveUpCancelled() }
        let request = CancelRequest(raw: raw)
        let timer = EventLoop.shared.schedule(at: .now + Self.cancelTimeout) { [weak self] in
            self?.giveUpCancelled(batchNumber: batchNumber)
        }
        // A bridge: the cancellation handler that leads here cannot wait, and the request must outlive the cancelled task.
        Task { @PostgresLoop in
            let isDelivered = await DetachedThread.run { request.send() } ?? false
            self.cancelRequestEnded(isDelivered: isDelivered, batchNumber: batchNumber, timer: timer)
        }
    }

    private func cancelRequestEnded(isDelivered: Bool, batchNumber: Int, timer: EventLoop.TimerToken) {
        guard case .running(let batch) = phase, batch.number == batchNumber else {
            return EventLoop.shared.cancel(timer)
        }
        guard isDelivered else {
            EventLoop.shared.cancel(timer)
            return giveUpCancelled()
        }
        batch.cancelling = .done
        // The answer may have been complete before the request was dealt with.
        if batch.pipeline.isFinished {
            EventLoop.shared.cancel(timer)
            finishBatch()
        }
    }

    private func giveUpCancelled(batchNumber: Int) {
        guard case .running(let batch) = phase, batch.number == batchNumber else { return }
        giveUpCancelled()
    }

    private func giveUpCancelled() {
        end(PostgresError(.cancelled, "the statement could not be stopped; its connection was closed", outcome: .inDoubt))
    }
}

/// Owns one `PGcancel`, a copy of what is needed to reach the server; usable from any thread.
private final class CancelRequest: @unchecked Sendable {
    // Never changed, and the library reads it without touching the connection it came from.
    private let raw: OpaquePointer

    init(raw: OpaquePointer) {
        self.raw = raw
    }

    /// Delivers the request, which blocks until the server has closed the connection made for it.
    func send() -> Bool {
        var message = [CChar](repeating: 0, count: 256)
        return PQcancel(raw, &message, Int32(message.count)) == 1
    }

    deinit {
        PQfreeCancel(raw)
    }
}
