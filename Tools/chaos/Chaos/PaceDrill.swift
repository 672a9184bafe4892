public import Logging
import Postgres

/// Times whole assessments against what the provider alone would have taken, without any death.
public enum PaceDrill {
    public struct Report: Sendable, Codable {
        public let comparisons: Int
        public let atOnce: Int
        public let providerMilliseconds: Int
        /// From the request to the end that a watcher sees.
        public let assessments: Distribution

        /// How many times as long as the provider needed, at the median.
        public var ratio: Double { Double(assessments.p50) / Double(providerMilliseconds) }

        enum CodingKeys: String, CodingKey {
            case comparisons, assessments
            case atOnce = "at_once"
            case providerMilliseconds = "provider_ms"
        }
    }

    /// - Parameters:
    ///   - latencyMilliseconds: what the provider takes over each call.
    ///   - repetitions: assessments, one after the other.
    ///   - folder: empty; the database and the ledger go there.
    public static func run(
        essays: Int, comparisons: Int, atOnce: Int, latencyMilliseconds: Int, repetitions: Int, folder: String, logger: Logger
    ) async throws -> Report {
        let server = try await EmbeddedCluster.start(dataDirectory: folder + "/database", logger: logger)
        do {
            let deployment = try await Deployment.start(
                connectionString: server.connectionString, folder: folder,
                latencyMilliseconds: latencyMilliseconds...latencyMilliseconds, logger: logger)
            var times: [Duration] = []
            for number in 1...repetitions {
                let assessment = DrillAssessment(
                    id: "pace-\(number)", essays: essays, comparisons: comparisons, seed: UInt64(number), atOnce: atOnce)
                let start = ContinuousClock.now
                try await deployment.begin(assessment)
                _ = try await deployment.waitForEnd(of: assessment.id)
                times.append(start.duration(to: .now))
            }
            await deployment.stop()
            await server.stop()
            let turns = (comparisons + atOnce - 1) / atOnce
            return Report(
                comparisons: comparisons, atOnce: atOnce, providerMilliseconds: turns * latencyMilliseconds,
                assessments: Distribution(times))
        } catch {
            await server.stop()
            throw error
        }
    }
}
