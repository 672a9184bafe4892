private import CPostgres
private import Glibc

/// A connection string taken apart: only what it says itself, no defaults.
struct ConnectionString: Sendable, Hashable {
    /// Keyword and value, in the library's order of keywords.
    private(set) var options: [String: String]

    /// Parses a URI (`postgresql://…`) or `key=value` pairs.
    ///
    /// - Throws: `.invalidConnectionString`; the message never repeats the string, which may hold a password.
    init(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.invalidConnectionString, "the connection string contains a NUL byte", outcome: .notSent)
        }
        var complaint: UnsafeMutablePointer<CChar>?
        let parsed = PQconninfoParse(text, &complaint)
        defer {
            PQconninfoFree(parsed)
            PQfreemem(complaint)
        }
        guard let parsed else {
            throw Self.syntaxError(complaint.map { String(cString: $0) } ?? "")
        }
        options = Self.values(parsed)
        if let fault = firstFault {
            throw PostgresError(.invalidConnectionString, "the connection string's \(fault)", outcome: .notSent)
        }
    }

    subscript(keyword: String) -> String? {
        get { options[keyword] }
        set { options[keyword] = newValue }
    }

    /// Sets an option that the string leaves open.
    mutating func setDefault(_ keyword: String, _ value: String) {
        if options[keyword] == nil { options[keyword] = value }
    }

    /// Replaces host names by addresses, as the library would look them up with a call that blocks.
    ///
    /// - Parameter lookUp: the addresses of a host; empty when it is unknown.
    func resolved(_ lookUp: (String) async -> [String]) async throws(PostgresError) -> ConnectionString {
        let hosts = Self.list(options["host"] ?? Self.environmentDefault("host"))
        guard options["hostaddr"] == nil, hosts.contains(where: Self.needsLookUp) else { return self }
        let ports = Self.list(options["port"])
        var expanded: [(host: String, address: String, port: String)] = []
        for (index, host) in hosts.enumerated() {
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            guard Self.needsLookUp(host) else {
                expanded.append((host, "", port))
                continue
            }
            for address in await lookUp(host).prefix(Self.maxAddressesPerHost) {
                expanded.append((host, address, port))
            }
        }
        guard !expanded.isEmpty else {
            throw PostgresError(.connectionFailed, "the host \(hosts.joined(separator: ",")) is unknown", outcome: .notSent)
        }
        var copy = self
        copy.options["host"] = expanded.map(\.host).joined(separator: ",")
        copy.options["hostaddr"] = expanded.map(\.address).joined(separator: ",")
        copy.options["port"] = expanded.map(\.port).joined(separator: ",")
        return copy
    }

    private static let maxAddressesPerHost = 8

    private static func needsLookUp(_ host: String) -> Bool {
        guard let first = host.first, first != "/", first != "@" else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) != 1 && inet_pton(AF_INET6, host, &address) != 1
    }

    static func list(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// What the environment says about an option (`PGHOST` for `host`).
    private static func environmentDefault(_ keyword: String) -> String? {
        guard let defaults = PQconndefaults() else { return nil }
        defer { PQconninfoFree(defaults) }
        return values(defaults)[keyword]
    }

    private static func values(_ list: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var next = list
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            next += 1
        }
        return values
    }
}

extension ConnectionString {
    /// The addresses of a host as text, from the system's resolver, which blocks: call it on a thread that may.
    static func addresses(ofHost host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var next = first
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            if status == 0 {
                addresses.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }
}
