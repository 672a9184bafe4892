import EventLog
import LLMProviderService
import Postgres
import ServiceKit
import Wire
import WireNIO
import WireTLS

/// Turns what went wrong into one message for a person and a status for a script.
enum CommandFailure {
    /// Runs a command's body; an error is told on standard error.
    ///
    /// - Returns: the status with which the process ends.
    static func reported(_ body: () async throws -> Int32) async -> Int32 {
        do {
            return try await body()
        } catch {
            let (message, status) = describe(error)
            StandardError.write("huleedu: \(message)\n")
            return status
        }
    }

    /// The message and the status of an error, in the numbers of `sysexits.h`.
    static func describe(_ error: any Error) -> (message: String, status: Int32) {
        switch error {
        case let error as CommandError: (error.description, error.exitStatus)
        case let error as SettingsError: (error.description, 64)
        case let error as ProviderConfiguration.Fault: (error.description, 64)
        case let error as RPCError: describe(error)
        case let error as ServerError where error.code == .unprotected:
            ("\(error.message). Name a file with --access, or say --open-to-all.", 64)
        case let error as ServerError: (error.message, 69)
        case let error as TLSError: ("TLS: \(error)", 66)
        case let error as AccessFileError: (error.description, 65)
        case let error as EventLogError: (error.message, 69)
        case let error as PostgresError: ("PostgreSQL: \(error.message)", 69)
        default:
            (
                "The program met a fault that it does not know; its log (huleedu.log in the data folder) tells what was going on.",
                70
            )
        }
    }

    /// Fields of requests that a person sets with an option. A field may be told within another: the most telling stands last.
    private static let options = [
        "judge.model: ": "--model", "provider: ": "--provider", "model: ": "--model", "judge.temperature: ": "--temperature",
        "judge.dispatch: ": "--dispatch",
        "stopping.max_cost_nanodollars: ": "--budget", "stopping.max_comparisons: ": "--budget",
        "max_in_flight: ": "--concurrency",
    ]

    private static func describe(_ error: RPCError) -> (message: String, status: Int32) {
        var message = error.message[...]
        var option: String?
        while let field = options.first(where: { message.hasPrefix($0.key) }) {
            message = message.dropFirst(field.key.count)
            option = field.value
        }
        if let option { return ("\(option): \(message)", 64) }
        return (error.message, error.code == .invalidArgument ? 65 : 69)
    }
}
