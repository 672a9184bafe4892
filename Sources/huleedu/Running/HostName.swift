import Glibc

/// The name of this machine.
enum HostName {
    /// As the kernel has it; nil where it has none.
    static var current: String? {
        // A name has at most 64 bytes.
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }
}
