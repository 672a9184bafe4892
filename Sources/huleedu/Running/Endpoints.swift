import ArgumentParser

/// Where the servers of one service are reached: `host:port`, or several of them, separated by commas.
struct Endpoints: Sendable, Hashable, CustomStringConvertible, ExpressibleByArgument {
    /// At least one, each once.
    let all: [Endpoint]

    init(_ one: Endpoint) {
        all = [one]
    }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let all = parts.compactMap { Endpoint(argument: String($0)) }
        guard all.count == parts.count, Set(all).count == all.count else { return nil }
        self.all = all
    }

    /// Whether all of them are this machine's alone.
    var isLoopback: Bool { all.allSatisfy(\.isLoopback) }

    /// The only one, where it has one address: a name may stand for several.
    var single: Endpoint? {
        guard all.count == 1, let only = all.first, only.isLoopback || only.isAddress else { return nil }
        return only
    }

    var description: String { all.map(\.description).joined(separator: ",") }
}

extension Endpoint {
    /// Whether the host is written in numbers.
    fileprivate var isAddress: Bool { host.contains(":") || host.allSatisfy { ("0"..."9").contains($0) || $0 == "." } }
}
