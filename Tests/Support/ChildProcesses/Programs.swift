internal import Glibc

/// Programs that tests run.
public enum Programs {
    /// Whether all of these are found through `PATH`.
    public static func areInstalled(_ programs: String...) -> Bool {
        let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":")
        return programs.allSatisfy { program in folders.contains { access("\($0)/\(program)", X_OK) == 0 } }
    }

    /// Path of a program of this package: in the folder that HULEEDU_PROGRAMS names, or beside the test runner.
    public static func path(_ name: String) -> String {
        if let folder = getenv("HULEEDU_PROGRAMS") { return String(cString: folder) + "/" + name }
        return besideTests(name)
    }

    /// Path of a program that was built with the tests, and so with their traits.
    public static func besideTests(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        precondition(count > 0, "a process knows its own program")
        let runner = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return runner.prefix(through: runner.lastIndex(of: "/") ?? runner.startIndex) + name
    }
}
