import Postgres
import ServiceKit
import Wire
import WireNIO

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
        case let error as RPCError: (error.message, error.code == .invalidArgument ? 65 : 69)
        case let error as ServerError: (error.message, 69)
        case let error as PostgresError: ("PostgreSQL: \(error.message)", 69)
        default: ("\(error)", 70)
        }
    }
}
