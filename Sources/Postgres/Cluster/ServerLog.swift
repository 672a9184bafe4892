/// Reads from the server's last words why it did not start.
enum ServerLog {
    struct Failure {
        let error: PostgresError
        /// True when trying again soon will do.
        let isPassing: Bool
    }

    static func failure(_ text: String, log: String) -> Failure {
        if text.contains("No space left on device") {
            return Failure(
                error: PostgresError(
                    .diskFull, "the disk that holds \(Files.folder(of: log)) is full: \(reason(text))", outcome: .notSent),
                isPassing: false)
        }
        // Processes of a server that was killed hold on to its memory until they have noticed.
        let isPassing = text.contains("pre-existing shared memory block")
        return Failure(
            error: PostgresError(.startFailed, "the server did not start: \(reason(text)) (see \(log))", outcome: .notSent),
            isPassing: isPassing)
    }

    /// The last line that names a problem, else the last line.
    static func reason(_ text: String) -> String {
        let lines = text.split(separator: "\n")
        let marks = ["PANIC:", "FATAL:", "ERROR:", "error:", "failed"]
        let telling = lines.last { line in marks.contains { line.contains($0) } } ?? lines.last
        return telling.map(String.init) ?? "it said nothing"
    }
}
