import ServiceKit

/// How long one call to a vendor may take; then it has failed, and the request is tried again.
struct CallTimeout: Sendable, Hashable {
    static let variable = "HULEEDU_CALL_SECONDS"
    static let seconds = 1...3600

    let duration: Duration

    /// The default, or what the environment says.
    ///
    /// - Throws: `SettingsError` for anything but a whole number within ``seconds``.
    init(_ environment: Settings) throws {
        duration = .seconds(try environment.integer(Self.variable, default: 120, in: Self.seconds))
    }

    init() {
        duration = .seconds(120)
    }
}
