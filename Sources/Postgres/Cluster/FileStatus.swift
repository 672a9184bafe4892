private import Glibc

/// What `stat` says about a file, as far as a cluster's folders need it.
struct FileStatus: Sendable, Hashable {
    let owner: UInt32
    let group: UInt32
    let permissions: UInt32
    let isFolder: Bool

    /// What a path leads to; nil when there is no such file.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// What stands at a path, be it a link; nil when there is no such file.
    init?(itself path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        owner = status.st_uid
        group = status.st_gid
        permissions = status.st_mode & 0o7777
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }

    init(owner: UInt32, group: UInt32, permissions: UInt32, isFolder: Bool = true) {
        self.owner = owner
        self.group = group
        self.permissions = permissions
        self.isFolder = isFolder
    }

    /// True when a process of this user and group may enter the folder. Access control lists are not looked at.
    func mayBeEntered(byUser user: UInt32, group: UInt32) -> Bool {
        guard user != 0 else { return true }
        if user == owner { return permissions & 0o100 != 0 }
        if group == self.group { return permissions & 0o010 != 0 }
        return permissions & 0o001 != 0
    }
}

/// Files and folders, by the calls of the C library.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 && FileStatus(path: path)?.isFolder == false }

    /// The path without symbolic links; nil when something on it is missing.
    static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Creates a folder and those above it. Ones that exist are left as they are.
    ///
    /// - Throws: `.folderNotUsable` naming the folder and the reason.
    static func makeFolder(_ path: String, permissions: UInt32) throws(PostgresError) {
        if FileStatus(path: path)?.isFolder == true { return }
        let parent = folder(of: path)
        if parent != path { try makeFolder(parent, permissions: 0o755) }
        guard mkdir(path, permissions) == 0 || errno == EEXIST else { throw notUsable(path, "cannot be created") }
        guard FileStatus(path: path)?.isFolder == true else { throw notUsable(path, "is not a folder") }
    }

    /// Gives a file or folder to another user; of a link, the link itself.
    static func setOwner(_ path: String, user: UInt32, group: UInt32) throws(PostgresError) {
        guard lchown(path, user, group) == 0 else { throw notUsable(path, "cannot be given to user \(user)") }
    }

    static func move(_ source: String, to target: String) throws(PostgresError) {
        guard rename(source, target) == 0 else { throw notUsable(target, "cannot be put in place") }
    }

    /// The first bytes of a file as text; nil when it cannot be read.
    static func read(_ path: String, limit: Int = 64 << 10) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor, limit: limit)
    }

    /// The last bytes of a file as text; nil when it cannot be read.
    static func readEnd(_ path: String, from start: Int, limit: Int = 16 << 10) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let end = Int(lseek(descriptor, 0, SEEK_END))
        lseek(descriptor, max(start, end - limit), SEEK_SET)
        return read(descriptor, limit: limit)
    }

    /// Bytes in a file; zero when there is none.
    static func size(_ path: String) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return Int(status.st_size)
    }

    /// Where a symbolic link points; nil when it is none or may not be read.
    static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Names in a folder, without `.` and `..`; empty when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Creates an empty file, or empties one.
    static func touch(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Removes a file if it is there.
    static func remove(_ path: String) {
        unlink(path)
    }

    /// Removes a folder if it is there and empty.
    static func removeFolder(_ path: String) {
        rmdir(path)
    }

    /// Bytes that may still be written to the file system of a path; nil when that is unknown.
    static func freeBytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The path from the root, with the current folder in front of a relative one.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }

    private static func read(_ descriptor: Int32, limit: Int) -> String? {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            var chunk = [UInt8](repeating: 0, count: min(limit - bytes.count, 4096))
            let added = Glibc.read(descriptor, &chunk, chunk.count)
            guard added > 0 else { break }
            bytes += chunk.prefix(added)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The error for what could not be done with a file, by the C library's last error.
    static func notUsable(_ path: String, _ what: String) -> PostgresError {
        let reason = errno
        guard reason != ENOSPC else {
            return PostgresError(.diskFull, "the disk that holds \(path) is full: it \(what)", outcome: .notSent)
        }
        return PostgresError(
            .folderNotUsable, "\(path) \(what): \(String(cString: strerror(reason)))", outcome: .notSent)
    }
}
