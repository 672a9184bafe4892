import Wire
import WireDump

/// One thing that a server has to do, under a number that stays.
struct ConformanceCheck: Sendable {
    /// `WC001`, or a name of gRPC's interoperability tests.
    let id: String
    /// What is so where the check passes.
    let claim: String
    /// - Throws: ``ConformanceFault`` where it is not so, ``CheckSkipped`` where the server has nothing by which to tell.
    let run: @Sendable (ConformanceSubject) async throws -> Void

    init(_ id: String, _ claim: String, _ run: @escaping @Sendable (ConformanceSubject) async throws -> Void) {
        self.id = id
        self.claim = claim
        self.run = run
    }

    static let all = calls + faults + limits + streams + messages + extended + interoperability

    /// Whether a pattern means it, in which `*` stands for any text.
    func fits(_ pattern: String) -> Bool {
        CallFilter.fits(id.lowercased()[...], pattern.lowercased()[...])
    }

    /// Makes the check, for so long at most.
    func outcome(of subject: ConformanceSubject, within time: Duration) async -> ConformanceResult.Outcome {
        await withTaskGroup(of: ConformanceResult.Outcome?.self) { group in
            group.addTask { await attempt(subject) }
            group.addTask {
                // Who is told to stop has waited long enough.
                try? await Task.sleep(for: time)
                return nil
            }
            var outcome = ConformanceResult.Outcome.failed(ConformanceFault(expected: "an end of the check", got: "none in time"))
            for await ended in group {
                // A check whose time is over is told to stop, and says what it waited for.
                group.cancelAll()
                if let ended { outcome = ended }
            }
            return outcome
        }
    }

    private func attempt(_ subject: ConformanceSubject) async -> ConformanceResult.Outcome {
        do {
            try await run(subject)
            return .passed
        } catch let skipped as CheckSkipped {
            return .skipped(skipped.reason)
        } catch let fault as ConformanceFault {
            return .failed(fault)
        } catch let error as RPCError where !Task.isCancelled {
            return .failed(ConformanceFault(expected: "an answer", got: error.told))
        } catch {
            return .failed(ConformanceFault(expected: "an answer", got: "none in time"))
        }
    }
}

/// Why a check could not be made.
struct CheckSkipped: Error, Sendable {
    let reason: String
}
