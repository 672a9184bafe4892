import Logging
import Postgres
import ServiceKit

/// Lets one process at a time send to a provider whose limits are known, of all those that work on one database.
///
/// A vendor counts an account's requests whoever sends them. Processes that shared its limits among them would have to leave room for each
/// other, and one request of theirs more than the vendor's bucket holds is refused. So whoever holds the lock of a provider uses all of its
/// limits, which one process can do easily, and the others take requests on and send to other providers. The lock goes with its holder's
/// session: when that process dies, however it dies, the next one has it within half a second, and what it has to know of the lanes is on
/// record. Should the holder be cut off and not know it yet, both may send for a moment.
struct SendingTurns: Sendable {
    let worker: RequestWorker
    private var configuration: LLMProviderConfiguration { worker.configuration }
    private var lanes: Lanes { worker.lanes }

    /// Least time between two writes of what is on record.
    private static let writingInterval: Duration = .milliseconds(250)

    init(of worker: RequestWorker) {
        self.worker = worker
    }

    /// Takes part until cancelled.
    func run() async {
        guard !configuration.providersInTurn.isEmpty else { return }
        await withTaskGroup { group in
            for provider in configuration.providersInTurn {
                group.addTask { await takeTurns(at: provider) }
            }
            group.addTask { await keepRecords() }
        }
    }

    private func takeTurns(at provider: ProviderConfiguration) async {
        let lock = SessionLock(
            pool: worker.store.pool, name: "huleedu llm-provider sends \(provider.name) \(provider.credential)")
        await lock.hold {
            lanes.begin(provider.name, from: try await worker.store.laneRecords(of: provider))
            worker.logger.info("turn begun", metadata: ["provider": "\(provider.name)"])
            worker.work.ring()
        } lost: {
            let waiting = lanes.end(provider.name)
            // A bridge: whoever has lost the lock does not wait for the database.
            Task { await worker.putBack(waiting, now: true) }
        }
    }

    private func keepRecords() async {
        while !Task.isCancelled {
            let generation = lanes.unrecorded.generation
            let changes = lanes.takeUnrecorded()
            do {
                if !changes.isEmpty { try await worker.store.record(changes) }
                try await Task.sleep(for: Self.writingInterval)
            } catch {
                guard !Task.isCancelled else { return }
                worker.logger.warning("standing of lanes not recorded", metadata: ["reason": "\(error)"])
                lanes.forget(changes)
                // Cancelled, it ends early, and so does the loop.
                try? await Task.sleep(for: Self.writingInterval)
            }
            await lanes.unrecorded.wait(after: generation, upTo: .seconds(3600))
        }
    }
}

extension LLMProviderConfiguration {
    /// Those to which one process at a time sends.
    var providersInTurn: [ProviderConfiguration] { providers.filter(\.isInTurn) }
}

extension ProviderConfiguration {
    /// Whether it is known to have limits. Where limits become known by its answers alone, each process uses them as if it were alone.
    var isInTurn: Bool { limits.areKnown(at: self) }
}
