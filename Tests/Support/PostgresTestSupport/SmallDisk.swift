private import Glibc

/// A file system in memory that is small enough to be filled, for what happens when a disk is full.
///
/// Making one takes root and the right to mount; where that is missing, ``isAvailable`` is false and tests that need it are skipped.
public final class SmallDisk: Sendable {
    /// Where it is mounted.
    public let path: String

    /// False where this process may not mount.
    public static let isAvailable: Bool = {
        guard geteuid() == 0 else { return false }
        return SmallDisk(megabytes: 1) != nil
    }()

    /// Why tests are skipped where ``isAvailable`` is false.
    public static let reason = "a small file system cannot be mounted here; it takes root and the right to mount"

    /// Mounts a file system; nil where that is not allowed.
    ///
    /// - Parameters:
    ///   - bytes: what it holds, a whole number of pages.
    ///   - files: how many files and folders it holds.
    public init?(bytes: Int, files: Int = 100_000) {
        path = TestCluster.temporaryFolder("disk")
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes),nr_inodes=\(files),mode=755") == 0 else { return nil }
    }

    /// The same with a size in mebibytes.
    public convenience init?(megabytes: Int, files: Int = 100_000) {
        self.init(bytes: megabytes << 20, files: files)
    }

    /// Writes a file until not more than `left` bytes are free; nothing when they are fewer already.
    public func fill(leaving left: Int = 0) {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "the disk takes no file to fill it with")
        defer { close(descriptor) }
        let page = [UInt8](repeating: 0, count: 4096)
        while freeBytes > left {
            guard write(descriptor, page, page.count) == page.count else { return }
        }
    }

    /// Makes room again.
    public func empty() {
        unlink(filler)
    }

    /// Bytes that may still be written.
    public var freeBytes: Int {
        var status = statvfs()
        precondition(statvfs(path, &status) == 0, "the disk is gone")
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    private var filler: String { path + "/filler" }

    deinit {
        // Lazily: a server that a failed test left running must not keep the mount in the system's table.
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }
}
