/// What can be wrong with a connection string, and in which part of it.
///
/// The library finds wrong values only while it connects, where they look like a server that is down.
extension ConnectionString {
    /// The error for what the library could not parse. Its own words are not passed on, as they quote the string.
    static func syntaxError(_ complaint: String) -> PostgresError {
        let fault = syntaxFaults.first { complaint.contains($0.sign) }?.meaning
        return PostgresError(
            .invalidConnectionString,
            fault.map { "the connection string cannot be read: \($0)" }
                ?? "the connection string is neither a postgresql:// URI nor key=value pairs",
            outcome: .notSent)
    }

    /// Pieces of the library's messages (`fe-connect.c`), and what they mean.
    private static let syntaxFaults: [(sign: String, meaning: String)] = [
        ("missing \"=\" after", "an option has no \"=\" after its name"),
        ("unterminated quoted string", "a quoted value has no end"),
        ("invalid connection option", "it has an option that is not known"),
        ("invalid URI query parameter", "the URI has a query parameter that is not known"),
        ("missing key/value separator", "a query parameter of the URI has no \"=\""),
        ("extra key/value separator", "a query parameter of the URI has more than one \"=\""),
        ("percent-encoded token", "a \"%\" in the URI is not followed by two hexadecimal digits"),
        ("forbidden value %00", "the URI contains %00"),
        ("matching \"]\"", "the URI's IPv6 address has no \"]\""),
        ("IPv6 host address may not be empty", "the URI's IPv6 address is empty"),
        ("unexpected character", "the URI's host and port are malformed"),
    ]

    /// The first option whose value the library would not take, and what was expected; nil when there is none.
    var firstFault: String? {
        if let port = Self.list(options["port"]).first(where: { !$0.isEmpty && !Self.isInteger($0, in: 1...65_535) }) {
            return "port: expected a number from 1 to 65535, got \(port)"
        }
        let hosts = max(Self.list(options["host"]).count, Self.list(options["hostaddr"]).count)
        let ports = Self.list(options["port"]).count
        if ports > 1, ports != max(hosts, 1) { return "port: \(ports) are given for \(max(hosts, 1)) hosts" }
        if let addresses = options["hostaddr"], let names = options["host"],
            Self.list(addresses).count != Self.list(names).count
        {
            return "hostaddr: \(Self.list(addresses).count) are given for \(Self.list(names).count) hosts"
        }
        for option in Self.integerOptions {
            if let value = options[option], !Self.isInteger(value, in: Int(Int32.min)...Int(Int32.max)) {
                return "\(option): expected a whole number, got \(value)"
            }
        }
        for (option, words) in Self.choices {
            if let value = options[option], !words.contains(value) {
                return "\(option): expected \(words.joined(separator: ", ")), got \(value)"
            }
        }
        return nil
    }

    private static let integerOptions = [
        "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
    ]

    private static let choices: [(option: String, words: [String])] = [
        ("sslmode", ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]),
        ("target_session_attrs", ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]),
        ("channel_binding", ["disable", "prefer", "require"]),
        ("gssencmode", ["disable", "prefer", "require"]),
    ]

    private static func isInteger(_ text: String, in range: ClosedRange<Int>) -> Bool {
        Int(text).map(range.contains) ?? false
    }
}
