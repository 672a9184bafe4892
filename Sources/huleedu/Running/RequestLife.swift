import ServiceKit

/// How long a request to a language model may be without an answer, however often it is tried; then it has failed.
///
/// A vendor that fails is waited for as long.
struct RequestLife: Sendable, Hashable {
    static let variable = "HULEEDU_REQUEST_SECONDS"
    static let seconds = 5...86_400
    /// Where a person waits for the end of a run, and may take it up again.
    static let whileSomebodyWaits = 600

    let duration: Duration

    /// The default, or what the environment says.
    ///
    /// - Throws: `SettingsError` for anything but a whole number within ``seconds``.
    init(_ environment: Settings, default usual: Int = seconds.upperBound) throws {
        duration = .seconds(try environment.integer(Self.variable, default: usual, in: Self.seconds))
    }

    init() {
        duration = .seconds(Self.seconds.upperBound)
    }
}
