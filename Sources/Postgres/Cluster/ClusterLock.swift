private import Glibc
private import Synchronization

/// Holds a cluster's folder for this process: one owner at a time, and none after a crash.
final class ClusterLock: Sendable {
    /// Nil once released.
    private let descriptor: Mutex<Int32?>

    /// - Throws: `.clusterLocked` with the number of the process that holds the lock.
    init(path: String) throws(PostgresError) {
        // Closed on exec, or the server would hold the lock when we are gone.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Files.notUsable(path, "cannot be opened")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Files.read(path)?.trimmingNewline ?? ""
            close(descriptor)
            throw PostgresError(
                .clusterLocked,
                "the data folder \(Files.folder(of: path)) is in use by process \(holder.isEmpty ? "unknown" : holder)",
                outcome: .notSent)
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        // Only for the message above: a lock whose holder is not known still locks.
        _ = pwrite(descriptor, text, text.utf8.count, 0)
        self.descriptor = Mutex(descriptor)
    }

    /// Lets others have the cluster; call it when its server has ended.
    func release() {
        descriptor.withLock { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
    }

    deinit {
        release()
    }
}

extension String {
    fileprivate var trimmingNewline: String { String(prefix { $0 != "\n" }) }
}
