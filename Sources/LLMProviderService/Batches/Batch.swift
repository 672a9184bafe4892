import Wire

/// Requests that go to a vendor together, as this process holds them.
struct Batch: Sendable, Hashable {
    /// How far a batch has come; each is on record before what follows from it is done.
    enum State: String, Sendable, Hashable, CaseIterable {
        /// Requests are put into it. The vendor knows nothing of it.
        case gathering
        /// It is being handed over. Who finds it so, and not in the hands of whoever does that, can't know whether the vendor has it.
        case sending
        /// The vendor has it.
        case submitted
        /// All of its requests are settled, or are in the queue again.
        case closed
    }

    /// What the database has for a state is none that this version knows.
    struct UnknownState: Error, Sendable, Hashable, CustomStringConvertible {
        let state: String

        var description: String {
            "state of a batch: expected \(State.allCases.map(\.rawValue).joined(separator: ", ")), got \(state.echoed)"
        }
    }

    let id: Int64
    let provider: String
    /// Of the key that it was begun with.
    let credential: String
    let state: State
    /// What the names of its requests begin with, which the vendor repeats with their results: nobody else's begin so.
    let mark: String
    /// The vendor's name for it, where that is known.
    let vendorID: String?
    /// Requests that were put into it.
    let requests: Int64
    /// When the call was begun that handed it over, in seconds since 1970 by the database's clock.
    let sentAt: Double?
    /// How long ago that was when the batch was taken; zero where there was no such call.
    let sinceSent: Duration
    /// The vendor was asked to cancel it.
    let isCancelled: Bool
    /// How long ago the vendor began to say that it knows nothing of it; nil where it did not, or knew it since.
    let missingFor: Duration?
    /// For how long looks at the vendor's have not shown what became of it, without long times in which nobody looked; nil where the
    /// last look did.
    let unclearFor: Duration?
    /// Some batch of its account has told that nothing can be had from that now, and a request has ended to tell it.
    let isAccountRefused: Bool
    /// Whose it is: a process that held it before has an earlier one, and writes nothing.
    let epoch: Int64

    /// What the vendor calls one of its requests.
    func customID(ofJob job: Int64) -> String { "\(mark)-\(job)" }

    /// The request that the vendor calls so; nil where it is not one of this batch.
    func job(ofCustomID customID: String) -> Int64? {
        guard customID.hasPrefix(mark + "-"), let job = Int64(customID.dropFirst(mark.count + 1)), job > 0,
            self.customID(ofJob: job) == customID
        else { return nil }
        return job
    }

    /// Whether it has been unclear for so long what became of it.
    func isUnclear(for time: Duration) -> Bool { unclearFor.map { $0 >= time } ?? false }

    /// What a look at the vendor's has shown.
    enum Sighting: String, Sendable, Hashable {
        /// The vendor has it.
        case seen
        /// The vendor says that it knows nothing of it.
        case missing
        /// It could not be asked, or its answer leaves open what became of the batch.
        case unclear
        /// Nothing was looked for, or nothing is left of the question.
        case none
    }

    static func makeMark() -> String {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Batch.State {
    /// - Parameter stored: as the database has it.
    init(stored: String) throws(Batch.UnknownState) {
        guard let state = Self(rawValue: stored) else { throw Batch.UnknownState(state: stored) }
        self = state
    }
}

/// The batch is another process's by now; nothing was written.
struct BatchLost: Error {}
