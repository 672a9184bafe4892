import ServiceKit

/// How many requests a process has with vendors at once, and waiting to be sent within half a second.
struct ConcurrentRequests: Sendable, Hashable {
    static let variable = "HULEEDU_CONCURRENT_REQUESTS"
    /// Each takes a connection, and systems give a process 1,024 open files unless they are told otherwise.
    static let counts = 1...900

    let count: Int

    /// The default, or what the environment says.
    ///
    /// - Throws: `SettingsError` for anything but a whole number within ``counts``.
    init(_ environment: Settings) throws {
        count = try environment.integer(Self.variable, default: ConcurrentRequests().count, in: Self.counts)
    }

    init() {
        count = 32
    }
}
