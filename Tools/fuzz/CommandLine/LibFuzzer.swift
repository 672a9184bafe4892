#if LIBFUZZER
import FuzzTargets
import Fuzzing
import Glibc

/// The target that `FUZZ_TARGET` names. Where it names none, their names are printed, a line each, and nothing is fuzzed.
private let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let target = FuzzTargets.target(name) { return target }
    for target in FuzzTargets.all { puts(target.name) }
    fflush(nil)
    // libFuzzer would take an ordinary exit for a crash.
    _exit(2)
}()

/// What libFuzzer calls with each input. A finding traps, which is how libFuzzer learns of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
        try target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}
#endif
