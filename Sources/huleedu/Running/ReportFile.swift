import FoundationEssentials
import Glibc

/// The file that a report goes to.
enum ReportFile {
    /// Finds out before anything is spent whether the report can be written.
    static func checkWritable(_ path: String) throws(CommandError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard access(folder.isEmpty ? "/" : folder, W_OK) == 0 else { throw unwritable(path) }
        var isFolder: Bool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard !isFolder, access(path, W_OK) == 0 else { throw unwritable(path) }
        }
    }

    /// Writes the report in one step: an old one is replaced by a whole one or stays.
    static func write(_ text: String, to path: String) throws(CommandError) {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw unwritable(path, cause: error)
        }
    }

    private static func unwritable(_ path: String, cause: (any Error)? = nil) -> CommandError {
        CommandError(.outputUnwritable, "The report cannot be written to \(quoted(path)).", cause: cause)
    }
}
