private import Glibc

/// A server that an earlier owner of the folder left running when it was killed.
struct LeftoverServer {
    /// The server's process, when one works on these data.
    ///
    /// The number in `postmaster.pid` alone proves nothing, as numbers are used again: the process must be a `postgres` whose current
    /// folder is the data folder.
    static func process(ofData data: String) -> Int32? {
        guard let line = Files.read(data + "/postmaster.pid")?.split(separator: "\n").first, let number = pid_t(line), number > 1
        else { return nil }
        guard Files.read("/proc/\(number)/comm") == "postgres\n" else { return nil }
        guard Files.linkTarget("/proc/\(number)/cwd") == Files.resolve(data) else { return nil }
        return number
    }

    /// Stops what an earlier owner left, and clears away what would keep a new server from starting. Blocks, for up to about 20 s.
    ///
    /// Call it with the folder's lock held: then nobody else can be starting a server on these data.
    ///
    /// - Throws: `.startFailed` when the old server cannot be stopped.
    static func clear(_ folder: ClusterFolder) throws(PostgresError) {
        // First in good order, then without a checkpoint, then by force.
        for (signal, patience) in [(SIGINT, 10.0), (SIGQUIT, 5.0), (SIGKILL, 5.0)] {
            guard let process = process(ofData: folder.data) else { break }
            kill(process, signal)
            var waited = 0.0
            while waited < patience, Self.process(ofData: folder.data) == process {
                usleep(5_000)
                waited += 0.005
            }
        }
        if let process = process(ofData: folder.data) {
            throw PostgresError(
                .startFailed, "process \(process), a server left on \(folder.data), does not stop", outcome: .notSent)
        }
        // A number in these files that now belongs to an unrelated process would make the new server refuse to start.
        Files.remove(folder.data + "/postmaster.pid")
        Files.remove(folder.socket)
        Files.remove(folder.socket + ".lock")
    }
}
