package import Wire

/// Which calls are wanted; all that is given must hold.
package struct CallFilter: Sendable {
    /// Patterns of `package.Service/Method`, in which `*` stands for any text; one of them must fit.
    package var methods: [String] = []
    package var codes: Set<StatusCode> = []
    package var onlyFaults = false
    package var longerThanNanoseconds: UInt64?
    package var largerThanBytes: Int?
    package var call: Call.ID?
    /// Ends of connections, one of which must be the client or the server.
    package var peers: [Peer] = []
    /// Keys, in lower case, and patterns of their values; one value of each must fit.
    package var metadata: [(key: String, pattern: String)] = []
    package var conditions: [FieldCondition] = []

    /// An address, a port, or both.
    package struct Peer: Sendable, Hashable {
        private let host: String?
        private let port: UInt16?

        /// Reads `ADDRESS`, `ADDRESS:PORT`, `[ADDRESS]:PORT` or `:PORT`.
        package init?(_ text: String) {
            let colons = text.count { $0 == ":" }
            let host: Substring
            if colons == 1 || text.contains("]:"), let colon = text.lastIndex(of: ":") {
                guard let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return nil }
                self.port = port
                host = text[..<colon]
            } else {
                port = nil
                host = text[...]
            }
            let address = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
            guard !address.isEmpty || port != nil else { return nil }
            self.host = address.isEmpty ? nil : address.lowercased()
        }

        func fits(_ endpoint: Endpoint) -> Bool {
            (host == nil || host == endpoint.host) && (port == nil || port == endpoint.port)
        }
    }

    package init() {}

    /// Whether every call is wanted.
    package var acceptsAll: Bool {
        methods.isEmpty && codes.isEmpty && !onlyFaults && longerThanNanoseconds == nil && largerThanBytes == nil && call == nil
            && peers.isEmpty && metadata.isEmpty && conditions.isEmpty
    }

    package func accepts(_ call: Call) -> Bool {
        let name = call.methodName ?? ""
        guard methods.isEmpty || methods.contains(where: { Self.fits(name[...], $0[...]) }) else { return false }
        if let wanted = self.call, wanted != call.id { return false }
        if case .answered(let code, _) = call.outcome {
            guard codes.isEmpty || codes.contains(code), !onlyFaults || code != .ok else { return false }
        } else if !codes.isEmpty {
            return false
        }
        guard peers.isEmpty || peers.contains(where: { $0.fits(call.peers.client) || $0.fits(call.peers.server) }) else {
            return false
        }
        return call.nanoseconds >= longerThanNanoseconds ?? 0
            && call.sent.bytes + call.received.bytes >= largerThanBytes ?? 0
            && metadata.allSatisfy { key, pattern in
                call.metadata.values(for: key).contains { Self.fits($0[...], pattern[...]) }
            }
            && conditions.allSatisfy { $0.holds(for: call) }
    }

    /// Whether a text is of a pattern, in which `*` stands for any text.
    package static func fits(_ text: Substring, _ pattern: Substring) -> Bool {
        var (text, pattern) = (text, pattern)
        // The last star, and what it has not yet been made to cover.
        var retry: (pattern: Substring, text: Substring)?
        while true {
            if pattern.first == "*" {
                pattern.removeFirst()
                retry = (pattern, text)
            } else if let first = text.first, pattern.first == first {
                text.removeFirst()
                pattern.removeFirst()
            } else if text.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.text.isEmpty {
                text = last.text.dropFirst()
                pattern = last.pattern
                retry = (pattern, text)
            } else {
                return false
            }
        }
    }
}
