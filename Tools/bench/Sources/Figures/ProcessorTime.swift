import Glibc

/// Time that the processor has spent on something, in milliseconds; what else runs on the machine counts less than by the clock on the wall.
package func processorMilliseconds(_ work: () -> Void) -> Double {
    let begin = processorNanoseconds()
    work()
    return Double(processorNanoseconds() - begin) / 1e6
}

private func processorNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The times of some runs in ascending order, of processor milliseconds; one more before them only warms up.
package func sortedTimes(runs: Int, _ work: () -> Void) -> [Double] {
    work()
    return (0..<runs).map { _ in processorMilliseconds(work) }.sorted()
}
