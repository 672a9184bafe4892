import CJAssessmentService
import LLMProviderService
import ServiceKit

/// How long what a process has claimed stays its own without a sign of life; then another one takes it over.
///
/// A process that is stopped for longer finds its work in other hands, and what it still writes is not taken.
struct Leases: Sendable, Hashable {
    static let variable = "HULEEDU_LEASE_SECONDS"
    static let seconds = 2...3600

    private let leaseSeconds: Int64

    /// The default, or what the environment says.
    ///
    /// - Throws: `SettingsError` for anything but a whole number within ``seconds``.
    init(_ environment: Settings) throws {
        leaseSeconds = Int64(try environment.integer(Self.variable, default: Int(Leases().leaseSeconds), in: Self.seconds))
    }

    init() {
        leaseSeconds = 20
    }

    /// Of the provider service, which gives four signs of life in the time of a lease.
    func configuration(providers: [ProviderConfiguration]) -> LLMProviderConfiguration {
        var configuration = LLMProviderConfiguration(providers: providers)
        configuration.leaseSeconds = leaseSeconds
        configuration.heartbeat = .seconds(leaseSeconds) / 4
        return configuration
    }

    /// Of the assessment service, whose claims cover one call and are not renewed.
    var assessmentConfiguration: CJAssessmentConfiguration {
        var configuration = CJAssessmentConfiguration()
        configuration.claimLifetimeSeconds = max(1, leaseSeconds / 4)
        return configuration
    }
}
