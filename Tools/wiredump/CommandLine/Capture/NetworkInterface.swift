import ArgumentParser
import Foundation

/// An interface that this machine has, or all of them.
struct NetworkInterface: Sendable, Hashable {
    /// Stands for all interfaces.
    static let any = "any"

    let name: String
    /// Zero for all of them.
    let index: Int32

    /// - Throws: an error with the names of those that there are.
    init(_ name: String) throws {
        self.name = name
        index = name == Self.any ? 0 : Int32(if_nametoindex(name))
        guard index > 0 || name == Self.any else {
            throw ValidationError(
                "--interface: there is no '\(name)'; there are \((Self.names + [Self.any]).joined(separator: ", ")).")
        }
    }

    private static var names: [String] {
        guard let first = if_nameindex() else { return [] }
        defer { if_freenameindex(first) }
        var names: [String] = []
        var next = first
        while next.pointee.if_index != 0, let name = next.pointee.if_name {
            names.append(String(cString: name))
            next += 1
        }
        return names
    }
}
