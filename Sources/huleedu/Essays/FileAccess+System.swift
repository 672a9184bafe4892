import Glibc

extension FileAccess {
    /// The file system of this machine.
    static let system = FileAccess(
        names: { folder, limit throws(FileFailure) in try systemNames(in: folder, limit: limit) },
        kind: { path throws(FileFailure) in try systemKind(of: path) },
        read: { path, limit throws(FileFailure) in try systemRead(path, limit: limit) })
}

extension FileFailure {
    /// The failure that an `errno` stands for.
    init(errno number: Int32) {
        code =
            switch number {
            case ENOENT: .missing
            case ENOTDIR: .notAFolder
            case ELOOP: .linkLoop
            case EACCES, EPERM: .denied
            case ENOSPC, EDQUOT: .noSpace
            default: .other
            }
        var buffer = [CChar](repeating: 0, count: 256)
        message =
            strerror_r(number, &buffer, buffer.count) == 0
            ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            : "error \(number)"
    }
}

private func systemNames(in folder: String, limit: Int) throws(FileFailure) -> [[UInt8]] {
    guard let directory = opendir(folder) else { throw FileFailure(errno: errno) }
    defer { closedir(directory) }
    var names: [[UInt8]] = []
    while names.count < limit {
        errno = 0
        guard let entry = readdir(directory) else {
            guard errno == 0 else { throw FileFailure(errno: errno) }
            break
        }
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
        if name == Array(".".utf8) || name == Array("..".utf8) { continue }
        names.append(name)
    }
    return names
}

private func systemKind(of path: String) throws(FileFailure) -> FileAccess.Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileFailure(errno: errno) }
    return kind(of: status)
}

private func kind(of status: stat) -> FileAccess.Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file(bytes: Int(status.st_size))
    case S_IFDIR: .folder
    default: .other
    }
}

private func systemRead(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
    // Without O_NONBLOCK a pipe would hold the program up before it could be told from a file.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFailure(errno: errno) }
    guard case .file(let size) = kind(of: status) else {
        throw FileFailure(code: .notARegularFile, message: "not a regular file")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(size, limit))
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while bytes.count < limit {
        let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileFailure(errno: errno) }
        guard count > 0 else { break }
        bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
}
