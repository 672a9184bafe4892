import Logging
import NIOCore
import NIOPosix
import Wire

extension WirePool {
    static let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// Addresses of which a pool calls no more, whatever its names stand for.
    private static let mostAddresses = 64

    /// Keeps a connection to each address of the names, until the task is cancelled.
    func keepAddresses() async {
        await withDiscardingTaskGroup { group in
            var known: [ServerName: [String]] = [:]
            while !Task.isCancelled {
                let seen = losses.version
                let found = await lookUpNames()
                // A name that is not found now stands for what it last stood for.
                known.merge(found) { $1 }
                let addresses = names.flatMap { name in known[name, default: []].map { ServerAddress(host: $0, name: name) } }
                for (id, client, gone) in resolved(distinct(addresses)) {
                    group.addTask { await self.keep(id, client, until: gone) }
                }
                await pause(since: seen, isAnyMissing: found.count < Set(names).count)
            }
            end()
        }
    }

    /// Waits until the names are to be looked up again.
    private func pause(since seen: UInt64, isAnyMissing: Bool) async {
        do {
            try await Task.sleep(for: configuration.shortestLookupInterval)
            guard !isAnyMissing else { return }
            try await losses.wait(since: seen, until: .now + configuration.lookupInterval - configuration.shortestLookupInterval)
        } catch {
            // The task is cancelled, which its loop sees.
        }
    }

    private func lookUpNames() async -> [ServerName: [String]] {
        await withTaskGroup(of: (ServerName, [String])?.self) { group in
            for name in Set(names) {
                group.addTask {
                    do {
                        return (name, try await self.lookUp(name.host))
                    } catch {
                        self.logger.notice("name not found", metadata: ["host": "\(name.host)", "reason": "\(error)"])
                        return nil
                    }
                }
            }
            return await group.reduce(into: [:]) { found, result in
                if let result { found[result.0] = result.1 }
            }
        }
    }

    private func distinct(_ addresses: [ServerAddress]) -> [ServerAddress] {
        var seen: Set<ServerAddress> = []
        let distinct = addresses.filter { seen.insert($0).inserted }
        if distinct.count > Self.mostAddresses {
            logger.notice("too many addresses", metadata: ["found": "\(distinct.count)", "called": "\(Self.mostAddresses)"])
        }
        return Array(distinct.prefix(Self.mostAddresses))
    }

    // MARK: - One address

    /// Keeps a connection to an address until it has left and nothing runs there, or the task is cancelled.
    private func keep(_ id: Roster.ID, _ client: WireClient, until gone: EventLoopFuture<Void>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepConnected(id, client) }
            // Thrown where the task is cancelled, which ends it as well.
            try? await gone.orCancelled()
            group.cancelAll()
        }
        await client.close()
    }

    private func keepConnected(_ id: Roster.ID, _ client: WireClient) async {
        // An attempt, and the pause before it.
        let patience = configuration.client.connectTimeout + configuration.client.longestReconnectPause
        // Connections in a row over which the server never took a call.
        var inVain = 0
        while !Task.isCancelled {
            do {
                // Attempts to connect go on at the client's pace.
                let link = try await client.connected(by: .after(patience))
                connected(id, over: link)
                await withDiscardingTaskGroup { group in
                    group.addTask { await self.watchHealth(of: id, client, over: link) }
                    // Thrown where the task is cancelled, which ends it as well.
                    try? await link.retired.orCancelled()
                    group.cancelAll()
                }
                inVain = hasServed(id, over: link) ? 0 : inVain + 1
                lost(id, link)
                client.abandon(link)
                if inVain > 0 { try await Task.sleep(for: backoff.pause(afterFailures: inVain, chance: .random(in: 0...1))) }
            } catch {
                guard let error = error as? RPCError, error.code != .cancelled else { continue }
                unreachable(id, because: error)
            }
            losses.changed()
        }
    }

    // MARK: - Health

    /// How long a server may tell nothing of its health: the contract says that it does so every ten seconds.
    private static let healthSilence = Duration.seconds(30)

    /// Learns over a connection whether the server takes calls, until the task is cancelled.
    private func watchHealth(of id: Roster.ID, _ client: WireClient, over link: WireClient.Link) async {
        while !Task.isCancelled {
            do {
                let watch = try await client.open(
                    ServingStatus.watch, .serverStreaming, payload: [], options: CallOptions(silence: Self.healthSilence),
                    over: link)
                for try await message in watch.responses {
                    let isServing = try ServingStatus(decoding: message).isServing
                    told(id, isServing: isServing, over: link)
                }
            } catch let error as RPCError where Self.tellsNothing(error) {
                // A server that can't be asked takes calls as long as it answers them.
                return told(id, isServing: true, over: link)
            } catch let error as RPCError where error.code == .deadlineExceeded {
                // Streams end after a while; what was told last still holds.
            } catch {
                told(id, isServing: nil, over: link)
            }
            // Thrown where the task is cancelled, which the loop sees.
            try? await Task.sleep(for: configuration.longestPause)
        }
    }

    /// Whether the server has no health service, or none for this client.
    private static func tellsNothing(_ error: RPCError) -> Bool {
        switch error.code {
        case .unimplemented, .invalidArgument, .notFound, .permissionDenied, .unauthenticated: true
        case .ok, .cancelled, .unknown, .deadlineExceeded, .alreadyExists, .resourceExhausted, .failedPrecondition, .aborted,
            .outOfRange, .internal, .unavailable, .dataLoss:
            false
        }
    }
}
