private import CCurl

/// The transfers of one loop: who runs, who waits for a place, and who is to be answered.
///
/// It lives on the loop's thread.
struct TransferTable {
    private let multi: MultiHandle
    private let configuration: CurlClient.Configuration
    private var waiting: [PendingTransfer] = []
    private var active: [UnsafeMutableRawPointer: ActiveTransfer] = [:]
    private var handles: [UInt64: UnsafeMutableRawPointer] = [:]
    /// Transfers answered since the last `advance`.
    private var answered = 0
    private(set) var hasEnded = false

    init(multi: MultiHandle, configuration: CurlClient.Configuration) {
        self.multi = multi
        self.configuration = configuration
    }

    mutating func handle(_ command: TransferLoop.Command) {
        switch command {
        case .submit(let transfer):
            waiting.append(transfer)
        case .cancel(let id):
            end(id, .cancelled, "the waiting task was cancelled")
        case .resume(let id):
            if let easy = handles[id] { active[easy]?.resume() }
        case .shutDown:
            for transfer in waiting { answer(transfer, .failure(.notSent(.shutDown, "the client was shut down"))) }
            waiting = []
            for id in handles.keys { end(id, .shutDown, "the client was shut down") }
            hasEnded = true
        }
    }

    /// Starts whom there is room for, lets libcurl work, and answers who is done. Returns how many were answered since the last
    /// call.
    mutating func advance() -> Int {
        repeat {
            startWaiting()
            multi.perform()
        } while answerFinished() && !waiting.isEmpty
        defer { answered = 0 }
        return answered
    }

    /// How long the loop may sleep. libcurl wakes it for its own timers; only deadlines of waiting requests are ours.
    var timeUntilNextEvent: Duration {
        let now = ContinuousClock.now
        return waiting.reduce(.seconds(1)) { min($0, now.duration(to: $1.deadline)) }
    }

    private mutating func startWaiting() {
        let now = ContinuousClock.now
        var stillWaiting: [PendingTransfer] = []
        for transfer in waiting {
            if transfer.deadline <= now {
                answer(transfer, .failure(.notSent(.timeout, "the time ran out before the request could be started")))
            } else if active.count < configuration.maxTransfersInFlight {
                start(transfer)
            } else {
                stillWaiting.append(transfer)
            }
        }
        waiting = stillWaiting
    }

    private mutating func start(_ pending: PendingTransfer) {
        do throws(CurlError) {
            let transfer = try ActiveTransfer(pending, configuration: configuration)
            try multi.add(transfer)
            active[transfer.easy] = transfer
            handles[pending.id] = transfer.easy
        } catch {
            answer(pending, .failure(error))
        }
    }

    /// True when there is room that was not there before.
    private mutating func answerFinished() -> Bool {
        var hasRoom = false
        while let (easy, code) = multi.nextFinished() {
            guard let transfer = active[easy] else { continue }
            let outcome = transfer.outcome(code)
            remove(transfer)
            answer(transfer.pending, outcome)
            hasRoom = true
        }
        return hasRoom
    }

    private mutating func end(_ id: UInt64, _ code: CurlError.Code, _ message: String) {
        if let index = waiting.firstIndex(where: { $0.id == id }) {
            answer(waiting.remove(at: index), .failure(.notSent(code, message)))
        } else if let easy = handles[id], let transfer = active[easy] {
            let outcome = transfer.aborted(code, message)
            remove(transfer)
            answer(transfer.pending, outcome)
        }
    }

    private mutating func remove(_ transfer: ActiveTransfer) {
        multi.remove(transfer)
        active[transfer.easy] = nil
        handles[transfer.pending.id] = nil
    }

    private mutating func answer(_ transfer: PendingTransfer, _ outcome: PendingTransfer.Outcome) {
        answered += 1
        transfer.finish(outcome)
    }
}
