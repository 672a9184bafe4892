import FoundationEssentials
public import Logging
public import Wire
import WireNIO

/// A table of who may call what that is kept in a file, and read again when the file has changed.
///
/// Connections that are there are held to the new table with their next call.
public struct AccessFile: AccessControl {
    private let table: Reloaded<AccessTable>

    /// - Parameter interval: after which the file is looked at again.
    /// - Throws: ``AccessFileError`` when the file cannot be read, or is no table.
    public init(path: String, interval: Duration = .seconds(1), logger: Logger) throws {
        table = try Reloaded([path], interval: interval, logger: logger) { try Self.read(path) }
    }

    /// What is in a file now.
    ///
    /// - Throws: ``AccessFileError``.
    public static func read(_ path: String) throws(AccessFileError) -> AccessTable {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw AccessFileError(path: path, reason: "it cannot be read")
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw AccessFileError(path: path, reason: "expected UTF-8")
        }
        do throws(AccessTableError) {
            return try AccessTable(text)
        } catch {
            throw AccessFileError(path: path, reason: "\(error)")
        }
    }

    public func owner(ofToken token: String) -> String? { table.current.owner(ofToken: token) }

    public func allows(_ method: MethodDescriptor, to peer: PeerIdentity) -> Bool { table.current.allows(method, to: peer) }
}

/// Why a file says nothing about who may call what.
public struct AccessFileError: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "\(path): \(reason)" }
}
