import Wire

/// One thing that a server has to do, under a number that stays.
struct ConformanceCheck: Sendable {
    /// `WC001`, or a name of gRPC's interoperability tests.
    let id: String
    /// What is so where the check passes.
    let claim: String
    /// - Throws: ``CheckFault`` where it is not so, ``CheckSkipped`` where the server has nothing by which to tell.
    let run: @Sendable (ConformanceSubject) async throws -> Void

    init(_ id: String, _ claim: String, _ run: @escaping @Sendable (ConformanceSubject) async throws -> Void) {
        self.id = id
        self.claim = claim
        self.run = run
    }

    static let all = calls + faults + limits + streams + interoperability
}

/// What a server did otherwise than it should.
struct CheckFault: Error, Sendable {
    let expected: String
    let got: String
}

/// Why a check could not be made.
struct CheckSkipped: Error, Sendable {
    let reason: String
}

/// How a check ended.
enum CheckResult: Sendable {
    case passed
    case skipped(String)
    case failed(CheckFault)

    /// Makes a check, for so long at most.
    init(_ time: Duration, _ check: @escaping @Sendable () async throws -> Void) async {
        self = await withTaskGroup(of: CheckResult?.self) { group in
            group.addTask { await CheckResult(check) }
            group.addTask {
                // Who is told to stop has waited long enough.
                try? await Task.sleep(for: time)
                return nil
            }
            // A check whose time is over is told to stop, and says what it waited for.
            var result = await group.next() ?? nil
            group.cancelAll()
            while result == nil, let other = await group.next() { result = other }
            return result ?? .passed
        }
    }

    private init(_ check: () async throws -> Void) async {
        do {
            try await check()
            self = .passed
        } catch let skipped as CheckSkipped {
            self = .skipped(skipped.reason)
        } catch let fault as CheckFault {
            self = .failed(fault)
        } catch let error as RPCError {
            self = .failed(CheckFault(expected: "an answer", got: "\(error)"))
        } catch {
            self = .failed(CheckFault(expected: "an end of the check", got: "none in time"))
        }
    }
}
